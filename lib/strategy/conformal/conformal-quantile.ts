/*
 * The number that conformal prediction rests on: a quantile of scores with the correction for a finite number of rows.
 */
import { DeepblasError } from '../../errors.js'
import { type Numbers, numberList } from '../../metrics/functions/arrays.js'
import { finiteNumber, knownOptions } from '../../validate.js'

export interface ConformalOptions {
  /** The share of new rows whose target is to lie in the interval or set: above 0 and below 1. Default 0.9. */
  readonly coverage?: number
}

/** Decimal fractions have no exact binary form: 100 · 0.55 is a little above 55 and means the 55th row. */
const ROUNDING = 1e-12

/**
 * The ⌈(n + 1) · coverage⌉-th smallest of n scores, the quantile by which conformal prediction holds its coverage for a
 * finite number of rows (Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005). A new row whose
 * score is exchangeable with these has a score of at most this with a probability of at least `coverage`, and, where no
 * scores are equal, of less than `coverage + 1 / (n + 1)`. `splitConformal`, `conformalizedQuantiles` and
 * `conformalSets` compute it of their scores; use it for scores of your own.
 *
 * @param scores one per row that the model was not trained on, in any order; how badly the row fits its prediction
 * @throws DeepblasError ERR_DEEPBLAS_DATA for fewer scores than the coverage needs (the message says how many), and for
 *   NaN; ERR_DEEPBLAS_ARGUMENT for a wrong coverage
 * @example
 * conformalQuantile([3, 1, 2, 4, 5, 6, 7, 8, 9], { coverage: 0.9 }) // 9: nine rows are the fewest for 0.9
 */
export function conformalQuantile(scores: Numbers, options?: ConformalOptions): number {
  const { coverage } = knownOptions<ConformalOptions>('conformalQuantile', options, ['coverage'])
  return quantileOf(finiteNumbers('scores', scores), checkedCoverage(coverage))
}

export function checkedCoverage(value: unknown): number {
  return finiteNumber('coverage', value ?? 0.9, { exclusiveMin: 0, exclusiveMax: 1 })
}

/** @throws DeepblasError ERR_DEEPBLAS_DATA for too few scores */
export function quantileOf(scores: Float64Array, coverage: number): number {
  const place = placeFor(scores.length, coverage)
  return scores.slice().sort()[place - 1]!
}

/**
 * Which of the sorted scores it is, from 1.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for too few rows
 */
export function placeFor(rows: number, coverage: number): number {
  const place = placeOf(rows, coverage)
  if (place <= rows) return place
  const most = Math.floor((rows / (rows + 1)) * 1000) / 1000
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected at least ${fewestRows(coverage)} rows to calibrate on for a coverage of ${coverage} but received ${rows}. ` +
      `Hold out more rows, or ask for a coverage of at most ${most}.`,
  )
}

/** The same; above `rows` where there are too few. */
function placeOf(rows: number, coverage: number): number {
  return Math.ceil((rows + 1) * coverage * (1 - ROUNDING))
}

/** The fewest rows that hold a coverage. */
export function fewestRows(coverage: number): number {
  let rows = Math.max(1, Math.floor(coverage / (1 - coverage)) - 1)
  while (placeOf(rows, coverage) > rows) rows++
  return rows
}

/** Numbers none of which is NaN or infinite: a score of a row that is not known says nothing. */
export function finiteNumbers(argument: string, value: unknown): Float64Array {
  const numbers = numberList(argument, value)
  const bad = numbers.findIndex((one) => !Number.isFinite(one))
  if (bad < 0) return numbers
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected finite numbers for ${argument} but received ${numbers[bad]} in row ${bad}. Leave such rows out.`,
  )
}
