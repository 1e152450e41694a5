/*
 * Layers that draw, and layers with statistics, in all that goes on around a training.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  Activation,
  Adam,
  BatchNorm,
  Checkpoint,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  Dropout,
  EarlyStopping,
  Embedding,
  GaussianNoise,
  Population,
  Residual,
  Sequential,
} from '../../../lib/index.js'

const inputs = { numeric: 2, code: categorical(5) }
const layers = () => [
  new Concatenate({ code: [new Embedding(3, { padding: true }), new Dropout(0.1)] }),
  new GaussianNoise(0.05),
  new Dense(8, { bias: false }),
  new BatchNorm(),
  new Activation('tanh'),
  new Residual([new BatchNorm(), new Dense(8, { activation: 'tanh' }), new Dropout(0.3)]),
  new Dense(1),
]
const modelOf = () => new Sequential(layers(), { inputs, seed: 4 })
const part = (from: number, count: number) => {
  const rows = Array.from({ length: count }, (_, i) => from + i)
  const numeric = rows.map((i) => [Math.sin(7 * i), Math.cos(3 * i)])
  return Dataset.from({
    x: { code: rows.map((i) => i % 5), numeric },
    y: numeric.map(([a, b], i) => a! * b! + ((from + i) % 5) / 5),
  })
}
const train = part(0, 100)
const held = part(1000, 40)
const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, ...data])
const fitting = { loss: 'meanSquaredError', epochs: 6, batchSize: 16, validation: held } as const

test('early stopping gives back the statistics of the best epoch', async () => {
  const model = modelOf()
  const optimizer = new Adam({ learningRate: 0.1 })
  const callbacks = [new EarlyStopping({ monitor: 'validation.loss', patience: 3 })]
  const history = await model.fit(train, { ...fitting, epochs: 40, optimizer, callbacks })
  expect(history.epochs.length).toBeGreaterThan(history.best!.epoch)
  expect((await model.evaluate(held)).loss).toBe(history.best!.value)
})

test('the last validation is what evaluate gives, also with averaged weights', async () => {
  for (const optimizer of [new Adam(), new Adam({ averageDecay: 0.9 })]) {
    const model = modelOf()
    const { epochs } = await model.fit(train, { ...fitting, optimizer })
    expect((await model.evaluate(held)).loss).toBe(epochs.at(-1)!.validation!.loss)
  }
})

test('accumulated gradients train', async () => {
  const model = modelOf()
  const { epochs } = await model.fit(train, {
    ...fitting,
    epochs: 30,
    optimizer: new Adam({ learningRate: 0.02, accumulate: 3 }),
  })
  expect(epochs.at(-1)!.validation!.loss).toBeLessThan(0.5 * epochs[0]!.validation!.loss)
})

test('a resumed training draws the masks of the one that went on, and has its statistics', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'checkpoint.safetensors')
    const whole = modelOf()
    await whole.fit(train, fitting)
    await modelOf().fit(train, { ...fitting, epochs: 3, callbacks: [new Checkpoint(path)] })
    const resumed = modelOf()
    await resumed.fit(train, { ...fitting, resume: path })
    expect(weightsOf(resumed)).toEqual(weightsOf(whole))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('members of a population have what each has alone', async () => {
  const many = new Population(layers(), { inputs, members: 4, seed: 3 })
  await many.fit(train, { ...fitting, optimizer: new Adam({ learningRate: [0.1, 0.01, 0.02, 0.03], clipNorm: 1 }) })
  const alone = modelOf()
  await alone.fit(train, { ...fitting, optimizer: new Adam({ learningRate: 0.01, clipNorm: 1 }) })
  expect(weightsOf(many.member(1))).toEqual(weightsOf(alone))
})
