import { expect, test } from 'vitest'
import { BatchNorm, Dataset, Dense, LayerNorm, Sequential, SGD } from '../../../lib/index.js'

const rows = [
  [1, 10],
  [2, 30],
  [6, 20],
]
const data = Dataset.from({ x: rows, y: [1, 2, 3] })
const loss = { loss: 'meanSquaredError' } as const
const modelOf = (layer = new BatchNorm()) => new Sequential([layer, new Dense(1)], { inputs: 2, seed: 1 })
const statistics = (model: Sequential) =>
  model.getWeights().flatMap(({ name, data: values }) => (name.includes('running') ? [[...values]] : []))
const step = { ...loss, epochs: 1, batchSize: 'full', optimizer: new SGD({ learningRate: 0.1 }) } as const

test('running statistics move by momentum in a step of fit, and only there', async () => {
  const model = modelOf(new BatchNorm({ momentum: 0.25 }))
  const start = [
    [0, 0],
    [1, 1],
  ]
  expect(statistics(model)).toEqual(start)
  await model.gradients(data, loss)
  await model.trace(data, loss)
  await model.evaluate(data, loss)
  await model.predict(rows)
  expect(statistics(model)).toEqual(start)
  await model.fit(data, { ...step, validation: data })
  const [mean, variance] = statistics(model)
  // Means 3 and 20, unbiased variances 7 and 100.
  expect(mean).toEqual([0.75, 5])
  expect(variance![0]).toBeCloseTo(0.75 + 0.25 * 7, 5)
  expect(variance![1]).toBeCloseTo(0.75 + 0.25 * 100, 4)
})

test('predictions use the running statistics: a row does not see the others', async () => {
  const model = modelOf(new BatchNorm({ momentum: 1 }))
  await model.fit(data, { ...step, optimizer: new SGD({ learningRate: 0 }) })
  const { data: normalised } = await model.activations(rows, 0)
  const expected = [(1 - 3) / Math.sqrt(7), (10 - 20) / 10, (2 - 3) / Math.sqrt(7), 1, (6 - 3) / Math.sqrt(7), 0]
  for (const [i, value] of expected.entries()) expect(normalised[i]).toBeCloseTo(value, 5)
})

test('a batch of one row takes the running statistics and leaves them', async () => {
  const model = modelOf()
  await model.fit(data, step)
  const before = statistics(model)
  const one = Dataset.from({ x: [[4, 12]], y: [1] })
  const { layers } = await model.trace(one, loss)
  expect([...layers[0]!.A.data]).toEqual([...(await model.activations([[4, 12]], 0)).data])
  await model.fit(one, step)
  expect(statistics(model)).toEqual(before)
})

test('a step whose loss is not finite leaves the statistics of the last good one', async () => {
  const model = modelOf()
  await model.fit(data, step)
  const before = model.getWeights()
  const bad = Dataset.from({ x: rows, y: [3e38, -3e38, 3e38] })
  await expect(model.fit(bad, step)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_NOT_FINITE' })
  expect(model.getWeights()).toEqual(before)
})

test('a frozen layer trains on with its running statistics', async () => {
  const model = modelOf()
  await model.fit(data, step)
  model.layers[0]!.trainable = false
  const before = statistics(model)
  const { layers } = await model.trace(data, loss)
  expect([...layers[0]!.A.data]).toEqual([...(await model.activations(data, 0)).data])
  const weight = () => [...model.getWeights().find(({ name }) => name === 'layers.1.weight')!.data]
  const [trained] = [weight()]
  await model.fit(data, step)
  expect(statistics(model)).toEqual(before)
  expect(weight()).not.toEqual(trained)
})

test('statistics are no trainable numbers, and the summary tells them apart', () => {
  const model = modelOf()
  expect(model.layers[0]!.parameterCount).toBe(4)
  expect(model.parameterCount).toBe(7)
  expect(model.getWeights().map(({ name }) => name)).toEqual([
    'layers.0.weight',
    'layers.0.bias',
    'layers.0.runningMean',
    'layers.0.runningVariance',
    'layers.1.weight',
    'layers.1.bias',
  ])
  expect(model.summary()).toContain('7 parameters and 4 statistics, input (batch, 2)')
})

test('a feature far from 0 keeps its variance', async () => {
  const far = rows.map((row) => row.map((value) => value + 10_000))
  const model = modelOf(new BatchNorm({ momentum: 1 }))
  await model.fit(Dataset.from({ x: far, y: [1, 2, 3] }), { ...step, optimizer: new SGD({ learningRate: 0 }) })
  const [, variance] = statistics(model)
  expect(variance![0]).toBeCloseTo(7, 2)
  expect(variance![1]).toBeCloseTo(100, 2)
})

test('beside it, the updates of products follow the tiles that have made their gradients', () => {
  const layers = [new Dense(40), new BatchNorm(), new Dense(40), new LayerNorm(), new Dense(2)]
  const text = new Sequential(layers, { inputs: 30 }).explain({ batchSize: 16, loss: 'meanSquaredError' })
  expect(text.match(/optimizer Adam at every tile: adam/g)!.length).toBe(3)
})

test('options out of range are refused', () => {
  expect(() => new BatchNorm({ momentum: 1.1 })).toThrowError(/momentum/)
  expect(() => new BatchNorm({ epsilon: 0 })).toThrowError(/epsilon/)
  expect(() => new BatchNorm({ momentom: 0.1 } as object)).toThrowError(/Did you mean 'momentum'/)
  expect(() => new LayerNorm({ epsilon: -1 })).toThrowError(/epsilon/)
})
