/*
 * Sums, means and deviations of numbers, in float64 and in the order in which the numbers come.
 */

/** Numbers that are there whole. */
export type NumberList = readonly number[] | Float64Array

/** 0 of none. */
export function sumOf(values: Iterable<number>): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

/** NaN of none. */
export function meanOf(values: NumberList): number {
  return sumOf(values) / values.length
}

/** The mean of `value(0)`, `value(1)`, … of `count` numbers that need no list. */
export function meanOver(count: number, value: (at: number) => number): number {
  let sum = 0
  for (let at = 0; at < count; at++) sum += value(at)
  return sum / count
}

/** Σ w·v / Σ w over rows; without weights each row counts 1. */
export function weightedMean(rows: number, value: (row: number) => number, weights: Float64Array | undefined): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1
    sum += weight * value(row)
    total += weight
  }
  return sum / total
}

/** The sum of the squared distances to `center`, which is the values' mean where a variance is wanted. */
export function squaresAround(center: number, values: NumberList): number {
  let sum = 0
  for (const value of values) sum += (value - center) * (value - center)
  return sum
}

/** The standard deviation of a sample: the sum of squares divided by one less than there are values. NaN of one value. */
export function sampleDeviation(values: readonly number[]): number {
  return Math.sqrt(squaresAround(meanOf(values), values) / (values.length - 1))
}

/**
 * Mean and squares of numbers that come one by one (Welford, "Note on a method for calculating corrected sums of squares
 * and products", 1962): one pass, digits of numbers far from 0 are kept, and the bits are the same however the numbers
 * are cut into pieces.
 */
export class RunningMoments {
  count = 0
  /** 0 of none. */
  mean = 0
  /** The sum of the squared distances to the mean. */
  squares = 0

  add(value: number): void {
    this.count++
    const before = value - this.mean
    this.mean += before / this.count
    this.squares += before * (value - this.mean)
  }

  /** Over all numbers (divided by how many there are, not by one less); 0 of none. */
  get deviation(): number {
    return Math.sqrt(this.squares / Math.max(1, this.count))
  }
}
