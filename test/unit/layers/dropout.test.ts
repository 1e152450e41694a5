import { expect, test } from 'vitest'
import {
  type Callback,
  Dataset,
  Dense,
  Dropout,
  GaussianNoise,
  type Layer,
  Population,
  Sequential,
  SGD,
} from '../../../lib/index.js'

const FEATURES = 4000

/** Ones, and weights that start at 0: with a rate of -1 the weight's change is the layer's output at that step. */
function network(layer: Layer) {
  return [layer, new Dense(1, { bias: false, initializer: 'zeros' })]
}
const ones = (rows: number) =>
  Dataset.from({
    x: { data: new Float32Array(rows * FEATURES).fill(1), shape: [rows, FEATURES] },
    y: new Float32Array(rows).fill(0.5),
  })
// The loss is (w·x - 1/2)²: its first gradient is -x.
const once = { loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 1 }), epochs: 1, batchSize: 1 } as const

async function firstOutput(layer: Layer, options: { seed?: number; modelSeed?: number } = {}): Promise<number[]> {
  const model = new Sequential(network(layer), { inputs: FEATURES, seed: options.modelSeed ?? 0 })
  await model.fit(ones(1), { ...once, ...(options.seed === undefined ? {} : { seed: options.seed }) })
  return [...model.getWeights()[0]!.data]
}

const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length

test.each([0.1, 0.5, 0.9])('a share of %d is dropped, the rest scaled, so that the mean stays', async (rate) => {
  const output = await firstOutput(new Dropout(rate))
  const kept = Math.fround(1 / Math.fround(1 - Math.fround(rate)))
  for (const value of output) if (value !== 0) expect(Math.abs(value - kept)).toBeLessThan(1e-6 * kept)
  const dropped = output.filter((value) => value === 0).length / FEATURES
  // Five standard deviations.
  expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / FEATURES))
  expect(Math.abs(mean(output) - 1)).toBeLessThan(5 * Math.sqrt(rate / (1 - rate) / FEATURES))
})

test('noise has the mean 0 and the deviation asked for', async () => {
  const output = await firstOutput(new GaussianNoise(0.3))
  expect(Math.abs(mean(output) - 1)).toBeLessThan((5 * 0.3) / Math.sqrt(FEATURES))
  const deviation = Math.sqrt(mean(output.map((value) => (value - mean(output)) ** 2)))
  expect(Math.abs(deviation - 0.3)).toBeLessThan(0.02)
})

test.each([
  ['Dropout', () => new Dropout(0.5)],
  ['GaussianNoise', () => new GaussianNoise(0.5)],
] as const)('%s repeats with the seed of fit, and differs with another', async (_name, layer) => {
  const first = await firstOutput(layer(), { seed: 7 })
  expect(await firstOutput(layer(), { seed: 7, modelSeed: 1 })).toEqual(first)
  expect(await firstOutput(layer(), { modelSeed: 7 })).toEqual(first)
  expect(await firstOutput(layer(), { seed: 8 })).not.toEqual(first)
})

test('masks differ from step to step, from row to row and from layer to layer', async () => {
  const model = new Sequential([new Dropout(0.5), new Dense(1, { bias: false, initializer: 'zeros' })], {
    inputs: FEATURES,
  })
  const seen: number[][] = []
  let before = new Float32Array(FEATURES)
  const watching: Callback = {
    needs: 'step',
    onStepEnd: () => {
      const now = model.getWeights()[0]!.data
      seen.push(Array.from(now, (value, i) => Number(value !== before[i])))
      before = now.slice()
    },
  }
  await model.fit(ones(2), { ...once, optimizer: new SGD({ learningRate: 1e-4 }), epochs: 3, callbacks: [watching] })
  expect(seen.length).toBe(6)
  for (const [i, one] of seen.entries()) {
    expect(mean(one)).toBeCloseTo(0.5, 1)
    for (const other of seen.slice(0, i)) {
      // Independent masks agree in half of their places.
      const agreement = mean(one.map((value, at) => Number(value === other[at])))
      expect(Math.abs(agreement - 0.5)).toBeLessThan(0.05)
    }
  }
  // Two layers of the same rate keep a quarter: one mask twice would keep a half.
  const twice = new Sequential(
    [new Dropout(0.5), new Dropout(0.5), new Dense(1, { bias: false, initializer: 'zeros' })],
    { inputs: FEATURES },
  )
  await twice.fit(ones(1), once)
  expect(mean([...twice.getWeights()[0]!.data].map((value) => Number(value !== 0)))).toBeCloseTo(0.25, 1)
})

test('nothing is dropped in predictions, evaluations, gradients and validation', async () => {
  const plain = new Sequential([new Dense(3), new Dense(1)], { inputs: 5, seed: 1 })
  const model = new Sequential([new Dropout(0.5), new Dense(3), new GaussianNoise(1), new Dense(1), new Dropout(0.9)], {
    inputs: 5,
    seed: 1,
  })
  const data = Dataset.from({ x: [[1, 2, 3, 4, 5]], y: [2] })
  const [w1, b1, w2, b2] = plain.getWeights().map(({ data: values, shape }) => ({ shape, data: values }))
  model.setWeights(model.getWeights().map(({ name }, i) => ({ name, ...[w1!, b1!, w2!, b2!][i]! })))
  expect(model.predictSync(data).data).toEqual(plain.predictSync(data).data)
  const loss = { loss: 'meanSquaredError' } as const
  expect(await model.evaluate(data, loss)).toEqual(await plain.evaluate(data, loss))
  expect((await model.gradients(data, loss)).map((one) => one.data)).toEqual(
    (await plain.gradients(data, loss)).map((one) => one.data),
  )
  const { epochs } = await model.fit(data, {
    ...loss,
    epochs: 1,
    optimizer: new SGD({ learningRate: 0 }),
    validation: data,
  })
  expect(epochs[0]!.validation!.loss).toBe((await plain.evaluate(data, loss)).loss)
})

test('members with rates of their own', async () => {
  const rates = [0, 0.2, 0.7]
  const layers = (rate: number | number[]) => [
    new Dense(8, { activation: 'relu' }),
    new Dropout(rate),
    new GaussianNoise(rate),
    new Dense(1),
  ]
  const data = Dataset.from({
    x: Array.from({ length: 40 }, (_, i) => [i / 40, (i * 7) % 5]),
    y: Array.from({ length: 40 }, (_, i) => i % 3),
  })
  const fitting = { loss: 'meanSquaredError', epochs: 3 } as const
  const many = new Population(layers(rates), { inputs: 2, members: 3, seed: 4 })
  await many.fit(data, fitting)
  for (const [member, rate] of rates.entries()) {
    const alone = new Sequential(layers(rate), { inputs: 2, seed: 4 + member })
    await alone.fit(data, fitting)
    expect(many.member(member).getWeights()).toEqual(alone.getWeights())
    expect(many.member(member).layers[1]!.options()).toEqual({ rate })
  }
  expect(() => new Population(layers([0.1, 0.2]), { inputs: 2, members: 3 })).toThrowError(/rate of Dropout/)
  expect(() => new Sequential(layers([0.1, 0.2]), { inputs: 2 })).toThrowError(/rate of Dropout/)
})

test.each([-0.1, 1, 1.5, Number.NaN, '0.5'])('a rate of %s is refused', (rate) => {
  expect(() => new Dropout(rate as number)).toThrowError(expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT' }))
})

test.each([-0.1, Number.POSITIVE_INFINITY, null])('a standard deviation of %s is refused', (deviation) => {
  expect(() => new GaussianNoise(deviation as number)).toThrowError(/standardDeviation/)
})
