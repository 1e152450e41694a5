import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  constant,
  Dataset,
  Dense,
  type DenseOptions,
  l1,
  l1l2,
  l2,
  lessonL2,
  Population,
  type Regularizer,
  Sequential,
} from '../../../lib/index.js'

const data = Dataset.from({
  x: Array.from({ length: 21 }, (_, row) => [Math.sin(row), Math.cos(3 * row), Math.sin(7 * row)]),
  y: Array.from({ length: 21 }, (_, row) => [Math.sin(2 * row), Math.cos(row)]),
})
const loss = 'meanSquaredError'
const layersOf = (options: DenseOptions) => [
  new Dense(20, { activation: 'tanh', biasInitializer: 'normal', ...options }),
  new Dense(2, { biasInitializer: constant(-0.5), ...options }),
]
const modelOf = (options: DenseOptions, seed = 2) => new Sequential(layersOf(options), { inputs: 3, seed })

const cases: [string, Regularizer, (w: number) => number, (w: number) => number][] = [
  ['l1', l1(0.03), (w) => 0.03 * Math.abs(w), (w) => 0.03 * Math.sign(w)],
  ['l2', l2(0.02), (w) => 0.02 * w * w, (w) => 0.04 * w],
  [
    'l1l2',
    l1l2({ l1: 0.01, l2: 0.05 }),
    (w) => 0.01 * Math.abs(w) + 0.05 * w * w,
    (w) => 0.01 * Math.sign(w) + 0.1 * w,
  ],
  ['lessonL2', lessonL2(0.7), (w) => (0.7 / 42) * w * w, (w) => (0.7 / 21) * w],
]

test.each(cases)('%s: the cost and the gradient of biases alone', async (_, biasRegularizer, penalty, derivative) => {
  const [free, bound] = [modelOf({}), modelOf({ biasRegularizer })]
  const biases = free.getWeights().filter(({ name }) => name.endsWith('bias'))
  const sum = biases.flatMap(({ data: values }) => [...values]).reduce((total, b) => total + penalty(b), 0)
  expect(sum).toBeGreaterThan(0.001)
  const costs = [await free.evaluate(data, { loss }), await bound.evaluate(data, { loss })]
  expect(costs[1]!.loss - costs[0]!.loss).toBeCloseTo(sum, 6)
  expect((await bound.trace(data, { loss })).cost - (await free.trace(data, { loss })).cost).toBeCloseTo(sum, 6)

  const without = await free.gradients(data, { loss })
  for (const [i, { name, data: gradient }] of (await bound.gradients(data, { loss })).entries()) {
    const expected = without[i]!.data
    const bias = biases.find((one) => one.name === name)
    for (const [at, value] of gradient.entries()) {
      expect(value).toBeCloseTo(expected[at]! + (bias === undefined ? 0 : derivative(bias.data[at]!)), 6)
    }
  }
})

test('a strength of its own for every member', async () => {
  const strengths = [0, 0.1, 1]
  const options = (l2Strength: number | number[]) => ({ biasRegularizer: l2(l2Strength), regularizer: l1(1e-3) })
  const many = new Population(layersOf(options(strengths)), { inputs: 3, members: 3, seed: 2 })
  const fitting = { loss, epochs: 4, batchSize: 8 } as const
  await many.fit(data, fitting)
  for (const [member, strength] of strengths.entries()) {
    const alone = modelOf(options(strength), 2 + member)
    await alone.fit(data, fitting)
    expect(many.member(member).getWeights()).toEqual(alone.getWeights())
  }
  expect(() => modelOf(options([1, 2]))).toThrow(/l2 strength/)
})

test('it is saved and loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const model = modelOf({ biasRegularizer: lessonL2(0.5), regularizer: l2(0.1) })
    await model.fit(data, { loss, epochs: 1, batchSize: 8 })
    await model.save(path)
    const loaded = await Sequential.load(path)
    expect(loaded.layers.map((layer) => layer.options())).toEqual(model.layers.map((layer) => layer.options()))
    expect(await loaded.evaluate(data)).toEqual(await model.evaluate(data))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('without a bias it does nothing; of another kind it is refused', async () => {
  const costs = [modelOf({ bias: false }), modelOf({ bias: false, biasRegularizer: l2(10) })].map(
    (model) => model.evaluateSync(data, { loss }).loss,
  )
  expect(costs[1]).toBe(costs[0])
  expect(() => new Dense(1, { biasRegularizer: 0.1 as never })).toThrow(/biasRegularizer/)
})
