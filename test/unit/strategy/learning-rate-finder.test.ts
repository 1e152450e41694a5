import { expect, test } from 'vitest'
import { Adam, Dataset, Dense, datasets, findLearningRate, Sequential, SGD } from '../../../lib/index.js'
import { waves } from '../../helpers/reference-network.js'

const data = Dataset.from(datasets.circles({ samples: 300 }))
const modelOf = () =>
  new Sequential([new Dense(32, { activation: 'relu' }), new Dense(2, { activation: 'softmax' })], {
    inputs: 2,
    seed: 3,
  })
const loss = 'crossEntropy'

test('rates grow from batch to batch, and the suggestion trains better than rates far from it', async () => {
  const model = modelOf()
  const before = model.getWeights()
  const { rates, losses, smoothed, suggestion } = await findLearningRate(model, data, { loss, maximum: 10 })
  expect(model.getWeights()).toEqual(before)
  expect(rates[0]).toBe(1e-6)
  expect(rates.length).toBeGreaterThan(20)
  expect([losses.length, smoothed.length]).toEqual([rates.length, rates.length])
  for (const [i, rate] of rates.slice(1).entries()) expect(rate / rates[i]!).toBeCloseTo(10 ** (7 / 99), 6)
  const lossOf = async (learningRate: number) => {
    const trained = modelOf()
    await trained.fit(data, { loss, optimizer: new Adam({ learningRate }), epochs: 30 })
    return (await trained.evaluate(data, { loss })).loss
  }
  const suggested = await lossOf(suggestion)
  expect(suggested).toBeLessThan(await lossOf(suggestion / 100))
  expect(suggested).toBeLessThan(await lossOf(suggestion * 100))
})

test('losses are those of single batches, over several epochs with a smaller last batch', async () => {
  const few = Dataset.from({ x: waves(10, 2), y: waves(10, 1, 3) })
  const model = new Sequential([new Dense(1)], { inputs: 2, seed: 1 })
  const options = { loss: 'meanSquaredError', batchSize: 4, steps: 7, minimum: 1e-4, maximum: 1e-2, seed: 5 } as const
  const { losses } = await findLearningRate(model, few, {
    ...options,
    optimizer: (learningRate) => new SGD({ learningRate }),
  })
  // The same training with the mean loss of every epoch: 4, 4 and 2 rows.
  const rate = { name: 'ramp', learningRate: 1, rate: (step: number) => 1e-4 * 100 ** (step / 6) }
  const { epochs } = await model.fit(few, {
    loss: 'meanSquaredError',
    batchSize: 4,
    seed: 5,
    epochs: 2,
    optimizer: new SGD({ learningRate: rate }),
  })
  expect(losses).toHaveLength(7)
  for (const [i, { loss: expected }] of epochs.entries()) {
    const [a, b, c] = losses.slice(3 * i, 3 * i + 3)
    expect((4 * a! + 4 * b! + 2 * c!) / 10).toBeCloseTo(expected, 6)
  }
})

test('it ends where the loss explodes or is not finite', async () => {
  const far = { loss: 'meanSquaredError', maximum: 1e6, steps: 200 } as const
  const x = waves(200, 3)
  const regression = Dataset.from({ x, y: x.map(([a]) => [a!]) })
  const model = new Sequential([new Dense(16, { activation: 'relu' }), new Dense(1)], { inputs: 3 })
  const { rates, suggestion } = await findLearningRate(model, regression, {
    ...far,
    optimizer: (learningRate) => new SGD({ learningRate, momentum: 0.99 }),
  })
  expect(rates.length).toBeLessThan(200)
  expect(suggestion).toBeLessThan(rates.at(-1)!)
})

test('what it refuses', async () => {
  const run = (options: object) => findLearningRate(modelOf(), data, { loss, ...options })
  await expect(run({ optimizer: new Adam() })).rejects.toThrow(/function that makes an optimizer .*SGD/)
  await expect(run({ maximum: 1e-9 })).rejects.toThrow(/greater than 0.000001 for maximum/)
  await expect(run({ step: 3 })).rejects.toThrow(/Did you mean 'steps'\?/)
  await expect(run({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
  await expect(findLearningRate({} as never, data, { loss })).rejects.toThrow(/Sequential for model/)
})
