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
import { MemberHeads, type MemberHeadsOptions } from './member-heads.js'
import { MemberScaling, type MemberScalingOptions } from './member-scaling.js'
import { NonCrossing, type NonCrossingOptions } from './non-crossing.js'
import { Normalize } from './normalize.js'
import { NumericEmbedding, type NumericEmbeddingOptions } from './numeric-embedding.js'
import { OneHot, type OneHotOptions } from './one-hot.js'
import { ParametricActivation, type ParametricActivationOptions } from './parametric-activation.js'
import { Residual } from './residual.js'
import { Scale, type ScaleOptions } from './scale.js'
import { SharedDense, type SharedDenseOptions, sharedDenseFrom } from './shared-dense.js'

/** Makes a layer from the options that its `options()` gave. */
export type MakeLayer = (options: Record<string, Json>) => Layer

interface LayerKind {
  readonly Class: { readonly prototype: Layer }
  /** How one is made from the options that a file holds; the constructor checks what it is given. */
  readonly make: MakeLayer
}

/** The layers there are, by the type that files, tables and messages know them by. */
const kinds: Readonly<Record<string, LayerKind>> = {
  Activation: {
    Class: Activation,
    make: ({ activation }) => new Activation(activation as unknown as ActivationOption),
  },
  BatchNorm: { Class: BatchNorm, make: (options) => new BatchNorm(options as BatchNormOptions) },
  Concatenate: {
    Class: Concatenate,
    make: (parts) =>
      new Concatenate(Object.fromEntries(Object.entries(parts).map(([name, layers]) => [name, layersFrom(layers)]))),
  },
  Dense: {
    Class: Dense,
    make: ({ units, ...options }) => new Dense(units as number, options as unknown as DenseOptions),
  },
  Dropout: { Class: Dropout, make: ({ rate }) => new Dropout(rate as number) },
  Embedding: {
    Class: Embedding,
    make: ({ dimensions, ...options }) => new Embedding(dimensions as number, options as unknown as EmbeddingOptions),
  },
  GaussianNoise: {
    Class: GaussianNoise,
    make: ({ standardDeviation }) => new GaussianNoise(standardDeviation as number),
  },
  LayerNorm: { Class: LayerNorm, make: (options) => new LayerNorm(options as LayerNormOptions) },
  NonCrossing: { Class: NonCrossing, make: (options) => new NonCrossing(options as NonCrossingOptions) },
  MemberHeads: {
    Class: MemberHeads,
    make: ({ units, ...options }) => new MemberHeads(units as number, options as unknown as MemberHeadsOptions),
  },
  MemberScaling: {
    Class: MemberScaling,
    make: ({ members, ...options }) => new MemberScaling(members as number, options as unknown as MemberScalingOptions),
  },
  Normalize: {
    Class: Normalize,
    // A file holds the statistics beside the weights; trials of experiments hold them here.
    make: ({ inputs, ...statistics }) =>
      Object.keys(statistics).length === 0
        ? Normalize.restored(inputs as number)
        : new Normalize(statistics as unknown as ConstructorParameters<typeof Normalize>[0]),
  },
  NumericEmbedding: {
    Class: NumericEmbedding,
    make: (options) => new NumericEmbedding(options as unknown as NumericEmbeddingOptions),
  },
  OneHot: { Class: OneHot, make: (options) => new OneHot(options as OneHotOptions) },
  ParametricActivation: {
    Class: ParametricActivation,
    make: ({ activation, ...options }) =>
      new ParametricActivation(activation as unknown as ActivationOption, options as ParametricActivationOptions),
  },
  Residual: { Class: Residual, make: ({ block }) => new Residual(layersFrom(block)) },
  Scale: { Class: Scale, make: (options) => new Scale(options as ScaleOptions) },
  SharedDense: {
    Class: SharedDense,
    make: (options) => sharedDenseFrom(options as unknown as SharedDenseOptions & { units: number }),
  },
}

/** Their classes, by type. */
export const layerClasses = Object.fromEntries(Object.entries(kinds).map(([type, { Class }]) => [type, Class]))

/** Layers of the user's own, by type. */
const registered = new Map<string, MakeLayer>()

/**
 * Lets `load` make layers of a class of yours. A file names a layer's `type` and holds its `options()`; nothing in a file
 * is executed, so the program that loads it must say what the type means.
 *
 * @param type as the layer's `type` says it; one that deepblas has is refused
 * @param make makes a new layer from the options; they come from a file, so check them as a constructor does
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a type that one of deepblas's layers has
 *
 * @example
 * registerLayer('Swish', () => new Swish())
 */
export function registerLayer(type: string, make: MakeLayer): void {
  if (Object.hasOwn(kinds, string('type', type)) || type === '') {
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
  const make = Object.hasOwn(kinds, type) ? kinds[type]!.make : registered.get(type)
  if (make !== undefined) return make(options)
  const hint =
    didYouMean(type, [...Object.keys(kinds), ...registered.keys()]) ??
    'Call registerLayer before load for a layer of your own; for a layer of a newer deepblas, update the package.'
  throw new DeepblasError('ERR_DEEPBLAS_FILE', `Expected a known layer type but received '${type}'. ${hint}`)
}
