/**
 * Makes the rows of a matrix, or its columns where they are fewer, orthonormal times `gain`. The result is the Q of a
 * QR decomposition whose R has a positive diagonal, so normal numbers become a matrix that is uniform among the
 * orthogonal ones (Mezzadri, 2007). The method is modified Gram-Schmidt in float64, whose error, about 1e-16 times the
 * condition number, is far below float32's. It takes 2 · smaller² · larger operations.
 *
 * @param values (rows, columns) row-major, replaced
 */
export function orthogonalize(values: Float32Array, rows: number, columns: number, gain: number): void {
  const count = Math.min(rows, columns)
  const length = Math.max(rows, columns)
  const byRows = rows <= columns
  const at = (vector: number, i: number) => (byRows ? vector * columns + i : i * columns + vector)
  const vectors = Array.from({ length: count }, (_, vector) =>
    Float64Array.from({ length }, (_, i) => values[at(vector, i)]!),
  )
  for (const [index, vector] of vectors.entries()) {
    for (let earlier = 0; earlier < index; earlier++) takeOff(vector, vectors[earlier]!)
    const norm = Math.sqrt(dot(vector, vector))
    for (let i = 0; i < length; i++) vector[i]! /= norm
  }
  for (const [index, vector] of vectors.entries()) {
    for (let i = 0; i < length; i++) values[at(index, i)] = gain * vector[i]!
  }
}

/** Subtracts from `vector` its component along `direction`. */
function takeOff(vector: Float64Array, direction: Float64Array): void {
  const part = dot(vector, direction)
  for (let i = 0; i < vector.length; i++) vector[i]! -= part * direction[i]!
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
