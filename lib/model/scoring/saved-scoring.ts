/*
 * Loss, metrics and failed members as the training summary of a model file keeps them.
 */
import { lossFromFile, savedLoss } from '../../losses/names.js'
import { metricFromFile, savedMetric } from '../../metrics/names.js'
import { array, invalid, nonNegativeInteger } from '../../validate.js'
import type { Scoring } from '../programs/compile.js'

/** The training summary of a model file. */
export function trainingSummary(
  { loss, metrics, ofClasses }: Scoring,
  epochs: number | undefined,
  failed: readonly number[],
): Record<string, unknown> {
  return {
    loss: savedLoss(loss),
    metrics: metrics.map(savedMetric),
    ...(ofClasses === undefined ? {} : { ofClasses }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(failed.length > 0 && { failed: [...failed] }),
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

/** The failed members of a population, ascending, from the training summary of its file. */
export function savedFailed(training: Record<string, unknown> | undefined, members: number): readonly number[] {
  if (training?.failed === undefined) return []
  const failed = array('training.failed', training.failed, 'whole numbers').map((one, at) =>
    nonNegativeInteger(`training.failed[${at}]`, one),
  )
  if (failed.every((member, at) => member < members && (at === 0 || member > failed[at - 1]!))) return failed
  throw invalid('training.failed', `ascending members from 0 to ${members - 1}`, failed)
}
