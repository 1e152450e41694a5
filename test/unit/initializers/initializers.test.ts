/*
 * How weights and biases start: statistics, orthogonality, seeds, files.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  constant,
  Dense,
  type DenseOptions,
  type Initializer,
  type InitializerName,
  initializerNames,
  normal,
  orthogonal,
  Population,
  Sequential,
  uniform,
} from '../../../lib/index.js'

type Option = InitializerName | Initializer

const INPUTS = 300
const UNITS = 200

function startOf(units: number, inputs: number, options: DenseOptions, seed = 1) {
  const [weight, bias] = new Sequential([new Dense(units, options)], { inputs, seed }).getWeights()
  return { weight: weight!.data, bias: bias!.data }
}

const weightOf = (initializer: Option, units = UNITS, inputs = INPUTS, seed = 1) =>
  startOf(units, inputs, { initializer }, seed).weight

function statistics(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance), low: Math.min(...values), high: Math.max(...values) }
}

const uniforms: [string, Option, number, number][] = [
  ['glorotUniform', 'glorotUniform', -Math.sqrt(6 / (INPUTS + UNITS)), Math.sqrt(6 / (INPUTS + UNITS))],
  ['heUniform', 'heUniform', -Math.sqrt(6 / INPUTS), Math.sqrt(6 / INPUTS)],
  ['uniform', 'uniform', -0.05, 0.05],
  ['uniform from 2 to 5', uniform({ low: 2, high: 5 }), 2, 5],
  ['uniform from -1', uniform({ low: -1 }), -1, 0.05],
]
test.each(uniforms)('%s', (_, initializer, low, high) => {
  const found = statistics(weightOf(initializer))
  const deviation = (high - low) / Math.sqrt(12)
  expect(Math.abs(found.mean - (low + high) / 2)).toBeLessThan(0.02 * deviation)
  expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(0.02)
  expect(found.low).toBeGreaterThanOrEqual(Math.fround(low))
  expect(found.high).toBeLessThanOrEqual(Math.fround(high))
  expect(found.high - found.low).toBeGreaterThan(0.999 * (high - low))
})

const normals: [string, Option, number, number][] = [
  ['glorotNormal', 'glorotNormal', 0, Math.sqrt(2 / (INPUTS + UNITS))],
  ['heNormal', 'heNormal', 0, Math.sqrt(2 / INPUTS)],
  ['lecunNormal', 'lecunNormal', 0, Math.sqrt(1 / INPUTS)],
  ['normal', 'normal', 0, 0.05],
  ['normal around 3', normal({ mean: 3, standardDeviation: 0.5 }), 3, 0.5],
]
test.each(normals)('%s', (_, initializer, mean, deviation) => {
  const values = weightOf(initializer)
  const found = statistics(values)
  expect(Math.abs(found.mean - mean)).toBeLessThan(0.02 * deviation)
  expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(0.02)
  // Within one, two and three deviations, as a normal distribution has it; a uniform one has nothing beyond 1.73.
  for (const [width, share] of [
    [1, 0.6827],
    [2, 0.9545],
    [3, 0.9973],
  ] as const) {
    const within = values.filter((value) => Math.abs(value - mean) < width * deviation).length / values.length
    expect(Math.abs(within - share)).toBeLessThan(0.01)
  }
})

test.each([
  ['zeros', 'zeros', 0],
  ['constant', constant(0.25), 0.25],
] as [string, Option, number][])('%s', (_, initializer, value) => {
  expect(new Set(weightOf(initializer))).toEqual(new Set([value]))
})

describe('orthogonal', () => {
  /** Products of all pairs of rows, or of columns where they are fewer. */
  function products(values: Float32Array, units: number, inputs: number): number[][] {
    const count = Math.min(units, inputs)
    const at = (vector: number, i: number) =>
      units <= inputs ? values[vector * inputs + i]! : values[i * inputs + vector]!
    const dot = (a: number, b: number) => {
      let sum = 0
      for (let i = 0; i < Math.max(units, inputs); i++) sum += at(a, i) * at(b, i)
      return sum
    }
    return Array.from({ length: count }, (_row, a) => Array.from({ length: count }, (_column, b) => dot(a, b)))
  }

  test.each([
    ['square', 64, 64, 1],
    ['wide', 20, 70, 1],
    ['tall', 70, 20, 1],
    ['in panels, by OpenBLAS', 130, 700, 1],
    ['with a gain', 33, 33, Math.SQRT2],
    ['one unit', 1, 9, 2],
    ['one input', 9, 1, 1],
    ['one number', 1, 1, 3],
  ])('%s: (%d, %d)', (_, units, inputs, gain) => {
    const pairs = products(weightOf(orthogonal({ gain }), units, inputs), units, inputs)
    const worst = Math.max(
      ...pairs.flatMap((row, a) => row.map((product, b) => Math.abs(product / gain ** 2 - Number(a === b)))),
    )
    expect(worst).toBeLessThan(1e-6)
  })

  test('the name is the gain of 1', () => {
    expect(weightOf('orthogonal', 10, 8)).toEqual(weightOf(orthogonal(), 10, 8))
    expect(weightOf('orthogonal', 10, 8)).not.toEqual(weightOf(orthogonal({ gain: 2 }), 10, 8))
  })

  test('no direction is preferred: signs and means of many seeds', () => {
    const first = Array.from({ length: 400 }, (_, seed) => weightOf('orthogonal', 3, 3, seed))
    for (let i = 0; i < 9; i++) {
      const values = first.map((weight) => weight[i]!)
      // Each element has mean 0 and variance 1/3: the mean of 400 is within 0.12 of 0 but once in 30,000 times.
      expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 400)).toBeLessThan(0.12)
      expect(values.reduce((sum, value) => sum + value * value, 0) / 400).toBeCloseTo(1 / 3, 1)
    }
    expect(new Set(first.map((weight) => Math.sign(weight[0]!)))).toEqual(new Set([-1, 1]))
  })
})

describe.each([...initializerNames])('%s', (name) => {
  test('the same seed, the same numbers; another seed, others', () => {
    expect(weightOf(name, 12, 30, 4)).toEqual(weightOf(name, 12, 30, 4))
    if (name !== 'zeros') expect(weightOf(name, 12, 30, 4)).not.toEqual(weightOf(name, 12, 30, 5))
  })

  test('members of a population start as they would alone', () => {
    const layers = () => [new Dense(9, { initializer: name }), new Dense(9, { initializer: name })]
    const many = new Population(layers(), { inputs: 9, members: 3, seed: 7 })
    for (let member = 0; member < 3; member++) {
      const weights = many.member(member).getWeights()
      expect(weights).toEqual(new Sequential(layers(), { inputs: 9, seed: 7 + member }).getWeights())
      if (name !== 'zeros') expect(weights[0]!.data).not.toEqual(weights[2]!.data)
    }
  })
})

test('biases start at 0, or as asked', () => {
  expect([...startOf(4, 3, {}).bias]).toEqual([0, 0, 0, 0])
  expect([...startOf(4, 3, { biasInitializer: constant(0.5) }).bias]).toEqual([0.5, 0.5, 0.5, 0.5])
  const { weight, bias } = startOf(2000, 50, { biasInitializer: normal({ mean: 1, standardDeviation: 0.1 }) })
  expect(statistics(bias).mean).toBeCloseTo(1, 1)
  expect(statistics(bias).deviation).toBeCloseTo(0.1, 1)
  // What a weight starts with does not depend on the bias.
  expect(weight).toEqual(startOf(2000, 50, {}).weight)
})

test('the default goes with the activation', () => {
  const expected = {
    heNormal: ['relu', 'relu6', 'leakyRelu', 'elu', 'gelu', 'silu', 'mish', 'hardSwish'],
    lecunNormal: ['selu'],
    glorotUniform: ['linear', 'tanh', 'sigmoid', 'softplus', 'softsign', 'hardSigmoid', 'softmax', 'logSoftmax'],
  } as const
  for (const [initializer, activations] of Object.entries(expected)) {
    for (const activation of activations) {
      expect(startOf(5, 6, { activation }).weight).toEqual(weightOf(initializer as InitializerName, 5, 6))
    }
  }
})

test.each<[string, DenseOptions]>([
  ...initializerNames.map((name): [string, DenseOptions] => [name, { initializer: name }]),
  ['normal', { initializer: normal({ mean: 1, standardDeviation: 2 }) }],
  ['uniform', { initializer: uniform({ low: 1, high: 2 }) }],
  ['orthogonal', { initializer: orthogonal({ gain: 2 }) }],
  ['constant', { initializer: constant(3), biasInitializer: constant(-1) }],
  ['of a bias', { biasInitializer: uniform({ low: 0, high: 1 }) }],
])('%s is saved and loaded', async (_, options) => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const model = new Sequential([new Dense(3, options)], { inputs: 4 })
    await model.save(path)
    const loaded = await Sequential.load(path)
    expect(loaded.layers[0]!.options()).toEqual(model.layers[0]!.options())
    expect(loaded.getWeights()).toEqual(model.getWeights())
    // The loaded layer starts another model as the first one does.
    const again = (layers: Sequential['layers']) => new Sequential(layers, { inputs: 4, seed: 9 }).getWeights()
    expect(again(loaded.layers)).toEqual(again(model.layers))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each<[string, () => unknown, RegExp]>([
  ['an unknown name', () => new Dense(1, { initializer: 'heNorma' as never }), /Did you mean 'heNormal'/],
  ['an unknown name in an object', () => new Dense(1, { initializer: { name: 'he' } as never }), /initializer/],
  ['high below low', () => uniform({ low: 1, high: 0 }), /at least 1 for high/],
  ['a negative deviation', () => normal({ standardDeviation: -1 }), /standardDeviation/],
  ['a mean that is no number', () => normal({ mean: Number.NaN }), /mean/],
  ['a gain of 0', () => orthogonal({ gain: 0 }), /gain/],
  ['a constant of text', () => constant('1' as never), /value/],
  ['an unknown option', () => normal({ sigma: 1 } as never), /sigma/],
  ['an orthogonal bias', () => new Dense(3, { biasInitializer: 'orthogonal' }), /biasInitializer.*no matrix/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(
    expect.objectContaining({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringMatching(message) }),
  )
})
