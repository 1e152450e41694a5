/*
 * Learning curves: an error that falls with the amount of data, or with time, as a power law, and what it will be.
 */
import { largestOf, smallestOf } from '../../extremes.js'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { meanOf, squaresAround, sumOf } from '../../statistics.js'
import { invalid } from '../../validate.js'
import type { Interval } from './intervals.js'
import { studentQuantile } from './student.js'

/** A point of a learning curve. */
export interface CurvePoint {
  /** Where the error was measured: rows, or epochs. Above 0. */
  readonly at: number
  /** One error a seed, in the same order of seeds at every point; at least 0. */
  readonly errors: readonly number[]
}

/** error(n) = a + b · n^-c, with a, b >= 0 and c > 0. */
export interface PowerLaw {
  /** The error that stays however large n grows. */
  readonly a: number
  readonly b: number
  readonly c: number
}

/** An error beyond the points of a curve. */
export interface Extrapolation {
  readonly law: PowerLaw
  readonly value: number
  /** Refits on resampled seeds and with points left out lie between these. */
  readonly band: Interval
}

/** Exponents that are tried first: evenly spaced in their logarithm, from 0.02 to 2.4. */
const STEP = 1.12
const EXPONENTS = Array.from({ length: 43 }, (_, step) => 0.02 * STEP ** step)
/** Of the golden section, around the best of them: each makes the range shorter by 0.618. */
const REFINEMENTS = 40
const GOLDEN = (Math.sqrt(5) - 1) / 2

export function errorAt({ a, b, c }: PowerLaw, at: number): number {
  return a + b * at ** -c
}

/**
 * The power law with the least squared distance to the mean errors (Hestness et al., "Deep learning scaling is
 * predictable, empirically", 2017): the exponent from a grid, refined by the golden section, and for each exponent the
 * best a and b >= 0.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for fewer than 3 points
 */
export function fitPowerLaw(points: readonly CurvePoint[]): PowerLaw {
  if (points.length < 3) throw invalid('points', 'at least 3 points of a curve', points)
  const errors = points.map((point) => meanOf(point.errors))
  const places = points.map(({ at }) => at)
  const fitFor = (c: number): Fit => {
    const law = bestFor(c, places, errors)
    const distances = places.map((at, i) => errors[i]! - errorAt(law, at))
    return { law, squares: squaresAround(0, distances) }
  }
  const grid = EXPONENTS.map(fitFor).reduce(betterOf)
  let low = grid.law.c / STEP
  let high = grid.law.c * STEP
  let best = grid
  for (let step = 0; step < REFINEMENTS; step++) {
    const left = fitFor(high - GOLDEN * (high - low))
    const right = fitFor(low + GOLDEN * (high - low))
    if (left.squares <= right.squares) high = right.law.c
    else low = left.law.c
    best = betterOf(best, betterOf(left, right))
  }
  return best.law
}

interface Fit {
  readonly law: PowerLaw
  readonly squares: number
}

function betterOf(one: Fit, other: Fit): Fit {
  return other.squares < one.squares ? other : one
}

/** Least squares of a and b, both at least 0, for one exponent. */
function bestFor(c: number, places: readonly number[], errors: readonly number[]): PowerLaw {
  const powers = places.map((at) => at ** -c)
  const meanPower = meanOf(powers)
  const meanError = meanOf(errors)
  const together = sumOf(powers.map((power, i) => (power - meanPower) * (errors[i]! - meanError)))
  const b = together / squaresAround(meanPower, powers)
  if (!(b > 0)) return { a: Math.max(0, meanError), b: 0, c }
  const a = meanError - b * meanPower
  if (a >= 0) return { a, b, c }
  // Through 0 at infinity.
  return { a: 0, b: sumOf(powers.map((power, i) => power * errors[i]!)) / squaresAround(0, powers), c }
}

export interface ExtrapolateOptions {
  /** Of the resamples. */
  readonly seed: number
  /** Refits on resampled seeds. Default 200. */
  readonly resamples?: number
  /** Share of the refits that lie in the band. Default 0.95. */
  readonly level?: number
}

/**
 * What the error will be at another place. The band holds the middle share `level` of the refits on resampled seeds
 * (Efron's bootstrap), widened for few seeds as Student's t is (Hesterberg, "What teachers should know about the
 * bootstrap", 2015), and all refits with one point left out. It never goes below 0.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for fewer than 3 points
 */
export function extrapolate(points: readonly CurvePoint[], to: number, options: ExtrapolateOptions): Extrapolation {
  const law = fitPowerLaw(points)
  const value = errorAt(law, to)
  // Without a fourth point nothing would hold the law.
  const without = points.length < 4 ? [] : points.map((_, left) => errorAt(fitPowerLaw(points.toSpliced(left, 1)), to))
  const ends = [value, ...without, ...resampledEnds(points, to, value, options)]
  return { law, value, band: [Math.max(0, smallestOf(ends)), largestOf(ends)] }
}

/** The ends of the refits on resampled seeds; none of one seed. */
function resampledEnds(
  points: readonly CurvePoint[],
  to: number,
  value: number,
  { seed, resamples = 200, level = 0.95 }: ExtrapolateOptions,
): number[] {
  const seeds = smallestOf(points.map(({ errors }) => errors.length))
  if (seeds < 2) return []
  const refits = Array.from({ length: resamples }, (_, sample) => {
    const random = new RandomStream(seed, streams.resampledSeeds, 0, sample)
    return errorAt(fitPowerLaw(resample(points, seeds, random)), to)
  }).sort((one, other) => one - other)
  const tail = (1 - level) / 2
  const widened =
    (studentQuantile(tail, seeds - 1) / studentQuantile(tail, Number.POSITIVE_INFINITY)) *
    Math.sqrt(seeds / (seeds - 1))
  const cut = Math.floor(resamples * tail)
  return [refits[cut]!, refits[resamples - 1 - cut]!].map((end) => value + widened * (end - value))
}

/** The same seeds are drawn at every point, since the errors of one seed at several points belong together. */
function resample(points: readonly CurvePoint[], seeds: number, random: RandomStream): CurvePoint[] {
  const drawn = Array.from({ length: seeds }, () => random.integer(seeds))
  return points.map(({ at, errors }) => ({ at, errors: drawn.map((seed) => errors[seed]!) }))
}
