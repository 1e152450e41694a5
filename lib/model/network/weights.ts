/*
 * Parameters as lists of named arrays: in and out of a model.
 */
import { isNumberArray } from '../../data/arrays/rows.js'
import { DeepblasError } from '../../errors.js'
import { indexOfNotFinite, type WeightDescription } from '../../files/model-file.js'
import { isFloat32Array } from '../../kinds.js'
import type { Arena } from '../../native/addon.js'
import type { Parameter } from '../../recording/parameter.js'
import { atOnce, type Steps } from '../../turns.js'
import { array, invalid, nonNegativeInteger } from '../../validate.js'
import { type Network, newArena } from './network.js'

/** A copy of one parameter: its name in files, such as 'layers.0.weight', its shape, and its numbers, row-major. */
export interface NamedWeights {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Options of `setWeights`. */
export interface SetWeightsOptions {
  /**
   * Whether to set only those weights of the list that the model has with the same name and shape, and ignore the
   * others, such as a last layer of another size. Default false: the list must hold exactly the model's weights.
   */
  readonly partial?: boolean
}

/** A parameter and its numbers, which fit it. */
export interface CheckedWeight {
  readonly parameter: Parameter
  readonly data: Float32Array
}

/** Every parameter of one member by name, as copies. */
export function namedWeights(network: Network, arena: Arena, member = 0): NamedWeights[] {
  return atOnce(readingWeights(network, arena, member))
}

/** As `namedWeights`, with pauses, in which the parameters must not change. */
export function* readingWeights(network: Network, arena: Arena, member = 0): Steps<NamedWeights[]> {
  const weights: NamedWeights[] = []
  for (const parameter of network.parameters) {
    if (weights.length > 0) yield
    weights.push({
      name: parameter.name,
      shape: [...parameter.shape],
      data: yield* parameter.reading(arena, member),
    })
  }
  return weights
}

/**
 * All parameters as a model's file has them, with pauses, in which they must not change.
 *
 * @param members of a population; left out, it is one network
 */
export function* savedWeights(network: Network, arena: Arena, members?: number): Steps<WeightDescription[]> {
  const weights: WeightDescription[] = []
  for (let member = 0; member < (members ?? 1); member++) {
    if (member > 0) yield
    const prefix = members === undefined ? '' : memberName(member, '')
    for (const { name, shape, data } of yield* readingWeights(network, arena, member)) {
      weights.push({ name: prefix + name, shape: [...shape], data })
    }
  }
  return weights
}

/** A parameter of one member in the file of a population. */
export function memberName(member: number, name: string): string {
  return `members.${member}.${name}`
}

/**
 * Checks what a list sets; nothing is set yet.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE for a missing, unknown or wrongly shaped parameter
 */
export function checkedWeights(network: Network, weights: unknown, partial: boolean): CheckedWeight[] {
  return matchedWeights(network, weights, partial).map(({ parameter, weight }) => ({ parameter, data: finite(weight) }))
}

/** A parameter and what a list gives for it, of its shape. */
export interface MatchedWeight {
  readonly parameter: Parameter
  /** Index of the member in its population. Default 0. */
  readonly member?: number
  readonly weight: NamedWeights
}

/** As `checkedWeights`; the numbers are not looked at. */
export function matchedWeights(network: Network, weights: unknown, partial: boolean): MatchedWeight[] {
  const list = array('weights', weights, '{ name, shape, data }') as readonly NamedWeights[]
  for (const [i, weight] of list.entries()) {
    const { name, shape, data } = (weight ?? {}) as Partial<NamedWeights>
    if (typeof name !== 'string') throw invalid(`weights[${i}]`, '{ name, shape, data }', weight)
    for (const [axis, size] of array(`the shape of '${name}'`, shape, 'sizes').entries()) {
      nonNegativeInteger(`the shape of '${name}'[${axis}]`, size)
    }
    if (isNumberArray(data)) continue
    if (!Array.isArray(data)) throw invalid(`the data of '${name}'`, 'Float32Array', data)
    for (const [at, value] of array(`the data of '${name}'`, data, 'numbers').entries()) {
      if (typeof value !== 'number') throw invalid(`the data of '${name}'[${at}]`, 'number', value)
    }
  }
  const given = new Map(list.map((weight) => [weight.name, weight]))
  const values = network.parameters.flatMap((parameter) => {
    const weight = given.get(parameter.name)
    const fits =
      weight !== undefined && weight.shape.join() === parameter.shape.join() && weight.data.length === parameter.size
    if (fits) return [{ parameter, weight }]
    if (partial) return []
    const came = weight === undefined ? 'nothing' : `[${weight.shape.join(', ')}] with ${weight.data.length} numbers`
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected shape [${parameter.shape.join(', ')}] for weight '${parameter.name}' but received ${came}.`,
    )
  })
  if (partial && values.length === 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected weights of which the model has at least one, under the same name and in the same shape, but received ` +
        `${list.map(({ name, shape }) => `'${name}' [${shape.join(', ')}]`).join(', ') || 'none'}. The model's are ` +
        `${network.parameters.map(({ name, shape }) => `'${name}' [${shape.join(', ')}]`).join(', ')}.`,
    )
  }
  if (!partial && given.size !== values.length) {
    const known = new Set(values.map(({ parameter }) => parameter.name))
    const unknown = list.find(({ name }) => !known.has(name))
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${values.length} weights but received ${list.length}; unknown: '${unknown?.name}'.`,
    )
  }
  return values
}

function finite({ name, data: given }: NamedWeights): Float32Array {
  // No copy of what is floats already: they are written at once.
  const data = isFloat32Array(given) ? given : Float32Array.from(given)
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) throw invalid(`${name}[${i}]`, 'finite number', given[i])
  }
  return data
}

/** Parameters of one network, of which these are set and the others 0. */
export function arenaOf(network: Network, weights: readonly CheckedWeight[]): Arena {
  const arena = newArena(network)
  writeWeights(arena, weights)
  return arena
}

/**
 * Writes weights with pauses; those of a file, which are floats.
 *
 * @param areFinite whether that is known of them
 */
export function* writingWeights(arena: Arena, weights: readonly MatchedWeight[], areFinite: boolean): Steps<void> {
  for (const { parameter, member = 0, weight } of weights) {
    const { name, data } = weight
    const bad = areFinite ? -1 : yield* indexOfNotFinite(data)
    if (bad >= 0) throw invalid(`${name}[${bad}]`, 'finite number', data[bad])
    yield* parameter.writing(arena, member, data)
    yield
  }
}

export function writeWeights(arena: Arena, weights: readonly CheckedWeight[]): void {
  for (const { parameter, data } of weights) parameter.write(arena, 0, data)
}
