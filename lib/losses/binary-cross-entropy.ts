import { DeepblasError } from '../errors.js'
import { columnIndex, type Element, elementOf } from '../native/expression.js'
import type { Recorder } from '../native/recorder.js'
import type { Tensor } from '../native/tensor.js'
import { type PerMember, perMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss, mismatch } from './loss.js'

export interface BinaryCrossEntropyOptions {
  /**
   * What a target of 1 counts for, against 1 for a target of 0: one number, or one for each output. About (rows of 0) /
   * (rows of 1) balances them. Default 1.
   */
  readonly positiveWeight?: number | readonly number[]
}

/** Four operations an output, below what a rule may have. */
const OUTPUTS_OF_A_RULE = 20

/**
 * `-(p·y log a + (1 - y) log(1 - a))`, mean over rows and outputs, for 'sigmoid' outputs (course 1, week 2); `p` is the
 * positive weight. Computed from the logits, so that nobody meets log(0); a 'linear' output means logits.
 * `binaryCrossEntropy({ positiveWeight: 3 })`.
 */
export const binaryCrossEntropy: ConfigurableLoss<BinaryCrossEntropyOptions> = configurableLoss((options) => {
  const given = knownOptions<BinaryCrossEntropyOptions>('binaryCrossEntropy', options, ['positiveWeight'])
  const positiveWeight: PerMember = perMember('positiveWeight', given.positiveWeight ?? 1, (argument, value) =>
    finiteNumber(argument, value, { exclusiveMin: 0 }),
  )
  const weightOf = (column: number) => (typeof positiveWeight === 'number' ? positiveWeight : positiveWeight[column]!)
  return {
    name: 'binaryCrossEntropy',
    ...(positiveWeight === 1
      ? {}
      : { options: { positiveWeight: typeof positiveWeight === 'number' ? positiveWeight : [...positiveWeight] } }),
    targetKind: 'binary',
    takesLogits(outputActivation, outputs) {
      if (typeof positiveWeight !== 'number' && positiveWeight.length !== outputs) {
        throw new DeepblasError(
          'ERR_DEEPBLAS_SHAPE',
          `Expected one number for positiveWeight, or ${outputs}, one for each output, but received ` +
            `${positiveWeight.length}.`,
        )
      }
      if (outputActivation === 'sigmoid' || outputActivation === 'linear') return true
      throw mismatch('binaryCrossEntropy', "'sigmoid' (probabilities) or 'linear' (logits)", outputActivation)
    },
    record(record, recording) {
      const { prediction: logits, target, sampleWeights, weightSum, rowLoss, gradient, output } = recording
      if (positiveWeight === 1) {
        record.sigmoidBinaryCrossEntropy({ logits, target, sampleWeights, weightSum, rowLoss, gradient, output })
        return
      }
      const extra = typeof positiveWeight === 'number' ? {} : { weight: recordColumns(record, positiveWeight) }
      recordElementRule<'weight'>(
        record,
        recording,
        ({ prediction: z, target: y, weight }) => {
          const positive = y.times(weight ?? weightOf(0))
          const negative = y.negated().plus(1)
          return {
            value: positive.times(z.negated().softplus()).plus(negative.times(z.softplus())),
            derivative: negative.times(z.sigmoid()).minus(positive.times(z.negated().sigmoid())),
          }
        },
        extra,
      )
      if (output !== undefined) {
        record.map({ inputs: { logits }, outputs: { output } }, ({ logits: z }) => ({ output: z.sigmoid() }))
      }
    },
    activationGradient: ({ activation: a, target: y, outputs, column }) =>
      ((1 - y) / (1 - a) - (weightOf(column) * y) / a) / outputs,
  }
})

/** Numbers as one row, which goes with every row of the batch. */
function recordColumns(record: Recorder, values: readonly number[]): Tensor {
  const row = record.scratch(values.length, values.length)
  for (let from = 0; from < values.length; from += OUTPUTS_OF_A_RULE) {
    const part = values.slice(from, from + OUTPUTS_OF_A_RULE)
    const inputs: Record<string, Tensor> = from === 0 ? {} : { row }
    const column = columnIndex()
    record.map({ inputs, outputs: { row } }, (given) => ({
      row: part.reduce<Element>(
        (rest, value, i) => column.equals(from + i).select(value, rest),
        given.row ?? elementOf(0),
      ),
    }))
  }
  return row
}
