import type { Json } from '../files/strict-json.js'
import { reductions } from '../native/generated/enums.js'
import { Parameter, rateFactor } from '../recording/parameter.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { boolean, knownOptions } from '../validate.js'
import type { Backward, Cache, Forward } from './layer.js'
import { SameShape } from './same-shape.js'

export interface ScaleOptions {
  /** The factors' learning rate is the optimizer's times this, above 0. Default 1; RealMLP has 6. */
  readonly learningRateFactor?: number
  /** Whether `fit` changes the factors. Default true. */
  readonly trainable?: boolean
}

/**
 * Multiplies every feature by a learned factor, which starts at 1: as the first layer it learns which inputs count
 * (RealMLP; Holzmüller et al., 2024).
 *
 *     output = weight · x
 *
 * Input shape (batch, inputs); output shape the same. Parameter weight (inputs). Derivation: docs/math/dense.md.
 *
 * @example
 * new Sequential([new Scale({ learningRateFactor: 6 }), new Dense(64, { activation: 'relu' }), new Dense(1)], { inputs: 8 })
 */
export class Scale extends SameShape {
  readonly type = 'Scale'
  readonly learningRateFactor: number
  #weight: Parameter | undefined

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: ScaleOptions) {
    super()
    const given = knownOptions<ScaleOptions>('Scale', options, ['learningRateFactor', 'trainable'])
    this.learningRateFactor = rateFactor('learningRateFactor', given.learningRateFactor ?? 1)
    this.trainable = boolean('trainable', given.trainable ?? true)
  }

  override get parameters(): readonly Parameter[] {
    return this.#weight === undefined ? [] : [this.#weight]
  }

  override get columnByColumn(): boolean {
    return true
  }

  forward(record: Recorder, x: Tensor): Forward {
    return { output: this.#scaled(record, x), cache: { x } }
  }

  backward(record: Recorder, { x }: Cache, outputGradient: Tensor, wantInputGradient: boolean): Backward {
    if (this.trainable) {
      const product = record.empty(outputGradient.columns)
      record.map({ inputs: { x: x!, outputGradient }, outputs: { product } }, (given) => ({
        product: given.outputGradient.times(given.x),
      }))
      const weightGradient = record.gradient(this.#weight!)
      record.reduceColumns({ output: weightGradient, x: product, kind: reductions.sum })
    }
    return { inputGradient: wantInputGradient ? this.#scaled(record, outputGradient) : undefined }
  }

  options(): Record<string, Json> {
    return {
      ...(this.learningRateFactor === 1 ? {} : { learningRateFactor: this.learningRateFactor }),
      ...(this.trainable ? {} : { trainable: false }),
    }
  }

  protected copy(): Scale {
    return new Scale({ learningRateFactor: this.learningRateFactor })
  }

  protected override build(inputs: number): void {
    this.#weight = Parameter.vector('weight', inputs, 1, true, this.learningRateFactor)
  }

  #scaled(record: Recorder, x: Tensor): Tensor {
    const output = record.empty(x.columns)
    const weight = record.parameter(this.#weight!)
    record.map({ inputs: { x, weight }, outputs: { output } }, (given) => ({ output: given.x.times(given.weight) }))
    return output
  }
}
