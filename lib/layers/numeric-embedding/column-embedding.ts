import type { Parameter } from '../../recording/parameter.js'
import type { Recorder } from '../../recording/recorder.js'
import type { Tensor } from '../../recording/tensor.js'
import type { Cache } from '../layer.js'

/** What one kind of numeric embedding makes of its columns (batch, columns), each by itself. */
export interface ColumnEmbedding {
  /** Numbers of all columns together. */
  readonly outputs: number
  readonly parameters: readonly Parameter[]
  forward(record: Recorder, x: Tensor): { readonly output: Tensor; readonly cache: Cache }
  /**
   * Records the parameters' gradients, where they are trained.
   *
   * @returns the gradient of x, where it is wanted
   */
  backward(
    record: Recorder,
    cache: Cache,
    outputGradient: Tensor,
    wanted: { readonly inputGradient: boolean; readonly parameterGradients: boolean },
  ): Tensor | undefined
}

/** Uniform from -1/√inputs to 1/√inputs, as PyTorch starts a linear layer. */
export function linearStart(inputs: number): { kind: 'uniform'; a: number; b: number } {
  const limit = 1 / Math.sqrt(inputs)
  return { kind: 'uniform', a: -limit, b: limit }
}
