import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  Concatenate,
  categorical,
  Dataset,
  Dense,
  datasets,
  Embedding,
  Residual,
  Sequential,
} from '../../../lib/index.js'

test('a frozen layer is frozen in a clone, also if it was frozen later', () => {
  const model = new Sequential([new Dense(4, { trainable: false }), new Dense(3)], { inputs: 2 })
  expect(model.clone().layers.map(({ trainable }) => trainable)).toEqual([false, true])
  model.layers[0]!.trainable = true
  model.layers[1]!.trainable = false
  expect(model.clone().layers.map(({ trainable }) => trainable)).toEqual([true, false])
})

test('a frozen layer is frozen in a model that was saved and loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const model = new Sequential([new Dense(4, { trainable: false }), new Dense(3)], { inputs: 2 })
    await model.save(path)
    expect((await Sequential.load(path)).layers.map(({ trainable }) => trainable)).toEqual([false, true])
  } finally {
    await rm(folder, { recursive: true })
  }
})

const spirals = () => Dataset.from(datasets.spirals({ samples: 90, seed: 1 }))
const classifier = () =>
  new Sequential([new Dense(8, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })], {
    inputs: 2,
    seed: 3,
  })
/** Places of the layers whose backward blocks a training step runs. */
const walkedBack = (model: Sequential) => [
  ...new Set([...model.explain({ batchSize: 4 }).matchAll(/(\S+) \S+ backward/g)].map(([, place]) => place)),
]

for (const [frozen, walked] of [
  [[], ['layers.0', 'layers.1', 'layers.2', 'layers.2.block.0', 'layers.2.block.1', 'layers.3']],
  [['layers.0'], ['layers.1', 'layers.2', 'layers.2.block.0', 'layers.2.block.1', 'layers.3']],
  [
    ['layers.0', 'layers.1'],
    ['layers.2.block.0', 'layers.2.block.1', 'layers.3'],
  ],
  [
    ['layers.0', 'layers.1', 'layers.2.block.0'],
    ['layers.2.block.1', 'layers.3'],
  ],
  [['layers.0', 'layers.1', 'layers.2.block.0', 'layers.2.block.1'], ['layers.3']],
  [
    ['layers.0', 'layers.2.block.0', 'layers.2.block.1', 'layers.3'],
    ['layers.1', 'layers.2', 'layers.2.block.0', 'layers.2.block.1', 'layers.3'],
  ],
  [['layers.0', 'layers.1', 'layers.2.block.0', 'layers.2.block.1', 'layers.3'], []],
] as const) {
  test(`a step walks back to the lowest layer that trains, if any does: frozen ${frozen.join(', ') || 'none'}`, () => {
    const model = new Sequential(
      [new Dense(4), new Dense(4), new Residual([new Dense(3), new Dense(4)]), new Dense(2)],
      { inputs: 2 },
    )
    const [first, second, residual, last] = model.layers
    const [blockFirst, blockLast] = (residual as Residual).block
    const layers = {
      'layers.0': first!,
      'layers.1': second!,
      'layers.2.block.0': blockFirst!,
      'layers.2.block.1': blockLast!,
      'layers.3': last!,
    }
    for (const place of frozen) layers[place].trainable = false
    expect(walkedBack(model).sort()).toEqual(walked)
  })
}

test('a first layer of codes is walked back to where it trains, and is not asked for an input gradient', () => {
  const model = new Sequential([new Concatenate({ city: new Embedding(3) }), new Dense(1)], {
    inputs: { numeric: 2, city: categorical(5) },
  })
  expect(walkedBack(model)).toEqual(['layers.1', 'layers.0'])
  model.layers[0]!.trainable = false
  expect(walkedBack(model)).toEqual(['layers.1'])
  model.layers[1]!.trainable = false
  expect(walkedBack(model)).toEqual([])
})

test('a model that is frozen as a whole has its loss and metrics, and stays as it is', async () => {
  const model = classifier()
  const data = spirals()
  const evaluation = await model.evaluate(data, { loss: 'crossEntropy', metrics: ['accuracy'] })
  const weights = model.getWeights()
  for (const layer of model.layers) layer.trainable = false
  const { epochs } = await model.fit(data, {
    loss: 'crossEntropy',
    metrics: ['accuracy'],
    validation: data,
    epochs: 2,
    batchSize: 'full',
  })
  expect(epochs).toHaveLength(2)
  for (const { loss, accuracy, validation } of epochs as unknown as Record<string, unknown>[]) {
    expect(loss).toBeCloseTo(evaluation.loss, 6)
    expect(accuracy).toBe(evaluation.accuracy)
    expect(validation).toEqual(evaluation)
  }
  expect(model.getWeights()).toEqual(weights)
})

test('a trace of a model that is frozen as a whole has outputs and the cost, and no gradients', async () => {
  const model = classifier()
  const data = spirals()
  const free = await model.trace(data, { loss: 'crossEntropy' })
  for (const layer of model.layers) layer.trainable = false
  const frozen = await model.trace(data, { loss: 'crossEntropy' })
  expect(free.layers.every(({ dA, dZ }) => dA !== undefined && dZ !== undefined)).toBe(true)
  const none = { dA: undefined, dZ: undefined }
  expect(frozen).toEqual({ ...free, layers: free.layers.map((layer) => ({ ...layer, ...none })) })
  const gradients = await model.gradients(data, { loss: 'crossEntropy' })
  expect(gradients.every(({ data: values }) => values.every((value) => value === 0))).toBe(true)
})
