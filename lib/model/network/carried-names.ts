/*
 * Names of classes that go with weights: those of a network's last weights, as a list or in a file, say which output is
 * which class to whoever sets them.
 */
import type { NamedWeights } from './weights.js'

const namesOf = new WeakMap<object, readonly string[]>()

/**
 * Notes the names with the weights of the last layer that has some.
 *
 * @param parameters names of all parameters where the weights are from, in order
 */
export function carryNames(
  parameters: readonly string[],
  weightOf: (parameter: string) => NamedWeights | undefined,
  names: readonly string[] | undefined,
): void {
  if (names === undefined) return
  for (const parameter of headOf(parameters)) {
    const weight = weightOf(parameter)
    if (weight !== undefined) namesOf.set(weight, names)
  }
}

/**
 * The class names of outputs whose weights have been set: 'unknown' where the weights came without names, and undefined
 * where not all weights of the outputs were set.
 *
 * @param parameters names of the network's, in order
 * @param set those that were set
 */
export function carriedNames(
  parameters: readonly string[],
  set: ReadonlySet<string>,
  weights: readonly NamedWeights[],
): readonly string[] | 'unknown' | undefined {
  const head = headOf(parameters)
  if (!head.every((name) => set.has(name))) return undefined
  const carried = new Set(weights.filter(({ name }) => head.includes(name)).map((weight) => namesOf.get(weight)))
  const [only] = carried
  return carried.size === 1 && only !== undefined ? only : 'unknown'
}

function headOf(parameters: readonly string[]): readonly string[] {
  const last = layerOf(parameters.at(-1))
  return parameters.filter((name) => layerOf(name) === last)
}

/** 'layers.3' of 'layers.3.block.0.weight'. */
function layerOf(name: string | undefined): string | undefined {
  return name?.split('.').slice(0, 2).join('.')
}
