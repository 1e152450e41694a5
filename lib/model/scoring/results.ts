/*
 * What evaluations are asked for and give, of one network and of a population.
 */
import type { Loss } from '../../losses/loss.js'
import { type LossName, lossFromFile, loss as lossOf, savedLoss } from '../../losses/names.js'
import type { Metric, MetricValue } from '../../metrics/metric.js'
import { type MetricName, type MetricOption, metric, metricFromFile, savedMetric } from '../../metrics/names.js'
import type { NetworkOutputs } from '../../outputs/meaning.js'
import { factorOfUnits, type TargetUnits } from '../../outputs/units.js'
import type { RowScore, Scoring } from '../programs/compile.js'

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

/** Where the accumulators of one member begin in an array of many. */
export interface Accumulators {
  readonly array: Float64Array
  readonly from: number
}

/** Loss and metrics in the order asked for: means of accumulators, and values of all scores. */
export function scoresOf<Result>(
  accumulators: Accumulators,
  scores: readonly RowScore[],
  scoring: Scoring,
  values: Readonly<Record<string, MetricValue>> = {},
): Result {
  const result: Record<string, unknown> = {}
  addScores(result, accumulators, scores, scoring, values)
  return result as Result
}

/** The same as properties of `result`. A small network's step takes microseconds, and each may be an epoch. */
export function addScores(
  result: Record<string, unknown>,
  { array, from }: Accumulators,
  scores: readonly RowScore[],
  { metrics, units }: Scoring,
  values: Readonly<Record<string, MetricValue>> = {},
): void {
  for (let i = -1; i < metrics.length; i++) {
    const metric = metrics[i]
    const name = metric?.name ?? 'loss'
    const row = scores.findIndex((score) => score.name === name)
    // What sees all scores at once is not known of a stream, whose rows have gone by.
    const value = values[name] ?? (row < 0 ? undefined : meanOf(array, from + 2 * row, scores[row]!, metric, units))
    if (value !== undefined) result[name] = value
  }
}

/** The loss stays that of scaled targets; metrics are in the targets' units. */
function meanOf(
  array: Float64Array,
  at: number,
  { finish }: RowScore,
  metric: Metric | undefined,
  units: TargetUnits | undefined,
): number {
  return finish(array[at]! / array[at + 1]!) * factorOfUnits(units, metric?.unitPower ?? 0)
}

/** What the last layer's activation suggests. */
export function defaultLoss({ outputActivation }: NetworkOutputs): LossName {
  return outputActivation.suggestedLoss ?? 'meanSquaredError'
}

/** The metrics of the last fit; without any, accuracy where there are classes. */
export function defaultMetrics(scoring: Scoring | undefined, loss: Loss): readonly Metric[] {
  if (scoring !== undefined && scoring.metrics.length > 0) return scoring.metrics
  return ['classes', 'binary', 'signs'].includes(loss.targetKind) ? [metric('metrics', 'accuracy')] : []
}

/** The loss asked for, that of the last fit, or the one the network suggests. */
export function chosenLoss(asked: unknown, scoring: Scoring | undefined, network: NetworkOutputs): Loss {
  return lossOf('loss', asked ?? scoring?.loss ?? defaultLoss(network))
}

/** The training summary of a model file. */
export function trainingSummary({ loss, metrics, ofClasses }: Scoring, epochs?: number): Record<string, unknown> {
  return {
    loss: savedLoss(loss),
    metrics: metrics.map(savedMetric),
    ...(ofClasses === undefined ? {} : { ofClasses }),
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
    ...(typeof training.ofClasses === 'boolean' && { ofClasses: training.ofClasses }),
  }
}
