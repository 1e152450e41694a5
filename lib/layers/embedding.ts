import type { Json } from '../files/strict-json.js'
import { initializer, initialValues } from '../initializers/initializer.js'
import type { Initializer, InitializerName } from '../initializers/names.js'
import type { InputLayout } from '../inputs.js'
import { Parameter, rateFactor } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { boolean, knownOptions, positiveInteger } from '../validate.js'
import { CodeLayer } from './code-layer.js'
import type { Backward, Cache, Forward } from './layer.js'

export interface EmbeddingOptions {
  /** Number of categories. Default that of the model's input, `{ city: categorical(500) }`. */
  readonly levels?: number
  /** How the vectors start. Default 'uniform': from -0.05 to 0.05. */
  readonly initializer?: InitializerName | Initializer
  /** Whether code 0 stands for an unknown or missing category, whose vector is 0 and stays 0. Default false. */
  readonly padding?: boolean
  /** The vectors' learning rate is the optimizer's times this, above 0. Default 1. */
  readonly learningRateFactor?: number
  /** Whether `fit` changes the vectors. Default true. */
  readonly trainable?: boolean
}

const optionNames = ['levels', 'initializer', 'padding', 'learningRateFactor', 'trainable'] as const

/**
 * Learns a vector for every category. It computes the same as a one-hot encoding followed by a dense layer without a
 * bias, without the one-hot matrix (Guo and Berkhahn, "Entity embeddings of categorical variables", 2016).
 *
 * Input shape (batch, 1), codes from 0 to levels - 1; output shape (batch, dimensions). Parameter weight (levels,
 * dimensions). It is the first layer, or a part of a Concatenate that is the first layer. `fit` and `evaluate` refuse
 * codes that the table does not have; a prediction treats them as code 0. Derivation: docs/math/embedding.md.
 *
 * @example
 * new Sequential([new Concatenate({ city: new Embedding(8), day: new Embedding(3) }), new Dense(1)],
 *   { inputs: { numeric: 12, city: categorical(500), day: categorical(7) } })
 */
export class Embedding extends CodeLayer {
  readonly type = 'Embedding'
  readonly dimensions: number
  readonly initializer: Initializer
  readonly padding: boolean
  readonly learningRateFactor: number
  #weight: Parameter | undefined

  /**
   * @param dimensions length of each vector
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
   */
  constructor(dimensions: number, options?: EmbeddingOptions) {
    const given = knownOptions<EmbeddingOptions>('Embedding', options, optionNames)
    super(given.levels)
    this.dimensions = positiveInteger('dimensions', dimensions)
    this.initializer = initializer('initializer', given.initializer ?? 'uniform')
    this.padding = boolean('padding', given.padding ?? false)
    this.learningRateFactor = rateFactor('learningRateFactor', given.learningRateFactor ?? 1)
    this.trainable = boolean('trainable', given.trainable ?? true)
  }

  get outputs(): number {
    return this.dimensions
  }

  override get parameters(): readonly Parameter[] {
    return this.#weight === undefined ? [] : [this.#weight]
  }

  bind(inputs: number, layout?: InputLayout): Embedding {
    const levels = this.levelsOfInput(inputs, layout)
    const bound = new Embedding(this.dimensions, { ...this.#given(), levels })
    const drawn = initialValues(this.initializer, levels, this.dimensions)
    const initial = this.padding ? { ...drawn, zeroRows: 1 } : drawn
    bound.#weight = new Parameter('weight', [levels, this.dimensions], 0, initial, true, this.learningRateFactor)
    return bound
  }

  forward(record: Recorder, x: Tensor): Forward {
    const output = record.empty(this.dimensions)
    this.lookUp(record, x, 0, output, 0)
    return { output, cache: { x } }
  }

  backward(record: Recorder, cache: Cache, outputGradient: Tensor): Backward {
    this.learn(record, cache.x!, 0, outputGradient, 0)
    return { inputGradient: undefined }
  }

  /** Records the copy of the vectors of the codes in column `column` of x to the output, from its column `to` on. */
  lookUp(record: Recorder, x: Tensor, column: number, output: Tensor, to: number): void {
    record.embeddingForward({ output, table: record.parameter(this.#weight!), x, column, to })
  }

  /** Records the table's gradient, from the output gradient's columns from `from` on. */
  learn(record: Recorder, x: Tensor, column: number, outputGradient: Tensor, from: number): void {
    if (!this.trainable) return
    const weight = this.#weight!
    record.embeddingBackward({ tableGradient: record.gradient(weight), outputGradient, x, column, from })
    if (!this.padding) return
    const unknown = record.range('gradient', weight.offset, this.dimensions)
    record.map({ inputs: {}, outputs: { unknown } }, () => ({ unknown: 0 }))
  }

  options(): Record<string, Json> {
    return { dimensions: this.dimensions, ...this.#given() } as unknown as Record<string, Json>
  }

  override describe(): string {
    return `Embedding ${this.dimensions}`
  }

  #given(): EmbeddingOptions {
    return {
      ...(this.levels === undefined ? {} : { levels: this.levels }),
      initializer: this.initializer,
      ...(this.padding ? { padding: true } : {}),
      ...(this.learningRateFactor === 1 ? {} : { learningRateFactor: this.learningRateFactor }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }
}
