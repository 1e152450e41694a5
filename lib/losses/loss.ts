import { DeepblasError } from '../errors.js'
import type { Recorder } from '../native/recorder.js'
import type { Tensor } from '../native/tensor.js'
import { oneOf } from '../validate.js'

export const lossNames = ['meanSquaredError', 'binaryCrossEntropy', 'crossEntropy'] as const
export type LossName = (typeof lossNames)[number]

/** What a loss compares an output with: class indices (or rows of probabilities), 0 and 1, or any values. */
export type TargetKind = 'classes' | 'binary' | 'values'

export interface LossRecording {
  /** The last layer's output, or its logits where `takesLogits`. */
  readonly prediction: Tensor
  readonly target: Tensor
  readonly sampleWeights: Tensor | undefined
  readonly weightSum: Tensor | undefined
  readonly rowLoss: Tensor
  readonly gradient: Tensor | undefined
  /** For `trace`: where a loss that takes logits writes the activations it computes on its way. */
  readonly output?: Tensor | undefined
}

export interface Loss {
  readonly name: LossName
  readonly targetKind: TargetKind
  /** Whether it is fused with the output activation and reads logits. Throws where they do not go together. */
  takesLogits(outputActivation: string, outputs: number): boolean
  record(record: Recorder, recording: LossRecording): void
  /** For `trace` of a fused loss: the derivative of one row's loss by one activation. */
  activationGradient?(activation: number, target: number, outputs: number): number
}

/** Mean over rows and outputs of `(prediction - target)²`. */
export const meanSquaredError: Loss = {
  name: 'meanSquaredError',
  targetKind: 'values',
  takesLogits: () => false,
  record: (record, { output: _, ...recording }) => record.meanSquaredError(recording),
}

/**
 * `-(y log p + (1 - y) log(1 - p))`, mean over rows and outputs, for 'sigmoid' outputs (course 1, week 2). Computed from
 * the logits, so that nobody meets log(0); a 'linear' output means logits.
 */
export const binaryCrossEntropy: Loss = {
  name: 'binaryCrossEntropy',
  targetKind: 'binary',
  takesLogits(outputActivation) {
    if (outputActivation === 'sigmoid' || outputActivation === 'linear') return true
    throw mismatch('binaryCrossEntropy', "'sigmoid' (probabilities) or 'linear' (logits)", outputActivation)
  },
  record: (record, { prediction, ...rest }) => record.sigmoidBinaryCrossEntropy({ ...rest, logits: prediction }),
  activationGradient: (a, y, outputs) => ((1 - y) / (1 - a) - y / a) / outputs,
}

/**
 * `-Σ y log p` over classes, mean over rows, for 'softmax' outputs (course 2, week 3). Computed from the logits; a
 * 'linear' output means logits. Targets are class indices, or rows of probabilities.
 */
export const crossEntropy: Loss = {
  name: 'crossEntropy',
  targetKind: 'classes',
  takesLogits(outputActivation, outputs) {
    if (outputActivation !== 'softmax' && outputActivation !== 'linear') {
      throw mismatch('crossEntropy', "'softmax' (probabilities) or 'linear' (logits)", outputActivation)
    }
    if (outputs > 1) return true
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      "Expected at least 2 outputs for loss 'crossEntropy' but received 1. One output of two classes takes " +
        "activation 'sigmoid' and loss 'binaryCrossEntropy'.",
    )
  },
  record: (record, { prediction, ...rest }) => record.softmaxCrossEntropy({ ...rest, logits: prediction }),
  activationGradient: (a, y) => (y === 0 ? 0 : -y / a),
}

function mismatch(loss: string, expected: string, activation: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected output activation ${expected} for loss '${loss}' but received '${activation}'. ` +
      'Change the last layer, or the loss.',
  )
}

/** A loss by name or instance. */
export function loss(argument: string, value: unknown): Loss {
  const known = { meanSquaredError, binaryCrossEntropy, crossEntropy }
  const instance = Object.values(known).find((candidate) => candidate === value)
  return instance ?? known[oneOf(argument, value, lossNames)]
}
