/*
 * Intervals and sets of a stated coverage, of a model that knows its errors on rows that its networks had not seen.
 */
import { DeepblasError } from '../../errors.js'
import type { Prediction } from '../../model/prediction/predict.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { knownOptions, oneOf } from '../../validate.js'
import { checkedCoverage } from '../conformal/conformal-quantile.js'
import { predictionSets, type SetCalibration, type SetMethod, setMethods } from '../conformal/sets.js'
import { type Calibration, residualBounds } from './calibration.js'
import { scoreWithin } from './conformal-calibration.js'

/** Options of `predictInterval`. */
export interface IntervalOptions {
  /** Share of targets that are to lie in their interval, above 0 and below 1. Default 0.9. */
  readonly coverage?: number
}

/** Options of `predictSets`. */
export interface SetOptions {
  /** Share of rows whose class is to be in their set, above 0 and below 1. Default 0.9. */
  readonly coverage?: number
  /**
   * 'threshold': the smallest sets on average, of which some may be empty. 'adaptive': never empty, and larger where rows
   * are hard. Default 'threshold'. See `conformalSets`.
   */
  readonly method?: SetMethod
}

/** Values with the bounds that their targets are expected to lie in. */
export interface IntervalPrediction extends Prediction {
  /** The lower bound of every row, in the target's units. */
  readonly lower: Float32Array<ArrayBuffer>
  /** The upper bound of every row, in the target's units. */
  readonly upper: Float32Array<ArrayBuffer>
  readonly coverage: number
}

/** Distances from a prediction, or from the outermost quantiles, to the bounds. */
export interface Bounds {
  readonly low: number
  readonly high: number
  readonly coverage: number
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a wrong coverage, or one that the rows do not allow */
export function boundsOf(
  { residuals, outside }: Calibration,
  what: string,
  options: IntervalOptions | undefined,
): Bounds {
  const given = knownOptions<IntervalOptions>(what, options, ['coverage'])
  const coverage = checkedCoverage(given.coverage)
  if (outside !== undefined) {
    const margin = scoreWithin(outside, coverage)
    return { low: -margin, high: margin, coverage }
  }
  if (residuals === undefined) throw uncalibrated(what)
  const [low, high] = residualBounds(residuals, coverage)
  return { low, high, coverage }
}

/** Around the one value of each row, or beyond its outermost quantiles. */
export function* intervalsOf(
  values: Float64Array,
  outputs: number,
  { low, high, coverage }: Bounds,
): Steps<IntervalPrediction> {
  const rows = values.length / outputs
  const [lower, upper] = [new Float32Array(rows), new Float32Array(rows)]
  for (let row = 0; row < rows; row++) {
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
    const [lowest, highest] = [values[row * outputs]!, values[(row + 1) * outputs - 1]!]
    const [from, to] = [lowest + low, highest + high]
    // Quantiles that were too far apart, brought past each other.
    const crossed = from > to
    lower[row] = crossed ? (lowest + highest) / 2 : from
    upper[row] = crossed ? (lowest + highest) / 2 : to
  }
  return { data: Float32Array.from(values), lower, upper, shape: [rows, outputs], coverage }
}

/** @throws DeepblasError as `boundsOf` */
export function setCalibrationOf(
  { misfits }: Calibration,
  what: string,
  options: SetOptions | undefined,
): SetCalibration {
  const given = knownOptions<SetOptions>(what, options, ['coverage', 'method'])
  const coverage = checkedCoverage(given.coverage)
  const method = oneOf('method', given.method ?? 'threshold', setMethods)
  if (misfits === undefined) throw uncalibrated(what)
  return { method, coverage, rows: misfits[method].rows, score: scoreWithin(misfits[method], coverage) }
}

/** Rows whose sets are made between two pauses. */
const ROWS_OF_STEP = 2048

export function* setsOf(
  { data, shape: [rows, outputs] }: Prediction,
  calibration: SetCalibration,
  labels: readonly string[],
): Steps<string[][]> {
  const sets: string[][] = []
  for (let from = 0; from < rows; from += ROWS_OF_STEP) {
    if (from > 0) yield
    const end = Math.min(rows, from + ROWS_OF_STEP)
    const part = { data: data.subarray(from * outputs, end * outputs), shape: [end - from, outputs] }
    for (const set of predictionSets(calibration, part, { labels })) sets.push(set)
  }
  return sets
}

function uncalibrated(what: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a model that knows its errors on rows that it has not seen for ${what} but this one does not. Train it with ` +
      'folds: trainTable(source, { target, folds: 5 }).',
  )
}
