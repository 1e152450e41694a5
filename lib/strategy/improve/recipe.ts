/*
 * A training without its seed and its rate: what a lever changes.
 */
import type { Json } from '../../files/strict-json.js'
import { layerFrom } from '../../layers/registry.js'
import { inputsOfModel, layersOfModel } from '../../model/inside.js'
import { readInputs } from '../../model/network/inputs.js'
import { buildNetwork, type Network } from '../../model/network/network.js'
import type { Sequential } from '../../model/sequential.js'
import type { Trial, TrialLayer } from '../experiments/trial.js'

/** Everything of a trial that does not vary between its seeds and rates. */
export type Recipe = Omit<Trial, 'key' | 'seed' | 'rateFactor'>

/** The network of a recipe. Throws where its layers do not fit. */
export function networkOf({ layers, inputs }: Recipe): Network {
  return buildNetwork(
    layers.map(({ type, options }) => layerFrom(type, options)),
    readInputs(inputs),
  )
}

/** The layers of a model as trials take them; the statistics of `Normalize` layers come along. */
export function layersOf(model: Sequential): TrialLayer[] {
  const layers = layersOfModel(model).map(({ type, options }, at, all) => ({
    type,
    options: structuredClone(options.call(all[at])),
  }))
  for (const { name, data } of model.getWeights()) {
    const { 1: path, 2: role } = /^layers\.(.*)\.(mean|standardDeviation)$/.exec(name) ?? []
    const layer = path === undefined ? undefined : layerAt(layers, path)
    if (layer?.type === 'Normalize') layer.options[role!] = Array.from(data)
  }
  return layers
}

export function inputsOf(model: Sequential) {
  return inputsOfModel(model)
}

/** Layers inside layers by the path that names their weights: '0.block.1' is layer 1 of the list `block` of layer 0. */
function layerAt(layers: readonly TrialLayer[], path: string): TrialLayer | undefined {
  const [at, list, ...rest] = path.split('.')
  const layer = layers[Number(at)]
  if (layer === undefined || list === undefined) return layer
  return layerAt(layer.options[list] as unknown as TrialLayer[], rest.join('.'))
}

/** A layer as trials take it, or one within one. */
export function trialLayer(type: string, options: Record<string, Json>): TrialLayer {
  return { type, options }
}
