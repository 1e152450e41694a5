/*
 * What the loop of `fit` asks of a way of stepping, and what it is told. Rows in memory, a stream and an optimizer of all rows
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

/** Steps between two answers to the loop. */
export interface Stretch {
  /** Where the steps have led; left out where none was taken. */
  readonly steps?: {
    readonly progress: Omit<Progress, 'epochs' | 'stepsPerEpoch' | 'seconds'>
    /** Steps of the whole training, those before a resume included. */
    readonly done: number
    /** Whether the last one ends an epoch: its results are here, or in the next stretch. */
    readonly endEpoch: boolean
  }
  /** Members whose loss is no longer finite, and why, beside others that go on. */
  readonly failures?: ReadonlyMap<number, DeepblasError>
  /** What the members came to in every epoch that has ended, in order. */
  readonly epochs?: readonly ReadonlyMap<number, EpochResult>[]
  /** Whether steps are left. */
  readonly more: boolean
}

/** Where a checkpoint finds the steps, by every member's own count. */
export interface StepPlace {
  /** Completed epochs. */
  readonly epoch: number
  readonly stepOfEpoch: number
  /** Updates of every member before this epoch began; of one that has ended, all of its updates. */
  readonly stepsBefore: number[]
  /** Of the epoch begun: [members, accumulators]. */
  readonly accumulators: Float64Array
}

/** One way of taking a training's steps. What it opens goes with the `Opened` that it is made with. */
export interface Stepper {
  /** Steps of an epoch and rows of a step and an epoch; 0 where nobody knows. */
  readonly stepsPerEpoch: number
  readonly batchSize: number
  readonly rows: number
  /** The same, as a checkpoint keeps it. */
  readonly batches: Batches
  readonly train?: readonly Dataset[] | undefined
  /** Of the parameters, where the optimizer keeps them: they are what is validated, and what the fit ends with. */
  readonly averages?: Arena | undefined
  readonly beginning?: EpochBeginning | undefined
  /** `onProgress` hears of steps no more often than so. */
  readonly millisecondsOfProgress: number
  /** Epochs and updates of every member that are done. */
  readonly epoch: number
  readonly updates: readonly number[]
  /** Once, before the first stretch: callbacks have been told of the start, and may have stopped some members. */
  begin(callbacks: CallbackList): void
  /** Undefined where nothing is left to do. */
  next(callbacks: CallbackList): FitSteps<Stretch | undefined>
  place(active: ReadonlySet<number>): StepPlace
  /** At once: the signal was raised. */
  cancel(): void
  /** After the last stretch: why epochs are missing that no callback has ended, and whether that is `stopped: 'early'`. */
  end(): { readonly reason?: string | undefined; readonly early?: boolean }
  /** Puts the parameters where the last whole step has left them: an error has ended the training. */
  abandon?(): void
}
