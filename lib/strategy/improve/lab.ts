/*
 * The trainings of an improvement: what each is called, whose it is, and what it took.
 */
import type { Progress } from '../../callbacks/callback.js'
import { sumOf } from '../../statistics.js'
import { Deadline } from '../experiments/deadline.js'
import { Experiment, type ExperimentOptions } from '../experiments/experiment.js'
import { type FinishedTrial, finishedTrial } from '../experiments/finished-trial.js'
import type { Trial, TrialResult } from '../experiments/trial.js'
import type { Recipe } from './recipe.js'
import type { LeverName } from './result.js'

export type Owner = LeverName | 'baseline' | 'combined'

/** One training: a recipe at a rate, of a seed. */
export interface Run {
  readonly owner: Owner
  /** What was changed: unique together with rate and seed. */
  readonly name: string
  readonly recipe: Recipe
  readonly rateFactor: number
  readonly seed: number
}

/** Where an improvement is. */
export type ImproveStage = 'baseline' | 'select' | 'judge' | 'combine' | 'confirm'

/** What is told on the way. */
export interface ImproveProgress {
  readonly stage: ImproveStage
  /** Trainings that have ended. */
  readonly tries: number
  /** Wall time so far. */
  readonly seconds: number
  /** Trainings under way, which are at the same epoch. */
  readonly running: readonly { readonly key: string; readonly lever: string }[]
  readonly epoch?: number
  readonly epochs?: number
  /** The training that has just ended. */
  readonly finished?: FinishedTrial & { readonly lever: string }
}

/** A deadline of which the last part can be kept back, for what comes later. */
export class KeptBack extends Deadline {
  /** Milliseconds at the end that are not to be used yet. */
  keptBack = 0

  override get left(): number {
    return Math.max(0, super.left - this.keptBack)
  }

  override get passed(): boolean {
    return this.left === 0
  }
}

export interface LabOptions extends Omit<ExperimentOptions, 'onTrial' | 'onProgress' | 'deadline'> {
  readonly budget: number | undefined
  readonly onProgress: ((progress: ImproveProgress) => void) | undefined
  readonly higherIsBetter: boolean
}

export class Lab {
  stage: ImproveStage = 'baseline'
  readonly deadline: KeptBack | undefined
  readonly #experiment: Experiment
  readonly #options: LabOptions
  readonly #told: LabOptions['onProgress']
  readonly #begun = performance.now()
  readonly #owners = new Map<string, Owner>()
  readonly #finished = new Set<string>()
  #passedOver = false
  readonly #spent = new Map<Owner, { tries: number; seconds: number }>()
  /** Seconds that the trainings under way will take in all, by how far they have come. */
  #ahead: number | undefined

  constructor(options: LabOptions) {
    const { budget, onProgress, higherIsBetter: _, ...others } = options
    this.#options = options
    this.#told = onProgress
    this.deadline = budget === undefined ? undefined : new KeptBack(budget)
    this.#experiment = new Experiment({
      ...others,
      ...(this.deadline && { deadline: this.deadline }),
      onTrial: (result) => this.#ended(result),
      onProgress: (running, progress) => this.#tell(running, progress),
    })
  }

  /**
   * Results in the order of the runs; undefined for what there was no room for. What does not fit into the time that is
   * left is passed over for what does.
   */
  async run(runs: readonly Run[]): Promise<(TrialResult | undefined)[]> {
    const trials = runs.map((run) => this.#trial(run))
    let waiting = [...new Map(trials.map((trial) => [trial.key, trial])).values()]
    const found = new Map<string, TrialResult>()
    while (waiting.length > 0) {
      const fitting = waiting.filter((trial) => this.#fits(trial))
      const results = await this.#experiment.run(fitting)
      for (const result of results) if (result !== undefined) found.set(result.key, result)
      if (this.ended) break
      // The first one without a result was too much.
      waiting = fitting.filter(({ key }) => !found.has(key)).slice(1)
    }
    return trials.map(({ key }) => found.get(key))
  }

  /** Whether a trial has its result, or the time that is left may be enough; of the first ones nobody knows. */
  #fits(trial: Trial): boolean {
    if (this.deadline === undefined || this.tried === 0 || this.#finished.has(trial.key)) return true
    if (this.#experiment.estimate([trial]) * 1000 <= this.deadline.left) return true
    this.#passedOver = true
    return false
  }

  /** Seconds that these runs would take. */
  estimate(runs: readonly Run[]): number {
    return this.#experiment.estimate(runs.map((run) => this.#trial(run)))
  }

  /** Whether budget, tries or signal left no room for something. */
  get over(): boolean {
    return this.#experiment.over || this.#passedOver
  }

  /** Whether tries left no room for something. */
  get outOfTries(): boolean {
    return this.#experiment.outOfTries
  }

  get aborted(): boolean {
    return this.#options.signal?.aborted === true
  }

  /** Whether nothing more can be run, of what is not kept back. */
  get ended(): boolean {
    const { tries = Number.POSITIVE_INFINITY } = this.#options
    return this.aborted || this.deadline?.passed === true || this.tried >= tries - this.#experiment.triesKeptBack
  }

  /** Keeps a share of the budget, and so many of the tries, for what comes later. */
  keepBack(share: number, tries: number): void {
    if (this.deadline !== undefined) this.deadline.keptBack = this.deadline.budget * share
    this.#experiment.triesKeptBack = tries
  }

  get tried(): number {
    return this.#experiment.tried
  }

  get seconds(): number {
    return (performance.now() - this.#begun) / 1000
  }

  /** Milliseconds that are left; infinite without a budget. */
  get left(): number {
    return this.deadline?.left ?? Number.POSITIVE_INFINITY
  }

  /** Trainings of an owner, and what they took. */
  spentBy(owner: Owner): { readonly tries: number; readonly seconds: number } {
    return this.#spent.get(owner) ?? { tries: 0, seconds: 0 }
  }

  /** Seconds of a training, about: the mean of those that ended; before, by how far the first one came. */
  get secondsOfTraining(): number | undefined {
    if (this.tried === 0) return this.#ahead
    return sumOf([...this.#spent.values()].map(({ seconds }) => seconds)) / this.tried
  }

  #trial({ owner, name, recipe, rateFactor, seed }: Run): Trial {
    const key = `${name}, rate x ${Number(rateFactor.toPrecision(6))}, seed ${seed}`
    if (!this.#owners.has(key)) this.#owners.set(key, owner)
    return { ...recipe, key, rateFactor, seed }
  }

  #ended(result: TrialResult): void {
    const { key, seconds } = result
    this.#finished.add(key)
    const owner = this.#owners.get(key)!
    const before = this.spentBy(owner)
    this.#spent.set(owner, { tries: before.tries + 1, seconds: before.seconds + seconds })
    const finished = finishedTrial(result, this.#options.higherIsBetter)
    this.#told?.({ ...this.#progress([]), finished: { ...finished, lever: owner } })
  }

  #tell(running: readonly Trial[], progress: Progress): void {
    const { epoch, epochs, step, stepsPerEpoch, seconds } = progress
    const done = (epoch - 1 + step / Math.max(1, stepsPerEpoch)) / epochs
    if (done > 0) this.#ahead = seconds / done / running.length
    this.#told?.({ ...this.#progress(running), epoch, epochs })
  }

  #progress(running: readonly Trial[]) {
    return {
      stage: this.stage,
      tries: this.tried,
      seconds: this.seconds,
      running: running.map(({ key }) => ({ key, lever: this.#owners.get(key)! })),
    }
  }
}
