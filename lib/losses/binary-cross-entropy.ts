import { DeepblasError } from '../errors.js'
import { type PerMember, perMember } from '../per-member.js'
import type { Schedule } from '../schedules/schedule.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { LabelSmoothing } from './label-smoothing.js'
import { type ConfigurableLoss, configurableLoss, mismatch } from './loss.js'
import { recordColumns } from './record-columns.js'

export interface BinaryCrossEntropyOptions {
  /**
   * Weight of a target of 1; a target of 0 has weight 1. One number above 0, or one for each output. (Rows of 0) /
   * (rows of 1) balances the two. Default 1.
   */
  readonly positiveWeight?: number | readonly number[]
  /**
   * Share `s` of a target that is spread evenly over both classes, so that the training does not demand probabilities
   * of 0 and 1: a target `y` becomes `y (1 - s) + s / 2`. At least 0 and less than 1. By a schedule it changes from
   * update to update of a fit, and is 0 everywhere else: a validation, `evaluate`. Default 0.
   */
  readonly labelSmoothing?: number | Schedule
}

/**
 * Binary cross-entropy `-(p·y log a + (1 - y) log(1 - a))`, mean over rows and outputs, for 'sigmoid' outputs (course
 * 1, week 2); `p` is the positive weight. It is computed from the logits, so log(0) cannot occur; a 'linear' output
 * means logits. Targets (batch, outputs) are numbers from 0 to 1. `binaryCrossEntropy({ positiveWeight: 3 })`,
 * `binaryCrossEntropy({ labelSmoothing: 0.1 })` (Szegedy et al., "Rethinking the Inception architecture", 2016, for two
 * classes). The positive weight multiplies the smoothed target.
 */
export const binaryCrossEntropy: ConfigurableLoss<BinaryCrossEntropyOptions> = configurableLoss((options) => {
  const given = knownOptions<BinaryCrossEntropyOptions>('binaryCrossEntropy', options, [
    'positiveWeight',
    'labelSmoothing',
  ])
  const smoothing = new LabelSmoothing(given.labelSmoothing)
  const positiveWeight: PerMember = perMember('positiveWeight', given.positiveWeight ?? 1, (argument, value) =>
    finiteNumber(argument, value, { exclusiveMin: 0 }),
  )
  const weightOf = (column: number) => (typeof positiveWeight === 'number' ? positiveWeight : positiveWeight[column]!)
  const saved = {
    ...(positiveWeight === 1
      ? {}
      : { positiveWeight: typeof positiveWeight === 'number' ? positiveWeight : [...positiveWeight] }),
    ...smoothing.told.options,
  }
  return {
    name: 'binaryCrossEntropy',
    ...smoothing.told,
    ...(Object.keys(saved).length === 0 ? {} : { options: saved }),
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
      const { prediction: logits, sampleWeights, weightSum, rowLoss, gradient, output } = recording
      const target = smoothing.record(record, recording, { columns: recording.target.columns, classes: 2 })
      if (positiveWeight === 1) {
        record.sigmoidBinaryCrossEntropy({ logits, target, sampleWeights, weightSum, rowLoss, gradient, output })
        return
      }
      const extra = typeof positiveWeight === 'number' ? {} : { weight: recordColumns(record, positiveWeight) }
      recordElementRule<'weight'>(
        record,
        { ...recording, target },
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
    activationGradient({ activation: a, target, outputs, column }) {
      const y = smoothing.smooth(target, 2)
      return ((1 - y) / (1 - a) - (weightOf(column) * y) / a) / outputs
    },
  }
})
