/*
 * How a metric sees a network's outputs and a data set's targets, and whether it can be computed of them.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Loss } from '../../losses/loss.js'
import { type Metric, type MetricNeed, type MetricTask, type OutputMeaning, taskOf } from '../../metrics/metric.js'
import { ELEMENTS_OF_STEP, findPlace, type Steps } from '../../turns.js'
import type { Network } from '../network/network.js'

/** The task of a metric: values of 0 and 1 are classes to one that needs them. */
export function metricTask({ needs = [] }: Metric, loss: Loss, outputs: number): MetricTask {
  const task = taskOf(loss.targetKind)
  const labels = needs.some((need) => need !== 'numbers')
  if (task !== 'values' || !labels) return task
  return outputs === 1 ? 'binary' : 'classes'
}

/** What the last layer gives; `fused`: it has left its activation to the loss. */
export function outputMeaning(activation: string, loss: Loss, outputs: number, fused: boolean): OutputMeaning {
  if (loss.takesLogits(activation, outputs) && (fused || activation === 'linear')) return 'logits'
  if (activation === 'linear' && loss.linearOutput !== undefined) return loss.linearOutput
  if (activation === 'logSoftmax') return 'logProbabilities'
  return /^(sigmoid|hardSigmoid|softmax)$/.test(activation) ? 'probabilities' : 'values'
}

/** Above it an output is taken for a 1. */
export function thresholdOf(loss: Loss, meaning: OutputMeaning): number {
  return loss.targetKind === 'signs' || meaning === 'logits' ? 0 : 0.5
}

/**
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the metric, where loss, outputs or targets do not give what it
 *   needs
 */
export function* requireComputable(
  metrics: readonly Metric[],
  loss: Loss,
  network: Network,
  data: readonly Dataset[],
): Steps<void> {
  const { outputs } = network
  const activation = network.layers.at(-1)!.activationName
  for (const metric of metrics) {
    const task = metricTask(metric, loss, outputs)
    const missing = (metric.needs ?? []).find((need) => !has(need, task, loss, activation, outputs))
    if (missing !== undefined) throw notComputable(metric, missing, loss, outputs)
    if (task === 'values' || taskOf(loss.targetKind) !== 'values') continue
    if (!(yield* allOfClasses(data, task))) throw notComputable(metric, 'labels', loss, outputs)
  }
}

function has(need: MetricNeed, task: MetricTask, loss: Loss, activation: string, outputs: number): boolean {
  switch (need) {
    case 'labels':
      return task !== 'values'
    case 'oneLabel':
      return task === 'classes' || outputs === 1
    case 'twoClasses':
      return outputs <= 2
    case 'severalClasses':
      return task === 'classes'
    case 'probabilities':
      return /^(logits|probabilities|logProbabilities)$/.test(outputMeaning(activation, loss, outputs, false))
    case 'numbers':
      return task !== 'classes'
  }
}

/** Whether values are classes: 0 and 1, and, of several outputs, one 1 in every row. */
export function* areOfClasses(data: readonly Dataset[], { outputs }: Network): Steps<boolean> {
  return yield* allOfClasses(data, outputs === 1 ? 'binary' : 'classes')
}

function* allOfClasses(data: readonly Dataset[], task: MetricTask): Steps<boolean> {
  for (const one of data) if (!(yield* isOfClasses(one, task))) return false
  return true
}

/** Values that are all 0 or 1, and, of several outputs, one 1 in every row. */
function* isOfClasses(data: Dataset, task: MetricTask): Steps<boolean> {
  const { data: values, columns } = data.targetTable!
  if ((yield* findPlace(values.length, (at) => values[at] !== 0 && values[at] !== 1)) >= 0) return false
  if (task === 'binary') return true
  const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / columns)
  for (let row = 0; row < data.rows; row++) {
    if (row % rowsOfStep === 0) yield
    const own = values.subarray(row * columns, (row + 1) * columns)
    if (own.indexOf(1) < 0 || own.indexOf(1) !== own.lastIndexOf(1)) return false
  }
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
