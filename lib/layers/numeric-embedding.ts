import type { Json } from '../files/strict-json.js'
import type { Parameter } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { invalid, knownOptions, positiveInteger, string } from '../validate.js'
import { type Backward, type Cache, type Forward, Layer } from './layer.js'
import type { FeatureRows } from './normalize.js'
import type { ColumnEmbedding } from './numeric-embedding/column-embedding.js'
import { EmbeddedColumns } from './numeric-embedding/embedded-columns.js'
import {
  type CheckedOptions,
  checkedOptions,
  columnList,
  type NumericEmbeddingKind,
  type NumericEmbeddingOptions,
} from './numeric-embedding/options.js'
import { Pbld } from './numeric-embedding/pbld.js'
import { PiecewiseLinear } from './numeric-embedding/piecewise-linear.js'
import { Plr } from './numeric-embedding/plr.js'
import { quantileEdges } from './numeric-embedding/quantile-edges.js'

export type { NumericEmbeddingKind, NumericEmbeddingOptions }

/** Options of `NumericEmbedding.fit`. */
export interface FittedEmbeddingOptions
  extends Pick<NumericEmbeddingOptions, 'dimensions' | 'activation' | 'columns' | 'learningRateFactor' | 'trainable'> {
  /** 'ple', the kind that is fitted. */
  readonly kind?: 'ple'
  /** Bins of a column; those of equal edges become one. Default 48. */
  readonly bins?: number
  /** Name of the input whose columns the layer gets, where the data has inputs with names. */
  readonly input?: string
}

/**
 * Turns every numeric column into several numbers, each column by itself, so that the layers behind it find thresholds and
 * waves in it as easily as slopes. It stands first, or first among the layers of a numeric input of a Concatenate.
 *
 *     'pbld'   x, and weight · cos(2π frequency x + phase) + bias            (RealMLP; Holzmüller et al., 2024)
 *     'plr'    relu(weights · [cos(2π frequency x), sin(2π frequency x)] + bias)     (Gorishniy et al., 2022)
 *     'ple'    for every bin from edge a to edge b: (x - a) / (b - a), cut to 0 … 1; then, with dimensions,
 *              relu(weight · bins + bias)                                            (the same)
 *
 * For 'pbld' and 'plr' the columns should be scaled to mean 0 and deviation 1. The first bin of 'ple' is not cut below, the
 * last one not above.
 *
 * Input shape (batch, inputs). Output shape (batch, outputs): first the inputs that pass (all for 'pbld', else those that
 * are not embedded), then the numbers of the embedded columns, column by column in the order of `columns`. Parameters of c
 * columns, f frequencies and d new numbers a column: frequency (c·f, 1), bias (c·d); for 'pbld' phase (c·f) and weight
 * (c·d, f), for 'plr' cosineWeight and sineWeight (c·d, f), for 'ple' with dimensions and at most b bins a column weight
 * (c·d, b) and bias (c·d); not trained: bins. Derivation: docs/math/numeric-embeddings.md.
 *
 * @example
 * new Sequential([new NumericEmbedding({ kind: 'pbld' }), new Dense(64, { activation: 'relu' }), new Dense(1)], { inputs: 8 })
 */
export class NumericEmbedding extends Layer {
  readonly type = 'NumericEmbedding'
  readonly #given: CheckedOptions
  #places: EmbeddedColumns | undefined
  #embedding: ColumnEmbedding | undefined

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown, out of range, or not the kind's */
  constructor(options: NumericEmbeddingOptions) {
    super()
    this.#given = checkedOptions(options)
    this.trainable = this.#given.trainable
  }

  /**
   * Makes a layer of kind 'ple' whose bins hold equally many of these rows. Fit it on the training rows alone.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range, ERR_DEEPBLAS_DATA for a
   *   column without a finite number
   *
   * @example
   * new Sequential([NumericEmbedding.fit(train, { bins: 32, dimensions: 8 }), new Dense(1)], { inputs: train.features })
   */
  static fit(data: FeatureRows, options?: FittedEmbeddingOptions): NumericEmbedding {
    if (typeof data?.row !== 'function') throw invalid('data', 'Dataset', data, 'Make one with Dataset.from({ x }).')
    const given = knownOptions<FittedEmbeddingOptions>('NumericEmbedding.fit', options, [
      'kind',
      'bins',
      'input',
      'dimensions',
      'activation',
      'columns',
      'learningRateFactor',
      'trainable',
    ])
    const { kind = 'ple', bins, input, ...others } = given
    if (kind !== 'ple') {
      throw invalid('kind', "'ple', the kind that is fitted", kind, 'The others need no data: new NumericEmbedding(…).')
    }
    const { from, count } = columnsOfInput(data, input)
    const columns = others.columns === undefined ? undefined : columnList(others.columns)
    requireWithin(columns, count)
    const places = columns ?? Array.from({ length: count }, (_, column) => column)
    const edges = quantileEdges(
      data,
      places.map((column) => from + column),
      positiveInteger('bins', bins ?? 48),
    )
    return new NumericEmbedding({ kind, ...others, edges })
  }

  get kind(): NumericEmbeddingKind {
    return this.#given.kind
  }

  /** Numbers that a column becomes; undefined for 'ple' without a linear layer. */
  get dimensions(): number | undefined {
    return this.#given.dimensions
  }

  /** The embedded columns; undefined for all. */
  get columns(): readonly number[] | undefined {
    return this.#given.columns
  }

  /** The edges of the bins, for each embedded column; undefined for other kinds than 'ple'. */
  get edges(): readonly (readonly number[])[] | undefined {
    return this.#given.edges
  }

  get learningRateFactor(): number {
    return this.#given.learningRateFactor
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
    const { kind, columns, edges } = this.#given
    requireWithin(columns, inputs)
    const places = new EmbeddedColumns(inputs, columns, kind === 'pbld')
    if (edges !== undefined && edges.length !== places.count) {
      throw invalid(`the inputs of ${this.describe()}`, `${edges.length} columns, as it has edges`, places.count)
    }
    const bound = new NumericEmbedding(this.#options())
    bound.#places = places
    bound.#embedding = embeddingOf(this.#given, places.count)
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
    if (!wantInputGradient && this.trainableParameters.length === 0) return { inputGradient: undefined }
    const ofMade = places.gradientOfMade(record, outputGradient)
    const ofColumns = this.#embedding!.backward(record, cache, ofMade, wanted)
    return { inputGradient: ofColumns && places.inputGradient(record, outputGradient, ofColumns) }
  }

  options(): Record<string, Json> {
    return this.#options() as unknown as Record<string, Json>
  }

  override describe(): string {
    const { kind, dimensions } = this.#given
    return `NumericEmbedding ${kind}${dimensions === undefined ? '' : ` ${dimensions}`}`
  }

  #options(): NumericEmbeddingOptions {
    const { learningRateFactor, trainable: _, ...others } = this.#given
    const known = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined))
    return {
      ...(known as unknown as NumericEmbeddingOptions),
      ...(learningRateFactor === 1 ? {} : { learningRateFactor }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }
}

function embeddingOf(given: CheckedOptions, columns: number): ColumnEmbedding {
  const { kind, dimensions, frequencies, deviation, activation, edges, learningRateFactor } = given
  const rectified = activation === 'relu'
  switch (kind) {
    case 'pbld':
      return new Pbld(columns, dimensions! - 1, frequencies!, deviation!, learningRateFactor)
    case 'plr':
      return new Plr(columns, dimensions!, frequencies!, deviation!, rectified, learningRateFactor)
    case 'ple':
      return new PiecewiseLinear(edges!, dimensions, rectified, learningRateFactor)
  }
}

function requireWithin(columns: readonly number[] | undefined, inputs: number): void {
  const beyond = columns?.find((column) => column >= inputs)
  if (beyond === undefined) return
  throw invalid('columns', `places from 0 to ${inputs - 1}, as the layer has ${inputs} inputs`, beyond)
}

/** The columns of the layer's input within a row of the data. */
function columnsOfInput(data: FeatureRows, name: string | undefined): { from: number; count: number } {
  const inputs = data.inputs ?? []
  const hint = "The layer gets one input's columns, as a part of a Concatenate."
  if (name === undefined) {
    if (inputs.length <= 1) return { from: 0, count: data.features }
    throw invalid('input', `one of ${inputs.map((one) => one.name).join(', ')}`, name, hint)
  }
  let from = 0
  for (const { name: own, columns } of inputs) {
    if (own === string('input', name)) return { from, count: columns }
    from += columns
  }
  const known =
    inputs.length === 0 ? 'no name: the data has none' : `one of ${inputs.map((one) => one.name).join(', ')}`
  throw invalid('input', known, name)
}
