/*
 * The values of a table's column, read as an encoder's column wants them, step by step: numbers (NaN where missing), or
 * codes of levels (0 where unknown or missing).
 */
import type { Steps } from '../../turns.js'
import type { Column } from '../table/column.js'
import type { CategoryEncoding, ColumnEncoding } from './column-encoding.js'
import { codeOfLevel, numberOf, textOf } from './read-cells.js'

/** Values between two steps. */
const VALUES_OF_STEP = 16_384

/** How a row is called in a message. */
export type NameOfRow = (row: number) => string

/** `row 3 (line 5 of the file)` */
export function nameOfRow(row: number, line: number | undefined): string {
  return line === undefined ? `row ${row}` : `row ${row} (line ${line} of the file)`
}

export function valuesOf(
  encoding: ColumnEncoding,
  column: Column,
  rowName: NameOfRow,
): Steps<Float64Array | Int32Array> {
  return encoding.kind === 'oneHot' || encoding.kind === 'embedding'
    ? codesOf(encoding, column)
    : numbersOf(encoding, column, rowName)
}

/** The column's values for an encoding of numbers, booleans or dates. */
export function* numbersOf(encoding: ColumnEncoding, column: Column, rowName: NameOfRow): Steps<Float64Array> {
  if (column.type === 'category') return yield* numbersOfTexts(encoding, column, rowName)
  const { values } = column
  const direct = encoding.kind === 'date' ? column.type === 'date' : column.type !== 'date'
  if (direct && encoding.kind !== 'boolean') return values
  const cell = column.type === 'date' ? (value: number) => new Date(value) : (value: number) => value
  const numbers = new Float64Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    const place = () => `column '${column.name}', ${rowName(row)}`
    numbers[row] = Number.isNaN(value) ? value : numberOf(encoding, cell(value), place)
    if (row % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
  }
  return numbers
}

function* numbersOfTexts(
  encoding: ColumnEncoding,
  { name, levels, codes }: Column & { type: 'category' },
  rowName: NameOfRow,
): Steps<Float64Array> {
  // A level that no row has need not be a number.
  const used = new Uint8Array(levels.length)
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! >= 0) used[codes[row]!] = 1
    if (row % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
  }
  const known = new Float64Array(levels.length).fill(Number.NaN)
  for (const [code, level] of levels.entries()) {
    const place = () => `column '${name}', ${rowName(codes.indexOf(code))}`
    if (used[code] === 1) known[code] = numberOf(encoding, level, place)
    if (code % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
  }
  const numbers = new Float64Array(codes.length)
  for (let row = 0; row < codes.length; row++) {
    numbers[row] = known[codes[row]!] ?? Number.NaN
    if (row % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
  }
  return numbers
}

/** The codes of the column's values among the levels of an encoding. */
export function* codesOf(encoding: CategoryEncoding, column: Column): Steps<Int32Array> {
  if (column.type === 'category') {
    const { levels, codes } = column
    const known = new Int32Array(levels.length)
    for (const [code, level] of levels.entries()) {
      known[code] = codeOfLevel(encoding, level)
      if (code % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    }
    const own = new Int32Array(codes.length)
    for (let row = 0; row < codes.length; row++) {
      own[row] = known[codes[row]!] ?? 0
      if (row % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    }
    return own
  }
  const { values, type } = column
  const own = new Int32Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    own[row] = Number.isNaN(value) ? 0 : codeOfLevel(encoding, textOf(type, value))
    if (row % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
  }
  return own
}
