/*
 * What a search is asked for, checked before anything is computed.
 */
import { Dataset } from '../../data/dataset/dataset.js'
import { Encoder } from '../../data/encoder/encoder.js'
import { DeepblasError } from '../../errors.js'
import type { NamedInputs } from '../../inputs.js'
import type { Layer } from '../../layers/layer.js'
import type { Loss } from '../../losses/loss.js'
import { type LossName, loss as lossOf } from '../../losses/names.js'
import type { Metric } from '../../metrics/metric.js'
import type { MetricOption } from '../../metrics/names.js'
import type { FitOptions } from '../../model/training/options.js'
import {
  array,
  boolean,
  finiteNumber,
  invalid,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  positiveInteger,
  string,
} from '../../validate.js'
import { functionOption, rowsWithTargets, signalOption } from '../experiments/checks.js'
import { experimentMetric } from '../experiments/metric.js'
import { type SearchMethod, searchMethods } from './method-names.js'
import { requireKnownOptions } from './option-names.js'
import type { SearchProgress } from './result.js'
import { type Configuration, checkedSpace, type SearchSpace } from './space.js'

/** The options of `fit` that trainings of a search take. */
export type SearchFitOptions = Partial<
  Pick<FitOptions, 'loss' | 'optimizer' | 'epochs' | 'batchSize' | 'classWeights' | 'callbacks' | 'shuffle'>
>

/** What a function of a configuration makes. */
export interface SearchModel {
  readonly layers: readonly Layer[]
  /** As for Sequential. Default those of the data. */
  readonly inputs?: number | NamedInputs
  /** In place of the search's own options of the training. Make optimizers and losses once, outside of the function. */
  readonly fit?: SearchFitOptions
}

export interface SearchOptions<Space extends SearchSpace = SearchSpace> {
  /** The rows that every model is trained on. */
  readonly train: Dataset
  /** The rows that every model is measured on, with targets; not those of a test. */
  readonly dev: Dataset
  /**
   * What all trainings have in common. Default loss: crossEntropy for texts as classes, and what the target says for rows of
   * an encoder; default epochs 10, batchSize 32, optimizer Adam.
   */
  readonly fit?: SearchFitOptions
  /** Makes the model of a configuration, for options that this library has no name for. Default: by the options' names. */
  readonly model?: (configuration: Configuration<Space>) => SearchModel
  /** Milliseconds of wall time after which the search ends. Default none. */
  readonly budget?: number
  /** Number of trainings after which the search ends. Default none; `random` needs a budget or tries. */
  readonly tries?: number
  /** Trainings of every configuration, by the seeds `seed`, `seed + 1`, and so on. Default 1. */
  readonly seeds?: number
  /** Of the configurations, the trainings, and the groups of dev rows. Default 0. */
  readonly seed?: number
  /**
   * 'random': drawn from the distributions. 'grid': all combinations of `levels` values of every range and all values of
   * every choice. 'halving': many begin with few epochs, and the best go on. 'hyperband': halving from several beginnings.
   * Default 'random'.
   */
  readonly method?: SearchMethod
  /** For 'grid': values tried of a range, its ends included. Default 5. */
  readonly levels?: number
  /** For 'halving' and 'hyperband': one of so many goes on, to so many times the epochs; at least 2. Default 3. */
  readonly factor?: number
  /** A metric of one number. Default 'accuracy' for classes, 'r2' for values. */
  readonly metric?: MetricOption
  /** Whether the best configuration is trained once more, to the bits of its first seed, and given as `best.model`. Default
   * false. It takes the time of one training beyond the budget. */
  readonly refit?: boolean
  /** Ends the search: it gives what is known, with `stopped: 'aborted'`. Default none. */
  readonly signal?: AbortSignal
  /** Told after every training, and while trainings run. Default none. */
  readonly onProgress?: (progress: SearchProgress) => void
  /** Path of a file of JSON lines that keeps every result: a second search takes those it needs from it. Default none. */
  readonly journal?: string
}

export const searchOptionNames = [
  'train',
  'dev',
  'fit',
  'model',
  'budget',
  'tries',
  'seeds',
  'seed',
  'method',
  'levels',
  'factor',
  'metric',
  'refit',
  'signal',
  'onProgress',
  'journal',
] as const satisfies readonly (keyof SearchOptions)[]

const fitNames = ['loss', 'optimizer', 'epochs', 'batchSize', 'classWeights', 'callbacks', 'shuffle'] as const

export interface CheckedSearch {
  readonly space: SearchSpace
  readonly train: Dataset
  readonly dev: Dataset
  readonly fit: SearchFitOptions & { readonly loss: LossName | Loss; readonly epochs: number }
  readonly model: ((configuration: Configuration) => SearchModel) | undefined
  readonly budget: number | undefined
  readonly tries: number | undefined
  readonly seeds: number
  readonly seed: number
  readonly method: SearchMethod
  readonly levels: number
  readonly factor: number
  readonly metric: Metric
  readonly refit: boolean
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: SearchProgress) => void
  readonly journal: string | undefined
}

export function checkedOptions(space: unknown, options: unknown): CheckedSearch {
  const hint = 'For example search(space, { train, dev, fit, tries: 30 }).'
  const plain = plainObject('the options of search', options, hint) as unknown as SearchOptions
  const given = knownOptions<SearchOptions>('search', plain, searchOptionNames)
  const train = rows('train', given.train)
  const dev = rows('dev', given.dev)
  if (dev.features !== train.features) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${train.features} features for dev, as train has, but received ${dev.features}.`,
    )
  }
  const method = oneOf('method', given.method ?? 'random', searchMethods)
  const model = functionOption('model', given.model)
  const checked = checkedSpace(space)
  requireKnownOptions(checked, model !== undefined)
  const fit = fitOf(given.fit, train)
  const { budget, tries } = given
  if (method === 'random' && budget === undefined && tries === undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      "Expected budget (in milliseconds) or tries for method 'random' but received neither. For example tries: 30.",
    )
  }
  if ((method === 'halving' || method === 'hyperband') && 'epochs' in checked) {
    throw invalid(
      'space.epochs',
      `no epochs for method '${method}', which chooses them`,
      checked.epochs,
      'Give fit.epochs.',
    )
  }
  return {
    space: checked,
    train,
    dev,
    fit,
    model,
    budget:
      budget === undefined
        ? undefined
        : finiteNumber('budget', budget, { min: 0 }, 'It is in milliseconds: 60_000 is a minute.'),
    tries: tries === undefined ? undefined : positiveInteger('tries', tries),
    seeds: positiveInteger('seeds', given.seeds ?? 1),
    seed: nonNegativeInteger('seed', given.seed ?? 0),
    method,
    levels: positiveInteger('levels', given.levels ?? 5),
    factor: atLeastTwo(given.factor ?? 3),
    metric: experimentMetric(given.metric, lossOf('fit.loss', fit.loss)),
    refit: boolean('refit', given.refit ?? false),
    signal: signalOption(given.signal),
    onProgress: functionOption('onProgress', given.onProgress) ?? (() => undefined),
    journal: given.journal === undefined ? undefined : string('journal', given.journal),
  }
}

/**
 * Checks space and options before data is read, which may take minutes; the loss follows from the data.
 *
 * @throws as `checkedOptions`
 */
export function requireOptions(space: unknown, options: { readonly fit?: SearchFitOptions | undefined }): void {
  const data = Dataset.from({ x: [[0]], y: [[0]] })
  checkedOptions(space, { ...options, fit: { loss: 'meanSquaredError', ...options.fit }, train: data, dev: data })
}

function rows(argument: string, given: unknown): Dataset {
  const data = rowsWithTargets(argument, given)
  if (data.rows > 0) return data
  throw new DeepblasError('ERR_DEEPBLAS_DATA', `Expected at least one row in ${argument} but received none.`)
}

function atLeastTwo(factor: unknown): number {
  if (typeof factor === 'number' && Number.isSafeInteger(factor) && factor >= 2) return factor
  throw invalid('factor', 'whole number of at least 2', factor)
}

/** Of one training, whoever asks for it: the whole search, or a function of a configuration. */
export function checkedFit(argument: string, given: unknown): SearchFitOptions {
  const fit = knownOptions<SearchFitOptions>(argument, given as SearchFitOptions | undefined, fitNames)
  if (fit.loss !== undefined) lossOf(`${argument}.loss`, fit.loss)
  if (fit.epochs !== undefined) positiveInteger(`${argument}.epochs`, fit.epochs)
  if (fit.batchSize !== undefined && fit.batchSize !== 'full') positiveInteger(`${argument}.batchSize`, fit.batchSize)
  if (fit.shuffle !== undefined) boolean(`${argument}.shuffle`, fit.shuffle)
  if (fit.callbacks !== undefined) array(`${argument}.callbacks`, fit.callbacks, 'callbacks')
  return Object.fromEntries(Object.entries(fit).filter(([, value]) => value !== undefined))
}

function fitOf(given: unknown, train: Dataset): CheckedSearch['fit'] {
  const fit = checkedFit('fit', given)
  return { ...fit, loss: fit.loss ?? usualLoss(train), epochs: fit.epochs ?? 10 }
}

function usualLoss({ encoder, labels }: Dataset): LossName {
  if (encoder instanceof Encoder && encoder.target !== undefined) {
    if (encoder.task === 'regression') return 'meanSquaredError'
    return encoder.outputs === 1 ? 'binaryCrossEntropy' : 'crossEntropy'
  }
  if (labels !== undefined) return 'crossEntropy'
  throw invalid('fit.loss', 'loss', undefined, "For example fit: { loss: 'crossEntropy' } for classes.")
}
