import { classesOf } from '../data/arrays/target-classes.js'
import { Dataset, forRuns } from '../data/dataset/dataset.js'
import { DeepblasError } from '../errors.js'
import type { Evaluation } from '../model/scoring/results.js'
import { Sequential } from '../model/sequential.js'
import type { History } from '../model/training/epoch-results.js'
import { type FitOptions, optionNames } from '../model/training/options.js'
import { meanOf, sampleDeviation } from '../statistics.js'
import { ELEMENTS_OF_STEP, inTurns, type Steps } from '../turns.js'
import { boolean, invalid, isCallable, knownOptions, nonNegativeInteger, positiveInteger } from '../validate.js'
import { foldOfRows } from './fold-rows.js'
import { foldsTogether } from './folds-together.js'

/** Options of `crossValidate`: its own, and those of `fit` for every fold. */
export interface CrossValidateOptions extends FitOptions {
  /** Default 5. */
  readonly folds?: number
  /** Whether every fold has its share of every class. Default false. */
  readonly stratified?: boolean
  /** Seed of the division into folds; the fits shuffle by the models' seeds. Default 0. */
  readonly seed?: number
}

/** The result of `crossValidate`. */
export interface CrossValidation {
  /** Loss and metrics of every fold, on the rows that its model has not seen. */
  readonly scores: readonly Evaluation[]
  /** Means over the folds, of every score that is a single number. */
  readonly mean: Readonly<Record<string, number>>
  /** Standard deviations over the folds of the same scores, with the divisor `folds - 1`. */
  readonly spread: Readonly<Record<string, number>>
  readonly histories: readonly History[]
}

/**
 * k-fold cross-validation: the rows are divided into `folds` parts whose sizes differ by one row at most. Each part is
 * held out in turn; a new model is trained on the others and evaluated on it.
 *
 * Small networks of one architecture are trained side by side, as a `Population` is, to the same bits as one after
 * another. One after another it is where a callback is another than `EarlyStopping` or `ReduceOnPlateau`, with
 * `progress`, `resume` or `LBFGS`, and with layers, activations or schedules of layers of your own.
 *
 * @param makeModel makes the model of a fold, counted from 0: a new one every time. All models are made before the
 *   first is trained.
 * @example
 * const { mean, spread } = await crossValidate(() => new Sequential(layers(), { inputs: 13, seed: 1 }), data,
 *   { folds: 10, stratified: true, loss: 'crossEntropy', metrics: ['accuracy'], epochs: 20 })
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT, _DATA for options or data that cannot be used, and as `fit`. What goes wrong in a
 *   fold begins with its number, 'Fold 3 of 5: ', counted from 1, and has the error underneath as its `cause`; the reason of
 *   a signal, and what callbacks and other code of yours throw, come out as they are, unless that is a DeepblasError.
 */
export async function crossValidate(
  makeModel: (fold: number) => Sequential,
  data: Dataset,
  options: CrossValidateOptions,
): Promise<CrossValidation> {
  if (!isCallable(makeModel)) throw invalid('makeModel', 'function that makes a new model', makeModel)
  if (!(data instanceof Dataset)) throw invalid('data', 'Dataset', data, 'Make one with Dataset.from({ x, y }).')
  const given = knownOptions<CrossValidateOptions>('crossValidate', options ?? {}, [
    'folds',
    'stratified',
    ...optionNames,
  ])
  const { folds = 5, stratified = false, seed = 0, ...fitOptions } = given as CrossValidateOptions
  const foldOf = await inTurns(
    foldsOf(data, positiveInteger('folds', folds), boolean('stratified', stratified), nonNegativeInteger('seed', seed)),
  )
  const inFold = async <Result>(fold: number, work: () => Result | Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (cause) {
      if (!(cause instanceof DeepblasError) || cause === fitOptions.signal?.reason) throw cause
      throw new DeepblasError(cause.code, `Fold ${fold + 1} of ${folds}: ${cause.message}`, { cause })
    }
  }
  const models: Sequential[] = []
  for (let fold = 0; fold < folds; fold++) models.push(await inFold(fold, () => newModel(makeModel, fold, models)))
  const rowsOf = (fold: number, isWanted: (own: number) => boolean) =>
    inFold(fold, async () => data.subset(await inTurns(rowsWhere(foldOf, isWanted))))
  const restOf = (fold: number) => rowsOf(fold, (own) => own !== fold)
  const fitted = async (fold: number) => {
    const rest = await restOf(fold)
    return await inFold(fold, () => models[fold]!.fit(rest, fitOptions))
  }
  const together = await foldsTogether({ models, data, restOf, options: fitOptions })
  const scores: Evaluation[] = []
  const histories: History[] = []
  for (const [fold, model] of models.entries()) {
    histories.push(together?.[fold] ?? (await fitted(fold)))
    const held = await rowsOf(fold, (own) => own === fold)
    scores.push(await inFold(fold, () => model.evaluate(held)))
  }
  const names = Object.keys(scores[0]!).filter((name) => scores.every((score) => typeof score[name] === 'number'))
  const over = (of: (values: number[]) => number) =>
    Object.fromEntries(names.map((name) => [name, of(scores.map((score) => score[name] as number))]))
  return { scores, mean: over(meanOf), spread: over(sampleDeviation), histories }
}

/** The model of a fold: another one than those of the folds before. */
function newModel(makeModel: (fold: number) => Sequential, fold: number, before: readonly Sequential[]): Sequential {
  const model = makeModel(fold)
  if (!(model instanceof Sequential)) throw invalid('the result of makeModel', 'Sequential', model)
  if (before.includes(model)) throw invalid('the result of makeModel', 'new model for every fold', model)
  return model
}

/** The fold of every row. */
function* foldsOf(data: Dataset, folds: number, stratified: boolean, seed: number): Steps<Int32Array> {
  if (folds < 2 || folds > data.rows) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected for folds a number from 2 to the ${data.rows} rows of the data but received ${folds}.`,
    )
  }
  const classOfRow = stratified ? classesOf('stratified folds', forRuns(data).targets, data.labels).ofRow : undefined
  return yield* foldOfRows(data.rows, folds, seed, classOfRow)
}

/** The rows of the folds that are wanted, in ascending order. */
function* rowsWhere(foldOf: Int32Array, isWanted: (fold: number) => boolean): Steps<Int32Array> {
  const rows = new Int32Array(foldOf.length)
  let count = 0
  for (let row = 0; row < foldOf.length; row++) {
    if (isWanted(foldOf[row]!)) rows[count++] = row
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return rows.slice(0, count)
}
