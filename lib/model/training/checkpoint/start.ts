/*
 * The start of a fit: a new training, one after another fit, or a resume from a checkpoint; and the writing of
 * checkpoints.
 */
import {
  type CheckpointDescription,
  readCheckpointFile,
  readCheckpointFileSync,
  writeCheckpointFile,
  writeCheckpointFileSync,
} from '../../../files/checkpoint-file.js'
import type { Arena } from '../../../native/addon.js'
import { newArena } from '../../network/network.js'
import { takenPrecision } from '../../programs/compile.js'
import { arrived, type FitForm, type FitSteps } from '../../programs/requests.js'
import { type History, newHistory } from '../epoch-results.js'
import type { FitSettings } from '../settings.js'
import { freshStart, type TrainingStart } from '../state.js'
import { describeCheckpoint } from './describe.js'
import { savedHistories } from './histories.js'
import { resumedStart } from './resume.js'
import type { Batches, Standing } from './standing.js'

export interface Beginning {
  readonly start: TrainingStart
  readonly histories: History[]
  readonly saved: CheckpointDescription | undefined
  /**
   * Called before the first step, or when the state is kept: the parameters from before a resume are no longer needed.
   */
  readonly goesOn: () => void
  /**
   * Called where the start failed: restores the parameters, and releases the optimizer's state that was made for it.
   * Does nothing after `goesOn`.
   */
  readonly undo: () => void
}

export function* begin(settings: FitSettings, batches: Batches, form: FitForm): FitSteps<Beginning> {
  const { network, optimizer, seeds, resume } = settings
  const precision = takenPrecision(network, settings.precision)
  if (resume === undefined) {
    const start = settings.start ?? freshStart(network, optimizer, seeds.length)
    // States from which the model continues belong to the model.
    let made = settings.start === undefined ? start.states : []
    const goesOn = () => {
      made = []
    }
    const undo = () => {
      for (const arena of made) arena.release()
      goesOn()
    }
    return { start, histories: seeds.map(() => newHistory(precision)), saved: undefined, goesOn, undo }
  }
  const saved = settings.checkpoint ?? (yield* readCheckpoint(resume, form))
  const histories = savedHistories(resume, saved)
  if (precision !== 'float32') for (const history of histories) history.precision = precision
  let before: Arena | undefined
  let drawAfterAll: (() => void) | undefined
  let made: readonly Arena[] = []
  const goesOn = () => {
    before?.release()
    before = undefined
    drawAfterAll = undefined
    made = []
  }
  const undo = () => {
    if (before !== undefined) settings.parameters.copyFrom(before)
    drawAfterAll?.()
    for (const arena of made) arena.release()
    goesOn()
  }
  if (settings.overwritten === undefined) {
    before = newArena(network, seeds.length)
    before.copyFrom(settings.parameters)
  }
  try {
    const start = resumedStart(resume, saved, settings, batches)
    drawAfterAll = settings.overwritten?.()
    made = start.states
    return { start, histories, saved, goesOn, undo }
  } catch (error) {
    undo()
    throw error
  }
}

export function* readCheckpoint(path: string, form: FitForm): FitSteps<CheckpointDescription> {
  return yield* arrived<CheckpointDescription>(
    form === 'async' ? readCheckpointFile(path) : readCheckpointFileSync(path),
  )
}

export function saveCheckpoint(path: string, form: FitForm, standing: Standing): void | Promise<void> {
  const description = describeCheckpoint(standing)
  return form === 'async' ? writeCheckpointFile(path, description) : writeCheckpointFileSync(path, description)
}
