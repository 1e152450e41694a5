/*
 * What a loss is: a description that records its calls. Each loss has a file of its own.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import type { Recorder } from '../recording/recorder.js'
import type { Tensor } from '../recording/tensor.js'

/**
 * What a loss compares an output with, and what is checked of the targets before anything is computed: class indices (or
 * rows of probabilities); numbers from 0 to 1; -1 and +1 (0 and 1 are taken for them); rows of probabilities; numbers not
 * below 0; any values.
 */
export type TargetKind = 'classes' | 'binary' | 'signs' | 'probabilities' | 'counts' | 'values'

export interface LossRecording {
  /** The last layer's output (batch, outputs), or its logits where `takesLogits`. */
  readonly prediction: Tensor
  /** (batch, outputs), or class indices (batch, 1) as int32. */
  readonly target: Tensor
  /** (batch, 1), where the data has weights. */
  readonly sampleWeights: Tensor | undefined
  /** Their sum over the batch, one number. */
  readonly weightSum: Tensor | undefined
  /** To be written: (batch, 1) in float64, every row's loss. */
  readonly rowLoss: Tensor
  /** To be written where it is given: the derivative of `Σ w·l / Σ w` by the prediction. */
  readonly gradient: Tensor | undefined
  /** For `trace`: where a loss that takes logits writes the activations it computes on its way. */
  readonly output?: Tensor | undefined
  /** Name of the activation that the last layer has, or has left to the loss. Default 'linear'. */
  readonly outputActivation?: string
}

/** One place of the last layer's activations, for `trace`. */
export interface ActivationPlace {
  readonly activation: number
  readonly target: number
  readonly outputs: number
  /** The output's number, from 0. */
  readonly column: number
  readonly outputActivation: string
}

/**
 * A loss: the mean over rows of what it records as the row's loss, weighted by the sample weights: `Σ w·l / Σ w`.
 * A loss of your own is an object of this type, or, element by element, one that `defineLoss` makes.
 */
export interface Loss {
  readonly name: string
  readonly targetKind: TargetKind
  /** What it was configured with, as a model file keeps it. */
  readonly options?: Readonly<Record<string, Json>>
  /** What a 'linear' output is to metrics, where the loss reads something else than the value itself. */
  readonly linearOutput?: 'logRates'
  /**
   * Whether it is fused with the output activation and reads logits.
   *
   * @throws DeepblasError where loss, activation and number of outputs do not go together
   */
  takesLogits(outputActivation: string, outputs: number): boolean
  record(record: Recorder, recording: LossRecording): void
  /** For `trace` of a fused loss: the derivative of one row's loss by one activation. */
  activationGradient?(place: ActivationPlace): number
}

/** A loss as it is, and a function that makes it with other options. */
export type ConfigurableLoss<Options> = Loss & ((options?: Options) => Loss)

/** For losses without options: `meanSquaredError` and `meanSquaredError()` are the same. */
export type NoOptions = Record<string, never>

const builtIn = new WeakSet<object>()

/** Whether deepblas made it: it is then known by name and options. */
export function isBuiltInLoss(loss: Loss): boolean {
  return builtIn.has(loss)
}

/** A loss that may be used as it is, or called with options. */
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
