import { expect, test } from 'vitest'
import {
  Adam,
  Dataset,
  Dense,
  datasets,
  type NamedWeights,
  type Optimizer,
  Population,
  Sequential,
  SGD,
} from '../../../lib/index.js'

const layers = () => [new Dense(8, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
const data = Dataset.from(datasets.moons({ samples: 70, noise: 0.2, seed: 4 }))
const model = () => new Sequential(layers(), { inputs: 2, seed: 7 })
const options = { loss: 'binaryCrossEntropy', batchSize: 16 } as const

const bits = (weights: readonly NamedWeights[]) => weights.map(({ data }) => [...new Uint32Array(data.buffer)])
const scores = ({ epochs }: { epochs: readonly { epoch: number; loss: number }[] }) =>
  epochs.map(({ epoch, loss }) => ({ epoch, loss }))

const optimizers: [string, () => Optimizer][] = [
  ['Adam', () => new Adam({ learningRate: 0.05 })],
  ['momentum', () => new SGD({ learningRate: 0.1, momentum: 0.9 })],
]
for (const [name, optimizer] of optimizers) {
  test(`passes one by one are a fit of as many epochs: ${name}`, async () => {
    const whole = model()
    const expected = await whole.fit(data, { ...options, optimizer: optimizer(), epochs: 3 })
    const parts = model()
    const first = await parts.partialFit(data, { ...options, optimizer: optimizer() })
    const second = parts.partialFitSync(data, { batchSize: 16 })
    const third = await parts.partialFit(data, { batchSize: 16 })
    expect([first, second, third].flatMap(scores)).toEqual(scores(expected))
    expect(bits(parts.getWeights())).toEqual(bits(whole.getWeights()))
  })
}

test('batches one by one are an epoch without shuffle, whatever their rows', async () => {
  const { x, y } = datasets.moons({ samples: 50, noise: 0.2, seed: 4 })
  const rows = x.data as Float32Array
  const targets = Array.from(y)
  const batch = (from: number, to: number) => ({
    x: { data: rows.slice(2 * from, 2 * to), shape: [to - from, 2] as [number, number] },
    y: targets.slice(from, to),
  })
  const whole = model()
  await whole.fit(Dataset.from({ x, y }), { ...options, optimizer: new Adam(), epochs: 1, shuffle: false })
  const parts = model()
  for (const [from, to] of [
    [0, 16],
    [16, 32],
    [32, 48],
    [48, 50],
  ] as const) {
    await parts.partialFit(batch(from, to), { ...options, optimizer: new Adam() })
  }
  expect(bits(parts.getWeights())).toEqual(bits(whole.getWeights()))
})

test('goes on after a fit; a fit starts anew', async () => {
  const optimizer = new Adam({ learningRate: 0.05 })
  const whole = model()
  await whole.fit(data, { ...options, optimizer, epochs: 3 })
  const goesOn = model()
  await goesOn.fit(data, { ...options, optimizer, epochs: 2 })
  const { epochs } = await goesOn.partialFit(data, { batchSize: 16 })
  expect(epochs[0]!.epoch).toBe(3)
  expect(bits(goesOn.getWeights())).toEqual(bits(whole.getWeights()))
  const anew = model()
  await anew.fit(data, { ...options, optimizer, epochs: 2 })
  const history = await anew.fit(data, { ...options, optimizer, epochs: 1 })
  expect(history.epochs[0]!.epoch).toBe(1)
  expect(bits(anew.getWeights())).not.toEqual(bits(whole.getWeights()))
})

test('every member of a population goes on as it would alone', async () => {
  const optimizer = new Adam({ learningRate: 0.05 })
  const many = new Population(layers(), { inputs: 2, members: 3, seed: 7 })
  await many.fit(data, { ...options, optimizer, epochs: 1 })
  await many.partialFit(data, { batchSize: 16 })
  const alone = model()
  await alone.fit(data, { ...options, optimizer, epochs: 2 })
  expect(bits(many.member(0).getWeights())).toEqual(bits(alone.getWeights()))
})

test('what cannot go on says why', async () => {
  const one = model()
  await expect(one.partialFit(data)).rejects.toThrow(/loss such as 'crossEntropy' for a first partialFit/)
  await one.partialFit(data, { ...options, optimizer: new Adam() })
  await expect(one.partialFit(data, { optimizer: new SGD() })).rejects.toThrow(
    /Adam with state \(firstMoment, secondMoment\), but received SGD with state \(\)/,
  )
  await expect(one.partialFit(data, { epochs: 2 } as never)).rejects.toThrow(/option 'epochs'/)
  await one.partialFit(data, { optimizer: new Adam({ learningRate: 1e-4 }) })
})

test('after an abort the steps that were done count', async () => {
  const optimizer = new Adam({ learningRate: 0.05 })
  const controller = new AbortController()
  const aborted = model()
  const callback = {
    needs: 'epoch' as const,
    onEpochEnd: ({ epoch }: { epoch: number }) => (epoch === 2 ? controller.abort(new Error('enough')) : undefined),
  }
  await expect(
    aborted.fit(data, { ...options, optimizer, epochs: 9, callbacks: [callback], signal: controller.signal }),
  ).rejects.toThrow('enough')
  await aborted.partialFit(data, { batchSize: 16 })
  const whole = model()
  await whole.fit(data, { ...options, optimizer, epochs: 3 })
  expect(bits(aborted.getWeights())).toEqual(bits(whole.getWeights()))
})
