/*
 * Whether a number can tell one model from another on a data set: on rows of one class many metrics are the same, or NaN,
 * whatever is predicted.
 */
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { targetColumnsOf } from '../../losses/loss.js'
import { isBuiltInMetric, type Metric, type ScoredRows, taskOfMetric } from '../../metrics/metric.js'
import { targetsFor } from '../../outputs/classes.js'
import { thresholdOf } from '../../outputs/meaning.js'
import type { Scoring } from '../programs/compile.js'
import { weightsOf } from './all-rows-metrics.js'

export interface Always {
  /** What it always is; NaN too. */
  readonly value: number
  /** What all rows are, such as 'all 5 rows are of class 0'. */
  readonly text: string
  /** What the data has too little of. */
  readonly lack: 'classes' | 'rows of a weight above 0' | 'different targets' | 'more rows'
}

/** Predictions that are tried, beside the best and the worst. */
const TRIALS = 6

/**
 * What a number of a data set is whatever the model predicts; undefined where the predictions decide.
 *
 * @param metric left out for the loss
 * @param outputs of the network
 */
export function alwaysOf(
  metric: Metric | undefined,
  data: Dataset,
  { loss }: Scoring,
  outputs: number,
): Always | undefined {
  const weights = weightsOf(data)
  const counted = weights === undefined ? data.rows : weights.reduce((sum, weight) => sum + Number(weight > 0), 0)
  const rows = `${counted} row${counted === 1 ? '' : 's'}${weights === undefined ? '' : ' of a weight above 0'}`
  if (counted === 0) {
    return { value: Number.NaN, text: `all ${data.rows} rows have weight 0`, lack: 'rows of a weight above 0' }
  }
  // What a user's own makes of predictions that no model has given is not known.
  if (metric?.fromScores === undefined || !isBuiltInMetric(metric)) return undefined
  const task = taskOfMetric(metric, loss, outputs)
  const given = {
    task,
    rows: data.rows,
    outputs: targetColumnsOf(loss, outputs),
    targets: targetsFor(forRuns(data).targets!, loss, task),
    weights,
    threshold: thresholdOf(loss, 'values'),
  }
  let value: number | undefined
  for (const scores of trials(given)) {
    const one = metric.fromScores({ ...given, scores })
    // Nearly always the second differs from the first.
    if (typeof one !== 'number' || !Object.is(value ?? one, one)) return undefined
    value = one
  }
  if (value === undefined) return undefined
  if (task === 'values') {
    return counted < 2
      ? { value, text: `${metric.name} needs two rows, and there is 1 row`, lack: 'more rows' }
      : {
          value,
          text: `${metric.name} needs different targets, and all are equal in the ${rows}`,
          lack: 'different targets',
        }
  }
  return {
    value,
    text: `${metric.name} needs rows of every class, and ${classesIn(data, given)} ${rows}`,
    lack: 'classes',
  }
}

/** Scores as different as a model's can be: the best and the worst, but for values neither, and others between. */
function* trials({ task, rows, outputs, targets, threshold }: Omit<ScoredRows, 'scores'>): Generator<Float64Array> {
  const scoresBy = (scoreOf: (at: number) => number) => {
    const scores = new Float64Array(rows * outputs)
    for (let at = 0; at < scores.length; at++) scores[at] = scoreOf(at)
    return scores
  }
  const right = (at: number) =>
    task === 'classes' ? targets[Math.floor(at / outputs)] === at % outputs : targets[at] === 1
  const low = threshold - 0.4
  const size = targets.reduce((most, target) => Math.max(most, Math.abs(target)), 0) || 1
  if (task !== 'values') {
    yield scoresBy((at) => low + 0.8 * Number(right(at)))
    yield scoresBy((at) => low + 0.8 * Number(!right(at)))
  }
  for (let trial = 0; trial < TRIALS; trial++) {
    // Scattered, the same at every call.
    const between = (at: number) => ((at + 1) * (trial + 1) * 0.618034) % 1
    yield scoresBy(
      task === 'values'
        ? (at) => targets[at]! + size * 10 ** (trial - 3) * (1 + between(at))
        : (at) => low + 0.8 * between(at),
    )
  }
}

function classesIn(data: Dataset, { rows, targets, weights }: Omit<ScoredRows, 'scores'>): string {
  if (targets.length !== rows) return 'some output has one only in the'
  const present = new Set<number>()
  for (const [row, target] of targets.entries()) if (weights === undefined || weights[row]! > 0) present.add(target)
  const classes = [...present].sort((a, b) => a - b)
  const names = classes
    .slice(0, 5)
    .map((code) => (data.labels?.[code] === undefined ? `${code}` : `'${data.labels[code]}'`))
  if (classes.length === 1) return `${names[0]} is the class of all`
  return `${names.join(', ')}${classes.length > 5 ? ', …' : ''} are the classes of the`
}
