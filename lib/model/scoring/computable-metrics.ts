/*
 * Whether metrics can be computed of a network's outputs and a data set's targets.
 */
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { type Loss, targetColumnsOf } from '../../losses/loss.js'
import { type Metric, type MetricNeed, taskOfMetric } from '../../metrics/metric.js'
import { areOneHot } from '../../outputs/classes.js'
import {
  type MetricTask,
  type NetworkOutputs,
  outputMeaning,
  taskOf,
  tellOfProbabilities,
} from '../../outputs/meaning.js'
import type { Steps } from '../../turns.js'

/**
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the metric, where loss, outputs or targets do not give what it
 *   needs
 */
export function* requireComputable(
  metrics: readonly Metric[],
  loss: Loss,
  network: NetworkOutputs,
  data: readonly Dataset[],
): Steps<void> {
  const { outputs } = network
  if (metrics.length > 0) requireValueOutput(metrics[0]!, loss, outputs)
  for (const metric of metrics) {
    const task = taskOfMetric(metric, loss, outputs)
    const missing = (metric.needs ?? []).find((need) => !has(need, task, loss, network))
    if (missing !== undefined) throw notComputable(metric, missing, loss, outputs)
    if (task === 'values' || taskOf(loss.targetKind) !== 'values') continue
    if (!(yield* allOfClasses(data, task))) throw notComputable(metric, 'labels', loss, outputs)
  }
}

function has(need: MetricNeed, task: MetricTask, loss: Loss, network: NetworkOutputs): boolean {
  const { outputs } = network
  switch (need) {
    case 'labels':
      return task !== 'values'
    case 'oneLabel':
      return task === 'classes' || targetColumnsOf(loss, outputs) === 1
    case 'twoClasses':
      return targetColumnsOf(loss, outputs) <= 2
    case 'severalClasses':
      return task === 'classes'
    case 'probabilities':
      return tellOfProbabilities(outputMeaning(network, loss, false))
    case 'numbers':
      return task !== 'classes'
  }
}

/** Metrics compare one output with a target: a loss whose outputs share one says which. */
function requireValueOutput({ name }: Metric, loss: Loss, outputs: number): void {
  if (loss.sharedTarget !== true || outputs === 1 || (loss.valueOutput ?? outputs) < outputs) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected one output that is the predicted value for metric '${name}', but loss '${loss.name}' names none among its ` +
      `${outputs} outputs. ` +
      (loss.name === 'quantile' ? 'Add the quantile 0.5, or leave the metric out.' : 'Leave the metric out.'),
  )
}

/** Whether values are classes: 0 and 1, and, of several outputs, one 1 in every row. */
export function* areOfClasses(data: readonly Dataset[], loss: Loss, { outputs }: NetworkOutputs): Steps<boolean> {
  if (loss.sharedTarget === true) return false
  return yield* allOfClasses(data, outputs === 1 ? 'binary' : 'classes')
}

function* allOfClasses(data: readonly Dataset[], task: MetricTask): Steps<boolean> {
  for (const one of data) if (!(yield* areOneHot(forRuns(one).targets!, task))) return false
  return true
}

const wanted: Readonly<Record<MetricNeed, string>> = {
  labels: 'classes, or targets of 0 and 1',
  oneLabel: 'one class for every row',
  twoClasses: 'two classes, or another average',
  severalClasses: 'one class of several for every row',
  probabilities: 'outputs that are probabilities, such as those of softmax or sigmoid',
  numbers: 'targets of one number for every output, not classes',
}

function notComputable({ name }: Metric, need: MetricNeed, loss: Loss, outputs: number): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected ${wanted[need]} for metric '${name}', but loss '${loss.name}' of ${outputs} ` +
      `output${outputs === 1 ? '' : 's'} with these targets gives none. Leave it out, or choose another loss or metric.`,
  )
}
