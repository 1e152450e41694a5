import type { Json } from '../files/strict-json.js'
import type { ActivationKernel } from '../native/generated/enums.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'

export interface ActivationGradient {
  /** The layer writes here: derivative of the cost with respect to `x`, (batch, n). */
  readonly inputGradient: Tensor
  readonly outputGradient: Tensor
  /** The input (batch, n); undefined unless `derivativeNeedsInput`. */
  readonly x: Tensor | undefined
  /** The output (batch, n); undefined unless `derivativeNeedsOutput`. */
  readonly output: Tensor | undefined
}

/** The meaning of an activation's outputs. 'sums' are its inputs unchanged, and the loss decides what they mean. */
export type ActivationOutputs = 'probabilities' | 'logProbabilities' | 'values' | 'sums'

/** How weights before an activation start. */
export type SuggestedInitializer = 'glorotUniform' | 'heNormal' | 'lecunNormal'

/** The part of a last layer's activation that losses and predictions use. */
export type OutputActivation = Pick<ActivationFunction, 'name' | 'gives' | 'elementWise' | 'suggestedLoss'>

/** Records an activation; gives x itself where it changes nothing. */
export function recordActivation(record: Recorder, activation: ActivationFunction, x: Tensor): Tensor {
  if (activation.kernel === 'linear') return x
  const output = record.empty(x.columns)
  activation.recordForward(record, x, output)
  return output
}

/**
 * An activation as layers record it: x (batch, n) -> output (batch, n). A name makes one, and so do `leakyRelu`, `elu`
 * and `gelu` with their options, and `defineActivation`.
 */
export abstract class ActivationFunction {
  /** The name that losses, tables and messages use, such as 'relu'. */
  abstract readonly name: string
  /**
   * The kernel that a dense layer fuses with its product. Undefined: the activation is recorded as a call of its own
   * after the product.
   */
  readonly kernel: ActivationKernel | undefined = undefined
  /** Whether the backward block reads the input, which is then cached. */
  abstract readonly derivativeNeedsInput: boolean
  /** Whether the backward block reads the output, which is then cached. */
  abstract readonly derivativeNeedsOutput: boolean
  /** Whether an element of the output depends on the same element of the input alone. */
  readonly elementWise: boolean = true
  /** The meaning of its outputs, which metrics and `predictClasses` use. Default 'values'. */
  readonly gives: ActivationOutputs = 'values'
  /** The loss that goes with it at the end of a network, where there is one; without one the mean squared error. */
  readonly suggestedLoss: 'crossEntropy' | 'binaryCrossEntropy' | undefined = undefined

  /**
   * The initializer of a layer with this activation, unless the user names one: 'heNormal' keeps the variance behind
   * relu and its kin, which let about half of it through (He et al., 2015), 'lecunNormal' keeps it at 1 with selu
   * (LeCun et al., 1998). Default 'glorotUniform' (Glorot and Bengio, 2010).
   */
  readonly suggestedInitializer: SuggestedInitializer = 'glorotUniform'

  /**
   * The description that a model file keeps: the name, or the name and the options. It throws for an activation of your
   * own, because a file holds no code.
   */
  abstract saved(): Json
  abstract recordForward(record: Recorder, x: Tensor, output: Tensor): void
  abstract recordBackward(record: Recorder, tensors: ActivationGradient): void
}
