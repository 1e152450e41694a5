/*
 * Tables of numbers as users pass them, brought into one form.
 */

import { DeepblasError } from '../../errors.js'
import { isNumberArray, type NumberArray, plainNumberArray, typedArrayName } from '../../kinds.js'
import { array, describe, invalid, typeName } from '../../validate.js'
import { allocate } from './allocate.js'
import { adviceOnElement, adviceOnRow, adviceOnRows } from './rows-advice.js'

export { isNumberArray, type NumberArray } from '../../kinds.js'

/** A typed array of numbers with its shape, row-major. */
export interface ArrayWithShape {
  readonly data: NumberArray
  /** [rows, columns]; further dimensions are taken as one row's features, row-major. */
  readonly shape: readonly number[]
}

/** Rows of features: a typed array with its shape, or a list of rows of the same length. */
export type Rows = ArrayWithShape | readonly (readonly number[])[]

/** Rows of numbers in one array, row by row. */
export interface NumberTable {
  readonly data: NumberArray
  readonly rows: number
  readonly columns: number
}

function shapeError(message: string): DeepblasError {
  return new DeepblasError('ERR_DEEPBLAS_SHAPE', message)
}

/** Sizes of a shape: what other libraries have, and more. */
const MOST_AXES = 64

/** rows of numbers, or { data, shape } */
export function table(argument: string, value: unknown): NumberTable {
  if (Array.isArray(value)) return nested(argument, value)
  const given = value as Partial<ArrayWithShape> | null
  const advice = adviceOnRows(argument, value)
  const isOther = advice !== undefined && !isNumberArray(given?.data)
  if (typeof given !== 'object' || given === null || !('data' in given) || isOther) {
    throw invalid(argument, '{ data: typed array, shape: [rows, columns] } or an array of rows', value, advice)
  }
  if (!isNumberArray(given.data)) {
    const { data }: { data?: unknown } = given
    const convertible = Array.isArray(data) || typedArrayName(data) !== undefined
    const hint = convertible ? 'Float32Array.from(data, Number) makes one.' : undefined
    throw invalid(`${argument}.data`, 'typed array of numbers such as Float32Array', data, hint)
  }
  const { data, shape } = given
  if (
    !Array.isArray(shape) ||
    shape.length === 0 ||
    shape.length > MOST_AXES ||
    !shape.every((n) => Number.isSafeInteger(n) && n >= 0)
  ) {
    throw invalid(`${argument}.shape`, 'array of whole numbers such as [rows, columns]', shape)
  }
  requireRowMajor(argument, given, shape)
  const rows = shape[0]!
  const columns = shape.slice(1).reduce((product, n) => product * n, 1)
  if (rows === 0 || columns === 0) throw empty(argument)
  if (rows * columns !== data.length) {
    throw shapeError(
      `Expected ${rows * columns} numbers for ${argument} of shape [${shape.join(', ')}] but received ${data.length}. ` +
        'data holds rows one after the other; its length is the product of the shape.',
    )
  }
  return { data: plainNumberArray(data), rows, columns }
}

/**
 * A view of other libraries says by strides and an offset where its numbers are: read one after the other, those of a
 * transposed one would be of other places.
 */
function requireRowMajor(argument: string, view: object, shape: readonly number[]): void {
  const { stride, strides = stride, offset = 0 } = view as { stride?: unknown; strides?: unknown; offset?: unknown }
  const rowMajor = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1))
  const hint = 'Copy the view, so that its data holds row after row: a transposed or sliced view does not.'
  // Along an axis of one place nobody takes a step.
  const asTold = (step: unknown, axis: number) => step === rowMajor[axis] || shape[axis]! <= 1
  if (Array.isArray(strides) && !(strides.length === shape.length && strides.every(asTold))) {
    const name = strides === stride ? 'stride' : 'strides'
    throw invalid(`${argument}.${name}`, `[${rowMajor.join(', ')}], as rows one after the other have,`, strides, hint)
  }
  if (typeof offset === 'number' && offset !== 0) throw invalid(`${argument}.offset`, '0', offset, hint)
}

function empty(argument: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected at least one row of at least one number for ${argument} but received none. Was the data loaded and filtered as meant?`,
  )
}

function nested(argument: string, value: readonly unknown[]): NumberTable {
  if (value.length === 0) throw empty(argument)
  array(argument, value, 'rows')
  const first = value[0]
  if (!Array.isArray(first) && !isNumberArray(first)) {
    throw invalid(`${argument}[0]`, 'array of numbers (one row)', first, adviceOnRow(argument, first))
  }
  if (Array.isArray(first)) array(`${argument}[0]`, first, 'numbers')
  const columns = first.length
  if (columns === 0) throw empty(argument)
  const data = allocate(value.length, columns, Float64Array)
  for (const [r, row] of value.entries()) {
    if (!Array.isArray(row) && !isNumberArray(row))
      throw invalid(`${argument}[${r}]`, 'array of numbers (one row)', row)
    if (row.length !== columns) {
      throw shapeError(
        `Expected ${columns} numbers for ${argument}[${r}], as in ${argument}[0], but received ${row.length}. ` +
          'Every row needs the same number of values.',
      )
    }
    for (let c = 0; c < columns; c++) {
      const element: unknown = row[c]
      if (typeof element !== 'number') {
        throw new DeepblasError(
          'ERR_DEEPBLAS_DATA',
          `Expected number for ${argument}[${r}][${c}] but received ${describe(element)} of type ${typeName(element)}. ${adviceOnElement(argument, element)}`,
        )
      }
      data[r * columns + c] = element
    }
  }
  return { data, rows: value.length, columns }
}
