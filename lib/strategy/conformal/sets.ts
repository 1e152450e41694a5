/*
 * Conformal prediction of classes: sets of classes that hold the true one for a stated share of the rows.
 */
import { checkedNames } from '../../data/arrays/class-names.js'
import { DeepblasError } from '../../errors.js'
import { type Labels, type Matrix, matrixOf, type NumberRows, sameRows } from '../../metrics/functions/arrays.js'
import { array, finiteNumber, invalid, knownOptions, oneOf, plainObject } from '../../validate.js'
import { type ConformalOptions, checkedCoverage, finiteNumbers, quantileOf } from './conformal-quantile.js'

/** How a set is made: by a probability that every class in it has, or by a sum that its classes reach together. */
export type SetMethod = 'threshold' | 'adaptive'
export const setMethods = ['threshold', 'adaptive'] as const

export interface ConformalSetOptions extends ConformalOptions {
  /**
   * 'threshold': the classes of at least some probability, the smallest sets on average, of which some may be empty
   * (Sadinle, Lei and Wasserman, 2019: LAC). 'adaptive': the most probable classes until their sum is reached, larger
   * sets that are never empty and grow on the rows that are hard (Romano, Sesia and Candès, 2020: APS). Default
   * 'threshold'.
   */
  readonly method?: SetMethod
  /** Names of the classes in the order of the outputs, where targets are names. */
  readonly labels?: readonly string[]
}

/** What makes sets of probabilities: plain values, which can be kept as JSON. */
export interface SetCalibration {
  readonly method: SetMethod
  /** The share of new rows whose class is in its set. */
  readonly coverage: number
  /** Number of rows that it was calibrated on. */
  readonly rows: number
  /** For 'threshold': 1 less the probability that a class must have. For 'adaptive': the sum up to which classes belong. */
  readonly score: number
}

/** How far a row of probabilities may be from a sum of 1: those of float32, and rounded ones. */
const SUM_BOUND = 1e-3

/**
 * Conformal prediction of classes: calibrates sets that hold the true class of a new row with a probability of at least
 * `coverage`, whatever the model, as long as new rows come from where these come from and the model has not seen these in
 * training. 'threshold' goes by `1 - p` of the true class; 'adaptive' by the sum of the probabilities from the largest
 * down to the true class's, of which a random share counts that the row's probabilities draw. `predictionSets` applies it.
 *
 * @param targets the class of each row, by number from 0, or by name together with `labels`
 * @param probabilities the model's probabilities for these rows (rows, classes); of two classes also one number per row,
 *   the probability of class 1
 * @throws DeepblasError ERR_DEEPBLAS_DATA for fewer rows than the coverage needs (the message says how many), and for
 *   numbers that are no probabilities; ERR_DEEPBLAS_SHAPE for another number of rows than of targets
 * @example
 * const calibration = conformalSets(targets, model.predictSync(rows), { coverage: 0.95 })
 * predictionSets(calibration, model.predictSync(others), { labels: model.labels }) // [['cat'], ['cat', 'dog'], …]
 */
export function conformalSets(
  targets: Labels,
  probabilities: NumberRows,
  options?: ConformalSetOptions,
): SetCalibration {
  const given = knownOptions<ConformalSetOptions>('conformalSets', options, ['coverage', 'method', 'labels'])
  const method = oneOf('method', given.method ?? 'threshold', setMethods)
  const coverage = checkedCoverage(given.coverage)
  const { data, rows, columns } = probabilityRows(probabilities)
  const classes = classesOf(targets, columns, given.labels)
  sameRows('probabilities', rows, classes.length)
  const scores = scoresOfClasses(classes, { data, rows, columns }, method)
  return { method, coverage, rows, score: quantileOf(scores, coverage) }
}

/** How badly the class of each row fits its probabilities. */
export function scoresOfClasses(
  classes: ArrayLike<number>,
  { data, columns }: Matrix,
  method: SetMethod,
): Float64Array {
  return Float64Array.from(classes, (own, row) => {
    const of = data.subarray(row * columns, (row + 1) * columns)
    if (method === 'threshold') return 1 - of[own]!
    const order = fromTheLargest(of)
    return adaptiveScores(of, order)[order.indexOf(own)]!
  })
}

/**
 * The set of classes of each row, from the most probable one down, at the coverage that was calibrated.
 *
 * @param calibration as `conformalSets` gives it
 * @param probabilities as `conformalSets` takes them
 * @param options `labels`: names of the classes in the order of the outputs; the sets then hold names
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a calibration or labels that do not fit
 */
export function predictionSets(calibration: SetCalibration, probabilities: NumberRows): number[][]
export function predictionSets(
  calibration: SetCalibration,
  probabilities: NumberRows,
  options: { readonly labels: readonly string[] },
): string[][]
export function predictionSets(
  calibration: SetCalibration,
  probabilities: NumberRows,
  options?: { readonly labels?: readonly string[] | undefined },
): number[][] | string[][]
export function predictionSets(
  calibration: SetCalibration,
  probabilities: NumberRows,
  options?: { readonly labels?: readonly string[] | undefined },
): number[][] | string[][] {
  const hint = 'conformalSets gives one.'
  const known = plainObject('calibration', calibration, hint)
  const method = oneOf('calibration.method', known.method, setMethods, () => hint)
  const score = finiteNumber('calibration.score', known.score, {}, hint)
  const { labels } = knownOptions<{ readonly labels?: readonly string[] | undefined }>('predictionSets', options, [
    'labels',
  ])
  const { data, rows, columns } = probabilityRows(probabilities)
  const names = labels === undefined ? undefined : namesOf(labels, columns)
  const sets = Array.from({ length: rows }, (_, row) => {
    const of = data.subarray(row * columns, (row + 1) * columns)
    return setOf(of, method, score)
  })
  return names === undefined ? sets : sets.map((set) => set.map((one) => names[one]!))
}

function setOf(probabilities: Float64Array, method: SetMethod, score: number): number[] {
  const order = fromTheLargest(probabilities)
  if (method === 'threshold') return order.filter((one) => 1 - probabilities[one]! <= score)
  const scores = adaptiveScores(probabilities, order)
  // The most probable class makes a set of what would be empty.
  return order.filter((_, place) => place === 0 || scores[place]! <= score)
}

/** The classes from the most probable one down; of equal ones the first number first. */
function fromTheLargest(probabilities: Float64Array): number[] {
  return Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b)
}

/**
 * For each class in this order: the sum of the probabilities before it, and a random part of its own, without which sets
 * would be a class larger than they need be, and of two classes nearly always both.
 */
function adaptiveScores(probabilities: Float64Array, order: readonly number[]): number[] {
  const share = shareOf(probabilities)
  let before = 0
  return order.map((one) => {
    const score = before + share * probabilities[one]!
    before += probabilities[one]!
    return score
  })
}

/**
 * The random part of a row, from 0 to 1, drawn by its probabilities themselves (FNV-1a of their bits, and the finalizer of
 * MurmurHash3): so a row has the same set whenever it is asked for and whatever rows are beside it.
 */
function shareOf(probabilities: Float64Array): number {
  let hash = 0x811c9dc5
  for (const word of new Uint32Array(probabilities.slice().buffer)) hash = Math.imul(hash ^ word, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Rows that each come to 1; one column becomes two. */
export function probabilityRows(value: unknown): Matrix {
  const given = matrixOf('probabilities', value)
  const { data, rows, columns } = given
  const place = (at: number) => `row ${Math.floor(at / columns)}, column ${at % columns}`
  const bad = data.findIndex((one) => !(one >= 0 && one <= 1))
  if (bad >= 0) throw noProbabilities(`numbers from 0 to 1`, `${data[bad]} in ${place(bad)}`)
  if (columns === 1) {
    return { data: Float64Array.from({ length: 2 * rows }, (_, at) => pairOf(data[at >> 1]!, at)), rows, columns: 2 }
  }
  for (let row = 0; row < rows; row++) {
    const sum = data.subarray(row * columns, (row + 1) * columns).reduce((all, one) => all + one, 0)
    if (!(Math.abs(sum - 1) <= SUM_BOUND)) throw noProbabilities('rows that come to 1', `a sum of ${sum} in row ${row}`)
  }
  return given
}

/** The probabilities of class 0 and class 1, at even and at odd places. */
function pairOf(probability: number, at: number): number {
  return at % 2 === 0 ? 1 - probability : probability
}

function noProbabilities(expected: string, received: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected ${expected} for probabilities but received ${received}. predict of a model with 'softmax' or 'sigmoid' outputs ` +
      'gives some.',
  )
}

function classesOf(targets: unknown, classes: number, labels: readonly string[] | undefined): Int32Array {
  const names = labels === undefined ? undefined : namesOf(labels, classes)
  if (Array.isArray(targets) && typeof targets[0] === 'string') {
    if (names === undefined) throw invalid('labels', 'names of the classes in the order of the outputs', labels)
    return Int32Array.from(array('targets', targets, 'class names'), (name, row) => {
      const found = names.indexOf(name as string)
      if (found < 0) throw invalid(`targets[${row}]`, 'one of the labels', name)
      return found
    })
  }
  const numbers = finiteNumbers('targets', targets)
  const bad = numbers.findIndex((one) => !(Number.isInteger(one) && one >= 0 && one < classes))
  if (bad >= 0) throw invalid(`targets[${bad}]`, `class from 0 to ${classes - 1}`, numbers[bad])
  return Int32Array.from(numbers)
}

function namesOf(labels: unknown, classes: number): readonly string[] {
  const names = checkedNames('labels', labels)
  if (names.length === classes) return names
  throw invalid('labels', `${classes} names, one for each output,`, labels)
}
