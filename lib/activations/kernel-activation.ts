import type { ActivationKernel } from '../native/generated/enums.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import {
  ActivationFunction,
  type ActivationGradient,
  type ActivationOutputs,
  type SuggestedInitializer,
} from './activation-function.js'

/** One of the activations that have a kernel of their own, which dense layers fuse with their product. */
export class KernelActivation extends ActivationFunction {
  readonly name: ActivationKernel
  override readonly kernel: ActivationKernel
  readonly derivativeNeedsInput: boolean
  readonly derivativeNeedsOutput: boolean
  override readonly gives: ActivationOutputs
  override readonly suggestedLoss: 'binaryCrossEntropy' | undefined
  override readonly suggestedInitializer: SuggestedInitializer

  constructor(kernel: ActivationKernel) {
    super()
    this.name = kernel
    this.kernel = kernel
    // gelu falls and then rises: its output does not tell where on the curve it was.
    this.derivativeNeedsInput = kernel === 'gelu'
    this.derivativeNeedsOutput = kernel !== 'gelu' && kernel !== 'linear'
    this.gives = kernel === 'linear' ? 'sums' : kernel === 'sigmoid' ? 'probabilities' : 'values'
    this.suggestedLoss = kernel === 'sigmoid' ? 'binaryCrossEntropy' : undefined
    this.suggestedInitializer = kernel === 'relu' || kernel === 'gelu' ? 'heNormal' : 'glorotUniform'
  }

  saved(): string {
    return this.name
  }

  recordForward(record: Recorder, x: Tensor, output: Tensor): void {
    record.activationForward({ output, x, activation: this.kernel })
  }

  recordBackward(record: Recorder, { inputGradient, outputGradient, x, output }: ActivationGradient): void {
    record.activationBackward({
      inputGradient,
      outputGradient,
      output: this.derivativeNeedsInput ? undefined : output,
      preActivation: this.derivativeNeedsInput ? x : undefined,
      activation: this.kernel,
    })
  }
}
