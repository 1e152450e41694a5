import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { ActivationFunction, type ActivationGradient } from './activation-function.js'

/** e^(x_i) / Σ e^(x_j) of every row. */
export class Softmax extends ActivationFunction {
  readonly name = 'softmax'
  readonly derivativeNeedsInput = false
  readonly derivativeNeedsOutput = true
  override readonly elementWise = false
  override readonly gives = 'probabilities'
  override readonly suggestedLoss = 'crossEntropy'

  saved(): string {
    return this.name
  }

  recordForward(record: Recorder, x: Tensor, output: Tensor): void {
    record.softmaxForward({ output, x })
  }

  recordBackward(record: Recorder, { inputGradient, outputGradient, output }: ActivationGradient): void {
    record.softmaxBackward({ inputGradient, outputGradient, output: output! })
  }
}
