/*
 * How good a model is on rows of a table: metrics in label names and in the target's own units.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import type { Table } from '../../data/table/table.js'
import { DeepblasError } from '../../errors.js'
import { type ClassificationReport, classificationReport } from '../../metrics/functions/classification-report.js'
import { metrics } from '../../metrics/functions/index.js'
import type { Sequential } from '../../model/sequential.js'
import { classOfOutputs } from '../../outputs/classes.js'
import { inUnits } from '../../outputs/units.js'

/** Metrics of a model on some rows of a table. */
export interface TableScores {
  readonly rows: number
  /**
   * For two classes: accuracy, rocAuc, averagePrecision, f1 and logLoss; the label that comes later in order is the
   * positive class. For several classes: accuracy, f1 (mean over the classes) and logLoss. For values:
   * rootMeanSquaredError, meanAbsoluteError and r2, in the target's units. A metric is NaN if it cannot be computed,
   * such as the ROC AUC of rows of one class.
   */
  readonly metrics: Readonly<Record<string, number>>
  /** For classes: the scores of each class, the confusion matrix, and the baselines that the accuracy has to beat. */
  readonly report?: ClassificationReport
}

/** @param data rows that have targets */
export async function scoresOn(model: Sequential, encoder: Encoder, data: Dataset): Promise<TableScores> {
  const { rows } = data
  const targets = Array.from({ length: data.rows }, (_, row) => data.target(row)[0]!)
  const { targetScale, labels } = encoder
  if (targetScale !== undefined) {
    const truth = targets.map((value) => inUnits(value, targetScale))
    return { rows, metrics: valueScores(truth, await predictedValues(model, encoder, data)) }
  }
  const { data: outputs } = await model.predict(data)
  const classes = labels!.length
  const scores = classes === 2 ? binaryScores(targets, outputs) : classScores(targets, outputs, classes)
  const report = classificationReport(targets, predictedClassNumbers(outputs, classes), { labels: labels! })
  return { rows, metrics: scores, report }
}

/** Values in the target's units, in float64: with a large mean, such as that of dates in seconds, float32 has no digits left. */
export async function predictedValues(model: Sequential, encoder: Encoder, data: Dataset): Promise<ArrayLike<number>> {
  const linear = model.layers.at(-1)!.activationName === 'linear'
  if (!linear) return (await model.predict(data)).data
  return encoder.decode(await model.predictRaw(data)) as number[]
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

/**
 * @param targets 0 or 1
 * @param probabilities of class 1
 */
function binaryScores(targets: ArrayLike<number>, probabilities: ArrayLike<number>): Record<string, number> {
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
function classScores(
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
function predictedClassNumbers(probabilities: ArrayLike<number>, classes: number): number[] {
  const outputs = classes === 2 ? 1 : classes
  return Array.from({ length: probabilities.length / outputs }, (_, row) =>
    classOfOutputs(probabilities, row * outputs, outputs, 0.5),
  )
}

function valueScores(targets: ArrayLike<number>, values: ArrayLike<number>): Record<string, number> {
  const [truth, given] = [Array.from(targets), Array.from(values)]
  return {
    rootMeanSquaredError: metrics.rootMeanSquaredError(truth, given),
    meanAbsoluteError: metrics.meanAbsoluteError(truth, given),
    r2: metrics.r2(truth, given),
  }
}
