/*
 * Where a fit begins: anew, behind another one, or where a checkpoint was written; and the writing of one.
 */
import {
  type CheckpointDescription,
  readCheckpointFile,
  readCheckpointFileSync,
  writeCheckpointFile,
  writeCheckpointFileSync,
} from '../files/checkpoint-file.js'
import { type Batches, describeCheckpoint, resumedStart, type Standing, savedHistories } from './checkpoint.js'
import { type History, newHistory } from './epoch-results.js'
import { arrived, type FitForm, type FitSteps } from './fit-request.js'
import type { FitSettings } from './fit-settings.js'
import { freshStart, type TrainingStart } from './training-state.js'

export interface Beginning {
  readonly start: TrainingStart
  readonly histories: History[]
  readonly saved: CheckpointDescription | undefined
}

export function* begin(settings: FitSettings, batches: Batches, form: FitForm): FitSteps<Beginning> {
  const { network, optimizer, seeds, resume } = settings
  if (resume === undefined) {
    return {
      start: settings.start ?? freshStart(network, optimizer, seeds.length),
      histories: seeds.map(newHistory),
      saved: undefined,
    }
  }
  const saved = settings.checkpoint ?? (yield* readCheckpoint(resume, form))
  const histories = savedHistories(resume, saved)
  return { start: resumedStart(resume, saved, settings, batches), histories, saved }
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
