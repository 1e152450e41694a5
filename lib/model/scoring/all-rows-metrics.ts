/*
 * Metrics of all scores at once: a prediction pass over a data set, then a function of what it gave.
 */

import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import type { Loss } from '../../losses/loss.js'
import { newFloats } from '../../memory.js'
import {
  isBuiltInMetric,
  type Metric,
  type MetricValue,
  type OutputMeaning,
  type ScoredRows,
  valueOfScores,
} from '../../metrics/metric.js'
import type { Arena } from '../../native/addon.js'
import { atOnce, type Steps } from '../../turns.js'
import type { Network } from '../network/network.js'
import { compilePrediction, type Scoring, type TargetUnits } from '../programs/compile.js'
import { EVALUATION_BATCH } from '../programs/data-binding.js'
import type { Opened } from '../programs/opened.js'
import { OpenPass } from '../programs/passes.js'
import type { FitSteps } from '../programs/requests.js'
import { metricTask, outputMeaning, thresholdOf } from './metric-task.js'

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
      slots: [data.map((one) => one.matrix(floats))],
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
    const { outputs, layers } = this.#network
    const { loss, units } = this.#scoring
    const data = this.#of(member)
    const begin = this.#begins[member]!
    const output = this.#output.subarray(begin, begin + data.rows * outputs)
    const meaning = outputMeaning(layers.at(-1)!.activationName, loss, outputs, false)
    const values: [string, MetricValue][] = []
    for (const metric of this.#metrics) {
      const task = metricTask(metric, loss, outputs)
      const targets = this.#known(data, task, () => inUnits(targetsOf(data, loss, task), task, units))
      yield
      const weights = this.#known(data, 'weights', () => weightsOf(data))
      yield
      // A metric of a user's own may sort what it is given.
      const own = !isBuiltInMetric(metric)
      const given: ScoredRows = {
        task,
        rows: data.rows,
        outputs,
        scores: inUnits(scoresOf(output, meaning, task, outputs), task, units),
        targets: own ? targets.slice() : targets,
        weights: own ? weights?.slice() : weights,
        threshold: loss.targetKind === 'signs' ? 0 : thresholdOf(loss, 'values'),
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
  const pass = (arena: Arena, data: readonly Dataset[] | undefined) =>
    data && added(ScorePass.of(network, arena, data, scoring, seeds.length))
  const added = (one: ScorePass | undefined) => one && opened.add(one)
  const training = pass(parameters, train)
  return training === undefined ? [] : [training, pass(averages, validation)]
}

/** Gives the seconds that they took. */
export function* runPasses(passes: readonly (ScorePass | undefined)[]): FitSteps<number> {
  const begun = performance.now()
  for (const pass of passes) if (pass !== undefined) yield { work: (form) => pass.run(form) }
  return (performance.now() - begun) / 1000
}

/** What `predict` gives, as probabilities, rates or values. */
function scoresOf(
  output: Float32Array,
  meaning: OutputMeaning,
  task: ScoredRows['task'],
  outputs: number,
): Float64Array {
  const scores = new Float64Array(output)
  if (meaning === 'probabilities' || meaning === 'values') return scores
  if (meaning !== 'logits') return scores.map(Math.exp)
  if (task !== 'classes') return scores.map((z) => 1 / (1 + Math.exp(-z)))
  for (let at = 0; at < scores.length; at += outputs) {
    const row = scores.subarray(at, at + outputs)
    const largest = row.reduce((most, z) => Math.max(most, z), Number.NEGATIVE_INFINITY)
    let sum = 0
    for (const [i, z] of row.entries()) sum += row[i] = Math.exp(z - largest)
    for (const [i, term] of row.entries()) row[i] = term / sum
  }
  return scores
}

/** Values that were scaled for the network, as they were before. */
function inUnits(values: Float64Array, task: ScoredRows['task'], units: TargetUnits | undefined): Float64Array {
  if (units === undefined || task !== 'values') return values
  return values.map((value) => value * units.deviation + units.mean)
}

/** The sample weights, where there are any. */
export function weightsOf(data: Dataset): Float64Array | undefined {
  const weights = data.sampleWeights()
  return weights && new Float64Array(weights)
}

/** The targets as a metric of all scores reads them. */
export function targetsOf(data: Dataset, { targetKind }: Loss, task: ScoredRows['task']): Float64Array {
  const { data: values, columns } = data.targetTable!
  if (task === 'classes') {
    if (columns === 1) return new Float64Array(values)
    return Float64Array.from({ length: data.rows }, (_, row) => {
      let best = row * columns
      for (let at = best + 1; at < (row + 1) * columns; at++) if (values[at]! > values[best]!) best = at
      return best - row * columns
    })
  }
  const read = new Float64Array(values)
  if (task === 'values') return read
  const half = targetKind === 'signs' ? 0 : 0.5
  for (let at = 0; at < read.length; at++) read[at] = Number(read[at]! > half)
  return read
}
