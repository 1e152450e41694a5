/*
 * The interface of a callback: what `fit` tells it, and what it may do.
 *
 * `fit` runs chunks of some tens of milliseconds; a chunk may be part of an epoch or span several. A callback that must
 * see the model exactly at the end of an epoch or step says so with `needs`, and chunks then end there.
 */
import type { Metric, MetricValue } from '../metrics/metric.js'

/** The settings and sizes of a fit, as callbacks see them when it starts. */
export interface FitInfo {
  /** Number of epochs to run, including those before a resume. */
  readonly epochs: number
  /** Number of epochs that a resumed or continued training has behind it; left out for a new training. */
  readonly epochsDone?: number
  /** Steps in an epoch; 0 for a stream whose length is not known. */
  readonly stepsPerEpoch: number
  /** Rows in a step; the last step of an epoch may have fewer. 0 for a stream, which decides its batches itself. */
  readonly batchSize: number
  /** Rows of the training data; 0 for a stream. */
  readonly rows: number
  /** Number of trainable numbers of the model. */
  readonly parameters: number
  /** The metrics that epochs will have beside the loss, and which of them are better when they are higher. */
  readonly metrics?: readonly Pick<Metric, 'name' | 'higherIsBetter'>[]
}

/** The progress of `fit` at the end of a chunk or step. */
export interface Progress {
  /** Number of the present epoch, from 1. */
  readonly epoch: number
  readonly epochs: number
  /** Completed steps of this epoch. */
  readonly step: number
  /** Steps in an epoch; 0 for a stream whose length is not known. */
  readonly stepsPerEpoch: number
  /** Completed steps since this call of `fit` began. */
  readonly totalStep: number
  /** Mean loss over the rows of this epoch so far; undefined before the first step's loss is known. */
  readonly loss: number | undefined
  /** Seconds since this call of `fit` began. */
  readonly seconds: number
}

/** Loss and metrics on one set of data. */
export interface Scores {
  readonly loss: number
  readonly [metric: string]: MetricValue
}

/** The result of one epoch. The metrics stand beside the loss under their names. */
export interface EpochResult {
  /** Number of the epoch, from 1. */
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
  /** Why the fit ended, in a sentence. */
  readonly reason?: string
  /**
   * The epoch that a callback found best, with the value of the number it monitors. The callback sets it in `onFitEnd`.
   */
  best?: { readonly epoch: number; readonly value: number }
}

/** A copy of the parameters at one moment. */
export interface Snapshot {
  /** Releases the memory before the garbage collector would. A released snapshot cannot be restored. */
  release?(): void
}

/** Says which parameters are meant. */
export interface ParametersOf {
  /**
   * True: the parameters that had the number which the callback monitors, in the epoch it was last told of. A
   * validation score belongs to the parameters after the epoch. The training loss, like a training metric that is a
   * mean over rows, is a mean over the epoch's steps, each with the parameters that the step started from. With one
   * update per epoch (`batchSize: 'full'`) it belongs to the parameters before the update; with several it belongs to
   * no single parameters, and those after the epoch are used. Default false: the present parameters.
   */
  readonly monitored?: boolean
}

/**
 * The actions that a callback can take on the running training. `snapshot`, `restore` and `saveCheckpoint` may be
 * called only while a method of a callback runs or the promise that it returned is awaited; later they throw
 * ERR_DEEPBLAS_ARGUMENT.
 */
export interface TrainingHandle {
  /**
   * Ends the training after the present epoch or step: `history.stopped` will be 'early'.
   *
   * @param reason why the training ends; it becomes a part of `history.reason`
   */
  stop(reason?: string): void
  /** Copies the present parameters, or with `of` those that had the monitored number. */
  snapshot(of?: ParametersOf): Snapshot
  /** Puts the parameters back to those of a snapshot of this training, or of an earlier one of the same model. */
  restore(snapshot: Snapshot): void
  /**
   * Factor of the schedule's learning rate from the next step on; 1 at the start. A finite number of at least 0; other
   * values throw ERR_DEEPBLAS_ARGUMENT.
   */
  learningRateFactor: number
  /**
   * Writes a checkpoint from which `fit({ resume })` continues this training; the file is written whole or not at all.
   * In `fit` it returns a promise, in `fitSync` nothing. A call in `onStepEnd` at the end of an epoch writes after all
   * callbacks have been told of the epoch. Loaded as a model, the file gives the present parameters, or with `of` those
   * that had the monitored number; a resume continues from the present ones.
   */
  saveCheckpoint(path: string, of?: ParametersOf): void | Promise<void>
  /** The model that is trained. A callback may read and save it. */
  readonly model: unknown
}

/**
 * The state of a callback that a checkpoint keeps: values that JSON can carry, also NaN and infinity, and snapshots.
 */
export type CallbackState = Readonly<Record<string, unknown>>

/**
 * An object that watches or steers `fit`. Every method may be left out. `fit` awaits a promise that a method returns.
 */
export interface Callback {
  /**
   * Where chunks must end for this callback: 'epoch' at every epoch; 'step' or `{ steps: n }` at every step or every
   * n-th step, and at every epoch too. Left out, the callback is told of steps and epochs when a chunk happens to end.
   */
  readonly needs?: 'epoch' | 'step' | { readonly steps: number }
  /**
   * Whether the callback keeps a state of the fit it watches, so that it cannot watch two fits at the same time: the
   * first of the two then ends with ERR_DEEPBLAS_BUSY. One fit after another is fine. Default true for a callback with
   * `saveState`, else false.
   */
  readonly exclusive?: boolean
  /**
   * Dotted path of the number in an epoch's result that this callback monitors, such as `'validation.loss'`. `fit`
   * checks before the first step that epochs will have it, and warns where it is NaN. Left out, the callback monitors
   * none.
   */
  readonly monitors?: string | undefined
  /** Whether this callback is told after all others, because it saves their states. Default false. */
  readonly last?: boolean
  /**
   * For a population: gives a callback for one member, which sees that member's results and stops that member alone.
   * Without this method one callback watches all members together, by the means of their results.
   */
  forMember?(member: number): Callback
  /** Called before the first step. */
  onFitStart?(info: FitInfo, training: TrainingHandle): void | Promise<void>
  /**
   * Called after every chunk, some tens of times a second. It must not return a promise, and cannot change the
   * training.
   */
  onProgress?(progress: Progress): void
  /** Called after every step, or every n-th step, for callbacks that need steps. */
  onStepEnd?(progress: Progress, training: TrainingHandle): void | Promise<void>
  /**
   * Called after every epoch. Only a callback with `needs` sees the model exactly as it was at the end of the epoch.
   */
  onEpochEnd?(result: EpochResult, training: TrainingHandle): void | Promise<void>
  /** Called after the last step, whether all epochs ran or the training was stopped; not after an error or abort. */
  onFitEnd?(history: HistoryView, training: TrainingHandle): void | Promise<void>
  /** Called for a checkpoint: gives the state with which this callback can continue after a resume. */
  saveState?(): CallbackState
  /** Called after `onFitStart` of a fit that resumes, with what `saveState` gave; its snapshots can be restored. */
  restoreState?(state: CallbackState): void
}

/** The methods of which a callback has one at least; a name that is none of them is probably misspelled. */
export const callbackMethods = [
  'onFitStart',
  'onProgress',
  'onStepEnd',
  'onEpochEnd',
  'onFitEnd',
  'forMember',
] as const satisfies readonly (keyof Callback)[]
