/*
 * Metrics of the order of scores, exact where scores are equal, by scikit-learn's definitions.
 */
import { DeepblasError } from '../../errors.js'
import { sumOf } from '../../statistics.js'
import { atOnce, ELEMENTS_OF_STEP, findPlace, type Steps } from '../../turns.js'
import { invalid, knownOptions, oneOf } from '../../validate.js'
import {
  classNumbers,
  type Matrix,
  matrixOf,
  type NumberRows,
  type Numbers,
  sameRows,
  type Weighted,
  weightsOf,
} from './arrays.js'
import { descendingOrder } from './descending-order.js'

/** How the scores of several classes become one. */
export type RankingAverage = 'macro' | 'micro' | 'weighted'
export const rankingAverages = ['macro', 'micro', 'weighted'] as const

export interface RankingOptions extends Weighted {
  /**
   * How the values of several classes, each against the rest, become one: 'macro' is their mean, 'weighted' their mean
   * weighted by the rows of each class, 'micro' ranks all classes' scores together. Default 'macro'.
   */
  readonly average?: RankingAverage
}

/**
 * Area under the receiver operating characteristic curve: the probability that a row of the class has a higher score
 * than a row of another, where equal scores count one half. Of several classes each is compared with the rest. NaN
 * where a class has no rows, or all of them.
 *
 * @param targets 0 or 1 per row, with one score per row; or a class number per row, with a row of scores each
 */
export function rocAuc(targets: Numbers | NumberRows, scores: NumberRows, options?: RankingOptions): number {
  return ranked('rocAuc', areaUnderCurve, targets, scores, options)
}

/**
 * Average precision: Σ (R_n - R_{n-1}) P_n over the distinct scores from the highest down, the area under the
 * precision-recall curve without interpolation. 0 where a class has no rows.
 */
export function averagePrecision(targets: Numbers | NumberRows, scores: NumberRows, options?: RankingOptions): number {
  return ranked('averagePrecision', precisionByRecall, targets, scores, options)
}

export type RankingRule = (
  positive: (row: number) => boolean,
  score: (row: number) => number,
  rows: number,
  weight: (row: number) => number,
) => Steps<number>

export const areaUnderCurve: RankingRule = function* (positive, score, rows, weight) {
  let area = 0
  let negativesBefore = 0
  let positivesBefore = 0
  const groups = yield* groupsOf(positive, score, rows, weight)
  for (let at = 0; at < groups.count; at++) {
    if (at % ELEMENTS_OF_STEP === 0) yield
    const [positives, negatives] = [groups.positives[at]!, groups.negatives[at]!]
    // Scores come from the highest down, so the groups before rank above this one.
    area += negatives * (positivesBefore + positives / 2)
    positivesBefore += positives
    negativesBefore += negatives
  }
  return area / (positivesBefore * negativesBefore)
}

export const precisionByRecall: RankingRule = function* (positive, score, rows, weight) {
  let sum = 0
  let found = 0
  let taken = 0
  const groups = yield* groupsOf(positive, score, rows, weight)
  for (let at = 0; at < groups.count; at++) {
    if (at % ELEMENTS_OF_STEP === 0) yield
    const [positives, negatives] = [groups.positives[at]!, groups.negatives[at]!]
    found += positives
    taken += positives + negatives
    if (positives > 0) sum += positives * (found / taken)
  }
  return found === 0 ? sum : sum / found
}

/** Sums of weights at every distinct score, from the highest down. */
interface Groups {
  readonly count: number
  readonly positives: Float64Array
  readonly negatives: Float64Array
}

function* groupsOf(
  positive: (row: number) => boolean,
  score: (row: number) => number,
  rows: number,
  weight: (row: number) => number,
): Steps<Groups> {
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    if (row % ELEMENTS_OF_STEP === 0) yield
    values[row] = score(row)
  }
  if ((yield* findPlace(rows, (row) => Number.isNaN(values[row]))) >= 0) {
    const notANumber = Float64Array.of(Number.NaN)
    return { count: 1, positives: notANumber, negatives: notANumber }
  }
  const order = yield* descendingOrder(values)
  const positives = new Float64Array(rows)
  const negatives = new Float64Array(rows)
  let last: number | undefined
  let count = 0
  for (let at = 0; at < rows; at++) {
    if (at % ELEMENTS_OF_STEP === 0) yield
    const row = order[at]!
    if (values[row] !== last) count++
    last = values[row]!
    const sums = positive(row) ? positives : negatives
    sums[count - 1]! += weight(row)
  }
  return { count, positives, negatives }
}

/**
 * The metric of every column of scores, averaged: columns are classes, each against the rest, or outputs that are each
 * 0 or 1.
 */
export function* rankedColumns(
  rule: RankingRule,
  isOf: (row: number, column: number) => boolean,
  { data, rows, columns }: Matrix,
  weights: Float64Array | undefined,
  average: RankingAverage,
): Steps<number> {
  const weight = (row: number) => weights?.[row] ?? 1
  if (average === 'micro') {
    const place = (at: number) => [Math.floor(at / columns), at % columns] as const
    return yield* rule(
      (at) => isOf(...place(at)),
      (at) => data[at]!,
      rows * columns,
      (at) => weight(place(at)[0]),
    )
  }
  const values: number[] = []
  for (let column = 0; column < columns; column++) {
    const value = yield* rule(
      (row) => isOf(row, column),
      (row) => data[row * columns + column]!,
      rows,
      weight,
    )
    values.push(value)
  }
  if (average === 'macro') return sumOf(values) / columns
  const shares: number[] = []
  for (let column = 0; column < columns; column++) {
    let share = 0
    for (let row = 0; row < rows; row++) {
      if (row % ELEMENTS_OF_STEP === 0) yield
      if (isOf(row, column)) share += weight(row)
    }
    shares.push(share)
  }
  const total = sumOf(shares)
  return sumOf(values.map((value, column) => (shares[column] === 0 ? 0 : value * shares[column]!))) / total
}

function ranked(
  name: string,
  rule: RankingRule,
  targets: unknown,
  scores: unknown,
  options: RankingOptions | undefined,
): number {
  const { average, sampleWeights } = knownOptions<RankingOptions>(name, options, ['average', 'sampleWeights'])
  const chosen = oneOf('average', average ?? 'macro', rankingAverages)
  const given = matrixOf('scores', scores)
  const wanted = matrixOf('targets', targets)
  sameRows('scores', given.rows, wanted.rows)
  const weights = weightsOf(sampleWeights, wanted.rows)
  if (wanted.columns === 1 && given.columns > 1) {
    const classes = classNumbers('targets', wanted.data)
    const bad = classes.findIndex((one) => one >= given.columns)
    if (bad >= 0) throw invalid(`targets[${bad}]`, `class from 0 to ${given.columns - 1}`, classes[bad])
    return atOnce(rankedColumns(rule, (row, column) => classes[row] === column, given, weights, chosen))
  }
  if (wanted.columns !== given.columns) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${wanted.columns} columns for scores, as targets has, but received ${given.columns}.`,
    )
  }
  const bad = wanted.data.findIndex((value) => value !== 0 && value !== 1)
  if (bad >= 0) throw invalid(`targets[${bad}]`, '0 or 1', wanted.data[bad])
  const isOf = (row: number, column: number) => wanted.data[row * wanted.columns + column] === 1
  return atOnce(rankedColumns(rule, isOf, given, weights, chosen))
}
