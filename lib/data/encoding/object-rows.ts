/*
 * Rows as objects, such as a request or a database gives, read as an encoder reads the columns of a table.
 */
import type { Steps } from '../../turns.js'
import { array } from '../../validate.js'
import { type ObjectRow, objectRow, plainCell, type Row } from '../table/plain-rows.js'
import { requireColumns } from '../table/unknown-column.js'
import type { ColumnEncoding } from './column-encoding.js'
import { codeOf, expectedBy, numberOf } from './read-cells.js'

/** Objects, one per row: an array, or an iterable that gives them one by one. */
export type RowSource = readonly ObjectRow[] | AsyncIterable<ObjectRow>

/** Between two steps. */
const ROWS_OF_STEP = 2048

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT, ERR_DEEPBLAS_DATA that names the row that is no object */
export function* requireObjects(rows: readonly ObjectRow[]): Steps<readonly Row[]> {
  for (const [i, row] of array('rows', rows, 'objects').entries()) {
    objectRow(`rows[${i}]`, row)
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return rows as readonly Row[]
}

/** The rows with the columns that an encoder knows: others may hold anything. */
export function* namedOnly(rows: readonly ObjectRow[], names: readonly string[]): Steps<Row[]> {
  const named: Row[] = []
  for (const [i, row] of array('rows', rows, 'objects').entries()) {
    const own = objectRow(`rows[${i}]`, row)
    requireColumns(names, Object.keys(own))
    named.push(Object.fromEntries(names.map((name) => [name, own[name]])))
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return named
}

/**
 * The values of one column: numbers, or codes of its levels.
 *
 * @param names all columns of the encoder, for the message where one is missing
 */
export function* cellsOf(
  encoding: ColumnEncoding,
  rows: readonly Row[],
  names: readonly string[],
): Steps<Float64Array | Int32Array> {
  const { name } = encoding
  const category = encoding.kind === 'oneHot' || encoding.kind === 'embedding' ? encoding : undefined
  const values = category === undefined ? new Float64Array(rows.length) : new Int32Array(rows.length)
  for (const [i, row] of rows.entries()) {
    // Null and undefined are missing values; a key that is not there is a mistake.
    if (!Object.hasOwn(row, name)) requireColumns(names, Object.keys(row))
    const place = () => `column '${name}', row ${i}`
    const cell = plainCell(row[name], name, category !== undefined, () => `${expectedBy(encoding)} in ${place()}`)
    values[i] = category === undefined ? numberOf(encoding, cell, place) : codeOf(category, cell, place)
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return values
}
