/*
 * The calls that a regularizer records: its part of the cost, and its part of a parameter's gradient.
 */

import { ofMember, type PerMember } from '../per-member.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import type { Regularizer } from './regularizer.js'

export interface PenaltyRecording {
  readonly parameter: Tensor
  readonly accumulator: Tensor
  readonly weightSum: Tensor | undefined
  /** Number of rows `m` that a penalty per row divides by, one per member; undefined: the rows of the batch. */
  readonly costRows: Float64Array | undefined
}

export function recordPenalty(
  record: Recorder,
  { l1, l2, perRow }: Regularizer,
  { parameter, accumulator, weightSum, costRows }: PenaltyRecording,
): void {
  const share = (strength: PerMember): PerMember => {
    if (!perRow || costRows === undefined) return strength
    const shares = Array.from(costRows, (rows, member) => ofMember(strength, member) / rows)
    return shares.every((one) => one === shares[0]) ? shares[0]! : shares
  }
  record.penalty({
    accumulator,
    weight: parameter,
    weightSum,
    l1: record.scalar(share(l1)),
    l2: record.scalar(share(l2)),
    perRow: Number(perRow && costRows === undefined),
  })
}

/** Adds the penalty's derivative to the gradient. */
export function recordPenaltyGradient(
  record: Recorder,
  { l1, l2, perRow }: Regularizer,
  parameter: Tensor,
  gradient: Tensor,
): void {
  record.penaltyGradient({
    weightGradient: gradient,
    weight: parameter,
    l1: record.scalar(l1),
    l2: record.scalar(l2),
    perRow: Number(perRow),
  })
}
