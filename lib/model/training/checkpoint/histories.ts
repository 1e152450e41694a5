/*
 * Writes the histories of a training to a checkpoint, and reads them.
 */
import type { EpochResult } from '../../../callbacks/callback.js'
import type { CheckpointDescription, HistoryDescription } from '../../../files/checkpoint-file.js'
import { NumberRecords, readNumberRecords } from '../../../files/number-records.js'
import type { History } from '../epoch-results.js'
import { incomplete } from './arenas.js'
import { warnOf } from './compare-settings.js'

/** The results so far of histories that are written again and again, so that each epoch is converted once. */
const recordsOf = new WeakMap<History, { readonly taken: NumberRecords; readonly last: EpochResult | undefined }>()

export function describeHistory(history: History): HistoryDescription {
  const { epochs, stopped, reason, best } = history
  const known = recordsOf.get(history)
  const goesOn = known !== undefined && known.taken.length > 0 && epochs[known.taken.length - 1] === known.last
  const taken = goesOn ? known.taken : new NumberRecords()
  for (let at = taken.length; at < epochs.length; at++) taken.push(epochs[at])
  recordsOf.set(history, { taken, last: epochs.at(-1) })
  return { stopped, reason, ...(best === undefined ? {} : { best }), epochs: taken.forms, numbers: taken.numbers }
}

/** @throws DeepblasError ERR_DEEPBLAS_FILE for results that no training has had */
export function savedHistories(path: string, saved: CheckpointDescription): History[] {
  const { histories, place, formerFormat } = saved
  if (formerFormat?.lostResults === true) {
    warnOf(
      `The checkpoint ${path} was written by an earlier deepblas, which did not keep all results of a population's later ` +
        'members: they are missing in the histories. The training itself goes on as it was.',
    )
  }
  return histories.map(({ stopped, reason, best, epochs, numbers }) => {
    const results = readNumberRecords(epochs, numbers)
    const known = place.epoch
    let before = 0
    const follows = (result: unknown): result is EpochResult => {
      const { epoch } = result as EpochResult
      const next = isResult(result) && Number.isInteger(epoch) && epoch > before && epoch <= known
      before = epoch
      return next
    }
    if (results === undefined || !results.every(follows)) throw incomplete(path, 'its history')
    if (best !== undefined && best.epoch > known) throw incomplete(path, 'the best epoch of its history')
    const history = { epochs: results as EpochResult[], stopped, reason, ...(best === undefined ? {} : { best }) }
    // Otherwise the first checkpoint after a resume would convert all epochs again.
    recordsOf.set(history, {
      taken: NumberRecords.goingOn(epochs, numbers, results.length),
      last: history.epochs.at(-1),
    })
    return history
  })
}

/** Whether this has the form of an epoch's result; values of metrics may be of any form. */
function isResult(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { epoch, loss, learningRate, seconds, validation = {} } = value as Record<string, unknown>
  if (typeof validation !== 'object' || validation === null || Array.isArray(validation)) return false
  return [epoch, loss, learningRate, seconds].every((one) => typeof one === 'number')
}
