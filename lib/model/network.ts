import { DeepblasError } from '../errors.js'
import type { Layer } from '../layers/layer.js'
import { type Arena, native } from '../native/addon.js'
import type { Parameter } from '../native/parameter.js'
import type { Segment } from '../optimizers/optimizer.js'

/** Parameters start on cache lines. */
const ALIGNMENT = 16

/** The bound layers of a model, and where their parameters lie in an arena. Immutable. */
export interface Network {
  readonly inputs: number
  readonly outputs: number
  readonly layers: readonly Layer[]
  readonly parameters: readonly Parameter[]
  /** Floats of one member's arena. */
  readonly length: number
}

/**
 * Binds layers one to the next and lays out their parameters.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE that names both layers and both sizes, before any number is computed
 */
export function buildNetwork(descriptions: readonly Layer[], inputs: number | undefined): Network {
  let given = inputs ?? descriptions[0]?.inputs
  if (given === undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      "Expected the number of features as option 'inputs' of the model, or of its first layer, but received neither. " +
        'For example new Sequential([...], { inputs: 784 }).',
    )
  }
  const first = given
  const layers: Layer[] = []
  for (const [index, layer] of descriptions.entries()) {
    if (layer.inputs !== undefined && layer.inputs !== given) {
      const before = index === 0 ? 'the model' : `layer ${index} (${descriptions[index - 1]!.describe()})`
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `layer ${index + 1} (${layer.describe()}) needs ${layer.inputs} inputs, ${before} gives ${given}. ` +
          `The weight of layer ${index + 1} would have shape (${layer.outputs}, ${layer.inputs}), its input (batch, ${given}).`,
      )
    }
    const bound = layer.bind(given)
    layers.push(bound)
    given = bound.outputs!
  }
  const parameters: Parameter[] = []
  let length = 0
  for (const [index, layer] of layers.entries()) {
    for (const parameter of layer.parameters) {
      parameter.offset = length
      parameter.name = `layers.${index}.${parameter.role}`
      length += Math.ceil(parameter.elements / ALIGNMENT) * ALIGNMENT
      parameters.push(parameter)
    }
  }
  return { inputs: first, outputs: given, layers, parameters, length: Math.max(length, ALIGNMENT) }
}

/** Draws every member's parameters from its seed. */
export function initializeParameters(network: Network, arena: Arena, seeds: readonly number[]): void {
  for (const [member, seed] of seeds.entries()) {
    for (const [index, parameter] of network.parameters.entries()) parameter.initialize(arena, member, seed, index)
  }
}

export function newArena(network: Network, members = 1): Arena {
  return new (native().Arena)(network.length, members)
}

/** Ranges of the arena that an optimizer updates: runs of trainable parameters. */
export function trainableSegments(network: Network): Segment[] {
  const segments: { offset: number; length: number }[] = []
  for (const layer of network.layers) {
    if (!layer.trainable) continue
    for (const { offset, elements } of layer.parameters) {
      const length = Math.ceil(elements / ALIGNMENT) * ALIGNMENT
      const last = segments.at(-1)
      if (last !== undefined && last.offset + last.length === offset) last.length += length
      else segments.push({ offset, length })
    }
  }
  return segments
}
