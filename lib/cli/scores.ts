/*
 * How good predictions are, by the metrics that `--json` names, in the units and labels of the table.
 */

import type { Json } from '../files/strict-json.js'
import type { ClassificationReport } from '../metrics/functions/classification-report.js'
import { metrics } from '../metrics/functions/index.js'
import { classOfOutputs } from '../outputs/classes.js'
import { renderConfusionMatrix } from '../report/terminal/confusion-matrix.js'
import { renderTable } from '../report/terminal/table.js'

/**
 * @param targets 0 or 1
 * @param probabilities of class 1
 */
export function binaryScores(targets: ArrayLike<number>, probabilities: ArrayLike<number>): Record<string, number> {
  const [truth, given] = [Array.from(targets), Array.from(probabilities)]
  const predicted = predictedClassNumbers(given, 2)
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
  const predicted = predictedClassNumbers(probabilities, classes)
  return {
    accuracy: metrics.accuracy(truth, predicted),
    f1: metrics.f1(truth, predicted, { average: 'macro' }),
    logLoss: metrics.logLoss(truth, rows),
  }
}

/** The class that each row is taken for. */
export function predictedClassNumbers(probabilities: ArrayLike<number>, classes: number): number[] {
  const outputs = classes === 2 ? 1 : classes
  return Array.from({ length: probabilities.length / outputs }, (_, row) =>
    classOfOutputs(probabilities, row * outputs, outputs, 0.5),
  )
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
    Object.entries(scores).map(([name, value]) => [name, Number.isFinite(value) ? sensible(value) : null]),
  )
}

/** Digits that say something: a test of a million rows tells no more than six of them. */
export function sensible(value: number): number {
  return Number(value.toPrecision(6))
}

/** The scores by class, for programs. */
export function reportJson(report: ClassificationReport | undefined): { [name: string]: Json } {
  if (report === undefined) return {}
  const { balancedAccuracy, majority, classes, confusion } = report
  return {
    balancedAccuracy: sensible(balancedAccuracy),
    majority: { label: majority.label, share: sensible(majority.share) },
    classes: classes.map(({ label, precision, recall, f1, support }) => ({
      label,
      precision: sensible(precision),
      recall: sensible(recall),
      f1: sensible(f1),
      support,
    })),
    confusion: confusion.map((row) => [...row]),
  }
}

/** Beside the accuracy: what it has to be compared with. */
export function comparisonText(report: ClassificationReport | undefined): string {
  if (report === undefined) return ''
  const { balancedAccuracy, majority } = report
  return (
    `  balancedAccuracy ${balancedAccuracy.toFixed(4)}  (always '${majority.label}' would have accuracy ` +
    `${majority.share.toFixed(4)})`
  )
}

/** The confusion matrix and the scores of every class. */
export function reportText({ classes, confusion }: ClassificationReport, width: number, ascii: boolean): string {
  const right = (heading: string) => ({ heading, align: 'right' }) as const
  const rows = classes.map(({ label, precision, recall, f1, support }) => [
    label,
    precision.toFixed(4),
    recall.toFixed(4),
    f1.toFixed(4),
    support.toLocaleString('en-US'),
  ])
  const labels = classes.map(({ label }) => label)
  return [
    renderConfusionMatrix(confusion, { labels, width, ascii }),
    renderTable(['class', right('precision'), right('recall'), right('f1'), right('rows')], rows, { width, ascii }),
  ].join('\n\n')
}

export function scoresText(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores)
    .map(([name, value]) => `${name} ${Number.isFinite(value) ? scoreText(value) : 'unknown'}`)
    .join('  ')
}

/** Shares to four places; errors in the target's units to six digits. */
function scoreText(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(4) : String(sensible(value))
}
