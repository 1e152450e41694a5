/*
 * Two places of a model cannot share weights: a layer object that stands at two places would silently become two layers.
 */
import { DeepblasError } from '../errors.js'
import type { Layer } from './layer.js'

/** A layer that stands somewhere in a model, at any depth. */
interface Place {
  /** Such as 'layers[1].block.0'. */
  readonly path: string
  readonly given: Layer
  /** The model's own copy of the layer; undefined where a layer of the user's own does not list its inner layers. */
  readonly bound: Layer | undefined
}

/**
 * Refuses a layer object that stands at two places of a model. A layer without parameters, such as Dropout, may stand
 * at several: it has nothing to share. One list of layers may make several models.
 *
 * @param given the layers as the user gave them
 * @param bound the model's own copies of them
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names both places
 */
export function requireDistinctLayers(given: readonly Layer[], bound: readonly Layer[]): void {
  const seen = new Map<Layer, string>()
  for (const place of given.flatMap((layer, i) => placesOf({ path: `layers[${i}]`, given: layer, bound: bound[i] }))) {
    const first = seen.get(place.given)
    if (first === undefined) {
      seen.set(place.given, place.path)
      continue
    }
    if (place.bound?.parameters.length === 0) continue
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected every layer of a model to be an object of its own but received one ${place.given.describe()} as both ` +
        `${first} and ${place.path}. Layers cannot share weights: make a second one, such as ` +
        `new ${place.given.type}(…) at each place.`,
    )
  }
}

function placesOf(place: Place): readonly Place[] {
  const boundChildren = new Map(place.bound?.children ?? [])
  const inner = place.given.children.flatMap(([path, child]) =>
    placesOf({ path: `${place.path}.${path}`, given: child, bound: boundChildren.get(path) }),
  )
  return [place, ...inner]
}
