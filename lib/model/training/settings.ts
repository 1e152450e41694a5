/*
 * The settings of a fit once all options are checked. All files of the training import this one, and it imports none of
 * them.
 */

import type { Callback } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import type { CheckpointDescription } from '../../files/checkpoint-file.js'
import type { DescribedModel, WeightDescription } from '../../files/model-file.js'
import type { Arena } from '../../native/addon.js'
import type { AnyOptimizer } from '../../optimizers/names.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import type { Precision } from '../../recording/precision.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import type { TrainingStart, TrainingState } from './state.js'

/** The model that a fit changes, and what the fit tells the model. */
export interface FitSubject {
  readonly parameters: Arena
  /**
   * For a resume whose parameters have not been drawn: called when those of the checkpoint are written. It gives a
   * function that leaves them to be drawn after all.
   */
  readonly overwritten?: () => () => void
  readonly model: unknown
  /** The model as its file would hold it now, without its weights. */
  readonly describe: () => DescribedModel
  /** The weights as its file would hold them now. */
  readonly weights: () => WeightDescription[]
  /** Whether the networks are members of a population, of which each fails alone; any other fit ends with an error. */
  readonly ofPopulation: boolean
  /** Called with a member that has failed, also in the part of the training before a resume. */
  readonly failed: (member: number) => void
  /** Called with the state of the training when it ends, however it ends. */
  readonly remember: (state: TrainingState) => void
}

/** The options that may change at a resume. */
export const resumeChanges = ['learningRate', 'weightDecay', 'clipNorm', 'clipValue', 'batchSize'] as const
export type ResumeChange = (typeof resumeChanges)[number]

export interface FitSettings extends FitSubject {
  readonly network: Network
  readonly validation: readonly Dataset[] | undefined
  readonly scoring: Scoring
  readonly optimizer: AnyOptimizer
  readonly epochs: number
  readonly batchSize: number | 'full'
  readonly shuffle: boolean
  /** What the products of the steps compute with; evaluations are float32. */
  readonly precision: Precision
  /** Seeds of the shuffles, one per member. */
  readonly seeds: readonly number[]
  readonly callbacks: readonly Callback[]
  readonly signal: AbortSignal | undefined
  /** The state to continue from; left out for a new training. */
  readonly start?: TrainingStart
  /** Path of a checkpoint to continue from. */
  readonly resume: string | undefined
  /** Names of options that may differ from the training that wrote the checkpoint. */
  readonly resumeChanges: readonly ResumeChange[]
  /**
   * Whether the members are networks that know nothing of each other, and no population: schedules and optimizers are told
   * that each is the only one. Default false.
   */
  readonly apart?: boolean
  /** The content of that checkpoint, where it has been read. */
  readonly checkpoint?: CheckpointDescription
}

/** Settings of a fit whose optimizer takes a step for every batch. */
export interface BatchFitSettings extends FitSettings {
  readonly optimizer: Optimizer
}
