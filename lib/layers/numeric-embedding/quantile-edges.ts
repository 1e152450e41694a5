import { DeepblasError } from '../../errors.js'
import { newFloats } from '../../memory.js'

/** Rows whose columns can be read one by one. */
interface Rows {
  readonly rows: number
  row(index: number): Float32Array
}

/**
 * Edges of at most `bins` bins of every column, between which lie as many rows each: the quantiles at 0, 1/bins … 1, with
 * linear interpolation as NumPy's, and equal ones, or nearly equal ones near 0, merged. A column of one value has one bin,
 * from that value on. Numbers that are not finite do not count.
 *
 * @param columns places in a row
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a column without a finite number
 */
export function quantileEdges(data: Rows, columns: readonly number[], bins: number): number[][] {
  const { rows } = data
  const values = newFloats(rows * columns.length, () => `the ${columns.length} columns of ${rows} rows`)
  for (let row = 0; row < rows; row++) {
    const numbers = data.row(row)
    for (const [place, column] of columns.entries()) values[place * rows + row] = numbers[column]!
  }
  return columns.map((column, place) => {
    const finite = values
      .subarray(place * rows, (place + 1) * rows)
      .filter(Number.isFinite)
      .sort()
    if (finite.length > 0) return edgesOf(finite, bins)
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected finite numbers in column ${column} to fit bins to but it has none. Leave the column out of 'columns'.`,
    )
  })
}

/** sorted: ascending, at least one number. */
function edgesOf(sorted: Float32Array, bins: number): number[] {
  const edges: number[] = []
  for (let edge = 0; edge <= bins; edge++) {
    const position = (edge / bins) * (sorted.length - 1)
    const below = Math.floor(position)
    const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!]
    const value = Math.fround(low + (high - low) * (position - below))
    if (edges.length === 0 || isBin(edges.at(-1)!, value)) edges.push(value)
  }
  if (edges.length > 1) return edges
  const [only] = edges as [number]
  const next = Math.max(only + 1, nextAfter(only))
  return Number.isFinite(next) ? [only, next] : [-nextAfter(-only), only]
}

/** Narrower bins are none to processors, which take such numbers for 0; wider ones have no width in float32. */
export function isBin(from: number, to: number): boolean {
  const width = Math.fround(to - from)
  return width >= SMALLEST_WIDTH && Number.isFinite(width)
}

/** The smallest number of float32 that is not subnormal. */
const SMALLEST_WIDTH = 2 ** -126

/** The next larger number of float32, for numbers so large that adding 1 changes nothing. */
function nextAfter(value: number): number {
  const step = Math.fround(Math.abs(value) * 2 ** -22)
  return Math.fround(value + step)
}
