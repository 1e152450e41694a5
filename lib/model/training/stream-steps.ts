/*
 * A fit that reads its batches from a stream: every batch is a step. Batch by batch the same native run is bound to other
 * data, over the same parameters, gradients and optimizer state, while the next batch is read.
 */

import type { Progress } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { largestOf } from '../../extremes.js'
import { type Arena, type Chunk, chunkEnds } from '../../native/addon.js'
import type { Moment } from '../../optimizers/optimizer.js'
import { newArena, trainableCount } from '../network/network.js'
import { type Compiled, compileScoring, rowScores } from '../programs/compile.js'
import { dataMode, rowsOf } from '../programs/data-binding.js'
import { Opened } from '../programs/opened.js'
import { OpenTraining, passSteps } from '../programs/passes.js'
import { arrived, type FitForm, type FitSteps } from '../programs/requests.js'
import { ScorePass } from '../scoring/all-rows-metrics.js'
import { Watches } from './callback-list.js'
import { dataChecksums } from './checkpoint/data-checksums.js'
import { type Batches, restoreCallbacks } from './checkpoint/describe.js'
import { type Beginning, begin, saveCheckpoint } from './checkpoint/start.js'
import { epochBeginning } from './epoch-beginning.js'
import { epochResult, type History, runningLoss } from './epoch-results.js'
import { checking, heldOut } from './native-run.js'
import { fail, notFinite, requireFiniteUpdate } from './not-finite.js'
import type { TrainingStart } from './state.js'
import { same, stepTable } from './step-table.js'
import { EpochBatches } from './stream-batches.js'
import type { StreamSettings } from './stream-options.js'

const MILLISECONDS_BETWEEN_PROGRESS = 30

/** Returns the history of every member; all of them read the same stream. */
export function* fittingStream(settings: StreamSettings, form: FitForm): FitSteps<History[]> {
  const { signal, stepsPerEpoch, validation } = settings
  signal?.throwIfAborted()
  // What a stream will give nobody knows; the validation is there.
  const checksums = dataChecksums([], validation)
  const shape = { rows: new Float64Array(), batch: 0, stepsPerEpoch, checksums }
  const opened = new Opened()
  try {
    const beginning = yield* begin(settings, shape, form)
    opened.add({ release: beginning.undo })
    return yield* fittingFrom(beginning, settings, shape, form, opened)
  } finally {
    opened.release()
  }
}

function* fittingFrom(
  { start, histories, saved, goesOn }: Beginning,
  settings: StreamSettings,
  shape: Batches,
  form: FitForm,
  opened: Opened,
): FitSteps<History[]> {
  const { epochs, optimizer, signal, seeds, stepsPerEpoch, validation, scoring } = settings
  const members = seeds.length
  const run = opened.add(new StreamRun(settings, start))
  const place = { epoch: start.epoch, stepOfEpoch: start.stepOfEpoch }
  let accumulators: Float64Array | undefined = start.accumulators?.slice()
  /** Updates of every member, and as many before this epoch. */
  const steps = start.stepsBefore.map((before) => before + start.stepOfEpoch)
  let stepsBefore = [...start.stepsBefore]
  /** Steps of the epoch that was last told of. */
  let stepsOfEpoch = 0
  const updatesOf = () => Math.ceil(stepsOfEpoch / optimizer.accumulate)
  const beginning = epochBeginning(settings, updatesOf, opened)
  const watches = new Watches({ ...settings, averages: run.averages, beginning }, histories, (path, parameters) => {
    const sums = accumulators ?? new Float64Array()
    const standing = {
      settings,
      batches: shape,
      accumulators: sums,
      states: start.states,
      histories,
      watches,
      parameters,
    }
    return saveCheckpoint(path, form, { ...standing, place: { ...place, stepsBefore, active: [...watches.active] } })
  })
  const { active } = watches
  if (saved !== undefined) watches.keepActive(saved.place.active, start.epoch < epochs)
  for (const [member, before] of start.stepsBefore.entries()) if (!active.has(member)) steps[member] = before
  const batches = new EpochBatches(settings)
  let underWay = saved === undefined
  const cancel = () => run.cancel()
  signal?.addEventListener('abort', cancel)
  try {
    yield* watches.start({
      epochs,
      ...(start.epoch === 0 ? {} : { epochsDone: start.epoch }),
      stepsPerEpoch: stepsPerEpoch ?? 0,
      batchSize: 0,
      rows: 0,
      parameters: trainableCount(settings.network),
    })
    if (saved !== undefined) restoreCallbacks(settings.resume!, saved, settings, watches)
    underWay = true
    goesOn()
    const begun = performance.now()
    let done = 0
    let told = Number.NEGATIVE_INFINITY
    const scores = rowScores(scoring.metrics)
    while (place.epoch < epochs && active.size > 0 && !batches.ended) {
      const epochBegun = performance.now()
      // In mid-epoch nothing has been updated yet, or the epoch will have more than one update.
      beginning?.keep()
      yield* arrived(batches.begin(place.epoch, place.stepOfEpoch))
      let moment = (_member: number): Moment => ({ step: 1, stepOfEpoch: 0, stepsPerEpoch: 1 })
      while (active.size > 0) {
        const batch = yield* arrived(batches.next())
        if (batch === undefined) break
        const bound = run.bind(batch)
        const factors = seeds.map((_, member) => watches.factorOf(member))
        const { stepOfEpoch } = place
        const now = [...steps]
        moment = (member) => ({
          step: now[member]! + 1,
          stepOfEpoch,
          stepsPerEpoch: stepsPerEpoch ?? Number.POSITIVE_INFINITY,
          member,
          factor: factors[member]!,
        })
        const { numbers } = stepTable({
          compiled: bound.compiled,
          optimizer,
          seeds,
          steps: 1,
          factors,
          moment: (_, member) => moment(member),
          inStep: same(steps),
        })
        const taking = [...active]
        bound.training.setActive(taking)
        const limits = { steps: 1, milliseconds: 1000, endAtEpoch: false, plainly: checking() }
        const chunk = (yield { advance: (form) => bound.training.advance(form, numbers, limits) })!
        const end = chunkEnds[chunk.end]
        if (end === 'cancelled') signal?.throwIfAborted()
        if (members === 1 && end === 'notFinite') {
          throw notFinite({ ...chunk.failures[0]!, epoch: place.epoch, stepOfEpoch }, settings.parameters)
        }
        for (const failure of chunk.failures) {
          const { member } = failure
          active.delete(member)
          fail(histories[member]!, notFinite({ ...failure, epoch: place.epoch, stepOfEpoch }, settings.parameters))
        }
        const sums = added(accumulators, chunk)
        accumulators = sums
        place.stepOfEpoch++
        done++
        for (const member of active) steps[member]!++
        const seconds = (performance.now() - begun) / 1000
        const progress: Progress = {
          epoch: place.epoch + 1,
          epochs,
          step: place.stepOfEpoch,
          stepsPerEpoch: stepsPerEpoch ?? 0,
          totalStep: done,
          loss: runningLoss(sums, members),
          seconds,
        }
        if (1000 * seconds - told >= MILLISECONDS_BETWEEN_PROGRESS) {
          told = 1000 * seconds
          watches.progress(progress)
        }
        yield* watches.step(progress, largestOf(steps), place.stepOfEpoch === stepsPerEpoch)
        watches.dropStopped(true)
        // Aborted while a callback ran.
        signal?.throwIfAborted()
      }
      // An epoch that all have left in its middle is none, as with a data set.
      if (active.size === 0) break
      if (place.stepOfEpoch === 0) {
        const once = typeof settings.source !== 'function'
        if (once && (done > 0 || saved !== undefined)) break
        throw new DeepblasError(
          'ERR_DEEPBLAS_DATA',
          `Expected a stream of at least one batch for epoch ${place.epoch + 1} but received none.` +
            (once ? '' : ' The function must open a new stream at every call.'),
        )
      }
      const held = validation === undefined ? undefined : yield* run.validate()
      const width = accumulators!.length / members
      const results = new Map(
        [...active].map((member) => {
          const result = epochResult({
            epoch: place.epoch,
            scores,
            scoring,
            training: { array: accumulators!, from: member * width },
            validation: held && { array: held.sums, from: member * width },
            values: [undefined, held?.values(member)],
            learningRate: optimizer.rateAt(moment(member)),
            seconds: (performance.now() - epochBegun) / 1000,
          })
          histories[member]!.epochs.push(result)
          return [member, result] as const
        }),
      )
      place.epoch++
      stepsOfEpoch = place.stepOfEpoch
      place.stepOfEpoch = 0
      accumulators = undefined
      stepsBefore = [...steps]
      const more = place.epoch < epochs && !batches.ended
      yield* watches.epoch(results, more)
      watches.dropStopped(more)
      yield* watches.saveDeferred()
      signal?.throwIfAborted()
    }
    if (done > 0) requireFiniteUpdate(settings.parameters, histories)
    if (run.averages !== undefined) settings.parameters.copyFrom(run.averages)
    const whole = place.epoch < epochs ? `The stream ended after ${place.epoch} of ${epochs} epochs.` : undefined
    yield* watches.end(whole)
    return histories
  } finally {
    signal?.removeEventListener('abort', cancel)
    batches.close()
    if (underWay) {
      goesOn()
      settings.remember({ optimizer, states: start.states, epoch: place.epoch, steps })
    }
  }
}

/** The sums of an epoch so far; a step's are behind the seconds. */
function added(sums: Float64Array | undefined, { results }: Chunk): Float64Array {
  const step = results.subarray(1)
  return sums === undefined ? step.slice() : sums.map((sum, i) => sum + (step[i] ?? 0))
}

interface Bound {
  readonly training: OpenTraining
  readonly compiled: Compiled
}

/** The native runs that take a stream's batches: one for every kind of batch. */
class StreamRun {
  readonly averages: Arena | undefined
  readonly #settings: StreamSettings
  readonly #states: readonly Arena[]
  readonly #gradients: Arena
  readonly #kept = new Map<string, Bound & { readonly capacity: number }>()
  #training: OpenTraining | undefined

  constructor(settings: StreamSettings, start: TrainingStart) {
    const { network, optimizer, parameters, seeds } = settings
    this.#settings = settings
    this.#states = start.states
    this.#gradients = newArena(network, seeds.length)
    this.averages = optimizer.averageSlot === undefined ? undefined : start.states[optimizer.averageSlot]
    if (start.stepsBefore.every((steps) => steps + start.stepOfEpoch === 0)) this.averages?.copyFrom(parameters)
  }

  cancel(): void {
    this.#training?.cancel()
  }

  /** Gives up all memory that is of no use after the fit. */
  release(): void {
    for (const { training } of this.#kept.values()) training.release()
    this.#gradients.release()
  }

  /** A run that will take this batch next. */
  bind(batch: Dataset): Bound {
    const { network, scoring, seeds, optimizer, parameters } = this.#settings
    const { mode, slots, own } = dataMode([batch], scoring, network.outputs, { asFloats: true })
    const rows = rowsOf([batch], seeds.length)
    const key = JSON.stringify(mode)
    let bound = this.#kept.get(key)
    if (bound === undefined || bound.capacity < batch.rows) {
      const compiled = compileScoring(network, mode, scoring, { backward: true, optimizer })
      const training = new OpenTraining({
        program: compiled.program,
        batch: batch.rows,
        keepAll: checking(),
        rows,
        seeds: Float64Array.from(seeds),
        shuffle: false,
        epoch: 0,
        stepOfEpoch: 0,
        parameters,
        gradients: this.#gradients,
        states: [...this.#states],
        slots,
        own,
      })
      this.#kept.get(key)?.training.release()
      bound = { training, compiled, capacity: batch.rows }
      this.#kept.set(key, bound)
    } else {
      bound.training.rebind(slots, rows, own)
    }
    this.#training = bound.training
    return bound
  }

  /** Loss and metrics on the validation data: sums of all members, and the metrics of all scores of one. */
  *validate(): FitSteps<{
    sums: Float64Array
    values: (member: number) => ReturnType<ScorePass['values']> | undefined
  }> {
    const { network, parameters, scoring, seeds } = this.#settings
    const validation = this.#settings.validation!
    const arena = this.averages ?? parameters
    const sums = yield* passSteps(heldOut({ ...this.#settings, parameters: arena }, validation))
    const scored = ScorePass.of(network, arena, validation, scoring, seeds.length)
    try {
      if (scored !== undefined) yield { work: (form) => scored.run(form) }
    } finally {
      scored?.release()
    }
    return { sums, values: (member) => scored?.values(member) }
  }
}
