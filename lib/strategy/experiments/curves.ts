/*
 * Learning curves: an error that falls with the amount of data, or with time, as a power law, and what it will be.
 */
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { meanOf, squaresAround } from '../../statistics.js'
import { invalid } from '../../validate.js'
import type { Interval } from './intervals.js'

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

/** Exponents that are tried: evenly spaced in their logarithm, about 4 % apart. */
const EXPONENTS = Array.from({ length: 120 }, (_, step) => 0.02 * 1.04 ** step)

export function errorAt({ a, b, c }: PowerLaw, at: number): number {
  return a + b * at ** -c
}

/**
 * The power law with the least squared distance to the mean errors (Hestness et al., "Deep learning scaling is
 * predictable, empirically", 2017): a grid of exponents, and for each the best a and b >= 0.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for fewer than 3 points
 */
export function fitPowerLaw(points: readonly CurvePoint[]): PowerLaw {
  if (points.length < 3) throw invalid('points', 'at least 3 points of a curve', points)
  const errors = points.map((point) => meanOf(point.errors))
  let best: { law: PowerLaw; squares: number } | undefined
  for (const c of EXPONENTS) {
    const law = bestFor(
      c,
      points.map(({ at }) => at),
      errors,
    )
    const distances = points.map(({ at }, i) => errors[i]! - errorAt(law, at))
    const squares = squaresAround(0, distances)
    if (best === undefined || squares < best.squares) best = { law, squares }
  }
  return best!.law
}

/** Least squares of a and b, both at least 0, for one exponent. */
function bestFor(c: number, places: readonly number[], errors: readonly number[]): PowerLaw {
  const powers = places.map((at) => at ** -c)
  const meanPower = meanOf(powers)
  const meanError = meanOf(errors)
  const b =
    meanOf(powers.map((power, i) => (power - meanPower) * (errors[i]! - meanError))) /
    meanOf(powers.map((power) => (power - meanPower) ** 2))
  const a = meanError - b * meanPower
  if (b < 0 || !Number.isFinite(b)) return { a: Math.max(0, meanError), b: 0, c }
  if (a >= 0) return { a, b, c }
  return {
    a: 0,
    b: Math.max(0, meanOf(powers.map((power, i) => power * errors[i]!)) / meanOf(powers.map((power) => power * power))),
    c,
  }
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
 * (Efron's bootstrap), and all refits with one point left out.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for fewer than 3 points
 */
export function extrapolate(points: readonly CurvePoint[], to: number, options: ExtrapolateOptions): Extrapolation {
  const { seed, resamples = 200, level = 0.95 } = options
  const law = fitPowerLaw(points)
  const value = errorAt(law, to)
  const resampled = Array.from({ length: resamples }, (_, sample) =>
    errorAt(fitPowerLaw(resample(points, new RandomStream(seed, streams.resampledSeeds, 0, sample))), to),
  ).sort((one, other) => one - other)
  const left = points.length < 4 ? [] : points.map((_, out) => errorAt(fitPowerLaw(points.toSpliced(out, 1)), to))
  const cut = Math.floor((resamples * (1 - level)) / 2)
  const ends = [value, ...left, ...resampled.slice(cut, resamples - cut)]
  return { law, value, band: [Math.min(...ends), Math.max(...ends)] }
}

/** The same seeds are drawn at every point, since the errors of one seed at several points belong together. */
function resample(points: readonly CurvePoint[], random: RandomStream): CurvePoint[] {
  const count = Math.min(...points.map(({ errors }) => errors.length))
  const drawn = Array.from({ length: count }, () => random.integer(count))
  return points.map(({ at, errors }) => ({ at, errors: drawn.map((seed) => errors[seed]!) }))
}
