/*
 * How good predictions are, by the metrics that `--json` names, in the units and labels of the table.
 */
import type { Json } from '../files/strict-json.js'
import { metrics } from '../metrics/functions/index.js'

/**
 * @param targets 0 or 1
 * @param probabilities of class 1
 */
export function binaryScores(targets: ArrayLike<number>, probabilities: ArrayLike<number>): Record<string, number> {
  const [truth, given] = [Array.from(targets), Array.from(probabilities)]
  const predicted = given.map((probability) => Number(probability > 0.5))
  return {
    accuracy: metrics.accuracy(truth, predicted),
    rocAuc: metrics.rocAuc(truth, given),
    // Without a positive there is nothing to find.
    averagePrecision: truth.includes(1) ? metrics.averagePrecision(truth, given) : Number.NaN,
    f1: truth.includes(1) ? metrics.f1(truth, predicted) : Number.NaN,
    logLoss: metrics.logLoss(truth, given),
  }
}

/** @param probabilities one row of `classes` numbers for each target */
export function classScores(
  targets: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): Record<string, number> {
  const truth = Array.from(targets)
  const rows = truth.map((_, row) => Array.from({ length: classes }, (_, one) => probabilities[row * classes + one]!))
  const predicted = rows.map((row) => row.indexOf(Math.max(...row)))
  return {
    accuracy: metrics.accuracy(truth, predicted),
    f1: metrics.f1(truth, predicted, { average: 'macro' }),
    logLoss: metrics.logLoss(truth, rows),
  }
}

export function valueScores(targets: ArrayLike<number>, values: ArrayLike<number>): Record<string, number> {
  const [truth, given] = [Array.from(targets), Array.from(values)]
  return {
    rootMeanSquaredError: metrics.rootMeanSquaredError(truth, given),
    meanAbsoluteError: metrics.meanAbsoluteError(truth, given),
    r2: metrics.r2(truth, given),
  }
}

/** JSON has no NaN: what cannot be told, such as the ROC AUC of rows of one class, is null. */
export function scoresJson(scores: Readonly<Record<string, number>>): { [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(scores).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  )
}

export function scoresText(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores)
    .map(([name, value]) => `${name} ${Number.isFinite(value) ? value.toFixed(4) : 'unknown'}`)
    .join('  ')
}
