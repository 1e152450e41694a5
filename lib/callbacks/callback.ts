/*
 * What a callback is told during `fit`, and what it may do.
 *
 * `fit` runs chunks of some tens of milliseconds; a chunk may be part of an epoch or span several. A callback that has
 * to see the model exactly at the end of an epoch or step says so by `needs`, and chunks then end there.
 */
import type { MetricValue } from '../metrics/metric.js'

/** What `fit` is about to do. */
export interface FitInfo {
  /** Epochs to run, those before a resume included. */
  readonly epochs: number
  /** Epochs that were done before, of a training that goes on; left out where it starts anew. */
  readonly epochsDone?: number
  /** 0 where a stream has not said. */
  readonly stepsPerEpoch: number
  /** Rows of a step; the last step of an epoch may have fewer. 0 of a stream, whose batches are as they come. */
  readonly batchSize: number
  /** Rows of the training data; 0 of a stream. */
  readonly rows: number
  /** Trainable numbers of the model. */
  readonly parameters: number
}

/** Where `fit` stands at the end of a chunk or step. */
export interface Progress {
  /** The epoch under way, from 1. */
  readonly epoch: number
  readonly epochs: number
  /** Steps of this epoch that are done. */
  readonly step: number
  /** 0 where a stream has not said. */
  readonly stepsPerEpoch: number
  /** Steps done since this call of `fit` began. */
  readonly totalStep: number
  /** Mean loss over the rows that this epoch has seen; undefined before the first step's is known. */
  readonly loss: number | undefined
  /** Seconds since this call of `fit` began. */
  readonly seconds: number
}

/** Loss and metrics on one set of data. */
export interface Scores {
  readonly loss: number
  readonly [metric: string]: MetricValue
}

/** What one epoch came to. The metrics stand beside the loss under their names. */
export interface EpochResult {
  /** From 1. */
  readonly epoch: number
  /** Mean loss over the epoch's rows, weighted by rows, penalties included. */
  readonly loss: number
  /** Loss and metrics on the validation data, where there are any. */
  readonly validation?: Scores
  /** Learning rate of the epoch's last step. */
  readonly learningRate: number
  /** Seconds that the epoch took, its validation included. */
  readonly seconds: number
  readonly [metric: string]: MetricValue | Scores | undefined
}

/** The epochs so far, as `fit` will return them. */
export interface HistoryView {
  readonly epochs: readonly EpochResult[]
  readonly stopped: 'completed' | 'early' | 'failed'
  /** Why the fit ended, a sentence. */
  readonly reason?: string
  /** The epoch that a callback found best, and the value it went by. A callback sets it in `onFitEnd`. */
  best?: { readonly epoch: number; readonly value: number }
}

/** A copy of the parameters at one moment. */
export interface Snapshot {
  /** Lets its memory go before the garbage collector would. A released snapshot cannot be restored. */
  release?(): void
}

/** Which parameters are meant. */
export interface ParametersOf {
  /**
   * True: those that had the number which the callback monitors, in the epoch just told of. A number of the validation is
   * of the parameters after the epoch. The training loss, and a training metric that is a mean over rows, is a mean over
   * the epoch's steps, each with the parameters that the step started from: where the epoch has one update (`batchSize:
   * 'full'`), these are the parameters before it; of several steps no parameters have had the mean, and those after the
   * epoch are taken. Default false: the present ones.
   */
  readonly monitored?: boolean
}

/**
 * What a callback may do to the training under way. `snapshot`, `restore` and `saveCheckpoint` are for the time while a
 * method of a callback runs, or the promise that it returned is awaited: later they are ERR_DEEPBLAS_ARGUMENT.
 */
export interface TrainingHandle {
  /**
   * Ends the training after the present epoch or step: `history.stopped` will be 'early'.
   *
   * @param reason why, a part of `history.reason`
   */
  stop(reason?: string): void
  /** Copies the present parameters, or those that had the monitored number. */
  snapshot(of?: ParametersOf): Snapshot
  /** Puts the parameters back to those of a snapshot of this training, or of an earlier one of the same model. */
  restore(snapshot: Snapshot): void
  /**
   * Multiplies the schedule's learning rate from the next step on; 1 at the start. A finite number, at least 0: others are
   * ERR_DEEPBLAS_ARGUMENT.
   */
  learningRateFactor: number
  /**
   * Writes all that it takes to go on from here, whole or not at all; `fit({ resume })` does. A promise, but in `fitSync`.
   * Called in `onStepEnd` at an epoch's end, it writes once all callbacks have been told of the epoch. As a model the file
   * holds the present parameters, or those that had the monitored number; a resume goes on from the present ones.
   */
  saveCheckpoint(path: string, of?: ParametersOf): void | Promise<void>
  /** The model that fits. It may be read and saved in a callback. */
  readonly model: unknown
}

/** What a checkpoint keeps of a callback: values that JSON can carry, NaN and infinity too, and snapshots. */
export type CallbackState = Readonly<Record<string, unknown>>

/** Something that watches or steers `fit`. Every method may be left out; a promise returned is awaited. */
export interface Callback {
  /**
   * Where chunks must end for this callback: with every epoch, with every step (or every so many), and then with every
   * epoch too. Left out, it sees progress whenever a chunk happens to end.
   */
  readonly needs?: 'epoch' | 'step' | { readonly steps: number }
  /**
   * Whether it keeps notes of the fit it watches, so that it cannot watch two at the same time: the first fit then ends with
   * ERR_DEEPBLAS_BUSY. One after the other is fine. Default: whether it has `saveState`.
   */
  readonly exclusive?: boolean
  /**
   * Dotted path of the number in an epoch's result that this callback goes by, such as `'validation.loss'`. `fit` checks
   * before the first step that epochs will have it, and tells the user where it is NaN. Left out, it goes by none.
   */
  readonly monitors?: string | undefined
  /** Whether it is told after all others: one that saves what they have come to. Default false. */
  readonly last?: boolean
  /**
   * For a population: a callback of one member's own, which sees that member's results and stops it alone. Without this
   * method one callback watches all members together, by their means.
   */
  forMember?(member: number): Callback
  /** Before the first step. */
  onFitStart?(info: FitInfo, training: TrainingHandle): void | Promise<void>
  /** After every chunk, some tens of times a second. Cannot wait and cannot change anything. */
  onProgress?(progress: Progress): void
  /** After every step, or every so many, for callbacks that need steps. */
  onStepEnd?(progress: Progress, training: TrainingHandle): void | Promise<void>
  /** After every epoch. Only a callback with `needs` finds the model as it was at that moment. */
  onEpochEnd?(result: EpochResult, training: TrainingHandle): void | Promise<void>
  /** After the last step, whether all epochs ran or the training was stopped. Not called after an error or abort. */
  onFitEnd?(history: HistoryView, training: TrainingHandle): void | Promise<void>
  /** For a checkpoint: what this callback must know to go on as if nothing had happened. */
  saveState?(): CallbackState
  /** After `onFitStart` of a fit that resumes: what `saveState` gave, its snapshots ready to be restored. */
  restoreState?(state: CallbackState): void
}

/** The methods of which a callback has one at least; a name that is none of them is probably misspelt. */
export const callbackMethods = [
  'onFitStart',
  'onProgress',
  'onStepEnd',
  'onEpochEnd',
  'onFitEnd',
  'forMember',
] as const satisfies readonly (keyof Callback)[]
