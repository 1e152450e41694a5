import type { Json } from '../files/strict-json.js'
import type { Recorder } from '../recording/recorder.js'
import type { ActivationName as ActivationKernel, Tensor } from '../recording/tensor.js'

export interface ActivationGradient {
  /** Written: the derivative of the cost by `x`. */
  readonly inputGradient: Tensor
  readonly outputGradient: Tensor
  /** What went in; there where `derivativeNeedsInput`. */
  readonly x: Tensor | undefined
  /** What came out; there where `derivativeNeedsOutput`. */
  readonly output: Tensor | undefined
}

/**
 * An activation as layers record it: x (batch, n) -> output (batch, n). Made by a name, by `leakyRelu`, `elu`, `gelu`
 * with their options, or by `defineActivation`.
 */
export abstract class ActivationFunction {
  /** What losses and tables know it by: 'relu'. */
  abstract readonly name: string
  /** The kernel that a dense layer applies to its sums as it makes them; without one it is recorded behind the product. */
  readonly kernel: ActivationKernel | undefined = undefined
  /** Whether the backward block reads what went in: it is cached then. */
  abstract readonly derivativeNeedsInput: boolean
  /** Whether the backward block reads what came out. */
  abstract readonly derivativeNeedsOutput: boolean
  /** Whether an element of the output depends on the same element of the input alone. */
  readonly elementWise: boolean = true

  /** What a file holds: the name, or the name and the options. Throws where no file can hold it. */
  abstract saved(): Json
  abstract recordForward(record: Recorder, x: Tensor, output: Tensor): void
  abstract recordBackward(record: Recorder, tensors: ActivationGradient): void
}
