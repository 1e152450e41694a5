/*
 * What an experiment runs, and what it gives: trainings by name, each a single fit whose bits do not depend on the
 * trainings beside it.
 */
import type { Callback } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Json } from '../../files/strict-json.js'
import type { NamedInputs } from '../../inputs.js'
import type { Loss } from '../../losses/loss.js'
import type { LossName } from '../../losses/names.js'
import type { ClassWeights } from '../../model/scoring/class-weights.js'
import type { Optimizer } from '../../optimizers/optimizer.js'

/** A layer as a file describes it: its `type`, and what its `options()` gives. */
export interface TrialLayer {
  readonly type: string
  readonly options: Record<string, Json>
}

/** One training of an experiment. */
export interface Trial {
  /** Unique in its experiment, and the same in every run: 'dropout=0.2 rate=3 seed=4'. Journals and tables name it so. */
  readonly key: string
  /**
   * Layers of one network. Rates of dropout and noise, and strengths of regularizers, may differ between the trials of
   * one population.
   */
  readonly layers: readonly TrialLayer[]
  /** Number of features in a row, or inputs by name, as for Sequential. */
  readonly inputs: number | NamedInputs
  /** Names of the classes, in the order of the outputs. Default those of the training data. */
  readonly labels?: readonly string[]
  readonly loss: LossName | Loss
  /** Trials of one population have the same instance. Its rates are numbers, not lists with one per member. */
  readonly optimizer: Optimizer
  /** Factor of the optimizer's learning rate, whatever its schedule: a finite number of at least 0. */
  readonly rateFactor: number
  /** In place of the optimizer's weight decay. Default that of the optimizer. */
  readonly weightDecay?: number
  readonly epochs: number
  /** Number of rows in a step, or 'full' for all rows. */
  readonly batchSize: number | 'full'
  /** As for `fit`. Default none. */
  readonly classWeights?: ClassWeights
  /** Callbacks of `fit`. One without `forMember` makes its trial run alone. Default none. */
  readonly callbacks?: readonly Callback[]
  /** Whether every epoch has a new random order of the rows. Default true. */
  readonly shuffle?: boolean
  readonly train: Dataset
  /** Seed of the initial weights, the shuffles and the random layers. */
  readonly seed: number
}

/** What one training gave. */
export interface TrialResult {
  /** Key of the trial. */
  readonly key: string
  /**
   * The metric on the dev rows after the last epoch, higher is better: a metric for which less is better comes with its
   * sign changed. NaN for a trial that failed.
   */
  readonly value: number
  /**
   * The same on each of the groups of dev rows, in order; of a metric that is no mean over rows, pseudo-values of the
   * jackknife over the groups. Empty for a trial that failed.
   */
  readonly groups: readonly number[]
  /** Loss on the training rows, by epoch. */
  readonly trainLoss: readonly number[]
  /** Loss on the dev rows, by epoch. */
  readonly devLoss: readonly number[]
  /** The metric on the dev rows, higher is better, by epoch. */
  readonly devValue: readonly number[]
  /** Its share of the wall time of the population that it ran in. */
  readonly seconds: number
  /** Why it failed, in a sentence. A failed trial is told, never dropped. */
  readonly failed?: string
}
