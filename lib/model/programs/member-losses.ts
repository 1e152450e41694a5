/*
 * The loss of a TabM ensemble in training: the mean of its members' losses, each of which is recorded by itself.
 */
import { MemberHeads } from '../../layers/member-heads.js'
import type { Loss, LossRecording } from '../../losses/loss.js'
import type { Recorder } from '../../recording/recorder.js'
import type { Element } from '../../recording/rule.js'
import type { Tensor } from '../../recording/tensor.js'
import type { Network } from '../network/network.js'

/** As many numbers are added at a time; a rule has no more inputs. */
const TERMS = 8

/** The last layer, where it is the heads of several members. */
export function memberHeadsOf({ layers }: Network): MemberHeads | undefined {
  const last = layers.at(-1)
  return last instanceof MemberHeads && last.members! > 1 ? last : undefined
}

export interface MemberLosses {
  readonly heads: MemberHeads
  readonly loss: Loss
  readonly takesLogits: boolean
  /** Z of all members (batch, members · outputs). */
  readonly z: Tensor
  /** Written: the derivative of the mean of the members' losses with respect to Z, of the same shape. */
  readonly gradient: Tensor
  /** For `trace` of a loss that is not fused: written, the derivative with respect to all members' activations. */
  readonly outputGradient: Tensor | undefined
}

/**
 * Records every row's mean over the members of their losses to `rowLoss`, and the gradient of that mean. The `output` of
 * the recording is that of all members.
 */
export function recordMemberLosses(
  record: Recorder,
  { heads, loss, takesLogits, z, gradient, outputGradient }: MemberLosses,
  recording: Omit<LossRecording, 'prediction' | 'gradient'>,
): void {
  const members = heads.members!
  const { units, activation } = heads
  const rowLosses: Tensor[] = []
  const put = (x: Tensor, output: Tensor, member: number) =>
    record.copyColumns({ output, x, from: 0, to: member * units, count: units })
  const unscaled = record.empty(z.columns)
  for (let member = 0; member < members; member++) {
    const own = record.empty(units)
    record.copyColumns({ output: own, x: z, from: member * units, to: 0, count: units })
    const prediction = takesLogits ? own : heads.recordActivation(record, own)
    const rowLoss = record.empty(1, 'float64')
    const ownGradient = record.empty(units)
    const output = takesLogits && recording.output ? record.empty(units) : undefined
    loss.record(record, { ...recording, prediction, rowLoss, gradient: ownGradient, output })
    if (recording.output !== undefined) put(output ?? prediction, recording.output, member)
    if (outputGradient !== undefined) put(ownGradient, outputGradient, member)
    let inputGradient = ownGradient
    if (!takesLogits && activation.kernel !== 'linear') {
      inputGradient = record.empty(units)
      activation.recordBackward(record, { inputGradient, outputGradient: ownGradient, x: own, output: prediction })
    }
    put(inputGradient, unscaled, member)
    rowLosses.push(rowLoss)
  }
  record.map({ inputs: { unscaled }, outputs: { gradient } }, (given) => ({ gradient: given.unscaled.over(members) }))
  if (outputGradient !== undefined) {
    const output = outputGradient
    record.map({ inputs: { outputGradient }, outputs: { output } }, (given) => ({
      output: given.outputGradient.over(members),
    }))
  }
  recordMean(record, rowLosses, recording.rowLoss)
}

/** Adds the terms up, some at a time, and divides by their number. */
function recordMean(record: Recorder, terms: readonly Tensor[], output: Tensor): void {
  let sum: Tensor | undefined
  for (let from = 0; from < terms.length; ) {
    const before: Tensor[] = sum === undefined ? [] : [sum]
    const some = [...before, ...terms.slice(from, from + TERMS - before.length)]
    from += some.length - before.length
    const last = from === terms.length
    const to = last ? output : record.empty(1, 'float64')
    record.map(
      { inputs: Object.fromEntries(some.map((term, at) => [`term${at}`, term])), outputs: { to } },
      (given) => {
        const total = Object.values<Element>(given).reduce((left, right) => left.plus(right))
        return { to: last ? total.over(terms.length) : total }
      },
    )
    sum = to
  }
}
