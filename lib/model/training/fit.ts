/*
 * `fit`: where the training begins, and which way of stepping it takes. The loop is in loop.ts.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { rowsOf } from '../programs/data-binding.js'
import { Opened } from '../programs/opened.js'
import type { FitForm, FitSteps } from '../programs/requests.js'
import { dataChecksums } from './checkpoint/data-checksums.js'
import type { Batches } from './checkpoint/standing.js'
import { type Beginning, begin } from './checkpoint/start.js'
import { ChunkedSteps } from './chunked-steps.js'
import type { History } from './epoch-results.js'
import { LbfgsSteps } from './lbfgs-steps.js'
import { loop } from './loop.js'
import { batchOf } from './native-run.js'
import type { FitSettings } from './settings.js'
import type { Stepper } from './stepper.js'
import type { StreamSettings } from './stream-options.js'
import { StreamSteps } from './stream-steps.js'

/** What trains when all is checked: `fitting`, or what takes its place. */
export type RunFit = typeof fitting

/** Trains on one data set for all members, or one for each. Returns the history of every member. */
export function fitting(settings: FitSettings, data: readonly Dataset[], form: FitForm): FitSteps<History[]> {
  const { optimizer, batchSize, seeds, validation } = settings
  const rows = rowsOf(data, seeds.length)
  const batches = { rows, batch: batchOf(batchSize, rows), checksums: dataChecksums(data, validation) }
  return trained(settings, batches, form, ({ start }, opened) =>
    optimizer.stepsOver === 'allRows'
      ? new LbfgsSteps(settings, optimizer, data[0]!, batches, opened)
      : new ChunkedSteps({ ...settings, optimizer }, data, batches, start, opened),
  )
}

/** Trains all members on one stream of batches. Returns the history of every member. */
export function fittingStream(settings: StreamSettings, form: FitForm): FitSteps<History[]> {
  const { stepsPerEpoch, validation } = settings
  // The batches of a stream are not known yet, so only the validation data has checksums.
  const checksums = dataChecksums([], validation)
  const batches = { rows: new Float64Array(), batch: 0, stepsPerEpoch, checksums }
  return trained(
    settings,
    batches,
    form,
    ({ start, saved }, opened) => new StreamSteps(settings, batches, start, opened, saved?.place.active),
  )
}

function* trained(
  settings: FitSettings,
  batches: Batches,
  form: FitForm,
  stepperFrom: (beginning: Beginning, opened: Opened) => Stepper,
): FitSteps<History[]> {
  settings.signal?.throwIfAborted()
  const opened = new Opened()
  try {
    const beginning = yield* begin(settings, batches, form)
    opened.add({ release: beginning.undo })
    return yield* loop(stepperFrom(beginning, opened), settings, beginning, form)
  } finally {
    opened.release()
  }
}
