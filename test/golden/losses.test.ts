// Losses and gradients by PyTorch, through one step of gradient descent of a layer that passes its input on. Bound: 1e-5 of
// the value, and 2e-7 (float32's rounding, a few times) of the largest one of its tensor: small gradients are compared too.
import { describe, expect, test } from 'vitest'
import {
  binaryCrossEntropy,
  crossEntropy,
  Dataset,
  Dense,
  type FitOptions,
  huber,
  type Loss,
  type LossName,
  Sequential,
  SGD,
  type Targets,
} from '../../lib/index.js'
import { golden } from '../helpers/golden.js'

interface Case {
  prediction: number[][]
  loss: number
  gradient: number[][]
}
const file = golden<{
  target: number[][]
  binary: number[][]
  classes: number[]
  target_probabilities: number[][]
  poisson_counts: number[][]
  sampleWeights: number[]
  classWeights: number[]
  positiveWeight: number[]
  cases: Record<string, Case>
}>('losses')

const BOUND = 1e-5
const ROUNDING = 2e-7

function expectNear(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (const [at, value] of expected.entries()) {
    const error = Math.abs(actual[at]! - value)
    expect(error, `element ${at}`).toBeLessThanOrEqual(BOUND * Math.abs(value) + ROUNDING * largest)
  }
}

interface Fitted {
  readonly loss: LossName | Loss
  readonly y: Targets
  readonly sampleWeights?: readonly number[]
  readonly classWeights?: FitOptions['classWeights']
}

/** What a case's name says. */
function fitted(name: string): Fitted {
  const number = (option: string) => Number(new RegExp(`${option}=([\\d.]+)`).exec(name)?.[1])
  const classes = file.classes
  if (name === 'binaryCrossEntropy(logits, positiveWeight)') {
    return { loss: binaryCrossEntropy({ positiveWeight: file.positiveWeight }), y: file.binary }
  }
  if (name.startsWith('binaryCrossEntropy')) return { loss: 'binaryCrossEntropy', y: file.binary }
  if (name.includes('labelSmoothing')) {
    return { loss: crossEntropy({ labelSmoothing: number('labelSmoothing') }), y: classes }
  }
  if (name.includes('classWeights')) return { loss: 'crossEntropy', y: classes, classWeights: file.classWeights }
  if (name.includes('sampleWeights')) return { loss: 'crossEntropy', y: classes, sampleWeights: file.sampleWeights }
  if (name.startsWith('crossEntropy')) return { loss: 'crossEntropy', y: classes }
  if (name.startsWith('huber')) return { loss: huber({ delta: number('delta') }), y: file.target }
  if (name.startsWith('kullbackLeibler')) return { loss: 'kullbackLeibler', y: file.target_probabilities }
  if (name.startsWith('poisson')) return { loss: 'poisson', y: file.poisson_counts }
  if (name.startsWith('hinge')) return { loss: 'hinge', y: file.binary }
  return { loss: name as LossName, y: file.target }
}

/** One row of every prediction is a row's own bias: a one-hot input, whose weight is the prediction. */
function modelOf(prediction: readonly (readonly number[])[]) {
  const rows = prediction.length
  const outputs = prediction[0]!.length
  const model = new Sequential([new Dense(outputs, { bias: false })], { inputs: rows })
  const data = Float32Array.from({ length: outputs * rows }, (_, at) => prediction[at % rows]![Math.floor(at / rows)]!)
  model.setWeights([{ name: 'layers.0.weight', shape: [outputs, rows], data }])
  const x = prediction.map((_, row) => prediction.map((__, column) => Number(row === column)))
  return { model, x }
}

function rowsOf(weight: Float32Array, rows: number): number[] {
  const outputs = weight.length / rows
  return Array.from({ length: weight.length }, (_, at) => weight[(at % outputs) * rows + Math.floor(at / outputs)]!)
}

describe.each(Object.entries(file.cases))('loss: %s', (name, { prediction, loss, gradient }) => {
  const { loss: chosen, y, sampleWeights, classWeights } = fitted(name)
  const { model, x } = modelOf(prediction)
  const data = Dataset.from({ x, y, ...(sampleWeights === undefined ? {} : { sampleWeights }) })
  const weights = classWeights === undefined ? sampleWeights : file.classes.map((one) => file.classWeights[one]!)
  const weightsOfRows = weights === undefined ? {} : { sampleWeights: weights }

  test('value and gradient', async () => {
    const before = rowsOf(model.getWeights()[0]!.data, x.length)
    // A rate of 2^k is exact, and large enough for the difference of weights to keep the gradient's digits.
    const size = Math.max(...before.map(Math.abs))
    const largest = gradient.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const learningRate = 2 ** Math.ceil(Math.log2((64 * size) / (largest === 0 ? 1 : largest)))
    const history = await model.fit(data, {
      loss: chosen,
      optimizer: new SGD({ learningRate }),
      epochs: 1,
      batchSize: 'full',
      ...(classWeights === undefined ? {} : { classWeights }),
    })
    const after = rowsOf(model.getWeights()[0]!.data, x.length)
    const stepped = before.map((value, at) => (value - after[at]!) / learningRate)
    expectNear([history.epochs[0]!.loss], [loss])
    expectNear(stepped, gradient.flat())
  })

  test('evaluate and gradients', async () => {
    // Class weights belong to fit: here they stand as what they come to for every row.
    const data = Dataset.from({ x, y, ...weightsOfRows })
    const { model: same } = modelOf(prediction)
    const [gradients] = await same.gradients(data, { loss: chosen })
    expectNear(rowsOf(gradients!.data, x.length), gradient.flat())
    expectNear([(await same.evaluate(data, { loss: chosen })).loss], [loss])
  })
})
