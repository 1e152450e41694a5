/*
 * The weights of rows: in native memory for runs, and beside it as they were given. Reading a million of them back from
 * there one by one would take a second.
 */
import { type Matrix, native } from '../native/addon.js'
import { types } from '../native/tensor.js'

const known = new WeakMap<Matrix, Float32Array>()

/** @param values one a row; they must not change afterwards */
export function weightMatrix(values: Float32Array): Matrix {
  const matrix = new (native().Matrix)(values, values.length, 1, types.indexOf('float32'), 1)
  known.set(matrix, values)
  return matrix
}

/** Of a matrix that `weightMatrix` made; they must not be changed. */
export function weightsOf(matrix: Matrix): Float32Array {
  return known.get(matrix)!
}

/** The weights of the rows given, in that order. */
export function selectWeights(matrix: Matrix, rows: Int32Array): Matrix {
  const values = weightsOf(matrix)
  const selected = new Float32Array(rows.length)
  for (let i = 0; i < rows.length; i++) selected[i] = values[rows[i]!]!
  return weightMatrix(selected)
}
