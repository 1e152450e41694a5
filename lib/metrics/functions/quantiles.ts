/*
 * How good predicted quantiles, intervals and sets are.
 */
import { DeepblasError } from '../../errors.js'
import { checkedQuantiles } from '../../losses/quantile.js'
import { meanOver, weightedMean } from '../../statistics.js'
import { array, invalid, knownOptions, plainObject } from '../../validate.js'
import { matrixOf, type NumberRows, type Numbers, numberList, sameRows, type Weighted, weightsOf } from './arrays.js'

export interface PinballOptions extends Weighted {
  /** The quantiles that the columns of `predicted` are, in their order: numbers above 0 and below 1 that grow. */
  readonly quantiles: readonly number[]
}

/** One interval per row, both ends belong to it; in the targets' unit. */
export interface Intervals {
  readonly lower: Numbers
  readonly upper: Numbers
}

/** One set per row: the classes, by number or by name, that a row may have. */
export type PredictionSets = readonly (readonly number[])[] | readonly (readonly string[])[]

/**
 * Pinball loss, or quantile loss: `max(τ (y - q), (τ - 1) (y - q))` for the predicted quantile τ, mean over rows and
 * quantiles, in the targets' unit. Less is better. For one quantile it is scikit-learn's `mean_pinball_loss`.
 *
 * @param targets one value per row
 * @param predicted a column for each of the quantiles (rows, quantiles); for one quantile also one number per row
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for quantiles that are left out or do not grow; ERR_DEEPBLAS_SHAPE for other
 *   rows or columns than targets and quantiles have
 * @example
 * metrics.pinball([1, 2], [[0, 1, 2], [1, 2, 3]], { quantiles: [0.1, 0.5, 0.9] }) // 0.0667
 */
export function pinball(targets: Numbers, predicted: NumberRows, options: PinballOptions): number {
  const given = knownOptions<PinballOptions>('pinball', options, ['quantiles', 'sampleWeights'])
  const quantiles = checkedQuantiles('quantiles', given.quantiles)
  const wanted = numberList('targets', targets)
  const { data, rows, columns } = matrixOf('predicted', predicted)
  sameRows('predicted', rows, wanted.length)
  if (columns !== quantiles.length) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${quantiles.length} columns for predicted, one for each of the quantiles, but received ${columns}.`,
    )
  }
  const lossOf = (row: number, column: number) => {
    const difference = wanted[row]! - data[row * columns + column]!
    const level = quantiles[column]!
    return Math.max(level * difference, (level - 1) * difference)
  }
  return weightedMean(
    rows,
    (row) => meanOver(columns, (column) => lossOf(row, column)),
    weightsOf(given.sampleWeights, rows),
  )
}

/**
 * Coverage: the share of rows whose target lies in the predicted interval, ends included, or in the predicted set of
 * classes. NaN where a target or an end is NaN.
 *
 * @param targets one value per row; for sets one class per row, by number or by name as the sets have them
 * @param predicted `{ lower, upper }`, or a list of sets
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE for another number of intervals or sets than of targets
 * @example
 * metrics.coverage([1, 5], { lower: [0, 0], upper: [2, 2] }) // 0.5
 * metrics.coverage(['cat', 'dog'], [['cat'], ['cat', 'dog']]) // 1
 */
export function coverage(
  targets: Numbers | readonly string[],
  predicted: Intervals | PredictionSets,
  options?: Weighted,
): number {
  const { sampleWeights } = knownOptions<Weighted>('coverage', options, ['sampleWeights'])
  const covered = Array.isArray(predicted) ? inSets(targets, predicted) : inIntervals(targets, predicted)
  return weightedMean(covered.length, (row) => covered[row]!, weightsOf(sampleWeights, covered.length))
}

/** 1 where the target lies in its interval, else 0. */
function inIntervals(targets: unknown, predicted: unknown): Float64Array {
  const intervals = plainObject('predicted', predicted, 'Give { lower, upper }, or a list of sets of classes.')
  const given = knownOptions<Intervals>('predicted', intervals as unknown as Intervals, ['lower', 'upper'])
  const wanted = numberList('targets', targets)
  const lower = numberList('predicted.lower', given.lower)
  const upper = numberList('predicted.upper', given.upper)
  sameRows('predicted.lower', lower.length, wanted.length)
  sameRows('predicted.upper', upper.length, wanted.length)
  return wanted.map((target, row) => {
    const [low, high] = [lower[row]!, upper[row]!]
    if (Number.isNaN(target) || Number.isNaN(low) || Number.isNaN(high)) return Number.NaN
    return Number(low <= target && target <= high)
  })
}

function inSets(targets: unknown, predicted: readonly unknown[]): Float64Array {
  const wanted: ArrayLike<unknown> =
    Array.isArray(targets) && typeof targets[0] === 'string'
      ? array('targets', targets, 'classes')
      : numberList('targets', targets)
  const sets = array('predicted', predicted, 'sets of classes')
  sameRows('predicted', sets.length, wanted.length)
  return Float64Array.from(sets, (set, row) => {
    const classes = array(`predicted[${row}]`, set, 'classes')
    const other = classes.findIndex((one) => typeof one !== typeof wanted[row])
    if (other >= 0) throw invalid(`predicted[${row}][${other}]`, `class as the targets are`, classes[other])
    return Number(classes.includes(wanted[row]))
  })
}
