import { activationNamed } from '../activations/activation.js'
import { DeepblasError } from '../errors.js'
import { columnIndex, type Element } from '../recording/rule.js'
import type { Schedule } from '../schedules/schedule.js'
import { knownOptions } from '../validate.js'
import { recordLogSoftmax } from './element-rule.js'
import { LabelSmoothing } from './label-smoothing.js'
import { type ConfigurableLoss, configurableLoss, mismatch } from './loss.js'

export interface CrossEntropyOptions {
  /**
   * Share of a target that is spread evenly over all classes, so that the training does not demand probabilities of 0
   * and 1. At least 0 and less than 1. By a schedule it changes from update to update of a fit, and is 0 everywhere
   * else: a validation, `evaluate`. Default 0.
   */
  readonly labelSmoothing?: number | Schedule
}

/**
 * Cross-entropy `-Σ y log p` over classes, mean over rows, for 'softmax' (course 2, week 3) and 'logSoftmax' outputs.
 * It is computed from the logits; a 'linear' output means logits. Targets are class indices (batch), or rows of
 * probabilities (batch, outputs). `crossEntropy({ labelSmoothing: 0.1 })` (Szegedy et al., "Rethinking the Inception
 * architecture", 2016).
 */
export const crossEntropy: ConfigurableLoss<CrossEntropyOptions> = configurableLoss((options) => {
  const given = knownOptions<CrossEntropyOptions>('crossEntropy', options, ['labelSmoothing'])
  const smoothing = new LabelSmoothing(given.labelSmoothing)
  return {
    name: 'crossEntropy',
    ...smoothing.told,
    targetKind: 'classes',
    takesLogits: (outputActivation, outputs) => takesSoftmaxLogits('crossEntropy', outputActivation, outputs),
    record(record, recording) {
      const { prediction: logits, sampleWeights, weightSum, rowLoss, gradient } = recording
      const { columns } = logits
      const indices = recording.target.fields.type === 'int32'
      const of = (y: Element) => (indices ? columnIndex().equals(y) : y)
      const target = smoothing.record(record, recording, { columns, classes: columns, of })
      const logarithms = givesLogarithms(recording.outputActivation)
      const output = logarithms ? undefined : recording.output
      record.softmaxCrossEntropy({ logits, target, sampleWeights, weightSum, rowLoss, gradient, output })
      if (logarithms && recording.output !== undefined) recordLogSoftmax(record, logits, recording.output)
    },
    activationGradient({ activation, target, outputs, outputActivation }) {
      const wanted = smoothing.smooth(target, outputs)
      if (givesLogarithms(outputActivation)) return -wanted
      return wanted === 0 ? 0 : -wanted / activation
    },
  }
})

/**
 * Checks the last layer for losses on rows of probabilities: at least two outputs, and an activation that gives logits.
 */
export function takesSoftmaxLogits(loss: string, outputActivation: string, outputs: number): true {
  const { gives, elementWise } = activationNamed(outputActivation)
  const ofRows = gives === 'logProbabilities' || (gives === 'probabilities' && !elementWise)
  if (!ofRows && gives !== 'sums') {
    throw mismatch(loss, "'softmax' (probabilities), 'logSoftmax' or 'linear' (logits)", outputActivation)
  }
  if (outputs > 1) return true
  throw new DeepblasError(
    'ERR_DEEPBLAS_SHAPE',
    `Expected at least 2 outputs for loss '${loss}' but received 1. For two classes with one output use ` +
      "activation 'sigmoid' and loss 'binaryCrossEntropy'.",
  )
}

/** Whether the last layer's outputs are the logarithms of probabilities. */
export function givesLogarithms(outputActivation: string | undefined): boolean {
  return outputActivation !== undefined && activationNamed(outputActivation).gives === 'logProbabilities'
}
