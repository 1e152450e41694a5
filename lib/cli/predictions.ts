/*
 * What a model says of the rows of a table, as a file of predictions holds it and as metrics want it.
 */

import type { Dataset } from '../data/dataset/dataset.js'
import type { Encoder } from '../data/encoder/encoder.js'
import type { Table } from '../data/table/table.js'
import { DeepblasError } from '../errors.js'
import { readModelFile } from '../files/model-file.js'
import { type ClassificationReport, classificationReport } from '../metrics/functions/classification-report.js'
import type { Sequential } from '../model/sequential.js'
import { inUnits } from '../outputs/units.js'
import { binaryScores, classScores, predictedClassNumbers, valueScores } from './scores.js'

/** How good a model is on some rows. */
export interface Judgement {
  readonly rows: number
  /** The metrics, in label names and original units. */
  readonly scores: Readonly<Record<string, number>>
  /** Of classes. */
  readonly report?: ClassificationReport
}

/** Of a data set that has targets. */
export async function judge(model: Sequential, encoder: Encoder, data: Dataset): Promise<Judgement> {
  const { rows } = data
  const targets = Array.from({ length: data.rows }, (_, row) => data.target(row)[0]!)
  const { targetScale, labels } = encoder
  if (targetScale !== undefined) {
    const truth = targets.map((value) => inUnits(value, targetScale))
    return { rows, scores: valueScores(truth, await predictedValues(model, encoder, data)) }
  }
  const { data: outputs } = await model.predict(data)
  const classes = labels!.length
  const scores = classes === 2 ? binaryScores(targets, outputs) : classScores(targets, outputs, classes)
  const report = classificationReport(targets, predictedClassNumbers(outputs, classes), { labels: labels! })
  return { rows, scores, report }
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
export function encodedRows(encoder: Encoder, table: Table, place: string): Dataset {
  try {
    return encoder.encode(table)
  } catch (error) {
    if (!(error instanceof DeepblasError)) throw error
    throw new DeepblasError(error.code, `${place}: ${error.message}`, { cause: error })
  }
}

/** Epochs of the training that wrote a model file; 0 where the file does not say. */
export async function trainedEpochs(path: string): Promise<number> {
  const epochs = (await readModelFile(path)).training?.epochs
  return typeof epochs === 'number' ? epochs : 0
}
