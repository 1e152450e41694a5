/*
 * What evaluations are asked for and give, of one network and of a population.
 */
import type { Loss } from '../losses/loss.js'
import { type LossName, lossFromFile, loss as lossOf } from '../losses/names.js'
import { type Metric, type MetricName, metric } from '../metrics/metric.js'
import type { Scoring } from './compile.js'
import type { Network } from './network.js'

export interface EvaluateOptions {
  /** Default the loss of the last fit. */
  readonly loss?: LossName | Loss
  /** Default the metrics of the last fit, and accuracy for classes. */
  readonly metrics?: readonly (MetricName | Metric)[]
}

/** Loss and metrics by name. */
export interface Evaluation {
  readonly loss: number
  readonly [metric: string]: number
}

export function scoresOf(accumulators: Float64Array, names: readonly string[]): Evaluation {
  const scores = names.map((name, i) => [name, accumulators[2 * i]! / accumulators[2 * i + 1]!] as const)
  return Object.fromEntries(scores) as unknown as Evaluation
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
  return loss.targetKind === 'values' ? [] : [metric('metrics', 'accuracy')]
}

/** The loss asked for, that of the last fit, or the one the network suggests. */
export function chosenLoss(asked: unknown, scoring: Scoring | undefined, network: Network): Loss {
  return lossOf('loss', asked ?? scoring?.loss ?? defaultLoss(network))
}

/** From the training summary of a model file. */
export function savedScoring(training: Record<string, unknown> | undefined): Scoring | undefined {
  if (training?.loss === undefined) return undefined
  const metrics = Array.isArray(training.metrics) ? training.metrics : []
  return {
    loss: lossFromFile('training.loss', training.loss),
    metrics: metrics.map((name) => metric('training.metrics', name)),
  }
}
