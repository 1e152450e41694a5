/*
 * What an improvement is asked for, checked before anything is computed.
 */
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { loss as lossOf } from '../../losses/names.js'
import type { Metric } from '../../metrics/metric.js'
import type { MetricOption } from '../../metrics/names.js'
import { lastFitOf } from '../../model/inside.js'
import { Sequential } from '../../model/sequential.js'
import { type FitOptions, optionNames as fitNames } from '../../model/training/options.js'
import { batchOptimizerOf } from '../../optimizers/names.js'
import {
  array,
  boolean,
  invalid,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  positiveInteger,
} from '../../validate.js'
import { budgetOption, functionOption, leftOfBudget, rowsWithTargets, signalOption } from '../experiments/checks.js'
import { experimentMetric } from '../experiments/metric.js'
import type { ImproveProgress } from './lab.js'
import { inputsOf, layersOf, networkOf, type Recipe } from './recipe.js'
import { type LeverName, leverNames } from './result.js'

/** The rows of an improvement: each for one purpose. */
export interface ImproveData {
  /** The rows to learn from. */
  readonly train: Dataset
  /** The rows that every training is measured on; none of them are learned from. */
  readonly dev: Dataset
  /** Rows that nothing is chosen by, for `confirm`. */
  readonly test?: Dataset
}

export interface ImproveOptions {
  /**
   * The baseline's training, as `fit` takes it; of these loss, optimizer, epochs, batchSize, classWeights, callbacks and
   * shuffle count. Default that of the model's last fit in this process, without its callbacks.
   */
  readonly fit?: FitOptions
  /** Wall time in milliseconds, kept within 10 %. Default none: it runs to the end. */
  readonly budget?: number
  /** Number of trainings after which it ends, with the same result every time. Default none. */
  readonly tries?: number
  /** Default all: see `leverNames`. */
  readonly levers?: readonly LeverName[]
  /** Seeds that every lever is judged on, 2 to 200; undecided ones get up to four times as many. Default 5. */
  readonly seeds?: number
  /** Everything that is drawn follows from it. Default 0. */
  readonly seed?: number
  /** A metric that is one number. Default accuracy for classes, R² for values. */
  readonly metric?: MetricOption
  /**
   * Whether to measure the winning levers on the test rows, once, at the end; a number says with how many trainings of
   * other seeds each. Default false; true is 1.
   */
  readonly confirm?: boolean | number
  /**
   * Whether to tell at the end where the training as given errs on the dev rows: its weak segments and its classes. Trains
   * it once more, within the budget. Default false.
   */
  readonly baselineErrors?: boolean
  /** Ends it: the result is what is known so far. Default none. */
  readonly signal?: AbortSignal
  /** Told some tens of times a second. */
  readonly onProgress?: (progress: ImproveProgress) => void
  /** Path of a file that keeps every training; a second run with the same settings goes on from it. Default none. */
  readonly journal?: string
}

/** Beyond these an interval hardly becomes narrower: the dev rows are what is left to doubt. */
const MOST_SEEDS = 200

const optionNames = [
  'fit',
  'budget',
  'tries',
  'levers',
  'seeds',
  'seed',
  'metric',
  'confirm',
  'baselineErrors',
  'signal',
  'onProgress',
  'journal',
] as const satisfies readonly (keyof ImproveOptions)[]

/** What is asked of an improvement whose baseline follows from the data. */
export type ExperimentSettings = Omit<ImproveOptions, 'fit'>

export const experimentNames = optionNames.filter((name) => name !== 'fit')

/** Those of the options, with what is left of the budget. */
export function leftOf(given: ExperimentSettings, begun: number): ExperimentSettings {
  const own = Object.fromEntries(
    experimentNames.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  ) as ExperimentSettings
  if (own.budget === undefined) return own
  return { ...own, budget: leftOfBudget(budgetOption(own.budget)!, begun) }
}

export interface CheckedOptions {
  readonly baseline: Recipe
  readonly dev: Dataset
  /** Undefined where nothing is to be confirmed. */
  readonly test: Dataset | undefined
  /** Seeds of the confirmation. */
  readonly confirm: number
  readonly baselineErrors: boolean
  readonly metric: Metric
  readonly budget: number | undefined
  readonly tries: number | undefined
  readonly levers: readonly LeverName[]
  readonly seeds: number
  readonly seed: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: ImproveProgress) => void) | undefined
  readonly journal: string | undefined
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT, _DATA, _SHAPE */
export function checkedOptions(model: unknown, data: ImproveData, options: ImproveOptions | undefined): CheckedOptions {
  if (!(model instanceof Sequential)) throw invalid('model', 'Sequential', model)
  const given = knownOptions<ImproveOptions>('improve', options, optionNames)
  const rows = knownOptions<ImproveData>('the data of improve', plainObject('data', data) as never, [
    'train',
    'dev',
    'test',
  ])
  const train = rowsOf('train', rows.train)
  const dev = rowsOf('dev', rows.dev)
  const test = rows.test === undefined ? undefined : rowsOf('test', rows.test)
  const confirm = confirmations(given.confirm)
  if (confirm > 0 && test === undefined) {
    throw invalid('test', 'Dataset with confirm', undefined, 'Give rows that nothing was chosen by, as test.')
  }
  const seeds = positiveInteger('seeds', given.seeds ?? 5)
  if (seeds < 2) throw invalid('seeds', 'at least 2', seeds, 'One seed does not tell what another one would give.')
  if (seeds > MOST_SEEDS) {
    throw invalid('seeds', `at most ${MOST_SEEDS}`, seeds, 'Undecided levers get up to four times as many.')
  }
  const baseline = baselineOf(model, train, given.fit)
  return {
    baseline,
    dev: rowsThatCount(dev),
    test: confirm > 0 ? test : undefined,
    confirm,
    baselineErrors: boolean('baselineErrors', given.baselineErrors ?? false),
    metric: experimentMetric(given.metric, lossOf('loss', baseline.loss)),
    budget: budgetOption(given.budget),
    tries: given.tries === undefined ? undefined : positiveInteger('tries', given.tries),
    levers: leversOf(given.levers),
    seeds,
    seed: nonNegativeInteger('seed', given.seed ?? 0),
    signal: signalOption(given.signal),
    onProgress: functionOption('onProgress', given.onProgress),
    journal: given.journal,
  }
}

/** How many trainings the confirmation has of each kind; 0 for none. */
export function confirmations(given: boolean | number | undefined): number {
  if (typeof given === 'number') return positiveInteger('confirm', given)
  if (given !== undefined && typeof given !== 'boolean') throw invalid('confirm', 'boolean, or number of seeds', given)
  return given === true ? 1 : 0
}

function rowsOf(argument: string, given: unknown): Dataset {
  const data = rowsWithTargets(argument, given)
  if (forRuns(data).rowsThatCount > 0) return data
  throw new DeepblasError('ERR_DEEPBLAS_DATA', `Expected a row with a weight above 0 in ${argument} but received none.`)
}

/** Rows of weight 0 say nothing, and a group of them alone has no metric. */
function rowsThatCount(data: Dataset): Dataset {
  const weights = data.sampleWeights()
  if (weights === undefined || !weights.includes(0)) return data
  return data.subset(Int32Array.from(weights.keys()).filter((row) => weights[row]! > 0))
}

function baselineOf(model: Sequential, train: Dataset, given: FitOptions | undefined): Recipe {
  const { loss, optimizer, epochs, batchSize, classWeights, callbacks, shuffle } = fitOf(model, given)
  const { labels } = model
  const recipe: Recipe = {
    layers: layersOf(model),
    inputs: inputsOf(model),
    loss: lossOf('fit.loss', loss),
    optimizer: batchOptimizerOf(optimizer, 'improve'),
    epochs: positiveInteger('fit.epochs', epochs ?? 10),
    batchSize: batchSize === 'full' ? batchSize : positiveInteger('fit.batchSize', batchSize ?? 32),
    train,
    ...(labels === undefined ? {} : { labels }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(callbacks === undefined || callbacks.length === 0 ? {} : { callbacks }),
    ...(shuffle === undefined ? {} : { shuffle: boolean('fit.shuffle', shuffle) }),
  }
  // Layers of the user's own that no registerLayer knows are told here.
  networkOf(recipe)
  return recipe
}

function fitOf(model: Sequential, given: FitOptions | undefined): Partial<FitOptions> {
  if (given !== undefined) return knownOptions<FitOptions>('fit', plainObject('fit', given) as never, fitNames)
  const last = lastFitOf(model)
  if (last !== undefined) return last.options
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    'Expected fit, the options of the training, for a model that was not trained by fit in this process but received ' +
      "none. For example fit: { loss: 'crossEntropy', optimizer: new Adam(), epochs: 20 }.",
  )
}

function leversOf(given: readonly LeverName[] | undefined): readonly LeverName[] {
  if (given === undefined) return leverNames
  const asked = array('levers', given, 'names of levers').map((one, at) => oneOf(`levers[${at}]`, one, leverNames))
  if (asked.length === 0) throw invalid('levers', 'at least one lever', given)
  return leverNames.filter((name) => asked.includes(name))
}
