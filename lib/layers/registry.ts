import type { ActivationOption } from '../activations/activation.js'
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { array, didYouMean, invalid, isCallable, plainObject, string } from '../validate.js'
import { Activation } from './activation.js'
import { BatchNorm, type BatchNormOptions } from './batch-norm.js'
import { Concatenate } from './concatenate.js'
import { Dense, type DenseOptions } from './dense.js'
import { Dropout } from './dropout.js'
import { Embedding, type EmbeddingOptions } from './embedding.js'
import { GaussianNoise } from './gaussian-noise.js'
import type { Layer } from './layer.js'
import { LayerNorm, type LayerNormOptions } from './layer-norm.js'
import { Normalize } from './normalize.js'
import { OneHot, type OneHotOptions } from './one-hot.js'
import { Residual } from './residual.js'

/** A layer from the options that its `options()` gave. */
export type MakeLayer = (options: Record<string, Json>) => Layer

/** How a layer is made from the type and options that a file holds; the constructors check what they are given. */
const layerTypes: Readonly<Record<string, MakeLayer>> = {
  Activation: ({ activation }) => new Activation(activation as unknown as ActivationOption),
  BatchNorm: (options) => new BatchNorm(options as BatchNormOptions),
  Concatenate: (parts) =>
    new Concatenate(Object.fromEntries(Object.entries(parts).map(([name, layers]) => [name, layersFrom(layers)]))),
  Dense: ({ units, ...options }) => new Dense(units as number, options as unknown as DenseOptions),
  Dropout: ({ rate }) => new Dropout(rate as number),
  Embedding: ({ dimensions, ...options }) =>
    new Embedding(dimensions as number, options as unknown as EmbeddingOptions),
  GaussianNoise: ({ standardDeviation }) => new GaussianNoise(standardDeviation as number),
  LayerNorm: (options) => new LayerNorm(options as LayerNormOptions),
  Normalize: ({ inputs }) => Normalize.restored(inputs as number),
  OneHot: (options) => new OneHot(options as OneHotOptions),
  Residual: ({ block }) => new Residual(layersFrom(block)),
}

/** Layers of users, by type. */
const registered = new Map<string, MakeLayer>()

/**
 * Lets `load` make layers of a class of yours. A file names a layer's `type` and holds its `options()`; nothing in a file
 * is executed, so the program that loads it must say what the type means.
 *
 * @param type as the layer's `type` says it; one that deepblas has is refused
 * @param make a new layer from the options; they come from a file, so check them as a constructor does
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a type that is taken
 *
 * @example
 * registerLayer('Swish', () => new Swish())
 */
export function registerLayer(type: string, make: MakeLayer): void {
  if (Object.hasOwn(layerTypes, string('type', type)) || type === '') {
    throw invalid('type', "name that none of deepblas's layers has", type)
  }
  if (!isCallable(make)) throw invalid('make', 'function that gives a layer', make)
  registered.set(type, make)
}

interface Described {
  readonly type: string
  readonly options: Record<string, Json>
}

function layersFrom(list: Json | undefined): Layer[] {
  return array('the layers inside a layer', list, 'layers').map((one) => {
    const { type, options } = plainObject('a layer inside a layer', one)
    return layerFrom(string('type', type), plainObject(`the options of ${type}`, options) as Described['options'])
  })
}

/** @throws DeepblasError ERR_DEEPBLAS_FILE for a type that this version does not have */
export function layerFrom(type: string, options: Record<string, Json>): Layer {
  const make = Object.hasOwn(layerTypes, type) ? layerTypes[type] : registered.get(type)
  if (make !== undefined) return make(options)
  const hint =
    didYouMean(type, [...Object.keys(layerTypes), ...registered.keys()]) ??
    'A layer of your own is made known by registerLayer; a newer version of deepblas may have others.'
  throw new DeepblasError('ERR_DEEPBLAS_FILE', `Expected a known layer type but received '${type}'. ${hint}`)
}
