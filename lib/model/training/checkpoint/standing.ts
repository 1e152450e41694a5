/*
 * Where a training stands, as its checkpoint tells it.
 */
import type { CheckpointPlace } from '../../../files/checkpoint-file.js'
import type { Json } from '../../../files/strict-json.js'
import type { Arena } from '../../../native/addon.js'
import type { CallbackList } from '../callback-list.js'
import type { History } from '../epoch-results.js'
import type { FitSettings } from '../settings.js'

/** The rows, and how they are cut. */
export interface Batches {
  /** Rows of every member. */
  readonly rows: Float64Array
  readonly batch: number
  /** Of a stream: batches of an epoch, where that is known. */
  readonly stepsPerEpoch?: number | undefined
  /** By what they are told from others. */
  readonly checksums: () => Record<string, Json>
}

/** Where a fit stands between two chunks. */
export interface Standing {
  readonly settings: FitSettings
  readonly batches: Batches
  readonly place: CheckpointPlace
  readonly accumulators: Float64Array
  readonly states: readonly Arena[]
  readonly histories: readonly History[]
  readonly callbacks: CallbackList
  /** Those of the file as a model, where they are not those that steps go on from. */
  readonly parameters: Arena | undefined
}
