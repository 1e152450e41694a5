/*
 * What evaluations are asked for and give, of one network and of a population.
 */
import type { Loss } from '../losses/loss.js'
import { type LossName, lossFromFile, loss as lossOf, savedLoss } from '../losses/names.js'
import type { Metric, MetricValue } from '../metrics/metric.js'
import { type MetricName, type MetricOption, metric, metricFromFile, savedMetric } from '../metrics/names.js'
import type { RowScore, Scoring, TargetUnits } from './compile.js'
import type { Network } from './network.js'

export interface EvaluateOptions {
  /** Default the loss of the last fit. */
  readonly loss?: LossName | Loss
  /** Default the metrics of the last fit, and accuracy for classes. */
  readonly metrics?: readonly MetricOption[]
}

/** Loss and metrics by name: those that were asked for are there. */
export interface Evaluation extends Readonly<Record<Exclude<MetricName, 'confusion'>, number>> {
  readonly loss: number
  /** [true class][predicted class] */
  readonly confusion: readonly (readonly number[])[]
  readonly [metric: string]: MetricValue
}

/** Loss and metrics in the order asked for: means of accumulators, and values of all scores. */
export function scoresOf<Result>(
  accumulators: Float64Array,
  scores: readonly RowScore[],
  { metrics, units }: Scoring,
  values: Readonly<Record<string, MetricValue>> = {},
): Result {
  const means = scores.map(({ name, finish }, i): [string, MetricValue] => [
    name,
    finish(accumulators[2 * i]! / accumulators[2 * i + 1]!) * unitOf(metrics, name, units),
  ])
  const known: Record<string, MetricValue> = { ...Object.fromEntries(means), ...values }
  // What sees all scores at once is not known of a stream, whose rows have gone by.
  const names = ['loss', ...metrics.map(({ name }) => name)].filter((name) => known[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, known[name]!])) as Result
}

/** What a mean of scaled targets is multiplied by; the loss stays that of the scaled ones. */
function unitOf(metrics: readonly Metric[], name: string, units: TargetUnits | undefined): number {
  const power = metrics.find((metric) => metric.name === name)?.unitPower ?? 0
  return (units?.deviation ?? 1) ** power
}

/** What the last layer's activation suggests. */
export function defaultLoss(network: Network): LossName {
  const { activationName } = network.layers.at(-1)!
  if (activationName === 'softmax' || activationName === 'logSoftmax') return 'crossEntropy'
  return activationName === 'sigmoid' ? 'binaryCrossEntropy' : 'meanSquaredError'
}

/** The metrics of the last fit; without any, accuracy where there are classes. */
export function defaultMetrics(scoring: Scoring | undefined, loss: Loss): readonly Metric[] {
  if (scoring !== undefined && scoring.metrics.length > 0) return scoring.metrics
  return ['classes', 'binary', 'signs'].includes(loss.targetKind) ? [metric('metrics', 'accuracy')] : []
}

/** The loss asked for, that of the last fit, or the one the network suggests. */
export function chosenLoss(asked: unknown, scoring: Scoring | undefined, network: Network): Loss {
  return lossOf('loss', asked ?? scoring?.loss ?? defaultLoss(network))
}

/** The training summary of a model file. */
export function trainingSummary({ loss, metrics }: Scoring, epochs?: number): Record<string, unknown> {
  return {
    loss: savedLoss(loss),
    metrics: metrics.map(savedMetric),
    ...(epochs === undefined ? {} : { epochs }),
  }
}

/** From the training summary of a model file. */
export function savedScoring(training: Record<string, unknown> | undefined): Scoring | undefined {
  if (training?.loss === undefined) return undefined
  const metrics = Array.isArray(training.metrics) ? training.metrics : []
  return {
    loss: lossFromFile('training.loss', training.loss),
    metrics: metrics.map((one, i) => metricFromFile(`training.metrics[${i}]`, one)),
  }
}
