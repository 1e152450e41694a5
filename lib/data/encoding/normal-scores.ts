/*
 * Ranks among the training rows as numbers of the normal distribution (van der Waerden's scores).
 */

/** Ranks outside of what the quantiles tell apart would be infinite: scores end at about ±3.3. */
const OUTERMOST = 0.0005

/** Values at `steps` equal steps of rank, from the smallest to the largest. */
export function quantilesOf(sorted: Float64Array, steps: number): number[] {
  const last = sorted.length - 1
  return Array.from({ length: steps + 1 }, (_, step) => {
    const place = (step / steps) * last
    const below = Math.floor(place)
    const low = sorted[below]!
    return low + (place - below) * (sorted[Math.min(below + 1, last)]! - low)
  })
}

/** The score of a value. Values that many rows share get the middle of their ranks. */
export function normalScore(quantiles: readonly number[], value: number): number {
  const rank = (rankOf(quantiles, value, false) + rankOf(quantiles, value, true)) / 2
  return inverseNormal(Math.min(1 - OUTERMOST, Math.max(OUTERMOST, rank)))
}

/** From 0 to 1, straight between the quantiles; of equal quantiles the lowest rank or the highest. */
function rankOf(quantiles: readonly number[], value: number, highest: boolean): number {
  const steps = quantiles.length - 1
  // The first quantile above the value, or not below it.
  let low = 0
  let high = steps + 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (highest ? quantiles[middle]! <= value : quantiles[middle]! < value) low = middle + 1
    else high = middle
  }
  if (highest ? low === 0 : low > steps) return highest ? 0 : 1
  if (highest && low > steps) return 1
  if (low === 0) return 0
  const below = quantiles[low - 1]!
  return (low - 1 + (value - below) / (quantiles[low]! - below)) / steps
}

/**
 * The number below which a share `p` of the normal distribution lies, to nine digits (Peter Acklam, "An algorithm for
 * computing the inverse normal cumulative distribution function", 2003).
 */
export function inverseNormal(p: number): number {
  if (p > 0.5) return -inverseNormal(1 - p)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return polynomial(TAIL_TOP, q) / (polynomial(TAIL_BOTTOM, q) * q + 1)
  }
  const q = p - 0.5
  const r = q * q
  return (polynomial(MIDDLE_TOP, r) * q) / (polynomial(MIDDLE_BOTTOM, r) * r + 1)
}

const MIDDLE_TOP = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
]
const MIDDLE_BOTTOM = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572]
const TAIL_TOP = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const TAIL_BOTTOM = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
