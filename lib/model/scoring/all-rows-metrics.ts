/*
 * Metrics of all scores at once: functions of the outputs that a pass over a data set has given.
 */

import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { targetColumnsOf } from '../../losses/loss.js'
import { newFloats } from '../../memory.js'
import {
  isBuiltInMetric,
  type Metric,
  type MetricValue,
  type ScoredRows,
  taskOfMetric,
  valueOfScores,
} from '../../metrics/metric.js'
import { targetsFor } from '../../outputs/classes.js'
import { outputMeaning, thresholdOf } from '../../outputs/meaning.js'
import { columnOf, scoresOfOutputs } from '../../outputs/scores.js'
import { predictionsInUnits, targetsInUnits } from '../../outputs/units.js'
import type { Steps } from '../../turns.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'

/** Whether some metric sees the outputs of all rows at once. */
export function seesAllRows(metrics: readonly Metric[]): boolean {
  return metrics.some(({ fromScores }) => fromScores !== undefined)
}

/**
 * The metrics of a scoring that see the outputs of all rows, on one data set for all members, or one each; and the array
 * to which a pass over the data writes these outputs.
 */
export class AllRowsMetrics {
  readonly #network: Network
  readonly #data: readonly Dataset[]
  readonly #scoring: Scoring
  readonly #metrics: readonly Metric[]
  /** [member, row, output] */
  readonly #output: Float32Array<ArrayBuffer>
  readonly #made = new Map<Dataset, Map<string, unknown>>()
  /** Where every member's outputs begin. */
  readonly #begins: readonly number[]

  /** Undefined where no metric needs them. */
  static of(network: Network, data: readonly Dataset[], scoring: Scoring, members: number): AllRowsMetrics | undefined {
    return seesAllRows(scoring.metrics) ? new AllRowsMetrics(network, data, scoring, members) : undefined
  }

  private constructor(network: Network, data: readonly Dataset[], scoring: Scoring, members: number) {
    this.#network = network
    this.#data = data
    this.#scoring = scoring
    this.#metrics = scoring.metrics.filter(({ fromScores }) => fromScores !== undefined)
    const rows = Array.from({ length: members }, (_, member) => this.#of(member).rows)
    const ends: number[] = []
    for (const count of rows) ends.push((ends.at(-1) ?? 0) + count * network.outputs)
    this.#begins = rows.map((count, member) => ends[member]! - count * network.outputs)
    this.#output = newFloats(ends.at(-1)!, () => 'the predictions that metrics are of')
  }

  /** The options by which a pass writes the outputs: they take the slot after those of the data. */
  get passOutput(): { readonly output: Float32Array; readonly outputColumns: number } {
    return { output: this.#output, outputColumns: this.#network.outputs }
  }

  /** Of what the last pass has written. */
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

/** The sample weights, where there are any. */
export function weightsOf(data: Dataset): Float64Array | undefined {
  const weights = data.sampleWeights()
  return weights && new Float64Array(weights)
}
