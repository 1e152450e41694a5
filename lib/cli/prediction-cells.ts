/*
 * Predictions as the cells of a file.
 */
import type { Dataset } from '../data/dataset/dataset.js'
import type { Encoder } from '../data/encoder/encoder.js'
import type { Sequential } from '../model/sequential.js'
import { classOfOutputs } from '../outputs/classes.js'
import { predictedValues } from '../strategy/tables/score-model.js'
import { TableModel } from '../strategy/tables/table-model.js'

/** What is written behind every row: the prediction (of quantiles each one), and the probability of each class where that is asked for. */
export async function predictedCells(
  model: Sequential | TableModel,
  encoder: Encoder,
  data: Dataset,
  probabilities: boolean,
  decimal: '.' | ',',
): Promise<string[][]> {
  const written = (value: number) => (decimal === ',' ? String(value).replace('.', ',') : String(value))
  const { labels, targetScale } = encoder
  if (labels === undefined) {
    const values = await predictedValues(model, encoder, data)
    const cells = Array.from(values, (value) => written(valueDigits(value, targetScale!.deviation)))
    return Array.from({ length: data.rows }, (_, row) => cells.slice(row * model.outputs, (row + 1) * model.outputs))
  }
  const outputs = await model.predict(data)
  const threshold = model instanceof TableModel ? model.threshold : undefined
  const decoded =
    threshold === undefined
      ? encoder.decode(outputs)
      : Array.from(outputs.data, (_, row) => labels[classOfOutputs(outputs.data, row, 1, threshold)]!)
  const digits = (value: number) => written(float32Digits(value))
  const probability = (row: number, one: number) => {
    if (labels.length > 2) return outputs.data[row * labels.length + one]!
    return one === 1 ? outputs.data[row]! : 1 - outputs.data[row]!
  }
  return decoded.map((label: string | number, row: number) => [
    String(label),
    ...(probabilities ? labels.map((_, one) => digits(probability(row, one))) : []),
  ])
}

/** As many digits as give the float32 back. */
function float32Digits(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return short
  }
  return Number(value.toPrecision(9))
}

/**
 * The network's precision is a share of the targets' deviation, whatever their mean: with a large mean that is more digits
 * than a float32 has, and never fewer.
 */
export function valueDigits(value: number, deviation: number): number {
  const places = 6 - Math.floor(Math.log10(deviation))
  const step = 10 ** Math.max(0, -places)
  const rounded = places < 0 ? Math.round(value / step) * step : Number(value.toFixed(Math.min(100, places)))
  return Math.fround(rounded) === Math.fround(value) ? rounded : float32Digits(value)
}
