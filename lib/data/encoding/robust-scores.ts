/*
 * Numbers scaled by their quartiles, then brought within ±3 by a smooth curve: what lies far out stretches nothing
 * (Holzmüller et al., "Better by default", 2024).
 */
import { quantilesOf } from './normal-scores.js'

/** The largest score, which numbers far out come near. */
const BOUND = 3
/** From here on float64 has no other number than the bound itself. */
const FAR_OUT = 1e9

/** How a column is scaled, as `RobustEncoding` describes it. */
export interface RobustScale {
  readonly median: number
  readonly distance: number
}

/** @param sorted values in order of size, at least one; quartiles are between two of them as NumPy's and PyTorch's are */
export function robustScaleOf(sorted: Float64Array): RobustScale {
  const [least, low, median, high, most] = quantilesOf(sorted, 4) as [number, number, number, number, number]
  return { median, distance: high > low ? high - low : most / 2 - least / 2 }
}

/** z / √(1 + (z / 3)²) of z = (value - median) / distance. */
export function robustScore({ median, distance }: RobustScale, value: number): number {
  if (distance === 0) return 0
  const z = (value - median) / distance
  return Math.abs(z) > FAR_OUT ? BOUND * Math.sign(z) : z / Math.sqrt(1 + (z / BOUND) ** 2)
}

/** The value that has the score, for scores within ±3. */
export function valueOfRobustScore({ median, distance }: RobustScale, score: number): number {
  return median + (distance * score) / Math.sqrt(1 - (score / BOUND) ** 2)
}
