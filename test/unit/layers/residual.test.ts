import { expect, test } from 'vitest'
import { BatchNorm, Dataset, Dense, Residual, Sequential } from '../../../lib/index.js'

const data = Dataset.from({
  x: [
    [1, 2],
    [3, -1],
    [0, 4],
  ],
  y: [1, 2, 3],
})
const fitting = { loss: 'meanSquaredError', epochs: 2 } as const

test('what goes in is added to what the block makes of it', () => {
  const block = () => [new Dense(3, { activation: 'tanh' }), new Dense(2)]
  const plain = new Sequential(block(), { inputs: 2, seed: 5 })
  const model = new Sequential([new Residual(block())], { inputs: 2, seed: 5 })
  const { data: change } = plain.predictSync([[1, 2]])
  expect([...model.predictSync([[1, 2]]).data]).toEqual([Math.fround(1 + change[0]!), Math.fround(2 + change[1]!)])
})

test('parameters have the names of their place, in blocks of blocks too', () => {
  const inner = new Residual(new Dense(2, { bias: false }))
  const model = new Sequential([new Dense(2), new Residual([new BatchNorm(), inner])], { inputs: 2 })
  expect(model.getWeights().map(({ name }) => name)).toEqual([
    'layers.0.weight',
    'layers.0.bias',
    'layers.1.block.0.weight',
    'layers.1.block.0.bias',
    'layers.1.block.0.runningMean',
    'layers.1.block.0.runningVariance',
    'layers.1.block.1.block.0.weight',
  ])
  expect(model.layers[1]!.parameterCount).toBe(8)
  expect(model.summary()).toContain('Residual (BatchNorm, Residual (Dense 2))')
})

test('calls are named by their place', () => {
  const model = new Sequential([new Residual([new Dense(2)])], { inputs: 2 })
  const text = model.explain({ batchSize: 4, loss: 'meanSquaredError' })
  expect(text).toContain('layers.0.block.0 Dense forward: denseForward')
  expect(text).toContain('layers.0.block.0 Dense backward: denseBackwardWeight')
  expect(text).toContain('layers.0 Residual forward: mapRows')
})

test('a part of a block can be frozen, also in a clone', async () => {
  const model = new Sequential([new Residual([new Dense(3), new Dense(2)]), new Dense(1)], { inputs: 2 })
  const residual = model.layers[0] as Residual
  residual.block[0]!.trainable = false
  const copy = model.clone()
  const before = model.getWeights()
  for (const one of [model, copy]) {
    await one.fit(data, fitting)
    const after = one.getWeights()
    for (const [i, { name, data: values }] of after.entries()) {
      if (name.startsWith('layers.0.block.0.')) expect(values).toEqual(before[i]!.data)
      else expect(values).not.toEqual(before[i]!.data)
    }
  }
  expect(residual.trainable).toBe(true)
  residual.trainable = false
  expect(residual.block.map(({ trainable }) => trainable)).toEqual([false, false])
})

test('a block that gives another width is refused', () => {
  expect(() => new Sequential([new Residual(new Dense(3))], { inputs: 2 })).toThrowError(
    expect.objectContaining({ code: 'ERR_DEEPBLAS_SHAPE', message: expect.stringContaining('block of 2 outputs') }),
  )
  const unfitting = new Residual([new Dense(3), new Dense(2, { inputs: 4 })])
  expect(() => new Sequential([unfitting], { inputs: 2 })).toThrowError(/layer 2 of Residual .* gives 3/)
})

test('what is no layer is refused', () => {
  expect(() => new Residual([])).toThrowError(/block/)
  expect(() => new Residual([{}] as never)).toThrowError(/block\[0\]/)
})
