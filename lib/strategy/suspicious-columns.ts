/*
 * Columns to look at before a training: names of the rows, constants, and what gives the target away.
 */
import { type Task, tasks } from '../data/encoding/fit/options.js'
import type { Column } from '../data/table/column.js'
import { Table } from '../data/table/table.js'
import { meanOf, squaresAround, sumOf } from '../statistics.js'
import { atOnce, ELEMENTS_OF_STEP, findPlace, type Steps } from '../turns.js'
import { array, invalid, knownOptions, oneOf, string } from '../validate.js'
import { countMissing, isMissing, valuesOf } from './column-values.js'
import { explainedByGroups, explainedShare, type TargetPair } from './explained-share.js'

/** A column to look at, and why. */
export interface SuspiciousColumn {
  readonly column: string
  /**
   * Whether it names the rows ('identifier'), has one value ('constant') or none ('missing'), or may give the target
   * away ('leak').
   */
  readonly kind: 'identifier' | 'constant' | 'missing' | 'leak'
  /** What is suspicious, to be read after the column's name: 'numbers the rows'. */
  readonly reason: string
  /** Whether to leave the column out of a training. */
  readonly leftOut: boolean
  /** Whether only the option `keep` prevents `leftOut`. */
  readonly asked: boolean
}

/** Options of `suspiciousColumns`. */
export interface SuspiciousColumnsOptions {
  /** The column that is to be predicted. */
  readonly target: string
  /** Whether the target has classes or values. Default: classes unless it is a column of numbers. */
  readonly task?: Task
  /** Columns that are never marked `leftOut`. Default none. */
  readonly keep?: readonly string[]
}

/** With fewer rows, different values are no sign of an identifier. */
const FEWEST_ROWS = 20
/** Rows that are looked at for leaks: more say the same and take their time. */
const MOST_ROWS = 50_000
/** Numbers that are compared with each other: a million that all differ say enough. */
const MOST_COMPARED = 1_000_000
/** Groups of rows between two steps. */
const GROUPS_OF_STEP = 4096
/** What a column may leave of the target's variance, or of its rows' classes, and still be called a leak. */
const LEFT_OPEN = 0.001
/** Of the target: a column that tells as much by its order alone may be one that is not known in time. */
const NEARLY_ALL = 0.9
/** A level of fewer rows is of one class by chance. */
const ROWS_OF_LEVEL = 5
const NAMED_AS_IDENTIFIER = /(^|[^a-z])(id|uuid|guid|row|index)$|[a-z](ID|Id|_id)$/

/**
 * Finds columns that name the rows (identifiers), that have one value or none (constants), or that determine the target
 * by themselves (leaks). Identifiers and constants are marked `leftOut`. A column that names the rows but predicts much
 * of the target, such as a year or the row number of a sorted file, counts as a leak and is not marked; neither is a
 * number column that is the only column. Nothing is removed here: pass the names to the option `ignore` of
 * `Encoder.fit`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a wrong option, ERR_DEEPBLAS_DATA for a column that is not there
 * @example
 * const found = suspiciousColumns(table, { target: 'price' })
 * const ignore = found.filter(({ leftOut }) => leftOut).map(({ column }) => column)
 */
export function suspiciousColumns(table: Table, options: SuspiciousColumnsOptions): SuspiciousColumn[] {
  if (!(table instanceof Table)) throw invalid('table', 'Table', table, 'Make one with Table.fromRows or readCsv.')
  const given = knownOptions<SuspiciousColumnsOptions>('suspiciousColumns', options, ['target', 'task', 'keep'])
  const target = table.column(string('target', given.target)).name
  const task = given.task === undefined ? undefined : oneOf('task', given.task, tasks)
  const keep = array('keep', given.keep ?? [], 'names of columns').map((name) => table.column(name as string).name)
  return atOnce(suspiciousSteps(table, { target, keep, ...(task === undefined ? {} : { task }) }))
}

/** The same, column by column, of options that have been checked. */
export function* suspiciousSteps(
  table: Table,
  { target: targetName, task, keep = [] }: SuspiciousColumnsOptions,
): Steps<SuspiciousColumn[]> {
  const target = table.column(targetName)
  const classes = task === undefined ? target.type !== 'number' : task !== 'regression'
  const features = table.columns.filter(({ name }) => name !== target.name)
  const found: SuspiciousColumn[] = []
  for (const column of features) {
    const one =
      (yield* constant(column, target, classes)) ??
      (yield* identifier(column, target, classes)) ??
      (yield* leak(column, target, classes))
    const asked = one?.leftOut === true && keep.includes(one.column)
    if (one !== undefined) found.push({ ...one, leftOut: one.leftOut && !asked, asked })
    yield
  }
  return found.filter(({ leftOut }) => leftOut).length < features.length
    ? found
    : found.map((one) => lastResort(one, table))
}

type Suspicion = Omit<SuspiciousColumn, 'asked'>

/** Where nothing else is left, numbers that name the rows are better than nothing. */
function lastResort(one: SuspiciousColumn, table: Table): SuspiciousColumn {
  if (one.kind !== 'identifier' || table.column(one.column).type !== 'number') return one
  return { ...one, kind: 'leak', reason: `${one.reason}, and there is no other column to learn from`, leftOut: false }
}

function* constant(column: Column, target: Column, classes: boolean): Steps<Suspicion | undefined> {
  const values = valuesOf(column)
  const first = yield* findPlace(values.length, (row) => !isMissing(column, values[row]!))
  const isOther = (row: number) => values[row] !== values[first] && !isMissing(column, values[row]!)
  if (first >= 0 && (yield* findPlace(values.length, isOther)) >= 0) return undefined
  const known = values.length - (yield* countMissing(column))
  const { name } = column
  if (first < 0) return { column: name, kind: 'missing', reason: 'has no values', leftOut: true }
  if (known === values.length) {
    return { column: name, kind: 'constant', reason: 'has the same value in all rows', leftOut: true }
  }
  const reason = 'has the same value in all rows that have one'
  const share = yield* explainedByGroups(yield* presence(column, target), classes)
  if (share === undefined) return { column: name, kind: 'constant', reason, leftOut: true }
  return {
    column: name,
    kind: 'leak',
    reason: `${reason}, and whether there is one tells ${percent(share)} of the target`,
    leftOut: false,
  }
}

/** The targets of the rows that have a value, and of those that have none. */
function* presence(column: Column, target: Column): Steps<[number[], number[]]> {
  const groups: [number[], number[]] = [[], []]
  const [values, targets] = [valuesOf(column), valuesOf(target)]
  for (let row = 0; row < values.length; row++) {
    if (!isMissing(target, targets[row]!)) groups[isMissing(column, values[row]!) ? 1 : 0].push(targets[row]!)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return groups
}

function* identifier(column: Column, target: Column, classes: boolean): Steps<Suspicion | undefined> {
  if (column.type === 'boolean' || column.type === 'date') return undefined
  const values = valuesOf(column)
  if (values.length < FEWEST_ROWS || !(yield* allDifferent(column))) return undefined
  const { name } = column
  if (column.type === 'category') {
    return { column: name, kind: 'identifier', reason: 'has another text in every row', leftOut: true }
  }
  const [least, most] = yield* extremesOf(values)
  const numbers = most - least === values.length - 1
  const named = NAMED_AS_IDENTIFIER.test(name)
  if (!numbers && !named) {
    // A measurement may differ in every row: what it tells of the target is for `leak` to say.
    const found = yield* leak(column, target, classes)
    const reason = 'has another whole number in every row'
    const share = yield* explainedShare(pairsOf(column, target), classes)
    if (found !== undefined) return found
    if (share === undefined || share < NEARLY_ALL) return { column: name, kind: 'identifier', reason, leftOut: false }
    return {
      column: name,
      kind: 'leak',
      reason: `${reason}, and tells ${percent(share)} of the target`,
      leftOut: false,
    }
  }
  const reason = numbers ? 'numbers the rows' : 'is named as an identifier and has another number in every row'
  const share = yield* explainedShare(pairsOf(column, target), classes)
  if (share === undefined) return { column: name, kind: 'identifier', reason, leftOut: true }
  return { column: name, kind: 'leak', reason: `${reason}, yet tells ${percent(share)} of the target`, leftOut: false }
}

function percent(share: number): string {
  return `${Math.min(99, Math.round(100 * share))} %`
}

/** Whether no value is missing and no two are the same; numbers must be whole ones. */
function* allDifferent(column: Column): Steps<boolean> {
  if (column.type === 'category') {
    const { codes } = column
    const seen = new Uint8Array(column.levels.length)
    return (yield* findPlace(codes.length, (row) => codes[row]! < 0 || seen[codes[row]!]!++ > 0)) < 0
  }
  const { values } = column
  if ((yield* findPlace(values.length, (row) => !Number.isInteger(values[row]))) >= 0) return false
  const seen = new Set<number>()
  const compared = Math.min(values.length, MOST_COMPARED)
  for (let row = 0; row < compared; row++) {
    if (seen.has(values[row]!)) return false
    seen.add(values[row]!)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return true
}

function* leak(column: Column, targetColumn: Column, classes: boolean): Steps<Suspicion | undefined> {
  const pairs = pairsOf(column, targetColumn)
  if (pairs.length < FEWEST_ROWS || pairs.every(({ target }) => target === pairs[0]!.target)) return undefined
  yield
  const ordered = column.type !== 'category'
  const determines = classes
    ? (yield* openRows(pairs, ordered)) <= LEFT_OPEN * pairs.length
    : (yield* openVariance(pairs, ordered)) <= LEFT_OPEN
  if (!determines) return undefined
  return { column: column.name, kind: 'leak', reason: 'determines the target alone', leftOut: false }
}

/** Rows that have both, or as many of them as are looked at. */
function pairsOf(column: Column, targetColumn: Column): TargetPair[] {
  const [all, targets] = [valuesOf(column), valuesOf(targetColumn)]
  const step = Math.max(1, Math.ceil(all.length / MOST_ROWS))
  const pairs: TargetPair[] = []
  for (let row = 0; row < all.length; row += step) {
    const [value, target] = [all[row]!, targets[row]!]
    if (!isMissing(column, value) && !isMissing(targetColumn, target)) pairs.push({ value, target })
  }
  return pairs
}

/**
 * Rows whose class the value does not tell. Levels are told apart if rows enough have them; numbers where the classes lie
 * in as many stretches as there are classes.
 */
function* openRows(pairs: readonly TargetPair[], ordered: boolean): Steps<number> {
  let open = 0
  const majority = new Map<number, number>()
  for (const [value, targets] of yield* targetsByValue(pairs)) {
    const [most, count] = mostFrequent(targets)
    majority.set(value, most)
    open += ordered || targets.length >= ROWS_OF_LEVEL ? targets.length - count : targets.length
    if (majority.size % GROUPS_OF_STEP === 0) yield
  }
  if (!ordered) return open
  const classes = new Set(pairs.map(({ target }) => target)).size
  yield
  const along = Float64Array.from(majority.keys()).sort()
  yield
  const stretches = along.reduce(
    (count, value, i) => count + Number(i === 0 || majority.get(value) !== majority.get(along[i - 1]!)),
    0,
  )
  return stretches <= classes ? open : pairs.length
}

/** The target that most of them are, of equally frequent ones the first, and how many are. */
function mostFrequent(targets: readonly number[]): readonly [target: number, rows: number] {
  if (targets.length === 1) return [targets[0]!, 1]
  const counts = new Map<number, number>()
  for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1)
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))
}

/** The share of the target's variance that is left within levels, or beside a straight line. */
function* openVariance(pairs: readonly TargetPair[], ordered: boolean): Steps<number> {
  const targets = pairs.map(({ target }) => target)
  const mean = meanOf(targets)
  const total = squaresAround(mean, targets)
  if (!ordered) {
    const levels = yield* targetsByValue(pairs)
    const within = [...levels.values()].map((ofLevel) =>
      squaresAround(ofLevel.length >= ROWS_OF_LEVEL ? meanOf(ofLevel) : mean, ofLevel),
    )
    return sumOf(within) / total
  }
  const values = pairs.map(({ value }) => value)
  const center = meanOf(values)
  const spread = squaresAround(center, values)
  if (spread === 0) return 1
  const together = pairs.reduce((sum, { value, target }) => sum + (value - center) * (target - mean), 0)
  return 1 - together ** 2 / (spread * total)
}

function* targetsByValue(pairs: readonly TargetPair[]): Steps<Map<number, number[]>> {
  const groups = new Map<number, number[]>()
  for (const { value, target } of pairs) {
    const group = groups.get(value)
    if (group !== undefined) group.push(target)
    else {
      groups.set(value, [target])
      if (groups.size % GROUPS_OF_STEP === 0) yield
    }
  }
  return groups
}

function* extremesOf(values: Float64Array | Int32Array): Steps<[number, number]> {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value < least) least = value
    if (value > most) most = value
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return [least, most]
}
