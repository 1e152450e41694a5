/*
 * A chain of layers, those of a model or those inside a layer: binding it, and recording its forward and backward blocks.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { InputLayout, InputPart } from '../inputs.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { invalid } from '../validate.js'
import { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layer.js'

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

/** What the owner of a chain says of a layer that does not fit where it stands. */
export interface ChainErrors {
  /** The layer has a number of inputs of its own, and is given another. */
  readonly otherInputs: (index: number, given: number) => DeepblasError
  /** A layer that takes codes stands behind another one. */
  readonly codesBehind: (index: number) => DeepblasError
  /** The first layer takes no codes, but the input has a category. Left out where the owner has seen to it before. */
  readonly categoryUnread?: (category: InputPart) => DeepblasError
}

/** The errors of a chain inside a layer, which `where` names. */
export function errorsInside(where: string, layers: readonly Layer[]): ChainErrors {
  return {
    otherInputs: (index, given) =>
      new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${layers[index]!.inputs} features for layer ${index + 1} of ${where} (${layers[index]!.describe()}) but ` +
          `${index === 0 ? 'its input' : `the layer before (${layers[index - 1]!.describe()})`} gives ${given}.`,
      ),
    codesBehind: (index) =>
      invalid(
        `layer ${index + 1} of ${where}`,
        'layer that takes numbers',
        layers[index]!.describe(),
        'Codes come first.',
      ),
  }
}

/**
 * Binds each layer to the number of features that the layer before gives. Codes go into the first layer, numbers into
 * all others.
 *
 * @param layout what the columns of the first layer's input are, where they have names
 * @param members whose columns the input holds; undefined: it is of one network
 * @throws DeepblasError one of `errors`, where two layers do not fit
 */
export function bindChain(
  errors: ChainErrors,
  layers: readonly Layer[],
  inputs: number,
  layout?: InputLayout,
  members?: number,
): readonly Layer[] {
  const category = layout?.parts.find(({ levels }) => levels !== undefined)
  let given = inputs
  let among = members
  return layers.map((layer, index) => {
    if (layer.inputs !== undefined && layer.inputs !== given) throw errors.otherInputs(index, given)
    if (index === 0 && category !== undefined && !layer.takesCodes && errors.categoryUnread) {
      throw errors.categoryUnread(category)
    }
    if (index > 0 && layer.takesCodes) throw errors.codesBehind(index)
    const bound = layer.bind(given, index === 0 ? layout : undefined, among)
    given = bound.outputs!
    among = layer.membersBehind(among)
    return bound
  })
}

/** The members whose columns a chain's output holds, where its input holds those of `members`. */
export function membersBehind(layers: readonly Layer[], members?: number): number | undefined {
  return layers.reduce<number | undefined>((among, layer) => layer.membersBehind(among), members)
}

/** What one layer's forward block was given, and what it gave. */
export interface LayerForward {
  readonly x: Tensor
  readonly forward: Forward
}

/** What one layer's backward block was given, and what it gave. */
export interface LayerBackward extends Backward {
  readonly outputGradient: Tensor
}

/**
 * Records the layers' forward blocks in order.
 *
 * @param place names the chain in the labels of calls: 'layers', or 'layers.2.block'
 * @param options `logits` is for the last layer
 */
export function recordForward(
  record: Recorder,
  layers: readonly Layer[],
  place: string,
  x: Tensor,
  options: RecordOptions,
): readonly LayerForward[] {
  const { label } = record
  let given = x
  const recorded = layers.map((layer, index) => {
    record.label = `${place}.${index} ${layer.type} forward`
    const forward = layer.forward(record, given, optionsAt(layers, index, options))
    const one = { x: given, forward }
    given = forward.output
    return one
  })
  record.label = label
  return recorded
}

/**
 * Records the layers' backward blocks from the last one down to the lowest that needs its own: the first layer where
 * the gradient of the chain's input is wanted, or else the lowest with parameters to train. A chain that is frozen as a
 * whole has none then. Unless it is wanted, the lowest layer is not asked for an input gradient: a first layer of codes has
 * none to give.
 *
 * @param caches of the layers' forward blocks
 * @returns by the layer's index; a layer that was not reached has none
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a layer that gives no gradient though layers before it are to learn
 */
export function recordBackward(
  record: Recorder,
  layers: readonly Layer[],
  place: string,
  caches: readonly Cache[],
  outputGradient: Tensor,
  wantInputGradient: boolean,
  options: RecordOptions,
): readonly (LayerBackward | undefined)[] {
  const { label } = record
  const lowest = wantInputGradient ? 0 : layers.findIndex((layer) => layer.trainableParameters.length > 0)
  const recorded: (LayerBackward | undefined)[] = layers.map(() => undefined)
  if (lowest < 0) return recorded
  let gradient = outputGradient
  for (let index = layers.length - 1; index >= lowest; index--) {
    const layer = layers[index]!
    record.label = `${place}.${index} ${layer.type} backward`
    const wanted = wantInputGradient || index > lowest
    const backward = layer.backward(record, caches[index]!, gradient, wanted, optionsAt(layers, index, options))
    recorded[index] = { outputGradient: gradient, ...backward }
    if (index === lowest) break
    if (backward.inputGradient === undefined) throw noGradient(`${place}[${index}] (${layer.describe()})`)
    gradient = backward.inputGradient
  }
  record.label = label
  return recorded
}

/** Layers before one that gives no gradient would stay as they are, and nobody would be told. */
function noGradient(layer: string): DeepblasError {
  return invalid(
    `the inputGradient of ${layer}`,
    'tensor (batch, inputs) that the layers before it learn from',
    undefined,
    'Let its backward block give one where wantInputGradient is true; checkGradient looks at it.',
  )
}

/** The options of one layer: only the last one's output is what the loss reads. */
function optionsAt(layers: readonly Layer[], index: number, options: RecordOptions): RecordOptions {
  return { ...options, logits: options.logits && index === layers.length - 1 }
}

/** Records the forward blocks of a chain inside a layer. The caches of all become one, with names such as '0.x'. */
export function forwardChain(
  record: Recorder,
  layers: readonly Layer[],
  path: string,
  x: Tensor,
  options: RecordOptions,
): Forward {
  const recorded = recordForward(record, layers, placeInside(record, path), x, { ...options, logits: false })
  const cache = Object.fromEntries(
    recorded.flatMap(({ forward }, index) =>
      Object.entries(forward.cache).map(([name, tensor]) => [`${index}.${name}`, tensor] as const),
    ),
  )
  return { output: recorded.at(-1)!.forward.output, cache }
}

/**
 * Records the backward blocks of a chain inside a layer, from the cache of `forwardChain`. Gives the gradient of the
 * chain's input, where it is wanted.
 */
export function backwardChain(
  record: Recorder,
  layers: readonly Layer[],
  path: string,
  cache: Cache,
  outputGradient: Tensor,
  wantInputGradient: boolean,
  options: RecordOptions,
): Tensor | undefined {
  const caches = layers.map((_, index) => cacheOf(cache, index))
  const inside = { ...options, logits: false }
  const place = placeInside(record, path)
  const recorded = recordBackward(record, layers, place, caches, outputGradient, wantInputGradient, inside)
  return wantInputGradient ? recorded[0]?.inputGradient : undefined
}

/** The layers as a file holds them. */
export function describeLayers(layers: readonly Layer[]): Json {
  return layers.map((layer) => ({ type: layer.type, options: layer.options() }))
}

/** Of the layer that records now: under 'layers.2 Residual forward', 'block' is 'layers.2.block'. */
function placeInside(record: Recorder, path: string): string {
  return `${record.label.split(' ')[0]}.${path}`
}

function cacheOf(cache: Cache, index: number): Cache {
  const prefix = `${index}.`
  return Object.fromEntries(
    Object.entries(cache).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  )
}
