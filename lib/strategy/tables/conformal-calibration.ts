/*
 * What predictions of rows that networks have not seen tell of intervals and sets of a stated coverage.
 */
import { DeepblasError } from '../../errors.js'
import { placeFor } from '../conformal/conformal-quantile.js'
import { scoresOfEnds } from '../conformal/intervals.js'
import { probabilityRows, type SetMethod, scoresOfClasses, setMethods } from '../conformal/sets.js'
import { type Calibration, type Residuals, residualsOf } from './calibration.js'

/** Of each way of making sets; a coverage is then met to a thousandth. */
const MOST_MISFITS = 1024

/**
 * Of quantiles: how far the targets lie outside the outermost ones.
 *
 * @param values a number for each quantile (rows, quantiles), in the target's units as `targets` are
 */
export function quantileCalibration(targets: Float64Array, values: Float64Array, columns: number): Calibration {
  const column = (at: number) => Float64Array.from(targets, (_, row) => values[row * columns + at]!)
  return { outside: residualsOf(scoresOfEnds(targets, column(0), column(columns - 1))) }
}

/**
 * Of classes: how badly the true one fits its probabilities.
 *
 * @param probabilities as the model predicts them (rows, outputs): those of class 1 where there is one output
 */
export function setCalibration(targets: Float64Array, probabilities: Float64Array, outputs: number): Calibration {
  const rows = probabilityRows({ data: probabilities, shape: [targets.length, outputs] })
  const of = (method: SetMethod) => [method, residualsOf(scoresOfClasses(targets, rows, method), MOST_MISFITS)] as const
  return { misfits: Object.fromEntries(setMethods.map(of)) as Record<SetMethod, Residuals> }
}

/**
 * The score that a new row stays within with the coverage asked for. Where it was not kept, the next larger one.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where there are too few rows for so much coverage
 */
export function scoreWithin({ rows, ranks, values }: Residuals, coverage: number): number {
  const place = placeOfScore(rows, coverage)
  return values[ranks.findIndex((rank) => rank >= place)]!
}

/** The rows are the model's by now: the coverage is what can be changed. */
function placeOfScore(rows: number, coverage: number): number {
  try {
    return placeFor(rows, coverage) - 1
  } catch (cause) {
    throw new DeepblasError('ERR_DEEPBLAS_ARGUMENT', (cause as Error).message, { cause })
  }
}
