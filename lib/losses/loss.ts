/*
 * What a loss is: a description that records its calls. Each loss has a file of its own.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'
import type { Schedule } from '../schedules/schedule.js'

/**
 * Which targets a loss accepts; they are checked before anything is computed. 'classes': class indices, or rows of
 * probabilities; 'binary': numbers from 0 to 1; 'signs': -1 and +1, or 0 and 1 in their place; 'probabilities': rows of
 * probabilities; 'counts': numbers of at least 0; 'values': any numbers.
 */
export type TargetKind = 'classes' | 'binary' | 'signs' | 'probabilities' | 'counts' | 'values'

export interface LossRecording {
  /** (batch, outputs): the last layer's output, or its logits where `takesLogits` says so. */
  readonly prediction: Tensor
  /** (batch, outputs); class indices (batch, 1) as int32; or (batch, 1) for a loss with `sharedTarget`. */
  readonly target: Tensor
  /** (batch, 1), where the data has weights. */
  readonly sampleWeights: Tensor | undefined
  /** Their sum over the batch, one number. */
  readonly weightSum: Tensor | undefined
  /** The loss writes here: (batch, 1) in float64, every row's loss. */
  readonly rowLoss: Tensor
  /**
   * The loss writes here, where it is given: (batch, outputs), the derivative of `Σ w·l / Σ w` with respect to the
   * prediction.
   */
  readonly gradient: Tensor | undefined
  /** For `trace`: (batch, outputs), where a loss that takes logits writes the activations that it computes. */
  readonly output?: Tensor | undefined
  /** The last layer's activation, also where the loss applies it in the layer's place. Default 'linear'. */
  readonly outputActivation?: string
  /**
   * Whether this is a step of a fit, in which numbers may follow schedules. False for evaluations, predictions, `trace` and
   * `gradients`. Default false.
   */
  readonly ofFit?: boolean
}

/** One place of the last layer's activations, for `trace`. */
export interface ActivationPlace {
  readonly activation: number
  readonly target: number
  readonly outputs: number
  /** Index of the output, from 0. */
  readonly column: number
  readonly outputActivation: string
}

/**
 * A loss is the mean over rows of the row losses that it records, weighted by the sample weights: `Σ w·l / Σ w`. For a
 * loss of your own write an object of this type, or let `defineLoss` make one from a rule over one element.
 */
export interface Loss {
  readonly name: string
  readonly targetKind: TargetKind
  /** The options that the loss was made with, as a model file keeps them. */
  readonly options?: Readonly<Record<string, Json>>
  /** Schedules of its numbers, which count updates. Default none. */
  readonly schedules?: readonly Schedule[]
  /**
   * Whether one column of targets serves all outputs, such as the quantiles of one value. Default false: every output has
   * a column of its own.
   */
  readonly sharedTarget?: boolean
  /**
   * With `sharedTarget`: the index, from 0, of the output that metrics read as the predicted value. Left out, metrics are
   * refused.
   */
  readonly valueOutput?: number
  /** How metrics read a 'linear' output, where it is not the predicted value itself. */
  readonly linearOutput?: 'logRates'
  /**
   * Whether the loss is fused with the output activation and reads logits.
   *
   * @throws DeepblasError where loss, activation and number of outputs do not fit together
   */
  takesLogits(outputActivation: string, outputs: number): boolean
  record(record: Recorder, recording: LossRecording): void
  /** For `trace` of a fused loss: the derivative of one row's loss with respect to one activation. */
  activationGradient?(place: ActivationPlace): number
}

/** How many columns of values a loss has the targets in. */
export function targetColumnsOf({ sharedTarget = false }: Pick<Loss, 'sharedTarget'>, outputs: number): number {
  return sharedTarget ? 1 : outputs
}

/** A loss with default options that is also a function: call it for the same loss with other options. */
export type ConfigurableLoss<Options> = Loss & ((options?: Options) => Loss)

/** For losses without options: `meanSquaredError` and `meanSquaredError()` are the same. */
export type NoOptions = Record<string, never>

const builtIn = new WeakSet<object>()

/** Whether the loss is one of deepblas's, which name and options identify. */
export function isBuiltInLoss(loss: Loss): boolean {
  return builtIn.has(loss)
}

/** Makes a loss that can be used as it is, or called with options. */
export function configurableLoss<Options>(make: (options: Options | undefined) => Loss): ConfigurableLoss<Options> {
  const known = (options?: Options): Loss => {
    const loss = make(options)
    builtIn.add(loss)
    return loss
  }
  const loss = Object.defineProperties(known, Object.getOwnPropertyDescriptors(make(undefined)))
  builtIn.add(loss)
  return loss as unknown as ConfigurableLoss<Options>
}

export function mismatch(loss: string, expected: string, activation: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected output activation ${expected} for loss '${loss}' but received '${activation}'. ` +
      'Change the last layer, or the loss.',
  )
}
