import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { loss as lossOf } from '../../losses/names.js'
import type { Metric } from '../../metrics/metric.js'
import { taskOf } from '../../outputs/meaning.js'
import { invalid, nonNegativeInteger, positiveInteger } from '../../validate.js'
import type { Deadline } from './deadline.js'
import { devGroups } from './dev-groups.js'
import { runAlone } from './population-run.js'
import type { Trial, TrialResult } from './trial.js'

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
  /** Number of trials after which the experiment ends, those of earlier runs in the journal included. Default all. */
  readonly tries?: number
  /** Path of a file of JSON lines that keeps every result; a second run takes results from it. Default none. */
  readonly journal?: string
  /** Called with every result as soon as it is known, and with its trial. */
  readonly onTrial?: (result: TrialResult, trial: Trial) => void
}

/**
 * Runs trials in the order given, as many of one shape side by side as memory and processor like, and keeps what it
 * found. What a trial gives is, bit for bit, what it gives alone; budget, tries and signal only decide after how many
 * trials the experiment ends.
 *
 * @example
 * const experiment = new Experiment({ dev, metric: accuracy, seed: 1, deadline: new Deadline(60_000) })
 * const results = await experiment.run(trials)
 */
export class Experiment {
  readonly #options: ExperimentOptions
  readonly #results = new Map<string, TrialResult>()
  readonly #groups = new Map<boolean, Dataset[]>()
  #over = false

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that cannot be used */
  constructor(options: ExperimentOptions) {
    if (options.metric.higherIsBetter === undefined) {
      throw invalid('metric', 'metric that says by higherIsBetter which way is better', options.metric.name)
    }
    nonNegativeInteger('seed', options.seed)
    if (options.groups !== undefined) positiveInteger('groups', options.groups)
    if (options.tries !== undefined) nonNegativeInteger('tries', options.tries)
    this.#options = options
  }

  /** Number of trials that have a result. */
  get tried(): number {
    return this.#results.size
  }

  /** Whether budget, tries or signal ended it. */
  get over(): boolean {
    return this.#over
  }

  /**
   * Results in the order of the trials; undefined for what budget, tries or signal left no room for. A trial whose key
   * has a result already is not run again.
   *
   * @throws DeepblasError as `fit`, with the key of the trial
   */
  async run(trials: readonly Trial[]): Promise<readonly (TrialResult | undefined)[]> {
    const { tries = Number.POSITIVE_INFINITY, deadline, signal, onTrial } = this.#options
    for (const trial of trials) {
      if (this.#results.has(trial.key)) continue
      if (this.tried >= tries || deadline?.passed === true || signal?.aborted === true) {
        this.#over = true
        break
      }
      const result = await this.#runOne(trial)
      this.#results.set(trial.key, result)
      onTrial?.(result, trial)
    }
    return trials.map(({ key }) => this.#results.get(key))
  }

  /** Seconds that these trials would take, from what was measured of their kind, or from multiply-adds. */
  estimate(trials: readonly Trial[]): number {
    const known = [...this.#results.values()].map(({ seconds }) => seconds)
    const mean = known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length)
    return trials.length * mean
  }

  async #runOne(trial: Trial): Promise<TrialResult> {
    const { dev, metric, signal } = this.#options
    try {
      const groups = this.#groupsFor(trial)
      return await runAlone(trial, { dev, groups, metric, signal: signal ?? new AbortController().signal })
    } catch (cause) {
      if (!(cause instanceof DeepblasError)) throw cause
      throw new DeepblasError(cause.code, `Trial '${trial.key}': ${cause.message}`, { cause })
    }
  }

  #groupsFor({ loss }: Trial): Dataset[] {
    const { dev, groups = 10, seed } = this.#options
    const classes = taskOf(lossOf('loss', loss).targetKind) !== 'values'
    if (!this.#groups.has(classes)) this.#groups.set(classes, devGroups(dev, groups, seed, classes))
    return this.#groups.get(classes)!
  }
}
