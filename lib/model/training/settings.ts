/*
 * What a fit is given once all options are checked: all of its files know this, and it knows none of them.
 */

import type { Callback } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import type { CheckpointDescription } from '../../files/checkpoint-file.js'
import type { DescribedModel, WeightDescription } from '../../files/model-file.js'
import type { Arena } from '../../native/addon.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import type { TrainingStart, TrainingState } from './state.js'

/** The model that a fit changes, and what it tells it. */
export interface FitSubject {
  readonly parameters: Arena
  /**
   * Of a resume, where the parameters have not been drawn: told when those of the checkpoint are written, and gives what
   * leaves them to be drawn after all.
   */
  readonly overwritten?: () => () => void
  readonly model: unknown
  /** The model as its file would hold it now, without its weights. */
  readonly describe: () => DescribedModel
  /** The weights as its file would hold them now. */
  readonly weights: () => WeightDescription[]
  /** Told where the training stands when it ends, however it ends. */
  readonly remember: (state: TrainingState) => void
}

/** What a fit that resumes may be given anew. */
export const resumeChanges = ['learningRate', 'weightDecay', 'clipNorm', 'clipValue', 'batchSize'] as const
export type ResumeChange = (typeof resumeChanges)[number]

export interface FitSettings extends FitSubject {
  readonly network: Network
  readonly validation: readonly Dataset[] | undefined
  readonly scoring: Scoring
  readonly optimizer: Optimizer
  readonly epochs: number
  readonly batchSize: number | 'full'
  readonly shuffle: boolean
  /** Of the shuffles, one a member. */
  readonly seeds: readonly number[]
  readonly callbacks: readonly Callback[]
  readonly signal: AbortSignal | undefined
  /** Where to go on; left out, the training starts anew. */
  readonly start?: TrainingStart
  /** Path of a checkpoint to go on from. */
  readonly resume: string | undefined
  /** What may differ from the training that wrote it. */
  readonly resumeChanges: readonly ResumeChange[]
  /** The same, where it has been read. */
  readonly checkpoint?: CheckpointDescription
}
