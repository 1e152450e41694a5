/*
 * One `fit` of one network or a population: advances a native training run in chunks, tells callbacks, and collects the
 * histories. Written once as a generator, so that the asynchronous and the synchronous form are the same code.
 */

import type { Progress } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import { chunkEnds } from '../../native/addon.js'
import { LBFGS } from '../../optimizers/lbfgs.js'
import type { Moment } from '../../optimizers/optimizer.js'
import { trainableCount } from '../network/network.js'
import { rowsOf } from '../programs/data-binding.js'
import { Opened } from '../programs/opened.js'
import type { FitForm, FitSteps } from '../programs/requests.js'
import { runPasses, scorePasses } from '../scoring/all-rows-metrics.js'
import { Watches } from './callback-list.js'
import { dataChecksums } from './checkpoint/data-checksums.js'
import { type Batches, restoreCallbacks } from './checkpoint/describe.js'
import { type Beginning, begin, saveCheckpoint } from './checkpoint/start.js'
import { epochBeginning } from './epoch-beginning.js'
import { type History, mean, readEpochs, runningLoss } from './epoch-results.js'
import { wholeFit } from './lbfgs-steps.js'
import { batchOf, checking, prepare } from './native-run.js'
import { fail, notFinite, requireFiniteUpdate } from './not-finite.js'
import type { FitSettings } from './settings.js'
import { same, stepTable } from './step-table.js'

const CHUNK_MILLISECONDS = 30
const MOST_STEPS_OF_CHUNK = 1 << 15
const FIRST_STEPS_OF_CHUNK = 64

/** `train`: one data set for all members, or one each. Returns the history of every member. */
export function* fitting(settings: FitSettings, train: readonly Dataset[], form: FitForm): FitSteps<History[]> {
  const { optimizer, signal, seeds } = settings
  const members = seeds.length
  signal?.throwIfAborted()
  const opened = new Opened()
  try {
    if (optimizer instanceof LBFGS) return yield* wholeFit(settings, train[0]!, optimizer, opened)
    const rows = rowsOf(train, members)
    const batch = batchOf(settings.batchSize, rows)
    const batches = { rows, batch, checksums: dataChecksums(train, settings.validation) }
    const beginning = yield* begin(settings, batches, form)
    opened.add({ release: beginning.undo })
    return yield* fittingFrom(beginning, settings, train, batches, form, opened)
  } finally {
    opened.release()
  }
}

function* fittingFrom(
  { start, histories, saved, goesOn }: Beginning,
  settings: FitSettings,
  train: readonly Dataset[],
  batches: Batches,
  form: FitForm,
  opened: Opened,
): FitSteps<History[]> {
  const { epochs, optimizer, signal, seeds } = settings
  const { batch } = batches
  const members = seeds.length
  const { training, compiled, ownSteps, states } = prepare(settings, train, start, batch, opened)
  const stepsPerEpoch = largestOf(ownSteps)
  /** The member's own count of updates after so many steps since the start: one with fewer rows waits for the others. */
  const updates = (steps: number, member: number) =>
    start.stepsBefore[member]! +
    Math.floor(steps / stepsPerEpoch) * ownSteps[member]! +
    Math.min(steps % stepsPerEpoch, ownSteps[member]!)
  const place = { epoch: start.epoch, stepOfEpoch: start.stepOfEpoch }
  let accumulators = start.accumulators ?? new Float64Array()
  const steps = [...start.stepsBefore]
  const averages = optimizer.averageSlot === undefined ? undefined : states[optimizer.averageSlot]
  const updatesOf = (member: number) => Math.ceil(ownSteps[member]! / optimizer.accumulate)
  const beginning = epochBeginning(settings, updatesOf, opened)
  const watches = new Watches({ ...settings, averages, train, beginning }, histories, (path, parameters) => {
    const stepsBefore = start.stepsBefore.map((before, member) =>
      watches.active.has(member) ? before + (place.epoch - start.epoch) * ownSteps[member]! : steps[member]!,
    )
    const standing = { settings, batches, accumulators, states, histories, watches, parameters }
    return saveCheckpoint(path, form, { ...standing, place: { ...place, stepsBefore, active: [...watches.active] } })
  })
  const { active } = watches
  if (saved !== undefined) watches.keepActive(saved.place.active, start.epoch < epochs)
  let underWay = saved === undefined
  const cancel = () => training.cancel()
  signal?.addEventListener('abort', cancel)
  let passes: ReturnType<typeof scorePasses> = []
  try {
    yield* watches.start({
      epochs,
      ...(start.epoch === 0 ? {} : { epochsDone: start.epoch }),
      stepsPerEpoch,
      batchSize: batch,
      rows: train[0]!.rows,
      parameters: trainableCount(settings.network),
    })
    if (saved !== undefined) restoreCallbacks(settings.resume!, saved, settings, watches)
    underWay = true
    goesOn()
    if (active.size < members && active.size > 0) training.setActive(active)
    // Metrics of all scores are of the parameters at the epoch's end.
    passes = scorePasses({ ...settings, averages }, train, opened)
    const total = (epochs - start.epoch) * stepsPerEpoch
    const before = start.epoch * stepsPerEpoch
    const begun = performance.now()
    let done = start.stepOfEpoch
    let wanted = FIRST_STEPS_OF_CHUNK
    while (done < total && active.size > 0) {
      const factors = seeds.map((_, member) => watches.factorOf(member))
      const moment = (steps: number, member: number): Moment => ({
        step: updates(steps, member) + 1,
        stepOfEpoch: Math.min(steps % stepsPerEpoch, ownSteps[member]! - 1),
        stepsPerEpoch: ownSteps[member]!,
        member,
        factor: factors[member]!,
      })
      const table = stepTable({
        compiled,
        optimizer,
        seeds,
        steps: Math.min(wanted, total - done, watches.stepsToNextNeed(before + done)),
        factors,
        moment: (step, member) => moment(done + step, member),
        inStep: same(ownSteps) && same(start.stepsBefore),
      })
      const taking = [...active]
      beginning?.keep()
      const chunk = (yield {
        advance: (form) =>
          training.advance(form, table.numbers, {
            steps: table.steps,
            milliseconds: CHUNK_MILLISECONDS,
            endAtEpoch: watches.needsEpoch || passes.length > 0,
            plainly: checking(),
          }),
      })!
      done += chunk.steps
      place.epoch = chunk.epoch
      place.stepOfEpoch = chunk.stepOfEpoch
      accumulators = chunk.running
      for (const member of taking) steps[member] = updates(done, member)
      const end = chunkEnds[chunk.end]
      if (end === 'cancelled') signal?.throwIfAborted()
      if (members === 1 && end === 'notFinite') throw notFinite(chunk.failures[0]!, settings.parameters)
      wanted = Math.min(MOST_STEPS_OF_CHUNK, Math.max(FIRST_STEPS_OF_CHUNK, 2 * chunk.steps))
      const ended = chunk.results.length > 0
      const measured = { passes, seconds: ended ? yield* runPasses(passes) : 0 }
      const finished = readEpochs(chunk, compiled.scores, settings, measured, taking, histories, (epoch, member) => {
        const last = (epoch - start.epoch) * stepsPerEpoch + ownSteps[member]! - 1
        return optimizer.rateAt(moment(last, member))
      })
      for (const failure of chunk.failures) {
        active.delete(failure.member)
        fail(histories[failure.member]!, notFinite(failure, settings.parameters))
      }
      const progress: Progress = {
        epoch: Math.min(chunk.epoch + 1, epochs),
        epochs,
        step: chunk.epoch === epochs ? stepsPerEpoch : chunk.stepOfEpoch,
        stepsPerEpoch,
        totalStep: done - start.stepOfEpoch,
        loss: runningLoss(chunk.running, members) ?? mean(histories.map(({ epochs: all }) => all.at(-1)?.loss)),
        seconds: (performance.now() - begun) / 1000,
      }
      watches.progress(progress)
      if (chunk.steps > 0) yield* watches.step(progress, before + done, ended)
      for (const results of finished) yield* watches.epoch(results, done < total)
      watches.dropStopped(done < total)
      yield* watches.saveDeferred()
      if (active.size !== taking.length) training.setActive(active)
      // Aborted while a callback ran, or between chunks.
      signal?.throwIfAborted()
    }
    if (done > start.stepOfEpoch) requireFiniteUpdate(settings.parameters, histories)
    if (averages !== undefined) settings.parameters.copyFrom(averages)
    yield* watches.end()
    return histories
  } finally {
    signal?.removeEventListener('abort', cancel)
    if (underWay) {
      goesOn()
      settings.remember({ optimizer, states, epoch: place.epoch, steps })
    }
  }
}
