/*
 * What rows hold that the training rows did not: texts that are no level, numbers and dates far from all others.
 */
import { isDate } from '../../kinds.js'
import type { Steps } from '../../turns.js'
import { type Cell, type Column, cellOf } from '../table/column.js'
import type { ColumnEncoding } from './column-encoding.js'
import { codesOf, type NameOfRow, numbersOf } from './read-columns.js'

/** Texts that an encoder does not know. */
export interface UnknownValues {
  readonly column: string
  /** Rows that have one. */
  readonly rows: number
  /** The first of them, at most three. */
  readonly examples: readonly string[]
}

/** Numbers or dates far outside those of the training rows. */
export interface OutsideValues {
  readonly column: string
  /** Rows that have one. */
  readonly rows: number
  /** The first of them. */
  readonly example: number | Date
  /** The least and the most of the training rows. */
  readonly min: number | Date
  readonly max: number | Date
}

/** What an encoder finds in rows that are unlike the training rows. Only columns with such rows are listed. */
export interface EncoderCheck {
  /** Rows that were looked at. */
  readonly rows: number
  readonly unknown: readonly UnknownValues[]
  readonly outside: readonly OutsideValues[]
}

const MOST_EXAMPLES = 3
/** Rows between two steps. */
const ROWS_OF_STEP = 16_384
/** Shares of the training's range by which a value lies beyond its ends before it counts as far outside. */
const FAR = 0.25

/** Where the values of a check are from. */
export interface CheckedRows {
  readonly rows: number
  /** The table's column for an encoding. */
  columnOf(encoding: ColumnEncoding): Column
  readonly rowName: NameOfRow
}

export function* checkRows(encodings: readonly ColumnEncoding[], from: CheckedRows): Steps<EncoderCheck> {
  const unknown: UnknownValues[] = []
  const outside: OutsideValues[] = []
  for (const encoding of encodings) {
    const texts = yield* unknownIn(encoding, from)
    if (texts !== undefined) unknown.push(texts)
    const numbers = yield* outsideOf(encoding, from)
    if (numbers !== undefined) outside.push(numbers)
  }
  return { rows: from.rows, unknown, outside }
}

function* unknownIn(encoding: ColumnEncoding, { columnOf }: CheckedRows): Steps<UnknownValues | undefined> {
  if (encoding.kind !== 'oneHot' && encoding.kind !== 'embedding') return undefined
  const column = columnOf(encoding)
  const examples = new Set<string>()
  let rows = 0
  for (const [row, code] of (yield* codesOf(encoding, column)).entries()) {
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
    if (code !== 0) continue
    const cell = cellOf(column, row)
    if (cell === undefined) continue
    rows++
    if (examples.size < MOST_EXAMPLES) examples.add(textOf(cell))
  }
  return rows === 0 ? undefined : { column: encoding.name, rows, examples: [...examples] }
}

function textOf(cell: Exclude<Cell, undefined>): string {
  return isDate(cell) ? cell.toISOString() : String(cell)
}

function* outsideOf(encoding: ColumnEncoding, { columnOf, rowName }: CheckedRows): Steps<OutsideValues | undefined> {
  if (!('min' in encoding) || encoding.min === undefined || encoding.max === undefined) return undefined
  const { name, kind, min, max } = encoding
  const margin = FAR * (max - min)
  let first: number | undefined
  let rows = 0
  for (const [row, value] of (yield* numbersOf(encoding, columnOf(encoding), rowName)).entries()) {
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
    // Missing values are neither.
    if (!(value < min - margin || value > max + margin)) continue
    first ??= value
    rows++
  }
  if (first === undefined) return undefined
  const plain = (value: number) => (kind === 'date' ? new Date(value) : value)
  return { column: name, rows, example: plain(first), min: plain(min), max: plain(max) }
}

/** Checks of one piece of a file after the other, as one. */
export function joinChecks(checks: readonly EncoderCheck[]): EncoderCheck {
  const unknown = new Map<string, UnknownValues>()
  const outside = new Map<string, OutsideValues>()
  for (const check of checks) {
    for (const one of check.unknown) {
      const before = unknown.get(one.column)
      const examples = [...new Set([...(before?.examples ?? []), ...one.examples])].slice(0, MOST_EXAMPLES)
      unknown.set(one.column, { ...one, rows: one.rows + (before?.rows ?? 0), examples })
    }
    for (const one of check.outside) {
      const before = outside.get(one.column)
      outside.set(one.column, before === undefined ? one : { ...before, rows: before.rows + one.rows })
    }
  }
  const rows = checks.reduce((sum, check) => sum + check.rows, 0)
  return { rows, unknown: [...unknown.values()], outside: [...outside.values()] }
}
