/*
 * Metrics of probabilities against outcomes.
 */
import { DeepblasError } from '../../errors.js'
import { meanOver, weightedMean } from '../../statistics.js'
import { invalid, knownOptions, positiveInteger } from '../../validate.js'
import { classNumbers, matrixOf, type NumberRows, type Numbers, sameRows, type Weighted, weightsOf } from './arrays.js'

/**
 * Probabilities are kept this far from 0 and 1. float32 can represent it: its largest number below 1 is nearer to 1.
 */
export const SMALLEST_PROBABILITY = 1e-7

export interface TopKOptions extends Weighted {
  /** How many of the highest scores count. Default 2. */
  readonly k?: number
}

/** The default of `k`, as in scikit-learn. */
export const DEFAULT_K = 2

/**
 * Log loss: `-log` of the probability given to the true outcome, mean over rows (and over outputs that are each 0 or
 * 1). Probabilities are kept 1e-7 away from 0 and 1.
 *
 * @param targets 0 or 1 per row, with one probability per row; a class number per row, with a row of probabilities
 *   each; or rows of 0 and 1, with rows of probabilities
 */
export function logLoss(targets: Numbers | NumberRows, probabilities: NumberRows, options?: Weighted): number {
  const { classes, wanted, given, weights } = read('logLoss', 'probabilities', targets, probabilities, options)
  const { data, rows, columns } = given
  const clipped = (at: number) => Math.min(Math.max(data[at]!, SMALLEST_PROBABILITY), 1 - SMALLEST_PROBABILITY)
  if (classes !== undefined)
    return weightedMean(rows, (row) => -Math.log(clipped(row * columns + classes[row]!)), weights)
  const term = (at: number) => -(wanted[at]! * Math.log(clipped(at)) + (1 - wanted[at]!) * Math.log(1 - clipped(at)))
  return weightedMean(rows, (row) => meanOver(columns, (column) => term(row * columns + column)), weights)
}

/**
 * Brier score: the squared distance between probabilities and outcomes, mean over rows. A row has `(p - y)²` for one
 * output, the sum of it over classes, and the mean of it over outputs that are each 0 or 1 (Brier, 1950).
 */
export function brier(targets: Numbers | NumberRows, probabilities: NumberRows, options?: Weighted): number {
  const { classes, wanted, given, weights } = read('brier', 'probabilities', targets, probabilities, options)
  const { data, rows, columns } = given
  const square = (row: number, column: number) => {
    const at = row * columns + column
    return (data[at]! - (classes === undefined ? wanted[at]! : Number(classes[row] === column))) ** 2
  }
  const share = classes === undefined ? 1 : columns
  return weightedMean(rows, (row) => share * meanOver(columns, (column) => square(row, column)), weights)
}

/**
 * The share of rows whose class is among the k highest scores. Of equal scores the later class counts as the higher, as
 * in scikit-learn.
 *
 * @param options k, or { k, sampleWeights }
 */
export function topK(targets: Numbers, scores: NumberRows, options?: number | TopKOptions): number {
  const chosen = typeof options === 'number' ? { k: options } : options
  const { k, ...rest } = knownOptions<TopKOptions>('topK', chosen, ['k', 'sampleWeights'])
  const most = positiveInteger('k', k ?? DEFAULT_K)
  const { classes, given, weights } = read('topK', 'scores', targets, scores, rest)
  if (classes === undefined) throw invalid('scores', 'a row of scores for every target', scores)
  const { data, rows, columns } = given
  return weightedMean(
    rows,
    (row) => {
      const own = data[row * columns + classes[row]!]!
      let before = 0
      for (let column = 0; column < columns; column++) {
        const score = data[row * columns + column]!
        if (score > own || (score === own && column > classes[row]!)) before++
      }
      return Number(before < most)
    },
    weights,
  )
}

function read(name: string, argument: string, targets: unknown, scores: unknown, options: Weighted | undefined) {
  const { sampleWeights } = knownOptions<Weighted>(name, options, ['sampleWeights'])
  const wanted = matrixOf('targets', targets)
  const given = matrixOf(argument, scores)
  sameRows(argument, given.rows, wanted.rows)
  const weights = weightsOf(sampleWeights, wanted.rows)
  if (wanted.columns === 1 && given.columns > 1) {
    const classes = classNumbers('targets', wanted.data)
    const bad = classes.findIndex((one) => one >= given.columns)
    if (bad >= 0) throw invalid(`targets[${bad}]`, `class from 0 to ${given.columns - 1}`, classes[bad])
    return { classes, wanted: wanted.data, given, weights }
  }
  if (wanted.columns !== given.columns) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${wanted.columns} columns for ${argument}, as targets has, but received ${given.columns}.`,
    )
  }
  const bad = wanted.data.findIndex((value) => value !== 0 && value !== 1)
  if (bad >= 0) throw invalid(`targets[${bad}]`, '0 or 1', wanted.data[bad])
  return { classes: undefined, wanted: wanted.data, given, weights }
}
