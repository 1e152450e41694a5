import type { Progress } from '../../callbacks/callback.js'
import { Dataset } from '../../data/dataset/dataset.js'
import { isAbortSignal } from '../../kinds.js'
import { loss as lossOf } from '../../losses/names.js'
import { type Metric, onValidationAlone } from '../../metrics/metric.js'
import { metric as metricOf } from '../../metrics/names.js'
import { taskOf } from '../../outputs/meaning.js'
import { sumOf } from '../../statistics.js'
import {
  array,
  finiteNumber,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  plainObject,
  positiveInteger,
  string,
} from '../../validate.js'
import { Costs } from './cost.js'
import { Deadline } from './deadline.js'
import { devGroups, groupsOf } from './dev-groups.js'
import { Journal } from './journal.js'
import { runTogether } from './population-run.js'
import { settingsOfExperiment, settingsOfTrial } from './settings.js'
import { shapeOf } from './shape.js'
import type { Trial, TrialResult } from './trial.js'
import { errorOf } from './trial-error.js'

export interface ExperimentOptions {
  /** The rows that every trial is measured on. */
  readonly dev: Dataset
  /** A metric that is one number and says by `higherIsBetter` which way is better. */
  readonly metric: Metric
  /** Number of groups of dev rows; fewer are made where there are few rows. Default 10. */
  readonly groups?: number
  /** Deals the dev rows into groups. */
  readonly seed: number
  /** Ends the experiment when it is raised: `run` gives what is known. Default none. */
  readonly signal?: AbortSignal
  /** Ends the experiment when it has passed: `run` gives what is known. Default none. */
  readonly deadline?: Deadline
  /** Number of trials after which the experiment ends; those whose results the journal has count too. Default all. */
  readonly tries?: number
  /** Path of a file of JSON lines that keeps every result; a second run takes results from it. Default none. */
  readonly journal?: string
  /** Called with every result as soon as it is known, and with its trial. */
  readonly onTrial?: (result: TrialResult, trial: Trial) => void
  /** Called some tens of times a second with the trials that run, and how far they are. */
  readonly onProgress?: (running: readonly Trial[], progress: Progress) => void
}

const optionNames = [
  'dev',
  'metric',
  'groups',
  'seed',
  'signal',
  'deadline',
  'tries',
  'journal',
  'onTrial',
  'onProgress',
] as const satisfies readonly (keyof ExperimentOptions)[]

/** Before a kind of trials is measured, at most this share of the time that is left goes into a guess. */
const SHARE_OF_GUESS = 0.25

/**
 * Runs trials in the order given, as many of one shape side by side as memory and processor like, and keeps what it
 * found. A population is filled up with later trials of the shape of the first one. What a trial gives is, bit for bit,
 * what it gives alone; budget, tries and signal only decide after how many trials the experiment ends.
 *
 * @example
 * const experiment = new Experiment({ dev, metric: accuracy, seed: 1, deadline: new Deadline(60_000) })
 * const results = await experiment.run(trials)
 */
export class Experiment {
  readonly #options: ExperimentOptions
  readonly #results = new Map<string, TrialResult>()
  /** Groups of the dev rows, by whether the targets are classes. */
  readonly #groups = new Map<boolean, readonly Dataset[]>()
  readonly #costs: Costs
  readonly #journal: Journal | undefined
  #over = false
  #outOfTries = false
  /** Of `tries`, so many are not to be used yet. */
  triesKeptBack = 0

  /**
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that cannot be used; ERR_DEEPBLAS_FILE for a journal of
   *   another experiment
   */
  constructor(options: ExperimentOptions) {
    this.#options = checkedOptions(options)
    const { dev, metric, groups = 10, seed, journal } = this.#options
    this.#costs = new Costs(dev.rows)
    this.#journal =
      journal === undefined ? undefined : new Journal(journal, settingsOfExperiment(dev, metric, groups, seed))
  }

  /** Number of trials that have a result. */
  get tried(): number {
    return this.#results.size
  }

  /** Whether budget, tries or signal ended it. */
  get over(): boolean {
    return this.#over
  }

  /** Whether `tries` left no room for something. */
  get outOfTries(): boolean {
    return this.#outOfTries
  }

  /**
   * Results in the order of the trials; undefined for what budget, tries or signal left no room for. A trial whose key
   * has a result already is not run again.
   *
   * @throws DeepblasError as `fit`, with the key of the trial; ERR_DEEPBLAS_ARGUMENT for two trials of one key
   */
  async run(trials: readonly Trial[]): Promise<readonly (TrialResult | undefined)[]> {
    requireDistinct(trials)
    const waiting = this.#known(this.#allowed(trials))
    while (waiting.length > 0) {
      const together = this.#nextOf(waiting)
      const results = together.length === 0 ? undefined : await this.#ran(together)
      if (results === undefined) {
        this.#over = true
        break
      }
      for (const [member, trial] of together.entries()) {
        waiting.splice(waiting.indexOf(trial), 1)
        this.#journal?.add(results[member]!, settingsOfTrial(trial))
        this.#keep(trial, results[member]!)
      }
    }
    return trials.map(({ key }) => this.#results.get(key))
  }

  /** Seconds that these trials would take, from what was measured of their kind, or from multiply-adds. */
  estimate(trials: readonly Trial[]): number {
    return sumOf(trials.map((trial) => this.#costs.secondsOf(trial)))
  }

  /** The trials without a result for which `tries` leaves room. */
  #allowed(trials: readonly Trial[]): Trial[] {
    const { tries = Number.POSITIVE_INFINITY } = this.#options
    const fresh = trials.filter(({ key }) => !this.#results.has(key))
    const allowed = fresh.slice(0, Math.max(0, tries - this.triesKeptBack - this.tried))
    if (allowed.length < fresh.length) this.#over = this.#outOfTries = true
    return allowed
  }

  /** Takes what the journal knows, and gives the other trials. */
  #known(trials: readonly Trial[]): Trial[] {
    return trials.filter((trial) => {
      const result = this.#journal?.resultOf(trial.key, () => settingsOfTrial(trial))
      if (result !== undefined) this.#keep(trial, result)
      return result === undefined
    })
  }

  #keep(trial: Trial, result: TrialResult): void {
    this.#results.set(trial.key, result)
    this.#options.onTrial?.(result, trial)
  }

  /** The first trial and as many of its shape as are worth running beside it; none where there is no time for it. */
  #nextOf(waiting: readonly Trial[]): Trial[] {
    const { deadline, signal } = this.#options
    if (signal?.aborted === true) return []
    const first = waiting[0]!
    const shape = shapeOf(first)
    const alike = waiting.filter((trial) => shapeOf(trial) === shape).slice(0, this.#costs.mostTogether(first))
    if (deadline === undefined) return alike
    const seconds = deadline.left / 1000
    if (this.#costs.knows(first)) return alike.slice(0, this.#fitting(alike, seconds))
    // A guess may be wrong either way: the first population of its kind is a small one, and one trial is always begun.
    return seconds === 0 ? [] : alike.slice(0, Math.max(1, this.#fitting(alike, seconds * SHARE_OF_GUESS)))
  }

  /** How many of the trials, one after another, take no longer than so many seconds. */
  #fitting(trials: readonly Trial[], seconds: number): number {
    let left = seconds
    const end = trials.findIndex((trial) => {
      left -= this.#costs.secondsOf(trial)
      return left < 0
    })
    return end < 0 ? trials.length : end
  }

  /** The results of a population; undefined where deadline or signal ended it. */
  async #ran(together: readonly Trial[]): Promise<TrialResult[] | undefined> {
    const { dev, metric, signal, deadline, onProgress } = this.#options
    const stopped = new AbortController()
    const ended = signal === undefined ? stopped.signal : AbortSignal.any([signal, stopped.signal])
    const told = (progress: Progress) => {
      if (deadline?.passed === true) stopped.abort()
      onProgress?.(together, progress)
    }
    const begun = performance.now()
    try {
      const groups = this.#groupsFor(together[0]!)
      const measure = { dev, metric, groups, leftOut: this.#leftOut, signal: ended, onProgress: told }
      const results = await runTogether(together, measure)
      this.#costs.learn(together, (performance.now() - begun) / 1000)
      return results
    } catch (cause) {
      if (ended.aborted) return undefined
      throw errorOf(together, cause)
    }
  }

  /**
   * Whether groups are left out, not measured alone: a metric of all scores, such as the area under a curve, is no mean
   * over rows, and a few rows by themselves tell little of it.
   */
  get #leftOut(): boolean {
    const { dev, metric, groups = 10 } = this.#options
    return metric.fromScores !== undefined && groupsOf(dev, groups) > 1
  }

  #groupsFor({ loss }: Trial): readonly Dataset[] {
    const { dev, groups = 10, seed } = this.#options
    const classes = taskOf(lossOf('loss', loss).targetKind) !== 'values'
    const made = this.#groups.get(classes) ?? devGroups(dev, groups, seed, classes, this.#leftOut)
    this.#groups.set(classes, made)
    return made
  }
}

function checkedOptions(options: ExperimentOptions): ExperimentOptions {
  const given = knownOptions<ExperimentOptions>('Experiment', plainObject('options', options) as never, optionNames)
  if (!(given.dev instanceof Dataset)) {
    throw invalid('dev', 'Dataset', given.dev, 'Make one with Dataset.from({ x, y }).')
  }
  const metric = metricOf('metric', given.metric)
  if (metric.higherIsBetter === undefined) {
    throw invalid('metric', 'metric that says by higherIsBetter which way is better', metric.name)
  }
  nonNegativeInteger('seed', given.seed)
  if (given.groups !== undefined) positiveInteger('groups', given.groups)
  if (given.tries !== undefined) nonNegativeInteger('tries', given.tries)
  if (given.journal !== undefined) string('journal', given.journal)
  if (given.signal !== undefined && !isAbortSignal(given.signal)) throw invalid('signal', 'AbortSignal', given.signal)
  if (given.deadline !== undefined && !(given.deadline instanceof Deadline)) {
    throw invalid('deadline', 'Deadline', given.deadline, 'Write new Deadline(60_000) for a minute.')
  }
  for (const name of ['onTrial', 'onProgress'] as const) {
    if (given[name] !== undefined && !isCallable(given[name])) throw invalid(name, 'function', given[name])
  }
  return { ...options, metric: onValidationAlone(metric) }
}

function requireDistinct(trials: readonly Trial[]): void {
  const keys = new Set<string>()
  array('trials', trials, 'trials')
  for (const [at, { key, seed, rateFactor }] of trials.entries()) {
    string(`trials[${at}].key`, key)
    if (keys.has(key)) throw invalid(`trials[${at}].key`, 'key that no other trial has', key)
    keys.add(key)
    nonNegativeInteger(`trials[${at}].seed`, seed)
    finiteNumber(`trials[${at}].rateFactor`, rateFactor, { min: 0 })
  }
}
