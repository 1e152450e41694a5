import type { Json } from '../files/strict-json.js'
import type { Parameter } from '../recording/parameter.js'
import { rateFactor } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import {
  array,
  boolean,
  finiteNumber,
  invalid,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
} from '../validate.js'
import { type Backward, type Cache, type Forward, Layer } from './layer.js'
import type { ColumnEmbedding } from './numeric-embedding/column-embedding.js'
import { EmbeddedColumns } from './numeric-embedding/embedded-columns.js'
import { Pbld } from './numeric-embedding/pbld.js'
import { Plr } from './numeric-embedding/plr.js'

const kinds = ['pbld', 'plr'] as const

export interface NumericEmbeddingOptions {
  /**
   * What every column becomes. 'pbld': the column, and linear combinations of cosines. 'plr': relu of linear combinations
   * of cosines and sines.
   */
  readonly kind: (typeof kinds)[number]
  /** Numbers that a column becomes; for 'pbld' the column itself is the first of them. Default 4 for 'pbld', 16 for 'plr'. */
  readonly dimensions?: number
  /** Frequencies of every column. Default 16. */
  readonly frequencies?: number
  /** Standard deviation from which the frequencies are drawn, in waves per unit of the column. Default 0.1. */
  readonly deviation?: number
  /** What follows the linear combinations of 'plr': 'relu', or 'linear' for nothing. Default 'relu'. */
  readonly activation?: 'relu' | 'linear'
  /** Places of the columns that are embedded, from 0; the others pass unchanged. Default all. */
  readonly columns?: readonly number[]
  /** The parameters' learning rate is the optimizer's times this, above 0. Default 1; RealMLP has 0.1. */
  readonly learningRateFactor?: number
  /** Whether `fit` changes the parameters. Default true. */
  readonly trainable?: boolean
}

const optionNames = [
  'kind',
  'dimensions',
  'frequencies',
  'deviation',
  'activation',
  'columns',
  'learningRateFactor',
  'trainable',
] as const

/**
 * Turns every numeric column into several numbers, each column by itself, so that the layers behind it find thresholds and
 * waves in it as easily as slopes. It stands first, or first among the layers of a numeric input of a Concatenate; the
 * columns should be scaled to mean 0 and deviation 1.
 *
 *     'pbld'   x, and weight · cos(2π frequency x + phase) + bias            (RealMLP; Holzmüller et al., 2024)
 *     'plr'    relu(weights · [cos(2π frequency x), sin(2π frequency x)] + bias)     (Gorishniy et al., 2022)
 *
 * Input shape (batch, inputs). Output shape (batch, outputs): first the inputs that pass (all for 'pbld', those that are not
 * embedded for 'plr'), then the numbers of the embedded columns, column by column in the order of `columns`. Parameters of
 * c columns, f frequencies and d new numbers a column: frequency (c·f, 1), bias (c·d); for 'pbld' phase (c·f) and weight
 * (c·d, f), for 'plr' cosineWeight and sineWeight (c·d, f). Derivation: docs/math/numeric-embeddings.md.
 *
 * @example
 * new Sequential([new NumericEmbedding({ kind: 'pbld' }), new Dense(64, { activation: 'relu' }), new Dense(1)], { inputs: 8 })
 */
export class NumericEmbedding extends Layer {
  readonly type = 'NumericEmbedding'
  readonly kind: NumericEmbeddingOptions['kind']
  readonly dimensions: number
  readonly frequencies: number
  readonly deviation: number
  /** undefined for 'pbld', which has none. */
  readonly activation: 'relu' | 'linear' | undefined
  readonly columns: readonly number[] | undefined
  readonly learningRateFactor: number
  #places: EmbeddedColumns | undefined
  #embedding: ColumnEmbedding | undefined

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options: NumericEmbeddingOptions) {
    super()
    const given = knownOptions<NumericEmbeddingOptions>('NumericEmbedding', options, optionNames)
    this.kind = oneOf('kind', given.kind, kinds)
    this.dimensions = positiveInteger('dimensions', given.dimensions ?? (this.kind === 'pbld' ? 4 : 16))
    if (this.kind === 'pbld' && this.dimensions === 1) {
      throw invalid('dimensions', "at least 2 for kind 'pbld'", 1, 'The first number is the column itself.')
    }
    this.frequencies = positiveInteger('frequencies', given.frequencies ?? 16)
    this.deviation = finiteNumber('deviation', given.deviation ?? 0.1, { exclusiveMin: 0 })
    if (this.kind === 'pbld') {
      if (given.activation !== undefined) {
        throw invalid('activation', "no option for kind 'pbld'", given.activation, "It goes with kind 'plr'.")
      }
    } else this.activation = oneOf('activation', given.activation ?? 'relu', ['relu', 'linear'])
    this.columns = given.columns === undefined ? undefined : columnList(given.columns)
    this.learningRateFactor = rateFactor('learningRateFactor', given.learningRateFactor ?? 1)
    this.trainable = boolean('trainable', given.trainable ?? true)
  }

  get inputs(): number | undefined {
    return this.#places?.inputs
  }

  get outputs(): number | undefined {
    return this.#places && this.#places.passing + this.#embedding!.outputs
  }

  override get parameters(): readonly Parameter[] {
    return this.#embedding?.parameters ?? []
  }

  bind(inputs: number): NumericEmbedding {
    const beyond = this.columns?.find((column) => column >= inputs)
    if (beyond !== undefined) {
      throw invalid('columns', `places from 0 to ${inputs - 1}, as the layer has ${inputs} inputs`, beyond)
    }
    const bound = new NumericEmbedding(this.#given())
    bound.#places = new EmbeddedColumns(inputs, this.columns, this.kind === 'pbld')
    bound.#embedding = this.#embeddingOf(bound.#places.count)
    return bound
  }

  forward(record: Recorder, x: Tensor): Forward {
    const places = this.#places!
    const { output, cache } = this.#embedding!.forward(record, places.select(record, x))
    return { output: places.join(record, x, output), cache }
  }

  backward(record: Recorder, cache: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    const places = this.#places!
    const wanted = { inputGradient: wantInputGradient, parameterGradients: this.trainable }
    if (!wantInputGradient && !this.trainable) return { inputGradient: undefined }
    const ofMade = places.gradientOfMade(record, outputGradient)
    const ofColumns = this.#embedding!.backward(record, cache, ofMade, wanted)
    return { inputGradient: ofColumns && places.inputGradient(record, outputGradient, ofColumns) }
  }

  options(): Record<string, Json> {
    return this.#given() as unknown as Record<string, Json>
  }

  override describe(): string {
    return `NumericEmbedding ${this.kind} ${this.dimensions}`
  }

  #embeddingOf(columns: number): ColumnEmbedding {
    const { kind, dimensions, frequencies, deviation, learningRateFactor } = this
    return kind === 'pbld'
      ? new Pbld(columns, dimensions - 1, frequencies, deviation, learningRateFactor)
      : new Plr(columns, dimensions, frequencies, deviation, this.activation === 'relu', learningRateFactor)
  }

  #given(): NumericEmbeddingOptions {
    return {
      kind: this.kind,
      dimensions: this.dimensions,
      frequencies: this.frequencies,
      deviation: this.deviation,
      ...(this.activation === undefined ? {} : { activation: this.activation }),
      ...(this.columns === undefined ? {} : { columns: this.columns }),
      ...(this.learningRateFactor === 1 ? {} : { learningRateFactor: this.learningRateFactor }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }
}

function columnList(value: readonly number[]): readonly number[] {
  const hint = 'For example [0, 2]; leave it out to embed all columns.'
  const columns = array('columns', value, 'places of columns', hint).map((one, index) =>
    nonNegativeInteger(`columns[${index}]`, one),
  )
  if (columns.length === 0) throw invalid('columns', 'at least one place', value, hint)
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined) throw invalid('columns', 'places that are all different', columns)
  return columns
}
