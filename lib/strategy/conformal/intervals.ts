/*
 * Conformal prediction of values: intervals that hold a stated share of the targets, whatever the model.
 */
import { type Numbers, sameRows } from '../../metrics/functions/arrays.js'
import type { Intervals } from '../../metrics/functions/quantiles.js'
import { finiteNumber, invalid, knownOptions, plainObject } from '../../validate.js'
import { type ConformalOptions, checkedCoverage, finiteNumbers, quantileOf } from './conformal-quantile.js'

/** What makes intervals of predictions: plain numbers, which can be kept as JSON. */
export interface IntervalCalibration {
  /** The share of new rows whose target lies in its interval. */
  readonly coverage: number
  /** Number of rows that it was calibrated on. */
  readonly rows: number
  /**
   * Added above and subtracted below, in the targets' unit. Of quantiles it is negative where they were too far apart.
   */
  readonly margin: number
}

/** The ends of each row's interval, in the targets' unit; both belong to it. */
export interface PredictedIntervals {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/**
 * Split conformal prediction: how far predictions must be widened on both sides so that a new row's target lies between
 * with a probability of at least `coverage` (Lei et al., "Distribution-free predictive inference for regression", 2018).
 * It is a quantile of `|target - prediction|`, the same width for all rows. It holds whatever the model is, as long as
 * new rows come from where these come from and the model has not seen these in training. `predictionIntervals` applies
 * it.
 *
 * @param targets one value per row
 * @param predicted the model's prediction for each of these rows
 * @throws DeepblasError ERR_DEEPBLAS_DATA for fewer rows than the coverage needs (the message says how many), and for
 *   numbers that are not finite; ERR_DEEPBLAS_SHAPE for another number of predictions than of targets
 * @example
 * const calibration = splitConformal(targets, predicted, { coverage: 0.9 })
 * const { lower, upper } = predictionIntervals(calibration, model.predictSync(rows).data)
 */
export function splitConformal(targets: Numbers, predicted: Numbers, options?: ConformalOptions): IntervalCalibration {
  const { coverage } = knownOptions<ConformalOptions>('splitConformal', options, ['coverage'])
  const wanted = finiteNumbers('targets', targets)
  const given = finiteNumbers('predicted', predicted)
  sameRows('predicted', given.length, wanted.length)
  return calibrated(
    wanted.map((target, row) => Math.abs(target - given[row]!)),
    checkedCoverage(coverage),
  )
}

/**
 * Conformalized quantile regression: the margin that brings the predicted quantiles of a model to a stated coverage
 * (Romano, Patterson and Candès, 2019). It is a quantile of `max(lower - target, target - upper)`, so intervals stay wide
 * where the model says so. It is negative where the quantiles were too far apart. As `splitConformal` it holds whatever
 * the model is. `predictionIntervals` applies it.
 *
 * @param targets one value per row
 * @param predicted the lower and the upper quantile that the model gives each of these rows, such as 0.05 and 0.95 for a
 *   coverage of 0.9
 * @throws DeepblasError as `splitConformal`, and ERR_DEEPBLAS_DATA for a row whose lower quantile is above the upper one
 * @example
 * const calibration = conformalizedQuantiles(targets, { lower, upper }, { coverage: 0.9 })
 * const intervals = predictionIntervals(calibration, { lower: newLower, upper: newUpper })
 */
export function conformalizedQuantiles(
  targets: Numbers,
  predicted: Intervals,
  options?: ConformalOptions,
): IntervalCalibration {
  const { coverage } = knownOptions<ConformalOptions>('conformalizedQuantiles', options, ['coverage'])
  const wanted = finiteNumbers('targets', targets)
  const { lower, upper } = bothEnds(predicted)
  sameRows('predicted.lower', lower.length, wanted.length)
  return calibrated(scoresOfEnds(wanted, lower, upper), checkedCoverage(coverage))
}

/** How far each target lies outside its interval; negative inside. */
export function scoresOfEnds(targets: Float64Array, lower: Float64Array, upper: Float64Array): Float64Array {
  return targets.map((target, row) => Math.max(lower[row]! - target, target - upper[row]!))
}

function calibrated(scores: Float64Array, coverage: number): IntervalCalibration {
  return { coverage, rows: scores.length, margin: quantileOf(scores, coverage) }
}

/**
 * Widens predictions, or predicted quantiles, to intervals of the coverage that they were calibrated for. Quantiles that a
 * negative margin would bring past each other meet in the middle, which covers no less.
 *
 * @param calibration as `splitConformal` gives it for predictions, and `conformalizedQuantiles` for quantiles
 * @param predicted one prediction per row; or `{ lower, upper }`, the quantiles of each row
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything else
 */
export function predictionIntervals(
  calibration: IntervalCalibration,
  predicted: Numbers | Intervals,
): PredictedIntervals {
  const hint = 'splitConformal and conformalizedQuantiles give one.'
  const { margin } = plainObject('calibration', calibration, hint)
  const by = finiteNumber('calibration.margin', margin, {}, hint)
  const isList = Array.isArray(predicted) || ArrayBuffer.isView(predicted)
  const { lower, upper } = isList ? around(predicted) : bothEnds(predicted)
  if (isList && by < 0) {
    throw invalid('predicted', '{ lower, upper } for a calibration of quantiles', predicted)
  }
  return {
    lower: lower.map((low, row) => Math.min(low - by, middle(low, upper[row]!))),
    upper: upper.map((high, row) => Math.max(high + by, middle(lower[row]!, high))),
  }
}

function around(predicted: unknown): PredictedIntervals {
  const lower = finiteNumbers('predicted', predicted)
  return { lower, upper: lower }
}

function bothEnds(predicted: unknown): PredictedIntervals {
  const hint = 'Give { lower, upper }, a list of numbers each.'
  const given = knownOptions<Intervals>(
    'predicted',
    plainObject('predicted', predicted, hint) as unknown as Intervals,
    ['lower', 'upper'],
  )
  const lower = finiteNumbers('predicted.lower', given.lower)
  const upper = finiteNumbers('predicted.upper', given.upper)
  sameRows('predicted.upper', upper.length, lower.length)
  const bad = lower.findIndex((low, row) => low > upper[row]!)
  if (bad < 0) return { lower, upper }
  throw invalid(
    `predicted.upper[${bad}]`,
    `number of at least predicted.lower[${bad}], ${lower[bad]},`,
    upper[bad],
    'Quantiles must not cross: end the network with new NonCrossing().',
  )
}

function middle(low: number, high: number): number {
  return low + (high - low) / 2
}
