/*
 * What a diagnosis is asked for, checked before anything is computed.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Loss } from '../../losses/loss.js'
import { loss as lossOf } from '../../losses/names.js'
import { type LastFit, lastFitOf, type RepeatableOptions } from '../../model/inside.js'
import { Sequential } from '../../model/sequential.js'
import { type FitOptions, optionNames as fitNames } from '../../model/training/options.js'
import { optimizerOf } from '../../optimizers/names.js'
import { boolean, finiteNumber, invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import { budgetOption, functionOption, rowsWithTargets, signalOption } from '../experiments/checks.js'
import { Deadline } from '../experiments/deadline.js'

export interface DiagnoseOptions {
  /** The rows that the model was trained on. */
  readonly train: Dataset
  /**
   * Rows of the same kind as `train` that it was not trained on, where `dev` comes from elsewhere: they tell variance from
   * mismatch. Default none: dev rows count as being of the same kind.
   */
  readonly trainDev?: Dataset
  /** The rows to be good on, with targets; not those of a test. */
  readonly dev: Dataset
  /**
   * What would be good enough, or what is known to be possible, such as people's accuracy: accuracy of classes, R² of values,
   * at most 1. Default: inferred from fits of ours on the training rows, what they reach on rows they have not seen and how
   * much more rows would still give.
   */
  readonly target?: number
  /**
   * The options of the model's training, as `fit` takes them; of these loss, optimizer, epochs, batchSize, shuffle and
   * classWeights count. Default those of the model's last fit, up to the epoch that was kept.
   */
  readonly fit?: FitOptions
  /**
   * Milliseconds from the call on within which experiments are made, those that tell most first; what was left out is told.
   * The training of a model that no fit has changed, and figures that need no training, come in any case. Default: no bound
   * of time but one of work, 12 times that of the training, or 4·10^11 parameters times rows times epochs where
   * that is more (a minute or two), so that the same experiments are made on every machine.
   */
  readonly budget?: number
  /** Told before every experiment, and before the training of a model that no fit has changed. Default none. */
  readonly onProgress?: (progress: DiagnoseProgress) => void
  /** Ends the diagnosis: the result is what is known so far, with `stopped: 'aborted'`. Default none. */
  readonly signal?: AbortSignal
  /** Of the repeated trainings, and of the rows that are drawn. Default 0. */
  readonly seed?: number
}

/** What is told before the training of a model that no fit has changed. */
export const FIRST_TRAINING = 'the training as given'

/** What a diagnosis does next. */
export interface DiagnoseProgress {
  /** Experiments that are made side by side, in words. */
  readonly experiments: readonly string[]
}

const optionNames = ['train', 'trainDev', 'dev', 'target', 'fit', 'budget', 'onProgress', 'signal', 'seed'] as const

export interface CheckedDiagnoseOptions {
  readonly train: Dataset
  readonly trainDev: Dataset | undefined
  readonly dev: Dataset
  readonly target: number | undefined
  readonly fit: RepeatableOptions & { readonly loss: Loss; readonly epochs: number }
  readonly lastFit: LastFit | undefined
  readonly deadline: Deadline | undefined
  readonly onProgress: DiagnoseOptions['onProgress']
  readonly signal: AbortSignal | undefined
  readonly seed: number
}

export function checkedOptions(model: unknown, options: DiagnoseOptions): CheckedDiagnoseOptions {
  if (!(model instanceof Sequential)) throw invalid('model', 'Sequential', model)
  if (options === undefined) throw invalid('the options of diagnose', 'plain object', options, 'Give { train, dev }.')
  const given = knownOptions<DiagnoseOptions>('diagnose', options, optionNames)
  const { budget, ...run } = checkedRun(given)
  return {
    train: rows('train', given.train, model),
    dev: rows('dev', given.dev, model),
    trainDev: given.trainDev === undefined ? undefined : rows('trainDev', given.trainDev, model),
    fit: fitOf(model, given.fit),
    lastFit: lastFitOf(model),
    deadline: budget === undefined ? undefined : new Deadline(budget),
    ...run,
  }
}

/** What is asked of the diagnosis itself, whatever it is of. */
export function checkedRun({
  target,
  budget,
  onProgress,
  signal,
  seed,
}: Pick<DiagnoseOptions, 'target' | 'budget' | 'onProgress' | 'signal' | 'seed'>) {
  return {
    target: target === undefined ? undefined : finiteNumber('target', target, { max: 1 }),
    budget: budgetOption(budget),
    onProgress: functionOption('onProgress', onProgress),
    signal: signalOption(signal),
    seed: nonNegativeInteger('seed', seed ?? 0),
  }
}

function rows(argument: string, given: unknown, { inputs }: Sequential): Dataset {
  const data = rowsWithTargets(argument, given)
  if (data.features === inputs) return data
  throw new DeepblasError(
    'ERR_DEEPBLAS_SHAPE',
    `Expected ${inputs} features for ${argument}, as the model has, but received ${data.features}.`,
  )
}

function fitOf(model: Sequential, given: FitOptions | undefined): CheckedDiagnoseOptions['fit'] {
  if (given !== undefined) return checkedFit(given)
  const last = lastFitOf(model)
  if (last === undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      'Expected fit, the options of the training, for a model that was not trained by fit in this process (a file does not ' +
        "tell all of them) but received none. For example fit: { loss: 'crossEntropy', optimizer: new Adam(), epochs: 20 }.",
    )
  }
  const { options, history } = last
  // Early stopping has kept the parameters of this epoch.
  const epochs = history.best?.epoch ?? history.epochs.length
  return { ...options, loss: lossOf('fit.loss', options.loss), epochs: Math.max(1, epochs) }
}

function checkedFit(given: unknown): CheckedDiagnoseOptions['fit'] {
  const { loss, optimizer, epochs, batchSize, shuffle, classWeights } = knownOptions<FitOptions>(
    'fit',
    given as FitOptions,
    fitNames,
  )
  return {
    loss: lossOf('fit.loss', loss),
    optimizer: optimizerOf(optimizer),
    epochs: positiveInteger('fit.epochs', epochs ?? 10),
    ...(batchSize === undefined
      ? {}
      : { batchSize: batchSize === 'full' ? batchSize : positiveInteger('fit.batchSize', batchSize) }),
    ...(shuffle === undefined ? {} : { shuffle: boolean('fit.shuffle', shuffle) }),
    ...(classWeights === undefined ? {} : { classWeights }),
  }
}
