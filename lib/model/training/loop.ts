/*
 * The loop of `fit`, for every way of stepping: rows in memory, a stream, or all rows at once. A stepper takes the
 * steps and measures; the loop keeps the histories and tells the callbacks.
 */
import { trainableCount } from '../network/network.js'
import type { FitForm, FitSteps } from '../programs/requests.js'
import { CallbackList } from './callback-list.js'
import { restoreCallbacks } from './checkpoint/callback-states.js'
import { type Beginning, saveCheckpoint } from './checkpoint/start.js'
import { type History, meanOfKnown } from './epoch-results.js'
import { fail, requireFiniteUpdate } from './not-finite.js'
import type { FitSettings } from './settings.js'
import type { Stepper } from './stepper.js'

/** Trains to the end, and returns the history of every member. */
export function* loop(
  stepper: Stepper,
  settings: FitSettings,
  { start, histories, saved, goesOn }: Beginning,
  form: FitForm,
): FitSteps<History[]> {
  const { epochs, optimizer, parameters, signal } = settings
  const { averages, beginning, stepsPerEpoch, train } = stepper
  const callbacks = new CallbackList({ ...settings, averages, train, beginning }, histories, (path, parameters) => {
    const { accumulators, ...steps } = stepper.place(callbacks.active)
    const place = { ...steps, active: [...callbacks.active] }
    const { batches } = stepper
    const { states } = start
    const began = beginning?.parameters
    const kept = { accumulators, states, beginning: began, parameters }
    const standing = { settings, batches, place, histories, callbacks, ...kept }
    return saveCheckpoint(path, form, standing)
  })
  const { active } = callbacks
  if (saved !== undefined) callbacks.keepActive(saved.place.active, start.epoch < epochs)
  let underWay = saved === undefined
  let stepped = false
  let ended = false
  const cancel = () => stepper.cancel()
  signal?.addEventListener('abort', cancel)
  try {
    const { batchSize, rows } = stepper
    const before = start.epoch === 0 ? {} : { epochsDone: start.epoch }
    const size = { batchSize, rows, parameters: trainableCount(settings.network) }
    const metrics = settings.scoring.metrics.map(({ name, higherIsBetter }) => ({
      name,
      ...(higherIsBetter !== undefined && { higherIsBetter }),
    }))
    yield* callbacks.start({ epochs, ...before, stepsPerEpoch, ...size, metrics })
    if (saved !== undefined) restoreCallbacks(settings.resume!, saved, settings, callbacks)
    underWay = true
    goesOn()
    for (const [member, { stopped }] of histories.entries()) if (stopped === 'failed') settings.failed(member)
    stepper.begin(callbacks)
    const begun = performance.now()
    let told = Number.NEGATIVE_INFINITY
    while (active.size > 0) {
      const stretch = yield* stepper.next(callbacks)
      if (stretch === undefined) break
      const { steps, failures, epochs: finished = [], more } = stretch
      for (const results of finished) for (const [member, one] of results) histories[member]!.epochs.push(one)
      for (const [member, error] of failures ?? []) {
        if (!settings.ofPopulation) throw error
        active.delete(member)
        fail(histories[member]!, error)
        settings.failed(member)
      }
      if (steps !== undefined) {
        stepped = true
        const milliseconds = performance.now() - begun
        const loss = steps.progress.loss ?? meanOfKnown(histories.map(({ epochs: all }) => all.at(-1)?.loss))
        const progress = { ...steps.progress, epochs, stepsPerEpoch, loss, seconds: milliseconds / 1000 }
        if (milliseconds - told >= stepper.millisecondsOfProgress) {
          told = milliseconds
          callbacks.progress(progress)
        }
        yield* callbacks.step(progress, steps.done, steps.endEpoch)
      }
      for (const results of finished) yield* callbacks.epoch(results, more)
      callbacks.dropStopped(more)
      if (finished.length > 0) yield* callbacks.saveDeferred()
      // Aborted while a callback ran, or between stretches.
      signal?.throwIfAborted()
    }
    const { reason, early = false } = stepper.end()
    ended = true
    if (early) for (const member of active) histories[member]!.stopped = 'early'
    if (stepped) requireFiniteUpdate(settings, histories)
    if (averages !== undefined) parameters.copyFrom(averages)
    yield* callbacks.end(reason)
    return histories
  } finally {
    signal?.removeEventListener('abort', cancel)
    if (!ended) stepper.abandon?.()
    const { epoch, updates } = stepper
    if (underWay) {
      goesOn()
      settings.remember({ optimizer, states: start.states, epoch, steps: updates })
    }
  }
}
