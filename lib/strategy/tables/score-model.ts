/*
 * Scores of a model on rows of a table.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import type { NumberArray } from '../../kinds.js'
import type { Sequential } from '../../model/sequential.js'
import { bringInUnits, inUnits, predictedValue } from '../../outputs/units.js'
import { inTurns } from '../../turns.js'
import { labelScores, quantileScores, type TableScores, targetsOf, valueScores } from './scores.js'
import { TableModel, valuesOfRows } from './table-model.js'

/** @param data rows that have targets */
export async function scoresOn(model: Sequential | TableModel, encoder: Encoder, data: Dataset): Promise<TableScores> {
  const { rows } = data
  const targets = await inTurns(targetsOf(data))
  const { targetScale, labels } = encoder
  if (targetScale !== undefined) {
    await inTurns(bringInUnits(targets, targetScale, inUnits))
    const values = await predictedValues(model, encoder, data)
    const quantiles = model instanceof TableModel ? model.quantiles : undefined
    const scores = quantiles === undefined ? valueScores(targets, values) : quantileScores(targets, values, quantiles)
    return { rows, metrics: await inTurns(scores) }
  }
  const { data: outputs } = await model.predict(data)
  const threshold = model instanceof TableModel ? model.threshold : undefined
  return { rows, ...(await inTurns(labelScores(targets, outputs, labels!, threshold))) }
}

/** Values in the target's units, in float64: with a large mean, such as that of dates in seconds, float32 has no digits left. */
export async function predictedValues(
  model: Sequential | TableModel,
  encoder: Encoder,
  data: Dataset,
): Promise<NumberArray> {
  if (model instanceof TableModel) return await valuesOfRows(model, data)
  const { gives } = model.layers.at(-1)!.outputActivation
  if (gives !== 'sums') return (await model.predict(data)).data
  const values = Float64Array.from((await model.predictRaw(data)).data)
  await inTurns(bringInUnits(values, encoder.targetScale!, predictedValue))
  return values
}
