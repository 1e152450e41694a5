/*
 * Loss and metrics as the training summary of a model file keeps them.
 */
import { lossFromFile, savedLoss } from '../../losses/names.js'
import { metricFromFile, savedMetric } from '../../metrics/names.js'
import type { Scoring } from '../programs/compile.js'

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
