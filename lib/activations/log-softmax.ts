import { reductions } from '../native/generated/enums.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import { ActivationFunction, type ActivationGradient } from './activation-function.js'

/** x_i - log Σ e^(x_j) of every row: finite where the probability itself is 0 in float32. */
export class LogSoftmax extends ActivationFunction {
  readonly name = 'logSoftmax'
  readonly derivativeNeedsInput = false
  readonly derivativeNeedsOutput = true
  override readonly elementWise = false
  override readonly gives = 'logProbabilities'
  override readonly suggestedLoss = 'crossEntropy'

  saved(): string {
    return this.name
  }

  recordForward(record: Recorder, x: Tensor, output: Tensor): void {
    const largest = record.empty(1)
    record.reduceRows({ output: largest, x, kind: reductions.largest })
    const powers = record.empty(x.columns)
    record.map({ inputs: { x, largest }, outputs: { powers } }, (row) => ({
      powers: row.x.minus(row.largest).exponential(),
    }))
    const sum = record.empty(1)
    record.reduceRows({ output: sum, x: powers, kind: reductions.sum })
    record.map({ inputs: { x, largest, sum }, outputs: { output } }, (row) => ({
      output: row.x.minus(row.largest).minus(row.sum.logarithm()),
    }))
  }

  recordBackward(record: Recorder, { inputGradient, outputGradient, output }: ActivationGradient): void {
    const sum = record.empty(1)
    record.reduceRows({ output: sum, x: outputGradient, kind: reductions.sum })
    record.map({ inputs: { outputGradient, output: output!, sum }, outputs: { inputGradient } }, (row) => ({
      inputGradient: row.outputGradient.minus(row.output.exponential().times(row.sum)),
    }))
  }
}
