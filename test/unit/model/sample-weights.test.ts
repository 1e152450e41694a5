import { expect, test } from 'vitest'
import { Dataset, Dense, Sequential, SGD } from '../../../lib/index.js'

const x = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
]
const optimizer = new SGD({ learningRate: 0.1 })

test('a batch whose rows all have weight 0 changes nothing', async () => {
  const model = () => new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2, seed: 1 })
  const options = { loss: 'crossEntropy', optimizer, epochs: 3, batchSize: 2, shuffle: false } as const
  const [weighted, without] = [model(), model()]
  const one = await weighted.fit(Dataset.from({ x, y: [0, 1, 2, 0], sampleWeights: [0, 0, 1, 1] }), options)
  const two = await without.fit(Dataset.from({ x: x.slice(2), y: [2, 0] }), options)
  expect(weighted.getWeights()).toEqual(without.getWeights())
  expect(one.epochs.map(({ loss }) => loss)).toEqual(two.epochs.map(({ loss }) => loss))
})

test('the parameters stay finite where a batch has no weight', async () => {
  for (const [units, activation, loss, y] of [
    [3, 'softmax', 'crossEntropy', [0, 1, 2, 0]],
    [1, 'sigmoid', 'binaryCrossEntropy', [0, 1, 1, 0]],
    [1, 'linear', 'meanSquaredError', [0, 1, 2, 0]],
  ] as const) {
    const model = new Sequential([new Dense(units, { activation })], { inputs: 2 })
    const data = Dataset.from({ x, y, sampleWeights: [1, 1, 1, 0] })
    await model.fit(data, { loss, optimizer, epochs: 1, batchSize: 1, shuffle: false }).catch(() => {})
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true)
  }
})
