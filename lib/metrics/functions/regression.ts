/*
 * Metrics of predicted values against target values. For several outputs they give the mean over the outputs.
 */
import { DeepblasError } from '../../errors.js'
import { meanOver, weightedMean } from '../../statistics.js'
import { atOnce, ELEMENTS_OF_STEP, findPlace, type Steps } from '../../turns.js'
import { knownOptions } from '../../validate.js'
import { type Matrix, matrixOf, type NumberRows, sameRows, type Weighted, weightsOf } from './arrays.js'
import { descendingOrder } from './descending-order.js'

/** Mean squared error: the mean over rows and outputs of `(prediction - target)²`. */
export function meanSquaredError(targets: NumberRows, predicted: NumberRows, options?: Weighted): number {
  return meanOfRows('meanSquaredError', (difference) => difference * difference, targets, predicted, options)
}

/** The square root of the mean squared error (over rows and outputs together), in the targets' unit. */
export function rootMeanSquaredError(targets: NumberRows, predicted: NumberRows, options?: Weighted): number {
  return Math.sqrt(
    meanOfRows('rootMeanSquaredError', (difference) => difference * difference, targets, predicted, options),
  )
}

/** Mean absolute error: the mean over rows and outputs of `|prediction - target|`, in the targets' unit. */
export function meanAbsoluteError(targets: NumberRows, predicted: NumberRows, options?: Weighted): number {
  return meanOfRows('meanAbsoluteError', Math.abs, targets, predicted, options)
}

/**
 * The median of `|prediction - target|`, in the targets' unit: half of the rows, by weight, have a smaller error. Of
 * two middle values it is their mean.
 */
export function medianAbsoluteError(targets: NumberRows, predicted: NumberRows, options?: Weighted): number {
  const { wanted, given, weights } = read('medianAbsoluteError', targets, predicted, options)
  return atOnce(medianErrorOf(wanted, given, weights))
}

/**
 * Coefficient of determination, the share of the targets' variance that the predictions explain: `1 - Σ (y - p)² / Σ (y
 * - mean)²`. It is 1 at best, 0 for predicting the mean in every row, and below 0 for worse. Where all targets are the
 * same it is 1 if the predictions are right, else 0. For fewer than two rows it is NaN.
 */
export function r2(targets: NumberRows, predicted: NumberRows, options?: Weighted): number {
  const { wanted, given, weights } = read('r2', targets, predicted, options)
  return explainedOf(wanted, given, weights)
}

export function* medianErrorOf(wanted: Matrix, given: Matrix, weights: Float64Array | undefined): Steps<number> {
  const medians: number[] = []
  const errors = new Float64Array(wanted.rows)
  for (let column = 0; column < wanted.columns; column++) {
    for (let row = 0; row < wanted.rows; row++) {
      if (row % ELEMENTS_OF_STEP === 0) yield
      errors[row] = Math.abs(at(given, row, column) - at(wanted, row, column))
    }
    medians.push(yield* weightedMedian(errors, weights))
  }
  return meanOver(medians.length, (column) => medians[column]!)
}

export function explainedOf(wanted: Matrix, given: Matrix, weights: Float64Array | undefined): number {
  if (wanted.rows < 2) return Number.NaN
  return meanOver(wanted.columns, (column) => {
    const mean = weightedMean(wanted.rows, (row) => at(wanted, row, column), weights)
    const spread = weightedMean(wanted.rows, (row) => (at(wanted, row, column) - mean) ** 2, weights)
    const left = weightedMean(wanted.rows, (row) => (at(wanted, row, column) - at(given, row, column)) ** 2, weights)
    if (isConstant(wanted, column, weights)) return Number.isNaN(left) ? left : Number(left === 0)
    return 1 - left / spread
  })
}

/** Whether all rows that count have one value; their mean may be off it by a rounding error. */
function isConstant(wanted: Matrix, column: number, weights: Float64Array | undefined): boolean {
  let value: number | undefined
  for (let row = 0; row < wanted.rows; row++) {
    if (weights?.[row] === 0) continue
    value ??= at(wanted, row, column)
    if (at(wanted, row, column) !== value) return false
  }
  return true
}

function* weightedMedian(values: Float64Array, weights: Float64Array | undefined): Steps<number> {
  const count = values.length
  if ((yield* findPlace(count, (row) => Number.isNaN(values[row]))) >= 0) return Number.NaN
  // From the lowest value up; equal values keep the order of their rows.
  const order = yield* descendingOrder(values.map((value) => -value))
  const weight = (row: number) => weights?.[row] ?? 1
  let total = 0
  for (let place = 0; place < count; place++) {
    if (place % ELEMENTS_OF_STEP === 0) yield
    total += weight(order[place]!)
  }
  const half = total / 2
  let below = 0
  for (let place = 0; place < count; place++) {
    if (place % ELEMENTS_OF_STEP === 0) yield
    const row = order[place]!
    below += weight(row)
    if (below < half || weight(row) === 0) continue
    const next = below === half ? order.slice(place + 1).find((other) => weight(other) > 0) : undefined
    return next === undefined ? values[row]! : (values[row]! + values[next]!) / 2
  }
  return Number.NaN
}

function at({ data, columns }: Matrix, row: number, column: number): number {
  return data[row * columns + column]!
}

function meanOfRows(
  name: string,
  rule: (difference: number) => number,
  targets: unknown,
  predicted: unknown,
  options: Weighted | undefined,
): number {
  const { wanted, given, weights } = read(name, targets, predicted, options)
  return weightedMean(
    wanted.rows,
    (row) => meanOver(wanted.columns, (column) => rule(at(given, row, column) - at(wanted, row, column))),
    weights,
  )
}

function read(name: string, targets: unknown, predicted: unknown, options: Weighted | undefined) {
  const { sampleWeights } = knownOptions<Weighted>(name, options, ['sampleWeights'])
  const wanted = matrixOf('targets', targets)
  const given = matrixOf('predicted', predicted)
  sameRows('predicted', given.rows, wanted.rows)
  if (wanted.columns !== given.columns) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${wanted.columns} columns for predicted, as targets has, but received ${given.columns}.`,
    )
  }
  return { wanted, given, weights: weightsOf(sampleWeights, wanted.rows) }
}
