// The quantile loss and non-crossing outputs by PyTorch in float64, pinball losses by scikit-learn; values/quantiles.py writes
// them. Bound of what is computed in float32: 1e-5 of the value and 2e-7 of the largest of its tensor.
import { describe, expect, test } from 'vitest'
import { Dataset, Dense, metrics, NonCrossing, quantile, Sequential } from '../../lib/index.js'
import { golden } from '../helpers/golden.js'

interface LossCase {
  readonly quantiles: number[]
  readonly center: number | null
  readonly prediction: number[][]
  readonly target: number[]
  readonly sampleWeights: number[] | null
  readonly outputs: number[][]
  readonly loss: number
  readonly gradient: number[][]
}
interface PinballCase {
  readonly quantiles: number[]
  readonly targets: number[]
  readonly predicted: number[][]
  readonly sampleWeights: number[] | null
  readonly each: number[]
}
const file = golden<{ losses: Record<string, LossCase>; pinball: PinballCase[] }>('quantiles')

function expectNear(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (const [at, value] of expected.entries()) {
    expect(Math.abs(actual[at]! - value), `element ${at}`).toBeLessThanOrEqual(1e-5 * Math.abs(value) + 2e-7 * largest)
  }
}

describe.each(Object.entries(file.losses))('quantile loss: %s', (_, given) => {
  const { quantiles, center, prediction, target, sampleWeights } = given
  const rows = prediction.length
  const outputs = quantiles.length
  // A one-hot input, whose weight is the row's prediction.
  const model = new Sequential(
    [new Dense(outputs, { bias: false }), ...(center === null ? [] : [new NonCrossing({ center })])],
    { inputs: rows },
  )
  const data = Float32Array.from({ length: outputs * rows }, (_, at) => prediction[at % rows]![Math.floor(at / rows)]!)
  model.setWeights([{ name: 'layers.0.weight', shape: [outputs, rows], data }])
  const x = prediction.map((_, row) => prediction.map((__, column) => Number(row === column)))
  const dataset = Dataset.from({ x, y: target, ...(sampleWeights && { sampleWeights }) })
  const loss = quantile({ quantiles })

  test('outputs, loss and gradients', async () => {
    expectNear(model.predictSync(x).data, given.outputs.flat())
    expectNear([(await model.evaluate(dataset, { loss })).loss], [given.loss])
    const [weight] = await model.gradients(dataset, { loss })
    const byRow = Array.from({ length: rows * outputs }, (_, at) => {
      return weight!.data[(at % outputs) * rows + Math.floor(at / outputs)]!
    })
    expectNear(byRow, given.gradient.flat())
  })

  test('the metric of the outputs is the loss', () => {
    const weights = sampleWeights && { sampleWeights }
    expect(metrics.pinball(target, given.outputs, { quantiles, ...weights })).toBeCloseTo(given.loss, 12)
  })
})

test.each(file.pinball)('pinball losses by scikit-learn: $quantiles', ({ quantiles, targets, predicted, ...rest }) => {
  const weights = rest.sampleWeights && { sampleWeights: rest.sampleWeights }
  for (const [i, expected] of rest.each.entries()) {
    const own = predicted.map((row) => row[i]!)
    expect(metrics.pinball(targets, own, { quantiles: [quantiles[i]!], ...weights })).toBeCloseTo(expected, 12)
  }
  const mean = rest.each.reduce((sum, value) => sum + value, 0) / quantiles.length
  expect(metrics.pinball(targets, predicted, { quantiles, ...weights })).toBeCloseTo(mean, 12)
})
