/*
 * The weights of rows: in native memory for runs, and beside it as they were given. Reading a million of them back from
 * there one by one would take a second.
 */
import { type Matrix, native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../../turns.js'

const known = new WeakMap<Matrix, Float32Array>()

/** @param values one a row; they must not change afterwards */
export function weightMatrix(values: Float32Array): Matrix {
  return atOnce(makingWeights(values))
}

/** As `weightMatrix`, with pauses. */
export function* makingWeights(values: Float32Array): Steps<Matrix> {
  const matrix = new (native().Matrix)(values.length, 1, elementTypes.float32)
  for (let from = 0; from < values.length; from += ELEMENTS_OF_STEP) {
    matrix.write(values.subarray(from, from + ELEMENTS_OF_STEP), from)
    yield
  }
  known.set(matrix, values)
  return matrix
}

/** The values of a matrix that `weightMatrix` made; they must not be changed. */
export function weightsOf(matrix: Matrix): Float32Array {
  return known.get(matrix)!
}

/** The weights of the rows given, in that order. */
export function* selectWeights(matrix: Matrix, rows: Int32Array): Steps<Matrix> {
  const values = weightsOf(matrix)
  const selected = new Float32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    if (i % ELEMENTS_OF_STEP === 0) yield
    selected[i] = values[rows[i]!]!
  }
  return yield* makingWeights(selected)
}
