import { type ActivationOption, activation } from '../activations/activation.js'
import { type ActivationFunction, recordActivation } from '../activations/activation-function.js'
import type { Json } from '../files/strict-json.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import type { Backward, Cache, Forward, RecordOptions } from './layer.js'
import { SameShape } from './same-shape.js'

/**
 * An activation as a layer of its own: `A = g(X)`. `new Dense(64, { activation: 'relu' })` does the same in one pass
 * over memory; use this layer after one that has no activation option, such as a normalization.
 *
 * Input shape (batch, features); output shape the same. No parameters. As the last layer it fuses with its loss as a
 * dense layer's activation does. Derivation: docs/math/activations.md.
 *
 * @example
 * new Sequential([new Dense(64), new Activation('relu'), new Dense(3), new Activation('softmax')], { inputs: 8 })
 */
export class Activation extends SameShape {
  readonly type = 'Activation'
  readonly activation: ActivationFunction

  /**
   * @param given a name, an activation with options such as leakyRelu({ slope: 0.2 }), or a rule of your own
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name; the message suggests the nearest one
   */
  constructor(given: ActivationOption) {
    super()
    this.activation = activation('activation', given)
  }

  override get activationName(): string {
    return this.activation.name
  }

  override get outputActivation(): ActivationFunction {
    return this.activation
  }

  override get columnByColumn(): boolean {
    return this.activation.elementWise
  }

  forward(record: Recorder, x: Tensor, { logits }: RecordOptions): Forward {
    if (logits || this.activation.kernel === 'linear') return { output: x, cache: {}, preActivation: x }
    const output = record.empty(x.columns)
    this.activation.recordForward(record, x, output)
    const cache = {
      x: this.activation.derivativeNeedsInput ? x : undefined,
      output: this.activation.derivativeNeedsOutput ? output : undefined,
    }
    return { output, cache, preActivation: x }
  }

  /** @internal */
  override recordActivated(record: Recorder, { logits }: { logits: Tensor }): Tensor {
    return recordActivation(record, this.activation, logits)
  }

  backward(
    record: Recorder,
    { x, output }: Cache,
    outputGradient: Tensor,
    wantInputGradient: boolean,
    { logits }: RecordOptions,
  ): Backward {
    if (!wantInputGradient) return { inputGradient: undefined }
    if (logits || this.activation.kernel === 'linear') {
      return { inputGradient: outputGradient, preActivationGradient: outputGradient }
    }
    const inputGradient = record.empty(outputGradient.columns)
    this.activation.recordBackward(record, { inputGradient, outputGradient, x, output })
    return { inputGradient, preActivationGradient: inputGradient }
  }

  options(): Record<string, Json> {
    return { activation: this.activation.saved() }
  }

  override describe(): string {
    return `Activation ${this.activation.name}`
  }
  protected copy(): Activation {
    return new Activation(this.activation)
  }
}
