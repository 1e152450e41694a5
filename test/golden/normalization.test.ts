import { expect, test } from 'vitest'
import { BatchNorm, Dataset, Dense, defineLoss, type Layer, LayerNorm, Sequential, SGD } from '../../lib/index.js'
import { golden, worstError } from '../helpers/golden.js'

interface Values {
  y: number[][]
  dx: number[][]
  dgamma: number[]
  dbeta: number[]
}
const file = golden<{
  x: number[][]
  dy: number[][]
  gamma: number[]
  beta: number[]
  epsilon: number
  torch_momentum: number
  cases: {
    batchNorm: Values & { running_mean: number[]; running_var: number[]; y_eval_after_one_step: number[][] }
    layerNorm: Values
  }
}>('normalization')

const BOUND = 1e-5
const features = file.gamma.length
const elements = file.x.length * features

// The mean over all elements of dy · y: its derivative by y is dy, where the targets are dy times their number.
const weighted = defineLoss({
  name: 'weighted',
  rule: ({ prediction, target }) => ({ value: prediction.times(target), derivative: target }),
})
const data = Dataset.from({ x: file.x, y: file.dy.map((row) => row.map((value) => value * elements)) })

/** Behind an identity, whose dA is the layer's input gradient. */
function modelOf(layer: Layer): Sequential {
  const model = new Sequential([new Dense(features), layer], { inputs: features })
  const identity = Float32Array.from({ length: features ** 2 }, (_, at) => Number(at % (features + 1) === 0))
  const values: Record<string, Float32Array> = {
    'layers.0.weight': identity,
    'layers.1.weight': Float32Array.from(file.gamma),
    'layers.1.bias': Float32Array.from(file.beta),
  }
  model.setWeights(model.getWeights().map((one) => ({ ...one, data: values[one.name] ?? one.data })))
  return model
}

const namedValues = (list: readonly { name: string; data: Float32Array }[], name: string) =>
  list.find((one) => one.name === name)!.data

async function compare(model: Sequential, expected: Values): Promise<void> {
  const { layers } = await model.trace(data, { loss: weighted })
  const gradients = await model.gradients(data, { loss: weighted })
  expect(worstError(layers[1]!.A.data, expected.y.flat())).toBeLessThanOrEqual(BOUND)
  expect(worstError(layers[0]!.dA!.data, expected.dx.flat())).toBeLessThanOrEqual(BOUND)
  expect(worstError(namedValues(gradients, 'layers.1.weight'), expected.dgamma)).toBeLessThanOrEqual(BOUND)
  expect(worstError(namedValues(gradients, 'layers.1.bias'), expected.dbeta)).toBeLessThanOrEqual(BOUND)
}

test('normalization: batchNorm', async () => {
  const expected = file.cases.batchNorm
  const model = modelOf(new BatchNorm({ momentum: file.torch_momentum, epsilon: file.epsilon }))
  await compare(model, expected)
  await model.fit(data, { loss: weighted, optimizer: new SGD({ learningRate: 0 }), epochs: 1, batchSize: 'full' })
  const weights = model.getWeights()
  expect(worstError(namedValues(weights, 'layers.1.runningMean'), expected.running_mean)).toBeLessThanOrEqual(BOUND)
  expect(worstError(namedValues(weights, 'layers.1.runningVariance'), expected.running_var)).toBeLessThanOrEqual(BOUND)
  const { data: predicted } = await model.predict(file.x)
  expect(worstError(predicted, expected.y_eval_after_one_step.flat())).toBeLessThanOrEqual(BOUND)
})

test("normalization: the defaults are PyTorch's", () => {
  expect(new BatchNorm().epsilon).toBe(file.epsilon)
  expect(new LayerNorm().epsilon).toBe(file.epsilon)
  expect(new BatchNorm().momentum).toBe(file.torch_momentum)
})

test('normalization: layerNorm', async () => {
  await compare(modelOf(new LayerNorm({ epsilon: file.epsilon })), file.cases.layerNorm)
})
