/*
 * What the library alone may ask of a model: its network, and what its last fit was. Models do not show these; what repeats
 * trainings, such as a diagnosis, asks here.
 */
import type { Dataset } from '../data/dataset/dataset.js'
import type { Encoder } from '../data/encoder/encoder.js'
import type { DescribedModel } from '../files/model-file.js'
import type { NamedInputs } from '../inputs.js'
import type { Layer } from '../layers/layer.js'
import { inputsOf } from './network/inputs.js'
import type { Network } from './network/network.js'
import type { ModelReader } from './prediction/predictor.js'
import type { Scoring } from './programs/compile.js'
import type { History } from './training/epoch-results.js'
import type { RunFit } from './training/fit.js'
import type { FitOptions } from './training/options.js'

/** The options of a fit that decide what comes of it. */
export type RepeatableOptions = Pick<
  FitOptions,
  'loss' | 'optimizer' | 'epochs' | 'batchSize' | 'shuffle' | 'classWeights'
>

/** The last fit of a single network on a data set. */
export interface LastFit {
  /** As given or by default; `epochs` are those that were asked for. */
  readonly options: RepeatableOptions
  readonly history: History
}

/** What a file tells of networks that belong to a model of a table. */
export type PartsOfTable = Pick<DescribedModel, 'encoder' | 'made' | 'table'>

export interface ModelInside {
  readonly network: Network
  readonly reader: ModelReader
  /** Seed of every network. */
  readonly seeds: readonly number[]
  readonly labels: readonly string[] | undefined
  encoder: Encoder | undefined
  /** Loss and metrics of the last fit, also of one before the model was saved. */
  scoring: Scoring | undefined
  /** Of a population: members whose last fit failed, ascending. */
  failed: readonly number[]
  save(path: string, more?: PartsOfTable): Promise<void>
  /** As the model's `fit`; `run` takes the place of the training on a data set. */
  fit(data: Dataset, options: FitOptions, run?: RunFit): Promise<readonly History[]>
  /** The layers as they were given, which belong to no model. */
  readonly descriptions: readonly Layer[]
  readonly lastFit: LastFit | undefined
}

const insides = new WeakMap<object, ModelInside>()

/** Called once, by what the model is made of. */
export function showInside(model: object, inside: ModelInside): void {
  insides.set(model, inside)
}

/** What the library alone may ask of a model that it has made. */
export function insideOf(model: object): ModelInside {
  return insides.get(model)!
}

/** Undefined for a model that no `fit` on a data set has trained in this process: a file does not tell all of it. */
export function lastFitOf(model: object): LastFit | undefined {
  return insides.get(model)?.lastFit
}

/** Layers of which the same model can be made again. */
export function layersOfModel(model: object): readonly Layer[] {
  return insides.get(model)!.descriptions
}

/** The option `inputs` by which the same model can be made again. */
export function inputsOfModel(model: object): number | NamedInputs {
  return inputsOf(insides.get(model)!.network)
}
