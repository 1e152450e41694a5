/*
 * Columns that a model should not see: those that name a row, that never change, or that give the target away.
 */
import type { Column } from '../data/table/column.js'
import type { Table } from '../data/table/table.js'

export interface Suspicion {
  readonly column: string
  readonly kind: 'identifier' | 'constant' | 'leak'
  readonly reason: string
  /** Whether the training does without it. A leak is only told: it may be known when predictions are made. */
  readonly leftOut: boolean
}

/** With fewer rows, different values are no sign of an identifier. */
const FEWEST_ROWS = 20
/** Rows that are looked at for leaks: more say the same and take their time. */
const MOST_ROWS = 50_000
/** Numbers that are compared with each other: a million that all differ say enough. */
const MOST_COMPARED = 1_000_000
/** What a column may leave of the target's variance, or of its rows' classes, and still be called a leak. */
const LEFT_OPEN = 0.001
/** A level of fewer rows is of one class by chance. */
const ROWS_OF_LEVEL = 5
const NAMED_AS_IDENTIFIER = /(^|[^a-z])(id|uuid|guid|row|index)$|[a-z](ID|Id|_id)$/

/** @param classes whether the target is one of classes; otherwise its numbers */
export function suspiciousColumns(table: Table, target: string, classes: boolean): Suspicion[] {
  const targetColumn = table.column(target)
  return table.columns
    .filter(({ name }) => name !== target)
    .map((column) => constant(column) ?? identifier(column) ?? leak(column, targetColumn, classes))
    .filter((found) => found !== undefined)
}

function constant(column: Column): Suspicion | undefined {
  const values = valuesOf(column)
  let first: number | undefined
  for (const value of values) {
    if (isMissing(column, value)) continue
    first ??= value
    if (value !== first) return undefined
  }
  const reason = first === undefined ? 'has no values' : 'has the same value in all rows'
  return { column: column.name, kind: 'constant', reason, leftOut: true }
}

function identifier(column: Column): Suspicion | undefined {
  if (column.type === 'boolean' || column.type === 'date') return undefined
  const values = valuesOf(column)
  if (values.length < FEWEST_ROWS || !allDifferent(column)) return undefined
  const found = (reason: string, leftOut = true) =>
    ({ column: column.name, kind: 'identifier', reason, leftOut }) as const
  if (column.type === 'category') return found('has another text in every row')
  if (NAMED_AS_IDENTIFIER.test(column.name)) {
    return found('is named as an identifier and has another number in every row')
  }
  const [least, most] = extremesOf(values)
  if (most - least === values.length - 1) return found('numbers the rows')
  return found('has another whole number in every row', false)
}

/** Whether no value is missing and no two are the same; numbers must be whole ones. */
function allDifferent(column: Column): boolean {
  if (column.type === 'category') {
    const seen = new Uint8Array(column.levels.length)
    return column.codes.every((code) => code >= 0 && seen[code]!++ === 0)
  }
  if (!column.values.every(Number.isInteger)) return false
  const seen = new Set<number>()
  for (const value of column.values.subarray(0, MOST_COMPARED)) {
    if (seen.has(value)) return false
    seen.add(value)
  }
  return true
}

function leak(column: Column, targetColumn: Column, classes: boolean): Suspicion | undefined {
  const [all, targets] = [valuesOf(column), valuesOf(targetColumn)]
  const step = Math.max(1, Math.ceil(all.length / MOST_ROWS))
  const pairs: [value: number, target: number][] = []
  for (let row = 0; row < all.length; row += step) {
    const [value, target] = [all[row]!, targets[row]!]
    if (!isMissing(column, value) && !isMissing(targetColumn, target)) pairs.push([value, target])
  }
  if (pairs.length < FEWEST_ROWS || new Set(pairs.map(([, target]) => target)).size < 2) return undefined
  const determines = classes
    ? openRows(pairs, column.type !== 'category') <= LEFT_OPEN * pairs.length
    : openVariance(pairs, column.type !== 'category') <= LEFT_OPEN
  if (!determines) return undefined
  return { column: column.name, kind: 'leak', reason: 'determines the target alone', leftOut: false }
}

/**
 * Rows whose class the value does not tell. Levels are told apart if rows enough have them; numbers where the classes lie
 * in as many stretches as there are classes.
 */
function openRows(pairs: readonly (readonly [number, number])[], ordered: boolean): number {
  const byValue = byFirst(pairs)
  let open = 0
  const majority = new Map<number, number>()
  for (const [value, own] of byValue) {
    const counts = new Map<number, number>()
    for (const [, target] of own) counts.set(target, (counts.get(target) ?? 0) + 1)
    const [most, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))
    majority.set(value, most)
    open += ordered || own.length >= ROWS_OF_LEVEL ? own.length - count : own.length
  }
  if (!ordered) return open
  const classes = new Set(pairs.map(([, target]) => target)).size
  const along = [...majority].sort(([a], [b]) => a - b).map(([, most]) => most)
  const stretches = along.filter((most, i) => most !== along[i - 1]).length
  return stretches <= classes ? open : pairs.length
}

/** The share of the target's variance that is left within levels, or beside a straight line. */
function openVariance(pairs: readonly (readonly [number, number])[], ordered: boolean): number {
  const mean = meanOf(pairs.map(([, target]) => target))
  const total = sumOfSquares(pairs.map(([, target]) => target - mean))
  if (!ordered) {
    const within = [...byFirst(pairs).values()].map((own) => {
      const centre = own.length >= ROWS_OF_LEVEL ? meanOf(own.map(([, target]) => target)) : mean
      return sumOfSquares(own.map(([, target]) => target - centre))
    })
    return within.reduce((sum, one) => sum + one, 0) / total
  }
  const centre = meanOf(pairs.map(([value]) => value))
  const spread = sumOfSquares(pairs.map(([value]) => value - centre))
  if (spread === 0) return 1
  const together = pairs.reduce((sum, [value, target]) => sum + (value - centre) * (target - mean), 0)
  return 1 - together ** 2 / (spread * total)
}

/** Node 20 has no Map.groupBy. */
function byFirst(pairs: readonly (readonly [number, number])[]): Map<number, (readonly [number, number])[]> {
  const groups = new Map<number, (readonly [number, number])[]>()
  for (const pair of pairs) {
    const group = groups.get(pair[0])
    if (group === undefined) groups.set(pair[0], [pair])
    else group.push(pair)
  }
  return groups
}

function valuesOf(column: Column): Float64Array | Int32Array {
  return column.type === 'category' ? column.codes : column.values
}

export function isMissing(column: Column, value: number): boolean {
  return column.type === 'category' ? value < 0 : Number.isNaN(value)
}

function extremesOf(values: Float64Array | Int32Array): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0)
}
