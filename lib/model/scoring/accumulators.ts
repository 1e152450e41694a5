/*
 * From accumulators, a sum and a weight for each score, to loss and metrics.
 */
import type { Metric, MetricValue } from '../../metrics/metric.js'
import { factorOfUnits, type TargetUnits } from '../../outputs/units.js'
import { invalid } from '../../validate.js'
import type { RowScore, Scoring } from '../programs/compile.js'

/** Where the accumulators of one member begin in an array of many. */
export interface Accumulators {
  readonly array: Float64Array
  readonly from: number
}

/** Loss and metrics in the order asked for: means of accumulators, and values of all scores. */
export function readScores<Result>(
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
    const value =
      values[name] ?? (row < 0 ? undefined : finishedMean(array, from + 2 * row, scores[row]!, metric, units))
    if (value !== undefined) result[name] = value
  }
}

/** The loss stays that of scaled targets; metrics are in the targets' units. */
function finishedMean(
  array: Float64Array,
  at: number,
  { finish }: RowScore,
  metric: Metric | undefined,
  units: TargetUnits | undefined,
): number {
  const finished: unknown = finish(array[at]! / array[at + 1]!)
  // Of a user's own metric it may be anything.
  if (typeof finished !== 'number')
    throw invalid(`the result of finish of metric '${metric?.name}'`, 'number', finished)
  return finished * factorOfUnits(units, metric?.unitPower ?? 0)
}
