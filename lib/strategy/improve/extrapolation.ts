/*
 * What lies ahead of a learning curve, as a gain with a band.
 */
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { meanOf } from '../../statistics.js'
import type { Interval } from '../experiments/intervals.js'
import { studentQuantile } from '../experiments/student.js'

/** A point of a curve of errors. */
export interface ErrorPoint {
  /** Rows or epochs, above 0. */
  readonly at: number
  /** One error a seed, on all dev rows. */
  readonly whole: readonly number[]
  /** The same on each group of dev rows: a list a seed. One group alone where groups are not known. */
  readonly groups: readonly (readonly number[])[]
}

export interface GainAhead {
  /** Error at the last point less the error ahead, both by the fitted law. Below 0 where the curve rises. */
  readonly gain: number
  readonly band: Interval
}

/** Exponents that are tried, evenly spaced in their logarithm. */
const EXPONENTS = Array.from({ length: 40 }, (_, step) => 0.05 * 1.12 ** step)
const RESAMPLES = 2000

/**
 * Fits error(n) = a + b · n^-c by least squares and continues it to `to`. b may be below 0, so that where the curve is flat
 * its noise lets the gain fall on either side of 0; where b is above 0, so is a, since errors are. The band holds the
 * middle share `level` of refits on resampled seeds and groups of dev rows, both drawn with replacement (Owen, "The
 * pigeonhole bootstrap", 2007), widened for how few they are as Student's t is, and the refits with one point left out.
 */
export function gainAhead(points: readonly ErrorPoint[], to: number, level: number, seed: number): GainAhead {
  const places = points.map(({ at }) => at)
  const gain = gainOf(
    places,
    points.map(({ whole }) => meanOf(whole)),
    to,
  )
  const cells = points.map(({ groups }) => groups)
  const [seeds, count] = [cells[0]!.length, cells[0]![0]!.length]
  const centre = gainOf(
    places,
    cells.map((groups) => meanOf(groups.flat())),
    to,
  )
  const fewest = Math.min(seeds, count === 1 ? seeds : count)
  const tail = (1 - level) / 2
  const student = fewest < 2 ? 1 : studentQuantile(tail, fewest - 1) / studentQuantile(tail, Number.POSITIVE_INFINITY)
  const wider = student * Math.sqrt(fewest / Math.max(1, fewest - 1))
  const moves = Array.from({ length: RESAMPLES }, (_, sample) => {
    const random = new RandomStream(seed, streams.resampledSeeds, 0, sample)
    const drawn = Array.from({ length: seeds }, () => random.integer(seeds))
    const drawnGroups = Array.from({ length: count }, () => random.integer(count))
    const errors = cells.map((groups) => meanOfCells(groups, drawn, drawnGroups))
    return gainOf(places, errors, to) - centre
  }).sort((one, other) => one - other)
  const cut = Math.floor(RESAMPLES * tail)
  const left = points.length < 4 ? [] : points.map((_, out) => gainWithout(points, out, to))
  const ends = [gain, ...left]
  if (seeds < 2) return { gain, band: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] }
  const [low, high] = [gain + wider * moves[cut]!, gain + wider * moves[RESAMPLES - 1 - cut]!]
  return { gain, band: [Math.min(low, ...ends), Math.max(high, ...ends)] }
}

function gainWithout(points: readonly ErrorPoint[], out: number, to: number): number {
  const rest = points.toSpliced(out, 1)
  const last = points.at(-1)!.at
  const errors = rest.map(({ whole }) => meanOf(whole))
  return gainOf(
    rest.map(({ at }) => at),
    errors,
    to,
    last,
  )
}

function meanOfCells(
  groups: readonly (readonly number[])[],
  seeds: readonly number[],
  columns: readonly number[],
): number {
  let sum = 0
  for (const seed of seeds) for (const column of columns) sum += groups[seed]![column]!
  return sum / (seeds.length * columns.length)
}

/** By the law of the exponent that fits best: how much lower the error is at `to` than at `from`. */
function gainOf(places: readonly number[], errors: readonly number[], to: number, from = places.at(-1)!): number {
  let best = { squares: Number.POSITIVE_INFINITY, gain: 0 }
  for (const c of EXPONENTS) {
    const { squares, b } = fitted(places, errors, c)
    if (squares < best.squares) best = { squares, gain: b * (from ** -c - to ** -c) }
  }
  return best.gain
}

function fitted(places: readonly number[], errors: readonly number[], c: number): { squares: number; b: number } {
  const powers = places.map((at) => at ** -c)
  const [meanPower, meanError] = [meanOf(powers), meanOf(errors)]
  let [products, squared] = [0, 0]
  for (const [at, power] of powers.entries()) {
    products += (power - meanPower) * (errors[at]! - meanError)
    squared += (power - meanPower) ** 2
  }
  let b = products / squared
  let a = meanError - b * meanPower
  if (b > 0 && a < 0) {
    a = 0
    b = meanOf(powers.map((power, at) => power * errors[at]!)) / meanOf(powers.map((power) => power * power))
  }
  let squares = 0
  for (const [at, power] of powers.entries()) squares += (errors[at]! - a - b * power) ** 2
  return { squares, b }
}
