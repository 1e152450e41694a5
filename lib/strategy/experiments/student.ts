/*
 * Student's t distribution, for any positive number of degrees of freedom.
 */

/** Coefficients of Lanczos' approximation of the gamma function, g = 7 (Godfrey, 2001): 15 digits. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** The logarithm of the gamma function, of x > 0. */
function logGamma(x: number): number {
  const at = x - 1
  const base = at + 7.5
  const sum = LANCZOS.reduce((total, one, i) => (i === 0 ? one : total + one / (at + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (at + 0.5) * Math.log(base) - base + Math.log(sum)
}

const SMALLEST = 1e-300
const PRECISION = 1e-16
const MOST_TERMS = 10_000

/** The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22). */
function betaFraction(x: number, a: number, b: number): number {
  const bounded = (value: number) => (Math.abs(value) < SMALLEST ? SMALLEST : value)
  let c = 1
  let d = 1 / bounded(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / bounded(1 + even * d)
    c = bounded(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / bounded(1 + odd * d)
    c = bounded(1 + odd / c)
    const step = d * c
    fraction *= step
    if (Math.abs(step - 1) < PRECISION) break
  }
  return fraction
}

/** From here on a difference of logarithms would lose digits that the series of their difference keeps. */
const LARGE = 100

/** The logarithm of Γ(a + 1/2) / Γ(a): for large a by its asymptotic series (DLMF 5.11.13). */
function logHalfStep(a: number): number {
  if (a < LARGE) return logGamma(a + 0.5) - logGamma(a)
  return 0.5 * Math.log(a) - 1 / (8 * a) + 1 / (192 * a ** 3) - 1 / (640 * a ** 5)
}

/** The regularized incomplete beta function I_x(a, 1/2); `rest` is 1 - x, so that neither loses digits near 1. */
function incompleteBeta(x: number, rest: number, a: number): number {
  if (x <= 0) return 0
  if (rest <= 0) return 1
  const powers = a * (x > 0.5 ? Math.log1p(-rest) : Math.log(x)) + 0.5 * Math.log(rest)
  const front = Math.exp(logHalfStep(a) - 0.5 * Math.log(Math.PI) + powers)
  if (x < (a + 1) / (a + 2.5)) return (front * betaFraction(x, a, 0.5)) / a
  return 1 - (front * betaFraction(rest, 0.5, a)) / 0.5
}

/** More degrees of freedom change the distribution, which is nearly the normal one, by less than a part in a million. */
const NEARLY_NORMAL = 1e6

/**
 * The chance of a value above t, for t >= 0.
 *
 * @param degreesOfFreedom above 0; a million in place of more
 */
export function studentTail(t: number, degreesOfFreedom: number): number {
  const freedom = Math.min(degreesOfFreedom, NEARLY_NORMAL)
  const square = t * t
  if (!Number.isFinite(square)) return 0
  return 0.5 * incompleteBeta(freedom / (freedom + square), square / (freedom + square), freedom / 2)
}

/**
 * The t above which lies the share `tail` of the distribution: `studentQuantile(0.025, 4)` is 2.776, half the width of a
 * 95 % interval in standard errors.
 *
 * @param tail above 0 and at most 0.5
 * @param degreesOfFreedom above 0; a million in place of more
 */
export function studentQuantile(tail: number, degreesOfFreedom: number): number {
  let low = 0
  let high = 1
  while (studentTail(high, degreesOfFreedom) > tail && high < Number.MAX_VALUE / 2) {
    low = high
    high *= 2
  }
  // Halving until the bounds are neighbors: as many digits as the tail has.
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentTail(middle, degreesOfFreedom) > tail) low = middle
    else high = middle
  }
  return low
}
