/*
 * Steps through rows in memory. A native run takes many steps in one chunk, which may span epochs.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import type { Arena, Failure } from '../../native/addon.js'
import { chunkEnds } from '../../native/generated/enums.js'
import type { Moment } from '../../optimizers/training-method.js'
import type { Compiled } from '../programs/compile.js'
import type { Opened } from '../programs/opened.js'
import type { OpenTraining } from '../programs/passes.js'
import type { FitSteps } from '../programs/requests.js'
import { seesAllRows } from '../scoring/all-rows-metrics.js'
import type { CallbackList } from './callback-list.js'
import type { Batches } from './checkpoint/standing.js'
import { type EpochBeginning, epochBeginning } from './epoch-beginning.js'
import { readEpochs, runningLoss } from './epoch-results.js'
import { LastFinite } from './last-finite.js'
import { type MetricPasses, measureEpoch, metricPasses } from './metric-passes.js'
import { checking, prepare, type Run } from './native-run.js'
import { notFinite, spoiltUpdate } from './not-finite.js'
import type { BatchFitSettings } from './settings.js'
import type { TrainingStart } from './state.js'
import { same, stepTable } from './step-table.js'
import type { StepPlace, Stepper, Stretch } from './stepper.js'

const CHUNK_MILLISECONDS = 30
const MOST_STEPS_OF_CHUNK = 1 << 15
const FIRST_STEPS_OF_CHUNK = 64
/** After so many steps parameters are looked at and kept, also where chunks are shorter. */
const STEPS_OF_KEEPING = 64

export class ChunkedSteps implements Stepper {
  readonly stepsPerEpoch: number
  readonly batches: Batches
  readonly train: readonly Dataset[]
  readonly averages: Arena | undefined
  readonly beginning: EpochBeginning | undefined
  readonly millisecondsOfProgress = 0
  readonly #settings: BatchFitSettings
  readonly #start: TrainingStart
  readonly #training: OpenTraining
  readonly #compiled: Compiled
  /** Steps in an epoch, for every member; a member with fewer rows waits for the others. */
  readonly #ownSteps: readonly number[]
  /** Whether all members have the same update numbers. */
  readonly #inStep: boolean
  readonly #updates: number[]
  #place: { readonly epoch: number; readonly stepOfEpoch: number }
  /** Steps since the beginning of the epoch that this fit starts in. */
  #done: number
  /** Number of steps planned for the next chunk. */
  #wanted = FIRST_STEPS_OF_CHUNK
  #accumulators: Float64Array
  /** For metrics of all scores, with the parameters at the epoch's end; undefined where there are none. */
  #passes: MetricPasses | undefined
  readonly #opened: Opened
  /** The members that the native run trains. */
  #taking: readonly number[]
  readonly #again: Run['again']
  /** Of a population; other fits end where parameters are not finite. */
  readonly #finite: LastFinite | undefined
  /** Where parameters were kept last, and the factors of the learning rate since: of the steps from `from` on. */
  #kept: { done: number; restores: number; factors: { from: number; factors: readonly number[] }[] } | undefined

  /** `train` is one data set for all members, or one for each. */
  constructor(
    settings: BatchFitSettings,
    train: readonly Dataset[],
    batches: Batches,
    start: TrainingStart,
    opened: Opened,
  ) {
    const { optimizer, seeds } = settings
    this.#settings = settings
    this.#start = start
    this.#opened = opened
    this.train = train
    this.batches = batches
    this.#updates = [...start.stepsBefore]
    this.#place = { epoch: start.epoch, stepOfEpoch: start.stepOfEpoch }
    this.#done = start.stepOfEpoch
    this.#accumulators = start.accumulators ?? new Float64Array()
    this.#taking = [...seeds.keys()]
    this.averages = optimizer.averageSlot === undefined ? undefined : start.states[optimizer.averageSlot]
    const updatesOf = (member: number) => Math.ceil(this.#ownSteps[member]! / optimizer.accumulate)
    this.beginning = epochBeginning(settings, start, updatesOf, opened)
    const { training, compiled, ownSteps, again } = prepare(settings, train, start, batches.batch, opened)
    this.#training = training
    this.#again = again
    if (settings.ofPopulation) this.#finite = new LastFinite(settings, start.states, opened)
    this.#compiled = compiled
    this.#ownSteps = ownSteps
    this.stepsPerEpoch = largestOf(ownSteps)
    this.#inStep = same(ownSteps) && same(start.stepsBefore)
  }

  get batchSize(): number {
    return this.batches.batch
  }

  get rows(): number {
    return this.train[0]!.rows
  }

  get epoch(): number {
    return this.#place.epoch
  }

  get updates(): readonly number[] {
    return this.#updates
  }

  begin(): void {
    if (!seesAllRows(this.#settings.scoring.metrics)) return
    this.#passes = metricPasses({ ...this.#settings, averages: this.averages }, this.train, this.#opened)
  }

  *next(callbacks: CallbackList): FitSteps<Stretch | undefined> {
    const { epochs, optimizer, signal, seeds, parameters } = this.#settings
    const { stepsPerEpoch } = this
    const total = (epochs - this.#start.epoch) * stepsPerEpoch
    const before = this.#start.epoch * stepsPerEpoch
    if (this.#done >= total) return undefined
    const taking = [...callbacks.active]
    if (taking.length !== this.#taking.length) this.#training.setActive(taking)
    this.#taking = taking
    const factors = seeds.map((_, member) => callbacks.factorOf(member))
    const done = this.#done
    const toNeed = callbacks.stepsToNextNeed(before + done)
    const table = this.#tableFrom(done, Math.min(this.#wanted, total - done, toNeed), factors)
    if (this.#place.stepOfEpoch === 0) this.beginning?.keep()
    yield* this.#keep(factors, callbacks.restores)
    const limits = {
      steps: table.steps,
      milliseconds: CHUNK_MILLISECONDS,
      endAtEpoch: callbacks.needsEpoch || this.#passes !== undefined || this.beginning !== undefined,
      plainly: checking(),
    }
    const chunk = (yield { advance: (form) => this.#training.advance(form, table.numbers, limits) })!
    this.#done += chunk.steps
    this.#place = { epoch: chunk.epoch, stepOfEpoch: chunk.stepOfEpoch }
    this.#accumulators = chunk.running
    for (const member of taking) this.#updates[member] = this.#updatesAfter(this.#done, member)
    if (chunk.end === chunkEnds.cancelled) signal?.throwIfAborted()
    // Whoever is told of steps or of an epoch finds finite parameters.
    const looks = chunk.results.length > 0 || chunk.steps === toNeed || this.#isDue
    const spoilt = yield* this.#spoilt(looks ? taking : chunk.failures.map(({ member }) => member))
    const ofLoss = chunk.failures.filter((failure) => spoilt.every(({ member }) => member !== failure.member))
    const failures = [...spoilt, ...ofLoss]
    const ends = failures.map(({ epoch, stepOfEpoch }) => (epoch - this.#start.epoch) * stepsPerEpoch + stepOfEpoch)
    for (const [at, { member }] of failures.entries()) {
      this.#updates[member] = this.#updatesAfter(ends[at]!, member)
    }
    // Steps that nobody has taken to the end are not counted.
    if (failures.length === taking.length) {
      this.#done = largestOf(ends)
      this.#place = this.#placeAfter(this.#done)
    }
    this.#wanted = Math.min(MOST_STEPS_OF_CHUNK, Math.max(FIRST_STEPS_OF_CHUNK, 2 * chunk.steps))
    const endEpoch = chunk.results.length > 0
    const failed = new Set(failures.map(({ member }) => member))
    const left = taking.filter((member) => !failed.has(member))
    const measured = endEpoch && this.#passes ? yield* measureEpoch(this.#passes, left) : undefined
    const { scores } = this.#compiled
    const told = { ...chunk, failures }
    const finished = readEpochs(told, scores, this.#settings, measured, taking, (epoch, member) => {
      const last = (epoch - this.#start.epoch) * stepsPerEpoch + this.#ownSteps[member]! - 1
      return optimizer.rateAt(this.#moment(last, member, factors[member]!))
    })
    const whole = chunk.epoch === epochs
    const progress = {
      epoch: whole ? epochs : chunk.epoch + 1,
      step: whole ? stepsPerEpoch : chunk.stepOfEpoch,
      totalStep: this.#done - this.#start.stepOfEpoch,
      loss: runningLoss(chunk.running, seeds.length),
    }
    return {
      ...(chunk.steps > 0 && { steps: { progress, done: before + this.#done, endEpoch } }),
      failures: new Map([
        ...spoilt.map((failure) => [failure.member, spoiltUpdate(failure)] as const),
        ...ofLoss.map((failure) => [failure.member, notFinite(failure, parameters)] as const),
      ]),
      epochs: finished,
      more: this.#done < total,
    }
  }

  place(active: ReadonlySet<number>): StepPlace {
    const epochs = this.#place.epoch - this.#start.epoch
    const stepsBefore = this.#start.stepsBefore.map((before, member) =>
      active.has(member) ? before + epochs * this.#ownSteps[member]! : this.#updates[member]!,
    )
    return { ...this.#place, stepsBefore, accumulators: this.#accumulators }
  }

  cancel(): void {
    this.#training.cancel()
  }

  end() {
    return {}
  }

  abandon(): void {
    this.#finite?.goBack()
  }

  #tableFrom(done: number, steps: number, factors: readonly number[]) {
    const { optimizer, seeds } = this.#settings
    return stepTable({
      compiled: this.#compiled,
      optimizer,
      seeds,
      steps,
      factors,
      moment: (step, member) => this.#moment(done + step, member, factors[member]!),
      inStep: this.#inStep,
    })
  }

  /** Whether parameters are to be kept anew. */
  get #isDue(): boolean {
    return this.#kept === undefined || this.#done - this.#kept.done >= STEPS_OF_KEEPING
  }

  *#keep(factors: readonly number[], restores: number): FitSteps<void> {
    if (this.#finite === undefined) return
    if (this.#isDue || this.#kept?.restores !== restores) {
      yield* this.#finite.keep()
      this.#kept = { done: this.#done, restores, factors: [] }
    }
    this.#kept!.factors.push({ from: this.#done, factors })
  }

  /** The updates that made parameters of some of these members not finite; the members are left as before them. */
  *#spoilt(members: readonly number[]): FitSteps<Failure[]> {
    const spoilt = this.#finite === undefined ? [] : yield* this.#finite.spoiltOf(members)
    if (spoilt.length === 0) return []
    const { done, factors } = this.#kept!
    const { epoch, stepOfEpoch } = this.#placeAfter(done)
    const training = this.#again(epoch, stepOfEpoch)
    const again = function* (this: ChunkedSteps, step: number, some: readonly number[]): FitSteps<void> {
      const at = done + step
      const { numbers } = this.#tableFrom(at, 1, factors.findLast(({ from }) => from <= at)!.factors)
      const limits = { steps: 1, milliseconds: 1000, endAtEpoch: false, plainly: checking() }
      training.setActive(some)
      yield { advance: (form) => training.advance(form, numbers, limits) }
    }
    try {
      const spoiltAt = yield* this.#finite!.restore(spoilt, this.#done - done, again.bind(this))
      return [...spoiltAt].map(([member, step]) => ({ member, ...this.#placeAfter(done + step), label: '' }))
    } finally {
      training.release()
    }
  }

  /** The position after so many steps, counted as `#done` is. */
  #placeAfter(steps: number): { epoch: number; stepOfEpoch: number } {
    const { stepsPerEpoch } = this
    return { epoch: this.#start.epoch + Math.floor(steps / stepsPerEpoch), stepOfEpoch: steps % stepsPerEpoch }
  }

  /** A member's position before the step with this number, counted as `#done` is. */
  #moment(steps: number, member: number, factor: number): Moment {
    const own = this.#ownSteps[member]!
    const stepOfEpoch = Math.min(steps % this.stepsPerEpoch, own - 1)
    const step = this.#updatesAfter(steps, member) + 1
    return { step, stepOfEpoch, stepsPerEpoch: own, member: this.#settings.apart === true ? 0 : member, factor }
  }

  /** The member's own number of updates after this many steps. */
  #updatesAfter(steps: number, member: number): number {
    const { stepsPerEpoch } = this
    const own = this.#ownSteps[member]!
    const epochs = Math.floor(steps / stepsPerEpoch)
    return this.#start.stepsBefore[member]! + epochs * own + Math.min(steps % stepsPerEpoch, own)
  }
}
