/*
 * What a training on a table tells on its way.
 */

import type { Encoder } from '../../data/encoder/encoder.js'
import type { EncoderCheck } from '../../data/encoding/check-rows.js'
import type { ReadProgress } from '../../data/readers/csv/options.js'
import type { Table } from '../../data/table/table.js'
import type { Population } from '../../model/population.js'
import type { Sequential } from '../../model/sequential.js'
import type { ClassCount, TableProfile } from './profile.js'
import type { TableRecipe } from './recipe.js'
import type { TimeNote } from './time-notes.js'

/** Which of the two tables: the one to learn from, or the one to take the metrics of. */
export type TableRole = 'source' | 'test'

/**
 * What `trainTable` passes to `onProgress`, in this order. If there is a `test`, its reading follows that of the
 * source.
 */
export type TableProgress =
  /** A few times a second, of text. */
  | ({ readonly stage: 'reading'; readonly of: TableRole } & ReadProgress)
  /** All of it has been read: `withoutTarget` rows of it are left out. */
  | { readonly stage: 'read'; readonly of: TableRole; readonly table: Table; readonly withoutTarget: number }
  | { readonly stage: 'profiled'; readonly profile: TableProfile }
  /**
   * Rows to learn from and rows held out; `notHeldOut` are the classes of which no row is held out. With `folds` every row
   * is learned from by some networks and held out of others, and `heldOut` are those that are held out of any.
   */
  | {
      readonly stage: 'encoded'
      readonly encoder: Encoder
      readonly rows: number
      readonly heldOut: number
      readonly hasFolds: boolean
      readonly notHeldOut: readonly ClassCount[]
      /** With `time`: columns to look at. */
      readonly timeNotes?: readonly TimeNote[]
    }
  /** The training begins, with these settings; `unlike` is what the test holds that the model has not seen. */
  | {
      readonly stage: 'training'
      /** The network, or the networks whose mean will be the prediction. */
      readonly model: Sequential | Population
      readonly settings: TableRecipe
      /**
       * Seconds that the training will take at most, about, measured on a few steps; it often ends early. With `budget` what
       * is left of it.
       */
      readonly estimatedSeconds: number
      readonly unlike?: EncoderCheck
    }
