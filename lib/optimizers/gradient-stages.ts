/*
 * Stages between the gradients of a batch and the update rule: accumulation over several batches, and clipping by norm.
 */

import type { Recorder } from '../recording/recorder.js'
import { elementOf } from '../recording/rule.js'
import type { Scalar, Tensor } from '../recording/tensor.js'

/** torch.nn.utils.clip_grad_norm_'s. */
const NORM_EPSILON = 1e-6

/** The numbers that one step of an accumulation needs. */
export interface AccumulationNumbers {
  /** 1 at the first batch of an update, else 0. */
  readonly first: Scalar
  /** 1 / (number of batches of the update). */
  readonly share: Scalar
}

/** Elements whose squares are summed by themselves, as the kernel has it. */
const BLOCK = 1024

/** Adds the batch's gradient to the sum, and writes the mean so far to the gradient. */
export function recordAccumulation(
  record: Recorder,
  gradient: Tensor,
  sum: Tensor,
  { first, share }: AccumulationNumbers,
): void {
  record.map({ inputs: { gradient, sum }, numbers: { first, share }, outputs: { gradient, sum } }, (given) => {
    const total = given.first.select(given.gradient, given.sum.plus(given.gradient))
    return { gradient: total.times(given.share), sum: total }
  })
}

/** The factor of all gradients, one number, with which their common norm is at most `limit`. */
export function recordNormFactor(record: Recorder, gradients: readonly Tensor[], limit: number): Tensor {
  const sum = record.scratch(1, 1, 0, 'float64')
  const parts = gradients.map((x) => {
    const blocks = Math.ceil(x.columns / BLOCK)
    const sums = record.scratch(blocks, blocks, 0, 'float64')
    const counts = record.scratch(blocks, blocks, 0, 'int32')
    record.clear({ output: counts })
    record.blockSquares({ x, sums, counts })
    return { x, sums, counts }
  })
  for (const [index, part] of parts.entries()) record.addBlockSquares({ sum, ...part, first: Number(index === 0) })
  const factor = record.scratch(1, 1)
  record.map({ inputs: { sum }, outputs: { factor } }, (given) => {
    const largest = elementOf(limit).over(given.sum.squareRoot().plus(NORM_EPSILON))
    return { factor: largest.atMost(1) }
  })
  return factor
}
