import type { OutputActivation } from '../../activations/activation-function.js'
import { DeepblasError } from '../../errors.js'
import type { InputLayout, InputPart } from '../../inputs.js'
import { bindChain, type ChainErrors, membersBehind } from '../../layers/chain.js'
import { CodeLayer } from '../../layers/code-layer.js'
import { requireDistinctLayers } from '../../layers/distinct.js'
import type { Layer } from '../../layers/layer.js'
import { MemberHeads } from '../../layers/member-heads.js'
import { requireMemory } from '../../memory.js'
import { type Arena, native } from '../../native/addon.js'
import type { Segment } from '../../optimizers/optimizer.js'
import type { Parameter } from '../../recording/parameter.js'
import { invalid } from '../../validate.js'

/** Parameters start on cache lines. */
const ALIGNMENT = 16

/** The bound layers of a model, and where their parameters lie in an arena. Immutable. */
export interface Network {
  readonly inputs: number
  /** The inputs by name; undefined where they have no names. */
  readonly layout: InputLayout | undefined
  /** Columns of codes. */
  readonly codes: readonly InputPart[]
  readonly outputs: number
  /** The activation of the last layer. */
  readonly outputActivation: OutputActivation
  readonly layers: readonly Layer[]
  readonly parameters: readonly Parameter[]
  /** Floats of one member's arena. */
  readonly length: number
}

/** Layers that belong to a model, as `model.layers` gives them. */
const layersOfModels = new WeakSet<Layer>()

/** Whether a layer is one of a model's, with weights there. */
export function isOfModel(layer: Layer): boolean {
  return layersOfModels.has(layer)
}

/**
 * Binds layers one to the next and lays out their parameters.
 *
 * @param part whether the layers are only a part of a model, which may end before the heads of its members
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE that names both layers and both sizes, before any number is computed;
 *   ERR_DEEPBLAS_ARGUMENT for one layer object at two places
 */
export function buildNetwork(
  descriptions: readonly Layer[],
  inputs: number | InputLayout | undefined,
  { part = false }: { part?: boolean } = {},
): Network {
  const layout = typeof inputs === 'object' ? inputs : undefined
  const given = (typeof inputs === 'object' ? inputs.columns : inputs) ?? descriptions[0]?.inputs
  if (given === undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      "Expected the number of features as option 'inputs' of the model, or of its first layer, but received neither. " +
        'For example new Sequential([...], { inputs: 784 }).',
    )
  }
  const layers = bindChain(errorsOf(descriptions), descriptions, given, layout)
  requireDistinctLayers(descriptions, layers)
  if (!part) requireHeads(layers)
  for (const layer of layers) if (layer.parameters.length > 0) layersOfModels.add(layer)
  const { outputs, outputActivation } = layers.at(-1)!
  return {
    inputs: given,
    layout,
    codes: codesOf(layers[0], layout),
    outputs: outputs!,
    outputActivation,
    layers,
    ...layOut(layers),
  }
}

/** What a model says of layers that do not fit. */
function errorsOf(layers: readonly Layer[]): ChainErrors {
  return {
    otherInputs(index, given) {
      const layer = layers[index]!
      const before = index === 0 ? 'the model' : `layer ${index} (${layers[index - 1]!.describe()})`
      return new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `layer ${index + 1} (${layer.describe()}) needs ${layer.inputs} inputs, ${before} gives ${given}. ` +
          `The weight of layer ${index + 1} would have shape (${layer.outputs}, ${layer.inputs}), its input (batch, ${given}).`,
      )
    },
    codesBehind: (index) =>
      new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected ${layers[index]!.describe()} as the first layer but it is layer ${index + 1}: it takes the codes of the data.`,
      ),
    categoryUnread: ({ name }) =>
      new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected a first layer that takes the codes of '${name}' but received ${layers[0]!.describe()}. ` +
          `For example new Concatenate({ ${name}: new Embedding(8) }).`,
      ),
  }
}

/** Members (MemberScaling) end in heads of their own, which are the last layer: their losses are looked at one by one. */
function requireHeads(layers: readonly Layer[]): void {
  const members = membersBehind(layers)
  if (members !== undefined) {
    throw invalid(
      'layers',
      `MemberHeads as the last layer, behind MemberScaling ${members}`,
      layers.at(-1)!.describe(),
      'For example new MemberHeads(1).',
    )
  }
  const early = leavesOf(layers)
    .slice(0, -1)
    .find((layer) => layer instanceof MemberHeads)
  if (early !== undefined) {
    throw invalid(
      'layers',
      'MemberHeads as the last layer',
      `layers behind ${early.describe()}`,
      'Give it the activation.',
    )
  }
}

/** Gives every parameter its name and its place in the arena, one after another. */
function layOut(layers: readonly Layer[]): Pick<Network, 'parameters' | 'length'> {
  const parameters: Parameter[] = []
  let length = 0
  for (const [index, layer] of layers.entries()) {
    for (const [name, parameter] of namedParameters(layer, `layers.${index}`)) {
      parameter.offset = length
      parameter.name = name
      length += Math.ceil(parameter.elements / ALIGNMENT) * ALIGNMENT
      parameters.push(parameter)
    }
  }
  return { parameters, length: Math.max(length, ALIGNMENT) }
}

function codesOf(first: Layer | undefined, layout: InputLayout | undefined): readonly InputPart[] {
  if (layout !== undefined) return layout.parts.filter(({ levels }) => levels !== undefined)
  return first instanceof CodeLayer ? [{ name: 'x', from: 0, columns: 1, levels: first.levels }] : []
}

/** A layer's parameters by name: those of layers inside it by their path. */
function namedParameters(layer: Layer, name: string): (readonly [name: string, parameter: Parameter])[] {
  const inner = layer.children.flatMap(([path, child]) => namedParameters(child, `${name}.${path}`))
  const known = new Set(inner.map(([, parameter]) => parameter))
  const own = layer.parameters.filter((parameter) => !known.has(parameter))
  return [...own.map((parameter) => [`${name}.${parameter.role}`, parameter] as const), ...inner]
}

/** The layers, with a layer that holds layers replaced by those inside it. */
export function leavesOf(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => {
    const { children } = layer
    return children.length === 0 ? [layer] : leavesOf(children.map(([, child]) => child))
  })
}

/** Number of trainable numbers of one member; running statistics do not count. */
export function trainableCount(network: Network): number {
  return network.layers.reduce((sum, layer) => sum + layer.parameterCount, 0)
}

/** Draws every member's parameters from its seed; `wanted`: which of them, left out all. */
export function initializeParameters(
  network: Network,
  arena: Arena,
  seeds: readonly number[],
  wanted: (parameter: Parameter) => boolean = () => true,
): void {
  for (const [member, seed] of seeds.entries()) {
    for (const [index, parameter] of network.parameters.entries()) {
      if (wanted(parameter)) parameter.initialize(arena, member, seed, index)
    }
  }
}

/** @throws DeepblasError ERR_DEEPBLAS_MEMORY for more than there is */
export function newArena(network: Network, members = 1): Arena {
  const networks = members === 1 ? 'a network' : `${members} networks`
  requireMemory(
    `${networks} of ${network.length} parameters`,
    network.length * members * Float32Array.BYTES_PER_ELEMENT,
  )
  return new (native().Arena)(network.length, members)
}

/** Ranges of the arena that an optimizer updates: runs of trainable parameters. */
export function trainableSegments(network: Network): Segment[] {
  return segmentsOf(network.layers.flatMap((layer) => layer.trainableParameters))
}

/** Ranges that training changes without an optimizer: running statistics. */
export function untrainedSegments(network: Network): Segment[] {
  return segmentsOf(network.parameters.filter(({ trainable }) => !trainable))
}

/**
 * Runs of neighbors with one factor of the learning rate. Weights and biases of products are apart from all others: the
 * tile that has made their gradient can update them, but only where their whole range is made so.
 */
function segmentsOf(parameters: readonly Parameter[]): Segment[] {
  const segments: { offset: number; length: number; learningRateFactor: number }[] = []
  let before: Parameter | undefined
  for (const parameter of parameters) {
    const { offset, elements, learningRateFactor } = parameter
    const length = Math.ceil(elements / ALIGNMENT) * ALIGNMENT
    const last = segments.at(-1)
    const alike = before?.learningRateFactor === learningRateFactor && before.panel > 0 === parameter.panel > 0
    if (last !== undefined && alike && last.offset + last.length === offset) last.length += length
    else segments.push({ offset, length, learningRateFactor })
    before = parameter
  }
  return segments
}
