/*
 * maxNorm through fit: with every optimizer, in every storage of a weight, for populations.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  Dataset,
  Dense,
  type DenseOptions,
  getThreads,
  Lion,
  l2,
  maxNorm,
  NAdam,
  type Optimizer,
  Population,
  RAdam,
  Residual,
  RMSProp,
  Sequential,
  SGD,
  setThreads,
} from '../../../lib/index.js'
import { RandomStream } from '../../../lib/random/stream.js'

const threads = getThreads()
afterEach(() => setThreads(threads))

/** The kernel adds the squares of up to 1,100 weights in float32. */
const ROUNDING = 1 + 1e-5

function dataOf(inputs: number, outputs: number, rows = 64): Dataset {
  const random = new RandomStream(3, 0)
  const draw = (count: number) => Float32Array.from({ length: count }, () => 3 * random.normal())
  return Dataset.from({
    x: { data: draw(rows * inputs), shape: [rows, inputs] },
    y: { data: draw(rows * outputs), shape: [rows, outputs] },
  })
}

/** The norm of every unit's incoming weights. */
function normsOf(model: Sequential, layer = 0): number[] {
  const { shape, data } = model.getWeights().find(({ name }) => name === `layers.${layer}.weight`)!
  const [units, inputs] = shape as [number, number]
  return Array.from({ length: units }, (_, unit) => Math.hypot(...data.subarray(unit * inputs, (unit + 1) * inputs)))
}

const optimizers: [string, () => Optimizer][] = [
  ['SGD', () => new SGD({ learningRate: 0.05 })],
  ['SGD with momentum', () => new SGD({ learningRate: 0.02, momentum: 0.9 })],
  ['Adam', () => new Adam({ learningRate: 0.05 })],
  ['AdamW', () => new AdamW({ learningRate: 0.05 })],
  ['RMSProp', () => new RMSProp({ learningRate: 0.05 })],
  ['Adagrad', () => new Adagrad({ learningRate: 0.1 })],
  ['Adadelta', () => new Adadelta({ learningRate: 50 })],
  ['Adamax', () => new Adamax({ learningRate: 0.05 })],
  ['NAdam', () => new NAdam({ learningRate: 0.05 })],
  ['RAdam', () => new RAdam({ learningRate: 0.5 })],
  ['Lion', () => new Lion({ learningRate: 0.05 })],
  ['clipped', () => new SGD({ learningRate: 1, clipNorm: 1 })],
  ['accumulated', () => new Adam({ learningRate: 0.2, accumulate: 2 })],
  ['averaged', () => new Adam({ learningRate: 0.2, averageDecay: 0.5 })],
]

describe.each([
  ['one unit', 5, 1, optimizers],
  ['few units, row by row', 40, 3, optimizers],
  ['panels', 17, 70, optimizers],
  ['wide, by OpenBLAS', 1100, 1000, optimizers.slice(0, 3)],
] as const)('%s', (_, inputs, units, tried) => {
  test.each(tried)('%s', async (_name, optimizer) => {
    const data = dataOf(inputs, units)
    const trained = async (options: DenseOptions) => {
      const model = new Sequential([new Dense(units, { regularizer: l2(1e-4), ...options })], { inputs })
      await model.fit(data, { loss: 'meanSquaredError', epochs: 2, batchSize: 20, optimizer: optimizer() })
      return Math.max(...normsOf(model))
    }
    const limit = (await trained({})) / 2
    expect(await trained({ constraint: maxNorm(limit) })).toBeLessThanOrEqual(limit * ROUNDING)
  })
})

test('one step: the update, then the limit; who is below it stays, bit for bit; biases are free', async () => {
  const data = dataOf(6, 20)
  const step = async (constraint: object) => {
    const model = new Sequential([new Dense(20, { ...constraint })], { inputs: 6 })
    await model.fit(data, {
      loss: 'meanSquaredError',
      optimizer: new SGD({ learningRate: 0.3 }),
      epochs: 1,
      batchSize: 'full',
    })
    return model
  }
  const free = await step({})
  const norms = normsOf(free)
  const limit = [...norms].sort((a, b) => a - b)[10]!
  const bound = await step({ constraint: maxNorm(limit) })
  const [weight, bias] = bound.getWeights()
  const [freeWeight, freeBias] = free.getWeights()
  expect(bias).toEqual(freeBias)
  let scaled = 0
  for (const [unit, norm] of norms.entries()) {
    const row = [...weight!.data.subarray(6 * unit, 6 * unit + 6)]
    const before = [...freeWeight!.data.subarray(6 * unit, 6 * unit + 6)]
    if (norm <= limit) expect(row).toEqual(before)
    else {
      scaled++
      for (const [i, value] of row.entries()) expect(value).toBeCloseTo((before[i]! * limit) / norm, 6)
    }
  }
  expect(scaled).toBe(9)
})

test('the same bits with other numbers of threads, planned or call by call, and for members of a population', async () => {
  const data = dataOf(30, 2, 300)
  const layers = () => [
    new Dense(80, { activation: 'relu', constraint: maxNorm(0.8) }),
    new Dense(2, { constraint: maxNorm(0.5) }),
  ]
  const fitting = { loss: 'meanSquaredError', epochs: 3, batchSize: 128 } as const
  const results: unknown[] = []
  for (const [count, check] of [[1], [2], [3], [2, '1']] as const) {
    setThreads(count)
    if (check !== undefined) process.env.DEEPBLAS_CHECK = check
    try {
      const model = new Sequential(layers(), { inputs: 30, seed: 4 })
      await model.fit(data, fitting)
      results.push(model.getWeights())
    } finally {
      delete process.env.DEEPBLAS_CHECK
    }
  }
  for (const result of results) expect(result).toEqual(results[0])
  const many = new Population(layers(), { inputs: 30, members: 3, seed: 4 })
  await many.fit(data, fitting)
  expect(many.member(0).getWeights()).toEqual(results[0])
})

test('a limit of its own for every member', async () => {
  const limits = [0.2, 0.6, 0.4]
  const data = dataOf(12, 7)
  const layer = (limit: number | number[]) => [new Dense(7, { constraint: maxNorm(limit) })]
  const fitting = { loss: 'meanSquaredError', epochs: 3, batchSize: 16 } as const
  const many = new Population(layer(limits), { inputs: 12, members: 3, seed: 2 })
  await many.fit(data, { ...fitting, optimizer: new Adam({ learningRate: 0.1 }) })
  for (const [member, limit] of limits.entries()) {
    const one = many.member(member)
    expect(Math.max(...normsOf(one))).toBeLessThanOrEqual(limit * ROUNDING)
    expect(Math.max(...normsOf(one))).toBeGreaterThan(limit * 0.99)
    const alone = new Sequential(layer(limit), { inputs: 12, seed: 2 + member })
    await alone.fit(data, { ...fitting, optimizer: new Adam({ learningRate: 0.1 }) })
    expect(one.getWeights()).toEqual(alone.getWeights())
    expect(one.layers[0]!.options().constraint).toEqual({ name: 'maxNorm', limit })
  }
  expect(() => new Population(layer([1, 2]), { inputs: 12, members: 3 })).toThrow(/maxNorm limit of Dense 7/)
  expect(() => new Sequential(layer([1, 2]), { inputs: 12 })).toThrow(/maxNorm limit of Dense 7/)
})

test('inside a block', async () => {
  const block = () => new Residual([new Dense(4, { constraint: maxNorm(0.3) })])
  const model = new Sequential([block(), new Dense(2)], { inputs: 4 })
  await model.fit(dataOf(4, 2), { loss: 'meanSquaredError', epochs: 2, batchSize: 16 })
  const { data } = model.getWeights().find(({ shape }) => shape.join() === '4,4')!
  for (let unit = 0; unit < 4; unit++) {
    expect(Math.hypot(...data.subarray(4 * unit, 4 * unit + 4))).toBeLessThanOrEqual(0.3 * ROUNDING)
  }
})

test('initial weights and frozen layers are left alone', async () => {
  const model = new Sequential([new Dense(8, { constraint: maxNorm(0.1) }), new Dense(2)], { inputs: 4 })
  const before = model.getWeights()
  expect(Math.max(...normsOf(model))).toBeGreaterThan(0.1)
  model.layers[0]!.trainable = false
  await model.fit(dataOf(4, 2), { loss: 'meanSquaredError', epochs: 1, batchSize: 16 })
  expect(model.getWeights()[0]).toEqual(before[0])
  model.layers[0]!.trainable = true
  await model.fit(dataOf(4, 2), { loss: 'meanSquaredError', epochs: 1, batchSize: 16 })
  expect(Math.max(...normsOf(model))).toBeLessThanOrEqual(0.1 * ROUNDING)
})

test('a loss that explodes leaves the weights of the last good step', async () => {
  const data = dataOf(4, 2)
  const model = () => new Sequential([new Dense(9, { constraint: maxNorm(2) }), new Dense(2)], { inputs: 4 })
  const trained = (of: Sequential, epochs: number) =>
    of.fit(data, {
      loss: 'meanSquaredError',
      optimizer: new SGD({ learningRate: 3 }),
      epochs,
      batchSize: 'full',
      shuffle: false,
    })
  const exploded = model()
  const error = await trained(exploded, 500).catch((reason: Error) => reason)
  const good = Number(/of epoch (\d+)/.exec((error as Error).message)?.[1]) - 1
  expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_NOT_FINITE' })
  const stopped = model()
  await trained(stopped, good)
  expect(exploded.getWeights()).toEqual(stopped.getWeights())
})

test('it is saved and loaded, and a clone has it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const model = new Sequential([new Dense(5, { constraint: maxNorm(0.3) })], { inputs: 4 })
    await model.save(path)
    for (const copy of [await Sequential.load(path), model.clone()]) {
      expect(copy.layers[0]!.options()).toEqual(model.layers[0]!.options())
      await copy.fit(dataOf(4, 5), { loss: 'meanSquaredError', epochs: 1, batchSize: 16 })
      expect(Math.max(...normsOf(copy))).toBeLessThanOrEqual(0.3 * ROUNDING)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each<[string, () => unknown]>([
  ['a limit of 0', () => maxNorm(0)],
  ['no limit', () => maxNorm(undefined as never)],
  ['a list with text', () => maxNorm([1, 'x' as never])],
  ['a number for a constraint', () => new Dense(3, { constraint: 3 as never })],
  ['another constraint', () => new Dense(3, { constraint: { name: 'minNorm', limit: 1 } as never })],
])('%s is refused', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT' }))
})
