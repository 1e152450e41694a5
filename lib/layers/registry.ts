import type { ActivationOption } from '../activations/activation.js'
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { didYouMean } from '../validate.js'
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

type Make = (options: Record<string, Json>) => Layer

/** How a layer is made from the type and options that a file holds; the constructors check what they are given. */
const layerTypes: Record<string, Make> = {
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

interface Described {
  readonly type: string
  readonly options: Record<string, Json>
}

function layersFrom(list: Json | undefined): Layer[] {
  return (list as unknown as Described[]).map(({ type, options }) => layerFrom(type, options))
}

/** @throws DeepblasError ERR_DEEPBLAS_FILE for a type that this version does not have */
export function layerFrom(type: string, options: Record<string, Json>): Layer {
  const make = Object.hasOwn(layerTypes, type) ? layerTypes[type] : undefined
  if (make !== undefined) return make(options)
  const hint = didYouMean(type, Object.keys(layerTypes)) ?? 'A newer version of deepblas may have it.'
  throw new DeepblasError('ERR_DEEPBLAS_FILE', `Expected a known layer type but received '${type}'. ${hint}`)
}
