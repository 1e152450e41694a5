/*
 * How far the metrics of some rows would move with other rows of the same kind: the bootstrap (Efron and Tibshirani, "An
 * introduction to the bootstrap", 1993, percentile intervals). Rows, or whole groups of them, are drawn again with
 * replacement; a row counts as often as it was drawn.
 */
import type { NumberArray } from '../../kinds.js'
import { descendingOrder } from '../../metrics/functions/descending-order.js'
import { averageOf, f1Of } from '../../metrics/functions/labels.js'
import { SMALLEST_PROBABILITY } from '../../metrics/functions/probabilities.js'
import { classOfOutputs } from '../../outputs/classes.js'
import type { RandomStream } from '../../random/stream.js'
import { meanOver } from '../../statistics.js'
import type { Steps } from '../../turns.js'
import { foldsStream } from '../fold-rows.js'
import { HALF } from './scores.js'

/** Samples that are drawn where there are few rows; of many rows fewer say the same. */
const MOST_SAMPLES = 1000
const FEWEST_SAMPLES = 200
/** Draws of all samples together. */
const MOST_DRAWS = 2e7

/** The bounds of a metric. */
export type MetricInterval = readonly [low: number, high: number]

/** A metric of the rows, each counted so often. */
type Counted = (counts: Float64Array) => Readonly<Record<string, number>>

export interface BootstrapOptions {
  readonly seed: number
  /** The group of every row, from 0, where groups are drawn as a whole. */
  readonly groupOfRow?: Int32Array | undefined
  /** Share of the samples that lie in an interval. Default 0.95. */
  readonly level?: number
  /** Probabilities above this are class 1, where there are two classes. Default 0.5. */
  readonly threshold?: number | undefined
}

/**
 * Intervals of the metrics of a classification, by name.
 *
 * @param targets class of every row
 * @param probabilities of class 1 where there are two classes, otherwise one row of numbers for each target
 */
export function* labelIntervals(
  targets: Float64Array,
  probabilities: NumberArray,
  classes: number,
  options: BootstrapOptions,
): Steps<Record<string, MetricInterval>> {
  const counted =
    classes === 2
      ? yield* binaryMetrics(targets, probabilities, options.threshold ?? HALF)
      : classMetrics(targets, probabilities, classes)
  return yield* intervals(targets.length, counted, options)
}

/**
 * The same of values.
 *
 * @param targets and values in the target's units
 * @param quantiles what the values of a row are, where they are quantiles
 */
export function* valueIntervals(
  targets: Float64Array,
  values: NumberArray,
  quantiles: readonly number[] | undefined,
  options: BootstrapOptions,
): Steps<Record<string, MetricInterval>> {
  const counted = quantiles === undefined ? valueMetrics(targets, values) : quantileMetrics(targets, values, quantiles)
  return yield* intervals(targets.length, counted, options)
}

function* intervals(
  rows: number,
  metricsOf: Counted,
  { seed, groupOfRow, level = 0.95 }: BootstrapOptions,
): Steps<Record<string, MetricInterval>> {
  const random = foldsStream(seed, 'samples')
  const samples = Math.round(Math.min(MOST_SAMPLES, Math.max(FEWEST_SAMPLES, MOST_DRAWS / rows)))
  const groups = groupOfRow === undefined ? undefined : groupOfRow.reduce((most, one) => Math.max(most, one), 0) + 1
  // One group drawn again is the same rows: nothing is told of other groups.
  const isTold = groups === undefined || new Set(groupOfRow).size > 1
  const found = new Map<string, number[]>()
  const counts = new Float64Array(rows)
  for (let sample = 0; sample < samples; sample++) {
    if (groups === undefined) draw(random, counts)
    else {
      const ofGroup = new Float64Array(groups)
      draw(random, ofGroup)
      for (let row = 0; row < rows; row++) counts[row] = ofGroup[groupOfRow![row]!]!
    }
    for (const [name, value] of Object.entries(metricsOf(counts))) {
      const all = found.get(name) ?? []
      all.push(value)
      found.set(name, all)
    }
    yield
  }
  return Object.fromEntries(
    [...found].map(([name, all]) => [name, isTold ? bounds(all, level) : [Number.NaN, Number.NaN]]),
  )
}

/** As many draws as there are places, with replacement: how often each was drawn. */
function draw(random: RandomStream, counts: Float64Array): void {
  counts.fill(0)
  for (let at = 0; at < counts.length; at++) counts[random.integer(counts.length)]!++
}

/** Quantiles of the samples in which the metric can be told; NaN where it cannot in half of them. */
function bounds(values: readonly number[], level: number): MetricInterval {
  const known = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort()
  if (2 * known.length < values.length) return [Number.NaN, Number.NaN]
  const at = (share: number) => {
    const place = share * (known.length - 1)
    const below = Math.floor(place)
    const [low, high] = [known[below]!, known[Math.min(below + 1, known.length - 1)]!]
    return low + (high - low) * (place - below)
  }
  return [at((1 - level) / 2), at((1 + level) / 2)]
}

function* binaryMetrics(targets: Float64Array, probabilities: NumberArray, threshold: number): Steps<Counted> {
  const rows = targets.length
  const order = yield* descendingOrder(Float64Array.from(probabilities))
  const losses = Float64Array.from(targets, (target, row) =>
    lossOf(target === 1 ? probabilities[row]! : 1 - probabilities[row]!),
  )
  const taken = Uint8Array.from(targets, (_, row) => Number(probabilities[row]! > threshold))
  return (counts) => {
    let [right, loss, all, truePositive, falsePositive, falseNegative] = [0, 0, 0, 0, 0, 0]
    for (let row = 0; row < rows; row++) {
      const count = counts[row]!
      const positive = targets[row] === 1
      all += count
      loss += count * losses[row]!
      if (positive === (taken[row] === 1)) {
        right += count
        if (positive) truePositive += count
      } else if (positive) falseNegative += count
      else falsePositive += count
    }
    const positives = truePositive + falseNegative
    return {
      accuracy: right / all,
      ...ranked(order, targets, probabilities, counts),
      f1: positives === 0 ? Number.NaN : f1Of({ truePositive, falsePositive, falseNegative }),
      logLoss: loss / all,
    }
  }
}

/** Area under the curve and average precision in one walk from the highest score down; equal scores are one step. */
function ranked(order: Uint32Array, targets: Float64Array, scores: NumberArray, counts: Float64Array) {
  let [area, sum, positivesBefore, negativesBefore] = [0, 0, 0, 0]
  for (let at = 0; at < order.length; ) {
    const score = scores[order[at]!]
    let [positives, negatives] = [0, 0]
    for (; at < order.length && scores[order[at]!] === score; at++) {
      const row = order[at]!
      if (targets[row] === 1) positives += counts[row]!
      else negatives += counts[row]!
    }
    area += negatives * (positivesBefore + positives / 2)
    positivesBefore += positives
    negativesBefore += negatives
    if (positives > 0) sum += (positives * positivesBefore) / (positivesBefore + negativesBefore)
  }
  return {
    rocAuc: area / (positivesBefore * negativesBefore),
    averagePrecision: positivesBefore === 0 ? Number.NaN : sum / positivesBefore,
  }
}

function classMetrics(targets: Float64Array, probabilities: NumberArray, classes: number): Counted {
  const rows = targets.length
  const taken = Int32Array.from(targets, (_, row) => classOfOutputs(probabilities, row * classes, classes, 0.5))
  const losses = Float64Array.from(targets, (target, row) => lossOf(probabilities[row * classes + target]!))
  return (counts) => {
    let [right, loss, all] = [0, 0, 0]
    const [actual, guessed, hit] = [new Float64Array(classes), new Float64Array(classes), new Float64Array(classes)]
    for (let row = 0; row < rows; row++) {
      const count = counts[row]!
      const [target, guess] = [targets[row]!, taken[row]!]
      all += count
      loss += count * losses[row]!
      actual[target]! += count
      guessed[guess]! += count
      if (target === guess) {
        right += count
        hit[target]! += count
      }
    }
    const counted = Array.from(hit, (truePositive, one) => ({
      truePositive,
      falsePositive: guessed[one]! - truePositive,
      falseNegative: actual[one]! - truePositive,
    }))
    return { accuracy: right / all, f1: averageOf(f1Of, counted, 'macro', false), logLoss: loss / all }
  }
}

function lossOf(probability: number): number {
  return -Math.log(Math.min(Math.max(probability, SMALLEST_PROBABILITY), 1 - SMALLEST_PROBABILITY))
}

/** Of the median, where it is among them, and of all quantiles. */
function quantileMetrics(targets: Float64Array, values: NumberArray, quantiles: readonly number[]): Counted {
  const columns = quantiles.length
  const rows = targets.length
  const losses = Float64Array.from(targets, (target, row) =>
    meanOver(columns, (at) => {
      const error = target - values[row * columns + at]!
      return Math.max(quantiles[at]! * error, (quantiles[at]! - 1) * error)
    }),
  )
  const inside = Uint8Array.from(targets, (target, row) =>
    Number(target >= values[row * columns]! && target <= values[(row + 1) * columns - 1]!),
  )
  const median = quantiles.indexOf(HALF)
  const ofMedian =
    median < 0
      ? undefined
      : valueMetrics(
          targets,
          Float64Array.from(targets, (_, row) => values[row * columns + median]!),
        )
  return (counts) => {
    let [all, loss, covered] = [0, 0, 0]
    for (let row = 0; row < rows; row++) {
      all += counts[row]!
      loss += counts[row]! * losses[row]!
      covered += counts[row]! * inside[row]!
    }
    return { ...ofMedian?.(counts), pinball: loss / all, ...(columns > 1 && { coverage: covered / all }) }
  }
}

function valueMetrics(targets: Float64Array, values: NumberArray): Counted {
  const rows = targets.length
  const errors = Float64Array.from(targets, (target, row) => target - values[row]!)
  return (counts) => {
    let [all, sum, squares, distances] = [0, 0, 0, 0]
    for (let row = 0; row < rows; row++) {
      const [count, error] = [counts[row]!, errors[row]!]
      all += count
      sum += count * targets[row]!
      squares += count * error * error
      distances += count * Math.abs(error)
    }
    const mean = sum / all
    let [spread, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let row = 0; row < rows; row++) {
      if (counts[row] === 0) continue
      const target = targets[row]!
      spread += counts[row]! * (target - mean) ** 2
      if (target < least) least = target
      if (target > most) most = target
    }
    return {
      rootMeanSquaredError: Math.sqrt(squares / all),
      meanAbsoluteError: distances / all,
      // The mean of equal numbers may be off by a rounding error.
      r2: least === most ? Number.NaN : 1 - squares / spread,
    }
  }
}
