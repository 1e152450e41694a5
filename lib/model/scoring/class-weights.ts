import { isNumberArray, type NumberArray } from '../../data/arrays/rows.js'
import { asDataset, type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Loss } from '../../losses/loss.js'
import { classOfOneHot } from '../../outputs/classes.js'
import { thresholdOf } from '../../outputs/meaning.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { didYouMean, finiteNumber, invalid, plainObject } from '../../validate.js'

/**
 * Weights of the classes: 'balanced', one number for each class, or numbers by label (or class number); a class that is
 * left out has weight 1.
 */
export type ClassWeights = 'balanced' | readonly number[] | NumberArray | Readonly<Record<string, number>>

/**
 * The data with every row's weight multiplied by that of its class. 'balanced' gives a class `rows / (classes · rows of
 * the class)`, counting the classes that have rows: then all classes have the same sum of weights, and the mean weight of
 * a row is 1 (scikit-learn's `class_weight`).
 *
 * @param names those of the model, for data that has none of its own
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for targets that are no classes, unknown labels, or weights below 0;
 *   ERR_DEEPBLAS_SHAPE for a list of another length than there are classes
 */
export function* withClassWeights(
  data: Dataset,
  given: unknown,
  loss: Loss,
  outputs: number,
  names: readonly string[] | undefined,
): Steps<Dataset> {
  const classes = outputs === 1 ? 2 : outputs
  const rows = yield* classOfRows(data, loss, outputs)
  if (rows === undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected a class for every row where classWeights are given, but loss '${loss.name}' of ${outputs} outputs has targets ` +
        'of another kind. Use sampleWeights in the data set.',
    )
  }
  const weights = given === 'balanced' ? yield* balanced(rows, classes) : weightsOf(given, classes, data.labels, names)
  const own = data.sampleWeights()
  const products = new Float32Array(rows.length)
  let any = false
  for (let row = 0; row < rows.length; row++) {
    if (row % ELEMENTS_OF_STEP === 0) yield
    products[row] = weights[rows[row]!]! * (own?.[row] ?? 1)
    any ||= products[row]! > 0
  }
  if (any) return asDataset(yield* forRuns(data).weighting(products))
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected classWeights that leave at least one weight above 0 but all ${data.rows} rows have weight 0. Give a class that ` +
      'has rows a weight above 0.',
  )
}

/** Undefined where rows have no class: values, or several outputs of 0 and 1 each. */
export function* classOfRows(data: Dataset, loss: Loss, outputs: number): Steps<Int32Array | undefined> {
  const kind = loss.targetKind
  const { data: values, columns } = forRuns(data).targets!
  if (columns === 1 && kind === 'classes') return new Int32Array(values)
  if (columns === 1 && outputs === 1 && (kind === 'binary' || kind === 'signs')) {
    const threshold = thresholdOf(loss, 'values')
    const classes = new Int32Array(values.length)
    for (let row = 0; row < values.length; row++) {
      if (row % ELEMENTS_OF_STEP === 0) yield
      classes[row] = Number(values[row]! > threshold)
    }
    return classes
  }
  if (kind !== 'classes') return undefined
  const classes = new Int32Array(data.rows)
  const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / columns)
  for (let row = 0; row < data.rows; row++) {
    if (row % rowsOfStep === 0) yield
    classes[row] = classOfOneHot(values, row * columns, columns)
    // A row of probabilities belongs to several classes.
    if (classes[row]! < 0) return undefined
  }
  return classes
}

function* balanced(rows: Int32Array, classes: number): Steps<number[]> {
  const counts = new Array<number>(classes).fill(0)
  for (let row = 0; row < rows.length; row++) {
    if (row % ELEMENTS_OF_STEP === 0) yield
    counts[rows[row]!]!++
  }
  const present = counts.filter((count) => count > 0).length
  return counts.map((count) => (count === 0 ? 1 : rows.length / (present * count)))
}

function weightsOf(
  given: unknown,
  classes: number,
  labels: readonly string[] | undefined,
  model: readonly string[] | undefined,
): number[] {
  const check = (argument: string, value: unknown) => finiteNumber(argument, value, { min: 0 })
  if (Array.isArray(given) || isNumberArray(given)) {
    if (given.length !== classes) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${classes} classWeights, one for each class, but received ${given.length}.`,
      )
    }
    return Array.from(given as ArrayLike<unknown>, (value, i) => check(`classWeights[${i}]`, value))
  }
  if (typeof given !== 'object') {
    throw invalid('classWeights', "'balanced', array of numbers or object of numbers by label", given)
  }
  const numbers = Array.from({ length: classes }, (_, i) => String(i))
  const names = labels ?? model ?? numbers
  const weights = new Array<number>(classes).fill(1)
  for (const [label, value] of Object.entries(plainObject('classWeights', given))) {
    // Data of numbers for a model of names: either will do.
    const at = labels === undefined && !names.includes(label) ? numbers.indexOf(label) : names.indexOf(label)
    if (at < 0 || at >= classes) {
      const hint = didYouMean(label, names) ?? `The classes are ${names.map((name) => `'${name}'`).join(', ')}.`
      throw invalid('classWeights', 'labels of the data', label, hint)
    }
    weights[at] = check(`classWeights['${label}']`, value)
  }
  return weights
}
