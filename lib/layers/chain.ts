/*
 * A chain of layers inside a layer: binding it, and recording its forward and backward blocks.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { InputLayout } from '../inputs.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { invalid } from '../validate.js'
import { type Cache, type Forward, Layer, type RecordOptions } from './layer.js'

/** One layer, or a list of layers that follow one another. */
export type LayerOrLayers = Layer | readonly Layer[]

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that is neither a layer nor a list of at least one layer */
export function layerList(argument: string, value: LayerOrLayers): readonly Layer[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 0) throw invalid(argument, 'layer, or list of at least one', value)
  for (const [index, layer] of list.entries()) {
    if (layer instanceof Layer) continue
    throw invalid(Array.isArray(value) ? `${argument}[${index}]` : argument, 'layer such as new Dense(10)', layer)
  }
  return list as readonly Layer[]
}

/**
 * Binds each layer to the number of features that the layer before gives.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE where two layers do not fit
 */
export function bindChain(
  where: string,
  layers: readonly Layer[],
  inputs: number,
  layout?: InputLayout,
): readonly Layer[] {
  let given = inputs
  return layers.map((layer, index) => {
    if (layer.inputs !== undefined && layer.inputs !== given) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${layer.inputs} features for layer ${index + 1} of ${where} (${layer.describe()}) but ` +
          `${index === 0 ? 'its input' : `the layer before (${layers[index - 1]!.describe()})`} gives ${given}.`,
      )
    }
    if (index > 0 && layer.takesCodes) {
      throw invalid(`layer ${index + 1} of ${where}`, 'layer that takes numbers', layer.describe(), 'Codes come first.')
    }
    const bound = layer.bind(given, index === 0 ? layout : undefined)
    given = bound.outputs!
    return bound
  })
}

/** Records the forward blocks in order. The caches of all layers become one, with names such as '0.x'. */
export function forwardChain(
  record: Recorder,
  layers: readonly Layer[],
  path: string,
  x: Tensor,
  options: RecordOptions,
): Forward {
  const { label } = record
  const cache: Record<string, Tensor | undefined> = {}
  let output = x
  for (const [index, layer] of layers.entries()) {
    record.label = labelOf(label, `${path}.${index}`, layer, 'forward')
    const forward = layer.forward(record, output, { ...options, logits: false })
    for (const [name, tensor] of Object.entries(forward.cache)) cache[`${index}.${name}`] = tensor
    output = forward.output
  }
  record.label = label
  return { output, cache }
}

/** Records the backward blocks in reverse order. Gives the gradient of the chain's input, where it is wanted. */
export function backwardChain(
  record: Recorder,
  layers: readonly Layer[],
  path: string,
  cache: Cache,
  outputGradient: Tensor,
  wantInputGradient: boolean,
  options: RecordOptions,
): Tensor | undefined {
  const { label } = record
  const lowest = layers.findIndex((layer) => layer.trainableParameters.length > 0)
  let gradient: Tensor | undefined = outputGradient
  for (let index = layers.length - 1; index >= 0 && gradient !== undefined; index--) {
    if (!wantInputGradient && (lowest < 0 || index < lowest)) break
    const layer = layers[index]!
    record.label = labelOf(label, `${path}.${index}`, layer, 'backward')
    const wanted = wantInputGradient || index > lowest
    gradient = layer.backward(record, cacheOf(cache, index), gradient, wanted, {
      ...options,
      logits: false,
    }).inputGradient
  }
  record.label = label
  return wantInputGradient ? gradient : undefined
}

/** The layers as a file holds them. */
export function describeLayers(layers: readonly Layer[]): Json {
  return layers.map((layer) => ({ type: layer.type, options: layer.options() }))
}

/** The label of an inner call: 'layers.2 Residual forward' and 'block.0' give 'layers.2.block.0 Dense forward'. */
function labelOf(label: string, path: string, layer: Layer, direction: string): string {
  return `${label.split(' ')[0]}.${path} ${layer.type} ${direction}`
}

function cacheOf(cache: Cache, index: number): Cache {
  const prefix = `${index}.`
  return Object.fromEntries(
    Object.entries(cache).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  )
}
