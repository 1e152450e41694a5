/*
 * The features of all columns side by side: filled block by block, then copied into native memory.
 */
import { DeepblasError } from '../../errors.js'
import { type Matrix, native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import type { Steps } from '../../turns.js'
import { allocate } from '../arrays/allocate.js'
import { type ColumnEncoding, widthOf } from './column-encoding.js'
import type { NameOfRow } from './read-columns.js'
import { writeColumn } from './write-features.js'

/** The rows of a block stay in cache from column to column. */
const ROWS_OF_BLOCK = 512
/** Columns of a block between two steps. */
const COLUMNS_OF_STEP = 64
/** Numbers of a step: a millisecond or so, of which most is the system's for memory that is touched for the first time. */
const NUMBERS_OF_STEP = 2 ** 18

/** Features as a network takes them: (rows, columns), row-major. */
export interface EncodedRows {
  readonly data: Float32Array
  readonly rows: number
  readonly columns: number
}

/** The rows to encode: their number, what a message calls each, and the values of a column: numbers or codes. */
export interface RowsToEncode {
  readonly rows: number
  readonly rowName: NameOfRow
  readonly valuesOfColumn: (column: ColumnEncoding) => Steps<Float64Array | Int32Array>
}

/** @throws DeepblasError ERR_DEEPBLAS_DATA where there are no rows */
export function* fillFeatures(encodings: readonly ColumnEncoding[], given: RowsToEncode): Steps<EncodedRows> {
  const { rows, rowName, valuesOfColumn } = given
  if (rows === 0) throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected at least one row but received none.')
  const widths = encodings.map(widthOf)
  const columns = widths.reduce((sum, width) => sum + width, 0)
  const data = allocate(rows, columns, Float32Array)
  const values: (Float64Array | Int32Array)[] = []
  for (const encoding of encodings) {
    values.push(yield* valuesOfColumn(encoding))
    yield
  }
  for (let firstRow = 0; firstRow < rows; firstRow += ROWS_OF_BLOCK) {
    const end = Math.min(rows, firstRow + ROWS_OF_BLOCK)
    const filling = { data: data.subarray(firstRow * columns, end * columns), columns, firstRow, rowName }
    let to = 0
    for (const [i, encoding] of encodings.entries()) {
      writeColumn(encoding, values[i]!.subarray(firstRow, end), filling, to)
      to += widths[i]!
      if (i % COLUMNS_OF_STEP === COLUMNS_OF_STEP - 1) yield
    }
    yield
  }
  return { data, rows, columns }
}

/** Features in native memory. */
export function* featureMatrix({ data, rows, columns }: EncodedRows): Steps<Matrix> {
  const matrix = new (native().Matrix)(rows, columns, elementTypes.float32)
  const some = Math.max(1, Math.floor(NUMBERS_OF_STEP / columns))
  for (let row = 0; row < rows; row += some) {
    matrix.write(data.subarray(row * columns, Math.min(rows, row + some) * columns), row)
    yield
  }
  return matrix
}
