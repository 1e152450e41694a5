/*
 * The state of a training that its checkpoint records.
 */
import type { CheckpointPlace } from '../../../files/checkpoint-file.js'
import type { Json } from '../../../files/strict-json.js'
import type { Arena } from '../../../native/addon.js'
import type { CallbackList } from '../callback-list.js'
import type { History } from '../epoch-results.js'
import type { FitSettings } from '../settings.js'

/** The rows and how they are divided into batches. */
export interface Batches {
  /** Rows of every member. */
  readonly rows: Float64Array
  readonly batch: number
  /** For a stream: number of batches in an epoch, where it is known. */
  readonly stepsPerEpoch?: number | undefined
  /** Checksums by which a resume detects other data. */
  readonly checksums: () => Record<string, Json>
}

/** The state of a fit between two chunks. */
export interface Standing {
  readonly settings: FitSettings
  readonly batches: Batches
  readonly place: CheckpointPlace
  readonly accumulators: Float64Array
  readonly states: readonly Arena[]
  /** Parameters that the epoch began with, where a callback needs them. */
  readonly beginning: Arena | undefined
  readonly histories: readonly History[]
  readonly callbacks: CallbackList
  /** The parameters of the file as a model, where they differ from those from which steps continue. */
  readonly parameters: Arena | undefined
}
