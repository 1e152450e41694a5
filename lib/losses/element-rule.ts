import { reductions } from '../native/generated/enums.js'
import type { Recorder } from '../recording/recorder.js'
import { batchRows, type Element, elementOf, type Operand } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import type { LossRecording } from './loss.js'

/** One element's loss, and its derivative with respect to the prediction. */
export interface ElementLoss {
  readonly value: Operand
  readonly derivative: Operand
}

export type ElementValues<Extra extends string = never> = Readonly<Record<'prediction' | 'target' | Extra, Element>>

/**
 * Records a loss that is the mean over outputs of a rule of every prediction and its target. `extra`: further inputs of
 * the rule, of the batch's rows or of one.
 */
export function recordElementRule<Extra extends string = never>(
  record: Recorder,
  recording: LossRecording,
  rule: (values: ElementValues<Extra>) => ElementLoss,
  extra?: Readonly<Partial<Record<Extra, Tensor>>>,
): void {
  const { prediction, target, rowLoss, gradient } = recording
  const { columns } = prediction
  // One output: an element's loss is the row's.
  const values = columns === 1 ? rowLoss : record.empty(columns)
  const given = { prediction, target, ...extra } as Record<'prediction' | 'target' | Extra, Tensor>
  if (gradient === undefined) {
    record.map({ inputs: given, outputs: { values } }, (all) => ({
      values: rule(all as ElementValues<Extra>).value,
    }))
  } else {
    const factor = rowFactor(record, recording)
    const inputs: Record<string, Tensor> = factor === undefined ? given : { ...given, factor }
    record.map({ inputs, outputs: { values, gradient } }, (all) => {
      const { value, derivative } = rule(all as ElementValues<Extra>)
      const of = (share: Element) => share.times(derivative).over(columns)
      return { values: value, gradient: of(all.factor ?? elementOf(1).over(batchRows())) }
    })
  }
  if (values !== rowLoss) record.reduceRows({ output: rowLoss, x: values, kind: reductions.mean })
}

/**
 * The factor `w / Σ w` (batch, 1) of every row's derivative; undefined where it is `1 / rows` for all. It is 0 in a
 * batch whose weights are all 0.
 */
export function rowFactor(record: Recorder, { sampleWeights, weightSum }: LossRecording): Tensor | undefined {
  if (sampleWeights === undefined || weightSum === undefined) return undefined
  const factor = record.empty(1)
  record.map(
    { inputs: { sampleWeights, weightSum }, outputs: { factor } },
    ({ sampleWeights: weight, weightSum: sum }) => ({
      factor: sum.moreThan(0).select(weight.over(sum), 0),
    }),
  )
  return factor
}

/**
 * Parts of a stable softmax: the largest logit of every row, the exponentials of the logits less it, and the logarithm
 * of their sum.
 */
export interface SoftmaxParts {
  readonly largest: Tensor
  readonly exponentials: Tensor
  readonly sum: Tensor
  readonly logSum: Tensor
}

export function softmaxParts(record: Recorder, logits: Tensor): SoftmaxParts {
  const largest = record.empty(1)
  record.reduceRows({ output: largest, x: logits, kind: reductions.largest })
  const exponentials = record.empty(logits.columns)
  record.map({ inputs: { logits, largest }, outputs: { exponentials } }, ({ logits: z, largest: most }) => ({
    exponentials: z.minus(most).exponential(),
  }))
  const sum = rowSums(record, exponentials)
  const logSum = record.empty(1)
  record.map({ inputs: { sum }, outputs: { logSum } }, ({ sum: total }) => ({ logSum: total.logarithm() }))
  return { largest, exponentials, sum, logSum }
}

/** For `trace`: records the log probabilities where 'logSoftmax' is the layer's activation. */
export function recordLogSoftmax(record: Recorder, logits: Tensor, output: Tensor): void {
  const { largest, logSum } = softmaxParts(record, logits)
  record.map({ inputs: { logits, largest, logSum }, outputs: { output } }, (all) => ({
    output: all.logits.minus(all.largest).minus(all.logSum),
  }))
}

export function rowSums(record: Recorder, x: Tensor): Tensor {
  const output = record.empty(1)
  record.reduceRows({ output, x, kind: reductions.sum })
  return output
}
