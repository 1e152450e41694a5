/*
 * Memory for rows of numbers: too many are an error that says so.
 */
import { DeepblasError } from '../../errors.js'

/** The most rows that native row numbers count. */
const MOST_ROWS = 2 ** 31 - 1

/** So many rows, where native row numbers count as far. */
function requireRows(rows: number, columns: number): void {
  if (rows > MOST_ROWS) throw tooLarge(rows, columns)
}

/** Memory for rows; too many are an error that says so. */
export function allocate<Numbers>(rows: number, columns: number, Kind: new (length: number) => Numbers): Numbers {
  requireRows(rows, columns)
  try {
    return new Kind(rows * columns)
  } catch (cause) {
    throw tooLarge(rows, columns, cause)
  }
}

function tooLarge(rows: number, columns: number, cause?: unknown): DeepblasError {
  const message =
    `Expected a data set that fits into memory but ${rows} rows of ${columns} numbers do not. ` +
    'Use fewer rows, or train on batches that are made as they are needed.'
  return new DeepblasError('ERR_DEEPBLAS_MEMORY', message, cause === undefined ? undefined : { cause })
}
