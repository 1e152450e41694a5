/*
 * What evaluations are asked for and give, of one network and of a population.
 */
import type { Loss } from '../../losses/loss.js'
import { type LossName, loss as lossOf } from '../../losses/names.js'
import type { Metric, MetricValue } from '../../metrics/metric.js'
import { type MetricName, type MetricOption, metric } from '../../metrics/names.js'
import type { NetworkOutputs } from '../../outputs/meaning.js'
import type { Scoring } from '../programs/compile.js'

/** Options of `evaluate`. */
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
