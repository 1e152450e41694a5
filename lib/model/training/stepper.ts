/*
 * The interface between the loop of `fit` and a way of stepping. Rows in memory, a stream, and an optimizer of all rows
 * each have one.
 */
import type { EpochResult, Progress } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import type { DeepblasError } from '../../errors.js'
import type { Arena } from '../../native/addon.js'
import type { FitSteps } from '../programs/requests.js'
import type { CallbackList } from './callback-list.js'
import type { Batches } from './checkpoint/standing.js'
import type { EpochBeginning } from './epoch-beginning.js'

/** The steps between two answers to the loop. */
export interface Stretch {
  /** The position after the steps; left out where none was taken. */
  readonly steps?: {
    readonly progress: Omit<Progress, 'epochs' | 'stepsPerEpoch' | 'seconds'>
    /** Steps of the whole training, those before a resume included. */
    readonly done: number
    /** Whether the last one ends an epoch: its results are here, or in the next stretch. */
    readonly endEpoch: boolean
  }
  /** Members whose loss is no longer finite, with the error of each, while others continue. */
  readonly failures?: ReadonlyMap<number, DeepblasError>
  /** The members' results of every epoch that has ended, in order. */
  readonly epochs?: readonly ReadonlyMap<number, EpochResult>[]
  /** Whether steps are left. */
  readonly more: boolean
}

/** The position of the steps for a checkpoint, by every member's own count. */
export interface StepPlace {
  /** Completed epochs. */
  readonly epoch: number
  readonly stepOfEpoch: number
  /** Updates of every member before this epoch began; for a member that has ended, all of its updates. */
  readonly stepsBefore: number[]
  /** Accumulators of the present epoch, [members, accumulators]. */
  readonly accumulators: Float64Array
}

/** One way of taking the steps of a training. What it opens is released with the `Opened` that it was made with. */
export interface Stepper {
  /** Steps in an epoch, rows in a step and rows in an epoch; 0 where the number is not known. */
  readonly stepsPerEpoch: number
  readonly batchSize: number
  readonly rows: number
  /** The same, as a checkpoint keeps it. */
  readonly batches: Batches
  readonly train?: readonly Dataset[] | undefined
  /** Averaged parameters, where the optimizer keeps them: they are validated, and the fit ends with them. */
  readonly averages?: Arena | undefined
  readonly beginning?: EpochBeginning | undefined
  /** The shortest time between two calls of `onProgress`, in milliseconds. */
  readonly millisecondsOfProgress: number
  /** Completed epochs, and completed updates of every member. */
  readonly epoch: number
  readonly updates: readonly number[]
  /** Called once before the first stretch; callbacks have been told of the start, and may have stopped some members. */
  begin(callbacks: CallbackList): void
  /** Takes the next steps; undefined where none are left. */
  next(callbacks: CallbackList): FitSteps<Stretch | undefined>
  place(active: ReadonlySet<number>): StepPlace
  /** Ends the steps at once, because the signal was raised. */
  cancel(): void
  /**
   * Called after the last stretch: gives the reason where epochs are missing although no callback ended the fit, and
   * whether that counts as `stopped: 'early'`.
   */
  end(): { readonly reason?: string | undefined; readonly early?: boolean }
  /** Restores the parameters after the last whole step, because an error has ended the training. */
  abandon?(): void
}
