/*
 * Which models of a cross-validation can be trained side by side: those of one architecture, small enough that they gain by
 * it, with options that tell none of them from a network alone.
 */
import type { Callback } from '../callbacks/callback.js'
import { EarlyStopping } from '../callbacks/early-stopping.js'
import { ReduceOnPlateau } from '../callbacks/reduce-on-plateau.js'
import type { Dataset } from '../data/dataset/dataset.js'
import type { Layer } from '../layers/layer.js'
import { layerClasses, layerFrom } from '../layers/registry.js'
import { isBuiltInMetric, type Metric } from '../metrics/metric.js'
import { metricNamed } from '../metrics/names.js'
import { insideOf } from '../model/inside.js'
import { inputsOf, readInputs } from '../model/network/inputs.js'
import { buildNetwork, leavesOf, type Network } from '../model/network/network.js'
import { Sequential } from '../model/sequential.js'
import { fitSideBySide } from '../model/side-by-side.js'
import type { History } from '../model/training/epoch-results.js'
import type { FitOptions } from '../model/training/options.js'
import type { AnyOptimizer } from '../optimizers/names.js'
import { layersTogether, shapeOfLayers } from './experiments/shape.js'
import type { TrialLayer } from './experiments/trial.js'

/** Networks of more parameters fill vectors and threads by themselves. */
const MOST_PARAMETERS = 1 << 15
/** All folds' data at once, and what all networks keep of a batch. */
const MOST_BYTES = 1 << 28

export interface Folds {
  readonly models: readonly Sequential[]
  readonly data: Dataset
  /** What one of the models learns from: all rows but those of its fold. */
  readonly restOf: (fold: number) => Promise<Dataset>
  /** Not checked yet. */
  readonly options: FitOptions
}

/**
 * Trains all models side by side and gives their histories; undefined where they are to be trained one after another, to the
 * same bits. Nothing is told of wrong options: the fits one after another do that.
 */
export async function foldsTogether({ models, data, restOf, options }: Folds): Promise<readonly History[] | undefined> {
  if (
    !fitAlike(options) ||
    !measuredAlike(options.metrics) ||
    !models.every(isPlain) ||
    bytesOf(data, models.length) > MOST_BYTES
  )
    return undefined
  const network = networkOfAll(models)
  if (network === undefined || !isSmall(network, models.length, options.batchSize, data)) return undefined
  const own: Dataset[] = []
  for (const fold of models.keys()) own.push(await restOf(fold))
  return await fitSideBySide({ models, network, data: own, options })
}

/** Whether the options mean the same to every network, and nobody watches the fits one by one. */
function fitAlike({ resume, progress, callbacks, optimizer, validation }: FitOptions): boolean {
  const noted: unknown = callbacks ?? []
  if (resume !== undefined || (progress ?? false) !== false || Array.isArray(validation)) return false
  if (!Array.isArray(noted) || !(noted as unknown[]).every(hasCopies)) return false
  return optimizer !== 'lbfgs' && (optimizer as Partial<AnyOptimizer> | null | undefined)?.stepsOver !== 'allRows'
}

/** Whether nobody notices that the metrics of all folds are computed together, after every epoch. */
function measuredAlike(metrics: unknown): boolean {
  if (!Array.isArray(metrics)) return true
  return (metrics as unknown[]).every((given) => {
    // Of what is no metric, the fits one after another tell.
    const found = typeof given === 'string' ? metricNamed(given) : (given as Metric | null)
    if (typeof found?.fromScores !== 'function') return true
    return isBuiltInMetric(found)
  })
}

/** Whether a callback is one of ours of which every member of a population has a copy. */
function hasCopies(callback: unknown): callback is Callback {
  if (typeof callback !== 'object' || callback === null) return false
  const kind: unknown = Object.getPrototypeOf(callback)
  const ours = kind === EarlyStopping.prototype || kind === ReduceOnPlateau.prototype
  return ours && Object.values(callback).every((value) => typeof value !== 'function')
}

/** Whether a model is no class of the user's own, and has the methods of all. */
function isPlain(model: Sequential): boolean {
  return Object.getPrototypeOf(model) === Sequential.prototype && !Object.hasOwn(model, 'fit')
}

/** Of what all models learn from: every row is left out once. */
function bytesOf({ features, targetColumns, type, rows }: Dataset, folds: number): number {
  const ofRow = features * (type === 'uint8' ? 1 : 4) + targetColumns * 4
  return (folds - 1) * rows * ofRow
}

function isSmall({ layers, length, inputs }: Network, members: number, batchSize: unknown, { rows }: Dataset): boolean {
  if (length > MOST_PARAMETERS) return false
  const batch = typeof batchSize === 'number' ? Math.min(batchSize, rows) : batchSize === 'full' ? rows : 32
  const columns = leavesOf(layers).reduce((sum, { outputs }) => sum + (outputs ?? 0), inputs)
  // Of every activation there is a gradient.
  return members * batch * columns * 2 * 4 <= MOST_BYTES
}

/** The network that all of the models are members of; undefined where they differ in more than members may. */
function networkOfAll(models: readonly Sequential[]): Network | undefined {
  const networks = models.map((model) => insideOf(model).network)
  const first = networks[0]!
  if (!networks.every(({ layers }) => layers.every(isOurs))) return undefined
  try {
    const all = networks.map(({ layers }) => ({ layers: layers.map(described) }))
    const shapes = all.map(({ layers }, at) => JSON.stringify([shapeOfLayers(layers), restOf(networks[at]!)]))
    if (shapes.some((shape) => shape !== shapes[0])) return undefined
    const alike = new Set(all.map((one) => JSON.stringify(one))).size === 1
    const network = alike ? first : likeFirst(layersTogether(all), first)
    for (const layer of network.layers) layer.requireMembers(models.length)
    return network
  } catch {
    // Such as an activation of the user's own, which no text describes, or a list of one strength.
    return undefined
  }
}

function described(layer: Layer): TrialLayer {
  return { type: layer.type, options: layer.options() }
}

/** What networks of one shape have in common beside their layers. */
function restOf(network: Network) {
  return [inputsOf(network), network.length, leavesOf(network.layers).map(({ trainable }) => trainable)]
}

/** A network of these layers, of which those of the first network that are frozen are. */
function likeFirst(layers: readonly TrialLayer[], first: Network): Network {
  const made = layers.map(({ type, options }) => layerFrom(type, options))
  const network = buildNetwork(made, readInputs(inputsOf(first)))
  const leaves = leavesOf(network.layers)
  for (const [at, { trainable }] of leavesOf(first.layers).entries()) leaves[at]!.trainable = trainable
  return network
}

/** Whether a layer and those inside it are ours: others may be more than their options tell. */
function isOurs(layer: Layer): boolean {
  const kind = Object.hasOwn(layerClasses, layer.type) ? layerClasses[layer.type] : undefined
  return Object.getPrototypeOf(layer) === kind?.prototype && layer.children.every(([, child]) => isOurs(child))
}
