import type { RandomNumbers } from './augmentation.js'

/**
 * A number of the distribution Beta(a, a), from 0 to 1: g / (g + h) of two numbers of Gamma(a).
 *
 * By logarithms, since for a small `a` both underflow.
 */
export function symmetricBeta(a: number, random: RandomNumbers): number {
  const first = logarithmOfGamma(a, random)
  const second = logarithmOfGamma(a, random)
  return 1 / (1 + Math.exp(second - first))
}

/**
 * The logarithm of a number of the distribution Gamma(shape).
 *
 * Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; a shape below 1 by their note: a number of
 * Gamma(shape + 1) times u^(1 / shape).
 */
function logarithmOfGamma(shape: number, random: RandomNumbers): number {
  if (shape < 1) return logarithmOfGamma(shape + 1, random) + Math.log(1 - random.uniform()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = random.normal()
    const v = (1 + c * normal) ** 3
    // 1 - uniform is never 0.
    if (v > 0 && Math.log(1 - random.uniform()) < normal * normal * 0.5 + d - d * v + d * Math.log(v)) {
      return Math.log(d) + Math.log(v)
    }
  }
}
