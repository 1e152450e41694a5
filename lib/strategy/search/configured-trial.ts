/*
 * From a configuration to the training that tries it.
 */
import { classesOf } from '../../data/arrays/target-classes.js'
import { forRuns } from '../../data/dataset/dataset.js'
import { Encoder } from '../../data/encoder/encoder.js'
import { DeepblasError } from '../../errors.js'
import type { NamedInputs } from '../../inputs.js'
import { Activation } from '../../layers/activation.js'
import { BatchNorm } from '../../layers/batch-norm.js'
import { Dense, type DenseOptions } from '../../layers/dense.js'
import { Dropout } from '../../layers/dropout.js'
import type { Layer } from '../../layers/layer.js'
import { LayerNorm } from '../../layers/layer-norm.js'
import { Normalize } from '../../layers/normalize.js'
import { loss as lossOf } from '../../losses/names.js'
import { batchOptimizerOf } from '../../optimizers/names.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import { withLearningRate } from '../../optimizers/with-weight-decay.js'
import { l1l2 } from '../../regularizers/regularizer.js'
import { isSchedule } from '../../schedules/schedule.js'
import { array, invalid, knownOptions } from '../../validate.js'
import type { Trial } from '../experiments/trial.js'
import { trialLayers } from '../experiments/trial-layers.js'
import { embeddings } from '../tabular-layers.js'
import { type CheckedSearch, checkedFit, type SearchFitOptions, type SearchModel } from './options.js'
import { type Configuration, configurationText } from './space.js'

/** The options that have a name here, of one configuration; all others are undefined. */
interface Named {
  readonly hidden?: readonly number[]
  readonly layers?: number
  readonly units?: number
  readonly activation?: DenseOptions['activation']
  readonly dropout?: number
  readonly l1?: number
  readonly l2?: number
  readonly normalization?: 'none' | 'batch' | 'layer'
  readonly normalize?: boolean
  readonly learningRate?: number
  readonly optimizer?: SearchFitOptions['optimizer']
  readonly weightDecay?: number
  readonly batchSize?: number | 'full'
  readonly epochs?: number
}

/** Makes the trials of one search. */
export class TrialMaker {
  readonly #search: CheckedSearch
  readonly #inputs: number | NamedInputs
  /** One instance each, since only trainings with the same one run side by side. */
  readonly #optimizers = new Map<string, Optimizer>()
  #normalize: Normalize | undefined

  constructor(search: CheckedSearch) {
    this.#search = search
    const { encoder, features } = search.train
    this.#inputs = encoder instanceof Encoder ? encoder.inputs : features
    if (search.model === undefined) requireLayersOfOurs(search)
  }

  /**
   * The training of a configuration by one seed.
   *
   * @param epochs in place of those of the configuration and the search. Default theirs.
   * @throws DeepblasError for a model that the user's function has made wrongly
   */
  trial(configuration: Configuration, seed: number, epochs?: number): Trial {
    const { train, model, fit: common } = this.#search
    const own = model === undefined ? undefined : checkedModel(model(configuration))
    const fit = { ...common, ...own?.fit }
    const named = configuration as Named
    const passes = epochs ?? named.epochs ?? fit.epochs
    const { optimizer, rateFactor } = this.#steps(named, fit.optimizer)
    return {
      key: keyOf(configuration, passes, seed),
      layers: trialLayers(own?.layers ?? this.#layers(named)),
      inputs: own?.inputs ?? this.#inputs,
      loss: fit.loss,
      optimizer,
      rateFactor,
      epochs: passes,
      batchSize: named.batchSize ?? fit.batchSize ?? 32,
      train,
      seed,
      ...(named.weightDecay === undefined ? {} : { weightDecay: named.weightDecay }),
      ...(fit.classWeights === undefined ? {} : { classWeights: fit.classWeights }),
      ...(fit.callbacks === undefined ? {} : { callbacks: fit.callbacks }),
      ...(fit.shuffle === undefined ? {} : { shuffle: fit.shuffle }),
    }
  }

  #layers(named: Named): Layer[] {
    const { space, train } = this.#search
    const { activation = 'relu', dropout, normalization = 'none', l1 = 0, l2 = 0 } = named
    // Where a space has an option, every network has its layer, so that those of one shape run side by side.
    const regularized = 'l1' in space || 'l2' in space ? { regularizer: l1l2({ l1, l2 }) } : {}
    const hidden = hiddenOf(named).flatMap((units): Layer[] => [
      ...(normalization === 'none'
        ? [new Dense(units, { activation, ...regularized })]
        : [new Dense(units, regularized), normalizationOf(normalization), new Activation(activation)]),
      ...(dropout === undefined ? [] : [new Dropout(dropout)]),
    ])
    const before = train.encoder instanceof Encoder ? embeddings(train.encoder) : []
    return [...this.#normalized(named), ...before, ...hidden, this.#outputLayer(regularized)]
  }

  #normalized({ normalize }: Named): Layer[] {
    if (normalize !== true) return []
    this.#normalize ??= Normalize.fit(this.#search.train)
    return [this.#normalize]
  }

  #outputLayer(regularized: DenseOptions): Layer {
    const { train, dev, fit } = this.#search
    const loss = lossOf('fit.loss', fit.loss)
    switch (loss.targetKind) {
      case 'classes': {
        const counts = [train, dev].map((data) => classesOf('search', forRuns(data).targets, data.labels).count)
        return new Dense(Math.max(...counts), { activation: 'softmax', ...regularized })
      }
      case 'probabilities':
        return new Dense(train.targetColumns, { activation: 'softmax', ...regularized })
      case 'binary':
        return new Dense(train.targetColumns, { activation: 'sigmoid', ...regularized })
      default:
        return new Dense(train.targetColumns, { activation: 'linear', ...regularized })
    }
  }

  /** The optimizer, and the factor of its learning rate. */
  #steps({ learningRate, optimizer }: Named, common: SearchFitOptions['optimizer']) {
    const chosen = optimizer ?? common ?? 'adam'
    const given = batchOptimizerOf(chosen, 'search')
    if (typeof chosen !== 'string') {
      return { optimizer: given, rateFactor: learningRate === undefined ? 1 : learningRate / rateOf(given) }
    }
    // A rate of 1 times the factor is the rate itself, to the bit.
    const steps = learningRate === undefined ? given : withLearningRate(given, 1)
    const known = this.#optimizers.get(chosen) ?? steps
    this.#optimizers.set(chosen, known)
    return { optimizer: known, rateFactor: learningRate ?? 1 }
  }
}

/** The rate that a learning rate of the space is a factor of: that of an optimizer, or that its schedule is made of. */
function rateOf({ name, learningRate }: Optimizer): number {
  const rate = isSchedule(learningRate) ? learningRate.learningRate : learningRate
  if (typeof rate === 'number' && rate > 0) return rate
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected an optimizer with one learning rate above 0 beside space.learningRate but received ${name} without. ` +
      'Leave space.learningRate out, or give the optimizer a rate.',
  )
}

function keyOf(configuration: Configuration, epochs: number, seed: number): string {
  const text = configurationText(configuration)
  return 'epochs' in configuration ? `${text} seed=${seed}` : `${text} epochs=${epochs} seed=${seed}`
}

function hiddenOf({ hidden, layers, units }: Named): readonly number[] {
  if (hidden !== undefined) return hidden
  if (layers === undefined && units === undefined) return [64, 32]
  return new Array<number>(layers ?? 2).fill(units ?? 64)
}

function normalizationOf(kind: 'batch' | 'layer'): Layer {
  return kind === 'batch' ? new BatchNorm() : new LayerNorm()
}

function checkedModel(made: unknown): SearchModel {
  const hint = 'For example model: ({ units }) => ({ layers: [new Dense(units), new Dense(1)] }).'
  if (typeof made !== 'object' || made === null) throw invalid('the result of model', 'plain object', made, hint)
  const given = knownOptions<SearchModel>('the result of model', made as SearchModel, ['layers', 'inputs', 'fit'])
  const layers = array('the result of model.layers', given.layers, 'layers', hint)
  if (layers.length === 0) throw invalid('the result of model.layers', 'at least one layer', layers, hint)
  const fit = checkedFit('the result of model.fit', given.fit)
  return { layers: layers as readonly Layer[], fit, ...(given.inputs === undefined ? {} : { inputs: given.inputs }) }
}

/** @throws DeepblasError for data that no network by the options' names takes */
function requireLayersOfOurs({ space, train }: CheckedSearch): void {
  const ofEncoder = train.encoder instanceof Encoder
  if (!ofEncoder && train.inputs?.some(({ name }) => name !== 'numeric') === true) {
    throw invalid(
      'model',
      'function that makes the layers of inputs with names',
      undefined,
      'See docs/guide/search.md.',
    )
  }
  if (ofEncoder && 'normalize' in space) {
    throw invalid('space', 'no normalize for rows of an encoder, which scales them', 'normalize')
  }
}
