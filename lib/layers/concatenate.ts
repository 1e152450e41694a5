import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { InputLayout, InputPart } from '../inputs.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { didYouMean, invalid, plainObject } from '../validate.js'
import {
  backwardChain,
  bindChain,
  describeLayers,
  errorsInside,
  forwardChain,
  type LayerOrLayers,
  layerList,
  membersBehind,
} from './chain.js'
import { Embedding } from './embedding.js'
import { type Backward, type Cache, type Forward, Layer, type RecordOptions } from './layer.js'

/** An input of the bound layer, and where its part of the output begins. */
interface Place {
  readonly part: InputPart
  /** Empty: the columns are copied unchanged. */
  readonly layers: readonly Layer[]
  readonly to: number
  readonly width: number
}

/**
 * Sends each named input through layers of its own and puts the results side by side. It is the first layer of a model
 * whose inputs have names. Numeric inputs that are not named here are copied unchanged; a category needs an Embedding
 * or a OneHot. The order is that of the model's inputs, numeric ones first.
 *
 * Input shape (batch, columns): the numeric columns, then one column of codes for every category, in the order of the
 * model's inputs. Output shape (batch, sum of the parts' outputs). Its parameters are those of the parts, named as in
 * 'layers.0.city.weight'.
 *
 * @example
 * new Sequential([new Concatenate({ city: new Embedding(8), day: new OneHot() }), new Dense(1)],
 *   { inputs: { numeric: 12, city: categorical(500), day: categorical(7) } })
 */
export class Concatenate extends Layer {
  readonly type = 'Concatenate'
  /** The layers of every named input. */
  readonly parts: Readonly<Record<string, readonly Layer[]>>
  #places: readonly Place[] | undefined
  #inputs: number | undefined

  /**
   * @param parts for each input by its name: one layer, or a list of layers that follow one another
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a part that is not a layer or a list of layers
   */
  constructor(parts: Readonly<Record<string, LayerOrLayers>>) {
    super()
    const entries = Object.entries(plainObject('parts', parts, 'For example { city: new Embedding(8) }.'))
    if (entries.length === 0) throw invalid('parts', 'at least one input', parts)
    this.parts = Object.fromEntries(
      entries.map(([name, layers]) => [name, [...layerList(name, layers as LayerOrLayers)]]),
    )
  }

  get inputs(): number | undefined {
    return this.#inputs
  }

  get outputs(): number | undefined {
    return this.#places?.reduce((sum, { width }) => sum + width, 0)
  }

  override get takesCodes(): boolean {
    return true
  }

  override get children(): readonly (readonly [path: string, layer: Layer])[] {
    return Object.entries(this.parts).flatMap(([name, layers]) =>
      layers.map((layer, index) => [layers.length === 1 ? name : `${name}.${index}`, layer] as const),
    )
  }

  bind(inputs: number, layout?: InputLayout): Concatenate {
    if (layout === undefined) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected inputs with names for Concatenate, and Concatenate as the first layer. For example ' +
          'new Sequential([new Concatenate({ city: new Embedding(8) }), …], { inputs: { numeric: 12, city: categorical(500) } }).',
      )
    }
    const names = layout.parts.map(({ name }) => name)
    const known = new Set(names)
    const unknown = Object.keys(this.parts).find((name) => !known.has(name))
    if (unknown !== undefined) {
      const hint = didYouMean(unknown, names)
      throw invalid('parts', `names among the model's inputs (${names.join(', ')})`, unknown, hint)
    }
    let to = 0
    const places = layout.parts.map((part): Place => {
      const layers = this.#bound(part)
      const width = layers.at(-1)?.outputs ?? part.columns
      to += width
      return { part, layers, to: to - width, width }
    })
    const bound = new Concatenate(
      Object.fromEntries(places.flatMap(({ part, layers }) => (layers.length === 0 ? [] : [[part.name, layers]]))),
    )
    bound.#places = places
    bound.#inputs = inputs
    return bound
  }

  forward(record: Recorder, x: Tensor, options: RecordOptions): Forward {
    const output = record.empty(this.outputs!)
    const caches: Record<string, Tensor | undefined> = { x }
    for (const { part, layers, to, width } of this.#places!) {
      const [only] = layers
      if (layers.length === 0) {
        record.copyColumns({ output, x, from: part.from, to, count: width })
      } else if (layers.length === 1 && only instanceof Embedding) {
        only.lookUp(record, x, part.from, output, to)
      } else {
        const own = record.empty(part.columns)
        record.copyColumns({ output: own, x, from: part.from, to: 0, count: part.columns })
        const { output: made, cache } = forwardChain(record, layers, part.name, own, options)
        record.copyColumns({ output, x: made, from: 0, to, count: width })
        for (const [name, tensor] of Object.entries(cache)) caches[`${part.name}.${name}`] = tensor
      }
    }
    return { output, cache: caches }
  }

  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    _wantInputGradient: boolean,
    options: RecordOptions,
  ): Backward {
    for (const { part, layers, to, width } of this.#places!) {
      const [only] = layers
      if (layers.every((layer) => layer.trainableParameters.length === 0)) continue
      if (layers.length === 1 && only instanceof Embedding) {
        only.learn(record, cache.x!, part.from, outputGradient, to)
        continue
      }
      const gradient = record.empty(width)
      record.copyColumns({ output: gradient, x: outputGradient, from: to, to: 0, count: width })
      const prefix = `${part.name}.`
      const own = Object.entries(cache).filter(([name]) => name.startsWith(prefix))
      const ownCache = Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
      backwardChain(record, layers, part.name, ownCache, gradient, false, options)
    }
    return { inputGradient: undefined }
  }

  override forMember(member: number): Concatenate {
    return new Concatenate(
      Object.fromEntries(
        Object.entries(this.parts).map(([name, layers]) => [name, layers.map((layer) => layer.forMember(member))]),
      ),
    )
  }

  options(): Record<string, Json> {
    return Object.fromEntries(Object.entries(this.parts).map(([name, layers]) => [name, describeLayers(layers)]))
  }

  override describe(): string {
    const parts = Object.entries(this.parts).map(
      ([name, layers]) => `${name}: ${layers.map((layer) => layer.describe()).join(', ')}`,
    )
    return `Concatenate (${parts.join('; ')})`
  }

  /** The layers of one input, bound to its columns. */
  #bound(part: InputPart): readonly Layer[] {
    const layers = Object.hasOwn(this.parts, part.name) ? this.parts[part.name]! : []
    if (part.levels !== undefined && layers[0]?.takesCodes !== true) {
      throw invalid(
        `the category '${part.name}'`,
        'layer such as new Embedding(8) or new OneHot()',
        layers[0]?.describe(),
        'Codes have no order: as plain numbers they would mislead.',
      )
    }
    const layout = { given: {}, parts: [{ ...part, from: 0 }], columns: part.columns }
    if (membersBehind(layers) !== undefined) {
      throw invalid(
        `the input '${part.name}'`,
        'layers of one network',
        'members',
        'MemberScaling follows Concatenate.',
      )
    }
    return bindChain(errorsInside(`the input '${part.name}'`, layers), layers, part.columns, layout)
  }
}
