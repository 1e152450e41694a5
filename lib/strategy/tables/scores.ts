/*
 * How good a model is on rows of a table: metrics in label names and in the target's own units.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import type { Table } from '../../data/table/table.js'
import { DeepblasError } from '../../errors.js'
import type { NumberArray } from '../../kinds.js'
import { type ClassificationReport, classificationReport } from '../../metrics/functions/classification-report.js'
import { metrics } from '../../metrics/functions/index.js'
import { areaUnderCurve, precisionByRecall, type RankingRule } from '../../metrics/functions/ranking.js'
import { classOfOutputs } from '../../outputs/classes.js'
import type { Steps } from '../../turns.js'

/** The threshold of two classes where none was chosen. */
export const HALF = 0.5

/** Rows between two steps. */
const ROWS_OF_STEP = 16_384

/** Metrics of a model on some rows of a table. */
export interface TableScores {
  readonly rows: number
  /**
   * For two classes: accuracy, rocAuc, averagePrecision, f1 and logLoss; the label that comes later in order is the
   * positive class. For several classes: accuracy, f1 (mean over the classes) and logLoss. For values:
   * rootMeanSquaredError, meanAbsoluteError and r2, in the target's units. For quantiles the same of the median, where it
   * is among them; and pinball, the mean quantile loss in the target's units, and coverage, the share of the targets from
   * the lowest to the highest quantile, where there are several. A metric is NaN if it cannot be computed,
   * such as the ROC AUC of rows of one class.
   */
  readonly metrics: Readonly<Record<string, number>>
  /** For classes: the scores of each class, the confusion matrix, and the baselines that the accuracy has to beat. */
  readonly report?: ClassificationReport
}

/** The one target of every row. */
export function* targetsOf(data: Dataset): Steps<Float64Array> {
  const targets = new Float64Array(data.rows)
  for (let row = 0; row < targets.length; row++) {
    targets[row] = data.target(row)[0]!
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return targets
}

/**
 * The rows of a table for a model; of the place where they are from, if they cannot be had.
 *
 * @param place a file, or a piece of one: row numbers in errors are those of the table
 */
export async function encodedRows(encoder: Encoder, table: Table, place: string): Promise<Dataset> {
  try {
    return await encoder.encodeAsync(table)
  } catch (error) {
    if (!(error instanceof DeepblasError)) throw error
    throw new DeepblasError(error.code, `${place}: ${error.message}`, { cause: error })
  }
}

/*
 * Each metric is a step of its own: of a hundred thousand rows it takes some milliseconds. Those that sort pause within.
 */

/**
 * @param probabilities of class 1 where there are two classes, otherwise one row of numbers for each target
 * @param threshold above which it is class 1
 */
export function* labelScores(
  targets: Float64Array,
  probabilities: NumberArray,
  labels: readonly string[],
  threshold = HALF,
): Steps<Pick<TableScores, 'metrics' | 'report'>> {
  const predicted = yield* predictedClassNumbers(probabilities, labels.length, threshold)
  const scores =
    labels.length === 2
      ? yield* binaryScores(targets, predicted, probabilities)
      : yield* classScores(targets, predicted, probabilities, labels.length)
  return { metrics: scores, report: classificationReport(targets, predicted, { labels }) }
}

/** @param targets 0 or 1 */
function* binaryScores(
  targets: Float64Array,
  predicted: Float64Array,
  probabilities: NumberArray,
): Steps<Record<string, number>> {
  const isPositive = (row: number) => targets[row] === 1
  const ranked = (rule: RankingRule) =>
    rule(
      isPositive,
      (row) => probabilities[row]!,
      targets.length,
      () => 1,
    )
  const accuracy = metrics.accuracy(targets, predicted)
  yield
  const rocAuc = yield* ranked(areaUnderCurve)
  // Without a positive there is nothing to find.
  const somePositive = targets.includes(1)
  const averagePrecision = somePositive ? yield* ranked(precisionByRecall) : Number.NaN
  const f1 = somePositive ? metrics.f1(targets, predicted) : Number.NaN
  yield
  const logLoss = metrics.logLoss(targets, probabilities)
  yield
  return { accuracy, rocAuc, averagePrecision, f1, logLoss }
}

function* classScores(
  targets: Float64Array,
  predicted: Float64Array,
  probabilities: NumberArray,
  classes: number,
): Steps<Record<string, number>> {
  const accuracy = metrics.accuracy(targets, predicted)
  yield
  const f1 = metrics.f1(targets, predicted, { average: 'macro' })
  yield
  const logLoss = metrics.logLoss(targets, { data: probabilities, shape: [targets.length, classes] })
  yield
  return { accuracy, f1, logLoss }
}

/** The class that each row is taken for. */
function* predictedClassNumbers(probabilities: NumberArray, classes: number, threshold: number): Steps<Float64Array> {
  const outputs = classes === 2 ? 1 : classes
  const predicted = new Float64Array(probabilities.length / outputs)
  for (let row = 0; row < predicted.length; row++) {
    predicted[row] = classOfOutputs(probabilities, row * outputs, outputs, threshold)
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return predicted
}

/** @param targets and values in the target's units */
export function* valueScores(targets: Float64Array, values: NumberArray): Steps<Record<string, number>> {
  const rootMeanSquaredError = metrics.rootMeanSquaredError(targets, values)
  yield
  const meanAbsoluteError = metrics.meanAbsoluteError(targets, values)
  yield
  return { rootMeanSquaredError, meanAbsoluteError, r2: metrics.r2(targets, values) }
}

/**
 * @param targets in the target's units
 * @param values a number for each quantile (rows, quantiles), in the target's units
 */
export function* quantileScores(
  targets: Float64Array,
  values: NumberArray,
  quantiles: readonly number[],
): Steps<Record<string, number>> {
  const columns = quantiles.length
  const column = (at: number) => Float64Array.from(targets, (_, row) => values[row * columns + at]!)
  const median = quantiles.indexOf(HALF)
  const ofMedian = median < 0 ? {} : yield* valueScores(targets, column(median))
  yield
  const pinball = metrics.pinball(targets, { data: values, shape: [targets.length, columns] }, { quantiles })
  yield
  if (columns === 1) return { ...ofMedian, pinball }
  return { ...ofMedian, pinball, coverage: metrics.coverage(targets, { lower: column(0), upper: column(columns - 1) }) }
}
