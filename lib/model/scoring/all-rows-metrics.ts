/*
 * Metrics of all scores at once: a prediction pass over a data set, then a function of what it gave.
 */

import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import { targetColumnsOf } from '../../losses/loss.js'
import { newFloats } from '../../memory.js'
import {
  isBuiltInMetric,
  isOfTraining,
  type Metric,
  type MetricValue,
  type ScoredRows,
  taskOfMetric,
  valueOfScores,
} from '../../metrics/metric.js'
import type { Arena } from '../../native/addon.js'
import { targetsFor } from '../../outputs/classes.js'
import { outputMeaning, thresholdOf } from '../../outputs/meaning.js'
import { columnOf, scoresOfOutputs } from '../../outputs/scores.js'
import { predictionsInUnits, targetsInUnits } from '../../outputs/units.js'
import { atOnce, type Steps } from '../../turns.js'
import type { Network } from '../network/network.js'
import { compilePrediction, type Scoring } from '../programs/compile.js'
import { EVALUATION_BATCH } from '../programs/data-binding.js'
import type { Opened } from '../programs/opened.js'
import { OpenPass } from '../programs/passes.js'
import type { FitSteps } from '../programs/requests.js'

export interface ScoreSettings {
  readonly network: Network
  readonly parameters: Arena
  /** What the validation is scored with. Default the parameters. */
  readonly averages?: Arena | undefined
  readonly validation: readonly Dataset[] | undefined
  readonly scoring: Scoring
  readonly seeds: readonly number[]
}

/** The metrics of a scoring that see all scores, on one data set for all members, or one each. */
export class ScorePass {
  readonly #network: Network
  readonly #data: readonly Dataset[]
  readonly #scoring: Scoring
  readonly #metrics: readonly Metric[]
  readonly #pass: OpenPass
  readonly #output: Float32Array<ArrayBuffer>
  readonly #made = new Map<Dataset, Map<string, unknown>>()
  /** Where every member's outputs begin. */
  readonly #begins: readonly number[]

  /** Undefined where no metric needs it. */
  static of(
    network: Network,
    parameters: Arena,
    data: readonly Dataset[],
    scoring: Scoring,
    members: number,
  ): ScorePass | undefined {
    const needed = scoring.metrics.some(({ fromScores }) => fromScores !== undefined)
    return needed ? new ScorePass(network, parameters, data, scoring, members) : undefined
  }

  private constructor(
    network: Network,
    parameters: Arena,
    data: readonly Dataset[],
    scoring: Scoring,
    members: number,
  ) {
    this.#network = network
    this.#data = data
    this.#scoring = scoring
    this.#metrics = scoring.metrics.filter(({ fromScores }) => fromScores !== undefined)
    const rows = Array.from({ length: members }, (_, member) => this.#of(member).rows)
    const ends: number[] = []
    for (const count of rows) ends.push((ends.at(-1) ?? 0) + count * network.outputs)
    this.#begins = rows.map((count, member) => ends[member]! - count * network.outputs)
    this.#output = newFloats(ends.at(-1)!, () => 'the predictions that metrics are of')
    const floats = data.some(({ type }) => type !== data[0]!.type)
    this.#pass = new OpenPass({
      program: compilePrediction(network, floats ? 'float32' : data[0]!.type),
      batch: Math.min(EVALUATION_BATCH, largestOf(rows)),
      rows: Float64Array.from(rows),
      parameters,
      slots: [data.map((one) => forRuns(one).featureMatrix(floats))],
      output: this.#output,
      outputColumns: network.outputs,
    })
  }

  /** Predicts all rows with the parameters of now. */
  run(form: 'async' | 'sync'): unknown {
    return this.#pass.run(form)
  }

  release(): void {
    this.#pass.release()
  }

  /** Of the last run. */
  values(member: number): Record<string, MetricValue> {
    return atOnce(this.valuing(member))
  }

  /** As `values`, with pauses. */
  *valuing(member: number): Steps<Record<string, MetricValue>> {
    const { outputs } = this.#network
    const { loss, units } = this.#scoring
    const data = this.#of(member)
    const begin = this.#begins[member]!
    const all = this.#output.subarray(begin, begin + data.rows * outputs)
    const scored = targetColumnsOf(loss, outputs)
    const output = scored === outputs ? all : columnOf(all, outputs, loss.valueOutput!)
    const meaning = outputMeaning(this.#network, loss, false)
    const values: [string, MetricValue][] = []
    for (const metric of this.#metrics) {
      const task = taskOfMetric(metric, loss, outputs)
      const scaled = task === 'values' ? units : undefined
      const targets = this.#known(data, task, () =>
        targetsInUnits(targetsFor(forRuns(data).targets!, loss, task), scaled),
      )
      yield
      const weights = this.#known(data, 'weights', () => weightsOf(data))
      yield
      // A metric of a user's own may sort what it is given.
      const own = !isBuiltInMetric(metric)
      const given: ScoredRows = {
        task,
        rows: data.rows,
        outputs: scored,
        scores: predictionsInUnits(scoresOfOutputs(output, meaning, task, scored), scaled),
        targets: own ? targets.slice() : targets,
        weights: own ? weights?.slice() : weights,
        threshold: thresholdOf(loss, 'values'),
      }
      yield
      values.push([metric.name, yield* valueOfScores(metric, given)])
    }
    return Object.fromEntries(values)
  }

  /** Made once: many members, and many epochs, share what a data set has. */
  #known<Made>(data: Dataset, what: string, make: () => Made): Made {
    const made = this.#made.get(data) ?? new Map<string, unknown>()
    this.#made.set(data, made)
    if (!made.has(what)) made.set(what, make())
    return made.get(what) as Made
  }

  #of(member: number): Dataset {
    return this.#data[member] ?? this.#data[0]!
  }
}

/** Of the training data and of the validation; none where no metric needs them. They go with `opened`. */
export function scorePasses(
  { network, parameters, averages = parameters, validation, scoring, seeds }: ScoreSettings,
  train: readonly Dataset[],
  opened: Opened,
): (ScorePass | undefined)[] {
  const pass = (arena: Arena, data: readonly Dataset[] | undefined, metrics: readonly Metric[]) =>
    data && added(ScorePass.of(network, arena, data, { ...scoring, metrics }, seeds.length))
  const added = (one: ScorePass | undefined) => one && opened.add(one)
  const training = pass(parameters, train, scoring.metrics.filter(isOfTraining))
  const held = pass(averages, validation, scoring.metrics)
  return training === undefined && held === undefined ? [] : [training, held]
}

/** Gives the seconds that they took. */
export function* runPasses(passes: readonly (ScorePass | undefined)[]): FitSteps<number> {
  const begun = performance.now()
  for (const pass of passes) if (pass !== undefined) yield { work: (form) => pass.run(form) }
  return (performance.now() - begun) / 1000
}

/** The sample weights, where there are any. */
export function weightsOf(data: Dataset): Float64Array | undefined {
  const weights = data.sampleWeights()
  return weights && new Float64Array(weights)
}
