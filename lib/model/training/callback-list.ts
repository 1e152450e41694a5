/*
 * The callbacks of one fit: which members each of them watches, when it is told, and what it has asked for.
 */

import type { Callback, EpochResult, FitInfo, Progress } from '../../callbacks/callback.js'
import { DeepblasError } from '../../errors.js'
import { takenPrecision } from '../programs/compile.js'
import { type FitSteps, told } from '../programs/requests.js'
import { Handle, type HandleSettings, type SaveCheckpoint } from './callback-handle.js'
import { type History, meanHistory, newHistory, together } from './epoch-results.js'
import { callbackName, MonitoredNumbers, type MonitoredSettings } from './monitored-numbers.js'
import type { FitSettings } from './settings.js'

/** A callback, with the member or members that it watches. */
export interface Watch {
  readonly callback: Callback
  /** Undefined for a callback that watches all members together. */
  readonly member: number | undefined
  readonly handle: Handle
  readonly history: History
}

type WatchSettings = HandleSettings & MonitoredSettings & Pick<FitSettings, 'callbacks' | 'precision'>

/** For every exclusive callback, the fit that it has begun last. */
const begunLast = new WeakMap<Callback, CallbackList>()

export class CallbackList {
  /** In the order in which they are told; callbacks with `last` come last. */
  readonly all: readonly Watch[]
  /** Members that still train. */
  readonly active: Set<number>
  readonly #histories: readonly History[]
  readonly #save: SaveCheckpoint
  readonly #monitored: MonitoredNumbers
  /** Paths of checkpoints asked for at an epoch's last step, before callbacks have been told of the epoch. */
  readonly #deferred = new Set<string>()
  #defers = false
  /** Whether a method of a callback runs or its promise is awaited; no steps run meanwhile. */
  #telling = false

  constructor(settings: WatchSettings, histories: readonly History[], save: SaveCheckpoint) {
    this.#histories = histories
    this.#save = save
    this.#monitored = new MonitoredNumbers(settings)
    this.active = new Set(histories.keys())
    const everyone = [...this.active]
    const precision = takenPrecision(settings.network, settings.precision)
    const watch = (callback: Callback, member: number | undefined, history: History): Watch => {
      const saveOrDefer: SaveCheckpoint = (path, parameters) =>
        this.#defers ? void this.#deferred.add(path) : save(path, parameters)
      const handle = new Handle(
        settings,
        callback,
        member === undefined ? everyone : [member],
        saveOrDefer,
        () => this.#telling,
      )
      return { callback, member, handle, history }
    }
    const all = settings.callbacks.flatMap((callback) => {
      if (histories.length === 1) return [watch(callback, 0, histories[0]!)]
      if (callback.forMember === undefined) return [watch(callback, undefined, newHistory(precision))]
      return everyone.map((member) => watch(callback.forMember!(member), member, histories[member]!))
    })
    this.all = [...all.filter(({ callback }) => callback.last !== true), ...all.filter(({ callback }) => callback.last)]
  }

  /**
   * Sets which members of a resumed training still train; the others have stopped before. Callbacks that watch all
   * members are given the epochs so far.
   *
   * @param more whether epochs are left in which the stopped members take no part
   */
  keepActive(members: readonly number[], more: boolean): void {
    for (const member of [...this.active]) {
      if (members.includes(member)) continue
      this.active.delete(member)
      const history = this.#histories[member]!
      if (more && history.stopped === 'completed') history.stopped = 'early'
      if (history.reason === '') history.reason = 'The training had ended before the resume.'
    }
    for (const { member, history } of this.all) {
      if (member !== undefined) continue
      for (const epoch of meanHistory(this.#histories)) history.epochs.push(epoch)
    }
  }

  /** Whether a chunk must end with every epoch. */
  get needsEpoch(): boolean {
    return this.all.some(({ callback }) => callback.needs !== undefined)
  }

  /** Steps until a callback must be told of one; infinite where none asks. */
  stepsToNextNeed(done: number): number {
    const left = this.all.map(({ callback }) => {
      const every = stepsBetween(callback)
      return every === undefined ? Number.POSITIVE_INFINITY : every - (done % every)
    })
    return Math.min(Number.POSITIVE_INFINITY, ...left)
  }

  /** How often callbacks have restored parameters. */
  get restores(): number {
    return this.all.reduce((sum, { handle }) => sum + handle.restores, 0)
  }

  /** Product of the factors that callbacks set for the member's learning rate. */
  factorOf(member: number): number {
    return this.all.reduce(
      (product, { handle }) => (handle.members.includes(member) ? product * handle.learningRateFactor : product),
      1,
    )
  }

  *start(info: FitInfo): FitSteps<void> {
    for (const { callback, handle } of this.all) {
      if (servesOneFit(callback)) begunLast.set(callback, this)
      yield* this.#told(() => callback.onFitStart?.(info, handle))
    }
    this.dropStopped((info.epochsDone ?? 0) < info.epochs)
  }

  /**
   * @param done steps of the whole training, those before a resume included
   * @param ends whether an epoch has ended with this step, so that `epoch` and `saveDeferred` follow
   */
  *step(progress: Progress, done: number, ends: boolean): FitSteps<void> {
    this.#defers = ends
    for (const { callback, handle } of this.all) {
      const every = stepsBetween(callback)
      if (every === undefined || done % every !== 0) continue
      yield* this.#told(() => callback.onStepEnd?.(progress, handle))
    }
    this.#defers = false
  }

  progress(progress: Progress): void {
    for (const { callback } of this.all) {
      const answer: unknown = callback.onProgress?.(progress)
      if (typeof (answer as Promise<void> | undefined)?.then !== 'function') continue
      // Nobody handles its rejection, and Node ends a process for that.
      ;(answer as Promise<void>).then(undefined, () => undefined)
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected onProgress to return nothing, since it cannot wait, but received a Promise. Use onEpochEnd or onStepEnd.',
      )
    }
  }

  *epoch(results: ReadonlyMap<number, EpochResult>, more: boolean): FitSteps<void> {
    for (const watch of this.all) {
      // Callbacks with `last` save what has been decided until now.
      if (watch.callback.last === true) this.dropStopped(more)
      const result = watch.member === undefined ? together(results) : results.get(watch.member)
      if (result === undefined) continue
      if (watch.member === undefined) watch.history.epochs.push(result)
      this.#requireOwn(watch.callback)
      this.#monitored.see(watch.callback, watch.member, result)
      yield* this.#told(() => watch.callback.onEpochEnd?.(result, watch.handle))
      if (watch.handle.stopped) watch.handle.stoppedAfter ??= result.epoch
    }
  }

  /**
   * Writes the checkpoints asked for at an epoch's last step. Written earlier, they would hold callbacks that are never
   * told of that epoch.
   */
  *saveDeferred(): FitSteps<void> {
    const paths = [...this.#deferred]
    this.#deferred.clear()
    for (const path of paths) yield* this.#told(() => this.#save(path))
  }

  /** Ends the training of members that a callback has stopped; `more` says whether they had steps left. */
  dropStopped(more: boolean): void {
    for (const { callback, handle } of this.all) {
      if (!handle.stopped) continue
      for (const member of handle.members) {
        if (!this.active.delete(member)) continue
        const history = this.#histories[member]!
        const last = history.epochs.at(-1)?.epoch ?? 0
        const epochs = counted(last)
        const { stoppedAfter: asked = last } = handle
        const why = `${handle.reason ?? 'it gave no reason'}${asked < last ? `. ${heardLate(asked)}` : ''}`
        if (more) history.stopped = 'early'
        history.reason = more
          ? sentence(`${capital(callbackName(callback))} ended the training after ${epochs}: ${why}`)
          : sentence(
              `All ${epochs} ran, and ${callbackName(callback)} asked for the end after ` +
                `${asked < last ? `epoch ${asked}` : 'the last one'}: ${why}`,
            )
      }
    }
  }

  /** @param reason why members ended that no callback has stopped; left out where all epochs ran */
  *end(reason?: string): FitSteps<void> {
    this.#monitored.end()
    for (const history of this.#histories) {
      if (history.reason === '') history.reason = reason ?? `All ${counted(history.epochs.at(-1)?.epoch ?? 0)} ran.`
    }
    const reasons = new Set(this.#histories.map((history) => history.reason))
    const common =
      reasons.size === 1 ? [...reasons][0]! : 'The members ended for different reasons: see their histories.'
    for (const { member, history } of this.all) if (member === undefined) history.reason = common
    for (const { callback, handle, history } of this.all) {
      this.#requireOwn(callback)
      yield* this.#told(() => callback.onFitEnd?.(history, handle))
    }
  }

  /** Calls a method of a callback that cannot wait. */
  tell<Result>(call: () => Result): Result {
    this.#telling = true
    try {
      return call()
    } finally {
      this.#telling = false
    }
  }

  *#told(call: () => void | Promise<void>): FitSteps<void> {
    this.#telling = true
    try {
      yield* told(call())
    } finally {
      this.#telling = false
    }
  }

  /** Refuses an exclusive callback that another fit has begun: its state belongs to that fit. */
  #requireOwn(callback: Callback): void {
    if (!servesOneFit(callback) || begunLast.get(callback) === this) return
    throw new DeepblasError(
      'ERR_DEEPBLAS_BUSY',
      `Expected one fit at a time for an object such as new ${callback.constructor.name}(…), which keeps notes of its fit, ` +
        'but two have the same one. Make one for each fit, or await the first fit before the second.',
    )
  }
}

function counted(epochs: number): string {
  return `${epochs} epoch${epochs === 1 ? '' : 's'}`
}

/** The hint for a callback that was told of several epochs at once. */
function heardLate(epoch: number): string {
  return `It asked after epoch ${epoch}, but without needs: 'epoch' a callback is told later, when more epochs have run`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function stepsBetween({ needs }: Callback): number | undefined {
  if (needs === 'step') return 1
  return typeof needs === 'object' ? needs.steps : undefined
}

function servesOneFit({ exclusive, saveState }: Callback): boolean {
  return exclusive ?? saveState !== undefined
}
