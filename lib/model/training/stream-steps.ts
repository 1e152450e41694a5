/*
 * Steps through a stream, in which every batch is a step. The same native run is bound to each batch in turn, over the
 * same parameters, gradients and optimizer state, while the next batch is read.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { largestOf } from '../../extremes.js'
import type { Arena, Chunk } from '../../native/addon.js'
import { chunkEnds } from '../../native/generated/enums.js'
import type { Moment } from '../../optimizers/training-method.js'
import { rowScores } from '../programs/compile.js'
import type { Opened } from '../programs/opened.js'
import type { OpenTraining } from '../programs/passes.js'
import { arrived, type FitSteps } from '../programs/requests.js'
import type { CallbackList } from './callback-list.js'
import type { Batches } from './checkpoint/standing.js'
import { type EpochBeginning, epochBeginning } from './epoch-beginning.js'
import { epochResult, runningLoss } from './epoch-results.js'
import { LastFinite } from './last-finite.js'
import { checking } from './native-run.js'
import { notFinite, spoiltUpdate } from './not-finite.js'
import type { TrainingStart } from './state.js'
import { same, stepTable } from './step-table.js'
import type { StepPlace, Stepper, Stretch } from './stepper.js'
import { EpochBatches } from './stream-batches.js'
import type { StreamSettings } from './stream-options.js'
import { StreamRun } from './stream-run.js'

/** After so long the loop is told, without waiting for the end of the epoch. */
const STRETCH_MILLISECONDS = 30

/** After so many batches parameters are looked at and kept; until then the batches are. */
const BATCHES_OF_KEEPING = 16

/** A step that has been taken. */
interface Taken {
  readonly batch: Dataset
  readonly numbers: Float64Array
  readonly epoch: number
  readonly stepOfEpoch: number
}

/** All members read the same stream. */
export class StreamSteps implements Stepper {
  readonly stepsPerEpoch: number
  readonly batchSize = 0
  readonly rows = 0
  readonly batches: Batches
  readonly beginning: EpochBeginning | undefined
  readonly millisecondsOfProgress = STRETCH_MILLISECONDS
  readonly #settings: StreamSettings
  readonly #run: StreamRun
  readonly #source: EpochBatches
  readonly #place: { epoch: number; stepOfEpoch: number }
  /** Updates of every member. */
  readonly #updates: number[]
  /** Updates of every member before this epoch. */
  #updatesBefore: number[]
  /** Steps of the epoch that was last told of. */
  #stepsOfEpoch = 0
  #steps = 0
  /** The native run that took the last batch, and how many members it trains: members only leave. */
  #lastTraining: OpenTraining | undefined
  #lastActive = 0
  /** Whether the epoch's last batch was read, of whose end nobody has been told yet. */
  #epochRead = false
  #accumulators: Float64Array | undefined
  /** Of a population; other fits end where parameters are not finite. */
  readonly #finite: LastFinite | undefined
  /** What has been since parameters were kept last, and every member's updates then. */
  #kept: { readonly restores: number; readonly updates: readonly number[]; readonly steps: Taken[] } | undefined
  /** The time at which the present epoch began; undefined between two epochs. */
  #epochBegun: number | undefined
  /** The position of the last step. */
  #moment = (_member: number): Moment => ({ step: 1, stepOfEpoch: 0, stepsPerEpoch: 1 })

  /** @param active members that had not ended before a resume */
  constructor(
    settings: StreamSettings,
    batches: Batches,
    start: TrainingStart,
    opened: Opened,
    active?: readonly number[],
  ) {
    this.#settings = settings
    this.batches = batches
    this.stepsPerEpoch = settings.stepsPerEpoch ?? 0
    this.#place = { epoch: start.epoch, stepOfEpoch: start.stepOfEpoch }
    this.#accumulators = start.accumulators?.slice()
    this.#updatesBefore = [...start.stepsBefore]
    this.#updates = start.stepsBefore.map((before, member) =>
      active === undefined || active.includes(member) ? before + start.stepOfEpoch : before,
    )
    const updatesOf = () => Math.ceil(this.#stepsOfEpoch / settings.optimizer.accumulate)
    this.beginning = epochBeginning(settings, start, updatesOf, opened)
    if (settings.ofPopulation) this.#finite = new LastFinite(settings, start.states, opened)
    this.#run = opened.add(new StreamRun(settings, start))
    const source = new EpochBatches(settings)
    opened.add({ release: () => source.close() })
    this.#source = source
  }

  get averages(): Arena | undefined {
    return this.#run.averages
  }

  get epoch(): number {
    return this.#place.epoch
  }

  get updates(): readonly number[] {
    return this.#updates
  }

  begin(): void {}

  /** Some steps, or the end of an epoch. */
  *next(callbacks: CallbackList): FitSteps<Stretch | undefined> {
    if (this.#epochBegun === undefined) {
      if (!this.#more) return undefined
      this.#epochBegun = performance.now()
      if (this.#place.stepOfEpoch === 0) this.beginning?.keep()
      yield* arrived(this.#source.begin(this.#place.epoch, this.#place.stepOfEpoch))
    }
    const { stepsPerEpoch, seeds } = this.#settings
    const begun = performance.now()
    let left = callbacks.stepsToNextNeed(largestOf(this.#updates))
    let failures: ReadonlyMap<number, DeepblasError> = new Map()
    let taken = 0
    while (left > 0 && failures.size === 0 && !this.#epochRead) {
      const batch = yield* arrived(this.#source.next())
      this.#epochRead = batch === undefined
      if (batch === undefined) break
      failures = yield* this.#step(batch, callbacks)
      taken++
      left--
      if (this.#place.stepOfEpoch === stepsPerEpoch || this.#isDue) break
      if (performance.now() - begun >= STRETCH_MILLISECONDS) break
    }
    if (taken === 0) {
      this.#epochRead = false
      if (this.#place.stepOfEpoch > 0) {
        const spoilt = yield* this.#spoilt(callbacks.active)
        const active = [...callbacks.active].filter((member) => !spoilt.has(member))
        // An epoch that nobody has taken to its end is not counted.
        if (active.length === 0) return { failures: spoilt, more: true }
        return { ...(yield* this.#endEpoch(active)), failures: spoilt }
      }
      this.#requireBatches()
      return undefined
    }
    const { epoch, stepOfEpoch } = this.#place
    const loss = runningLoss(this.#accumulators!, seeds.length)
    const progress = { epoch: epoch + 1, step: stepOfEpoch, totalStep: this.#steps, loss }
    const endEpoch = stepOfEpoch === stepsPerEpoch
    const done = largestOf(this.#updates)
    // Whoever is told of steps finds finite parameters.
    const looks = left === 0 || endEpoch || this.#isDue
    const spoilt = yield* this.#spoilt(looks ? callbacks.active : failures.keys())
    return {
      steps: { progress, done, endEpoch },
      failures: new Map([...failures, ...spoilt]),
      more: true,
    }
  }

  place(active: ReadonlySet<number>): StepPlace {
    const stepsBefore = this.#updatesBefore.map((before, member) =>
      active.has(member) ? before : this.#updates[member]!,
    )
    return { ...this.#place, stepsBefore, accumulators: this.#accumulators ?? new Float64Array() }
  }

  cancel(): void {
    this.#run.cancel()
  }

  end() {
    const { epoch } = this.#place
    const { epochs } = this.#settings
    return { reason: epoch < epochs ? `The stream ended after ${epoch} of ${epochs} epochs.` : undefined }
  }

  abandon(): void {
    this.#finite?.goBack()
  }

  get #more(): boolean {
    return this.#place.epoch < this.#settings.epochs && !this.#source.ended
  }

  /** Whether parameters are to be kept anew. */
  get #isDue(): boolean {
    return this.#kept !== undefined && this.#kept.steps.length >= BATCHES_OF_KEEPING
  }

  *#keep(taken: Taken, restores: number): FitSteps<void> {
    if (this.#finite === undefined) return
    if (this.#kept === undefined || this.#isDue || this.#kept.restores !== restores) {
      yield* this.#finite.keep()
      this.#kept = { restores, updates: [...this.#updates], steps: [] }
    }
    this.#kept.steps.push(taken)
  }

  /**
   * Those of the members of which an update made parameters that are not finite; they are left as before it.
   */
  *#spoilt(members: Iterable<number>): FitSteps<ReadonlyMap<number, DeepblasError>> {
    const spoilt = this.#finite === undefined ? [] : yield* this.#finite.spoiltOf(members)
    if (spoilt.length === 0) return new Map()
    const { steps, updates } = this.#kept!
    const again = function* (this: StreamSteps, step: number, some: readonly number[]): FitSteps<void> {
      const { batch, numbers } = steps[step]!
      const { training } = this.#run.bind(batch)
      training.setActive(some)
      yield { advance: (form) => training.advance(form, numbers, limits()) }
    }
    const spoiltAt = yield* this.#finite!.restore(spoilt, steps.length, again.bind(this))
    this.#lastTraining = undefined
    for (const [member, step] of spoiltAt) this.#updates[member] = updates[member]! + step
    return new Map(
      [...spoiltAt].map(([member, step]) => [member, spoiltUpdate({ ...steps[step]!, member, label: '' })]),
    )
  }

  /** Gives the members whose loss is no longer finite. */
  *#step(batch: Dataset, callbacks: CallbackList): FitSteps<ReadonlyMap<number, DeepblasError>> {
    const { active } = callbacks
    const { optimizer, parameters, seeds, signal, stepsPerEpoch } = this.#settings
    const { training, compiled } = this.#run.bind(batch)
    const factors = seeds.map((_, member) => callbacks.factorOf(member))
    const { epoch, stepOfEpoch } = this.#place
    const before = [...this.#updates]
    this.#moment = (member) => ({
      step: before[member]! + 1,
      stepOfEpoch,
      stepsPerEpoch: stepsPerEpoch ?? Number.POSITIVE_INFINITY,
      member,
      factor: factors[member]!,
    })
    const { numbers } = stepTable({
      compiled,
      optimizer,
      seeds,
      steps: 1,
      factors,
      moment: (_, member) => this.#moment(member),
      inStep: same(before),
    })
    if (training !== this.#lastTraining || active.size !== this.#lastActive) training.setActive(active)
    this.#lastTraining = training
    this.#lastActive = active.size
    yield* this.#keep({ batch, numbers, epoch, stepOfEpoch }, callbacks.restores)
    const chunk = (yield { advance: (form) => training.advance(form, numbers, limits()) })!
    if (chunk.end === chunkEnds.cancelled) signal?.throwIfAborted()
    // The native run counts a batch as an epoch.
    const failures = chunk.failures.map((failure) => ({ ...failure, epoch, stepOfEpoch }))
    this.#accumulators = added(this.#accumulators, chunk)
    this.#place.stepOfEpoch++
    this.#steps++
    const failed = new Set(failures.map(({ member }) => member))
    for (const member of active) if (!failed.has(member)) this.#updates[member]!++
    return new Map(failures.map((failure) => [failure.member, notFinite(failure, parameters)]))
  }

  *#endEpoch(active: readonly number[]): FitSteps<Stretch> {
    const { optimizer, scoring, seeds, validation } = this.#settings
    const held = validation === undefined ? undefined : yield* this.#run.validate([...active])
    const sums = this.#accumulators!
    const width = sums.length / seeds.length
    const results = new Map(
      active.map((member) => [
        member,
        epochResult({
          epoch: this.#place.epoch,
          scores: rowScores(scoring.metrics),
          scoring,
          training: { array: sums, from: member * width },
          validation: held?.sums && { array: held.sums, from: member * width },
          ...(held && { values: held.values.get(member)! }),
          learningRate: optimizer.rateAt(this.#moment(member)),
          seconds: (performance.now() - this.#epochBegun!) / 1000,
        }),
      ]),
    )
    this.#stepsOfEpoch = this.#place.stepOfEpoch
    this.#place.epoch++
    this.#place.stepOfEpoch = 0
    this.#accumulators = undefined
    this.#updatesBefore = [...this.#updates]
    this.#epochBegun = undefined
    return { epochs: [results], more: this.#more }
  }

  /**
   * An epoch without a batch is the end of a stream that can be read only once; of any other stream it is a mistake.
   */
  #requireBatches(): void {
    const once = typeof this.#settings.source !== 'function'
    if (once && (this.#steps > 0 || this.#settings.resume !== undefined)) return
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a stream of at least one batch for epoch ${this.#place.epoch + 1} but received none.` +
        (once ? '' : ' The function must open a new stream at every call.'),
    )
  }
}

/** Of one step. */
function limits() {
  return { steps: 1, milliseconds: 1000, endAtEpoch: false, plainly: checking() }
}

/** The sums of an epoch so far; those of a step follow the seconds. */
function added(sums: Float64Array | undefined, { results }: Chunk): Float64Array {
  const step = results.subarray(1)
  return sums === undefined ? step.slice() : sums.map((sum, i) => sum + (step[i] ?? 0))
}
