import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  Adam,
  Dataset,
  Dense,
  defineLoss,
  defineMetric,
  type Loss,
  type LossDefinition,
  metrics,
  NonCrossing,
  Population,
  quantile,
  Sequential,
} from '../../lib/index.js'
import { RandomStream } from '../../lib/random/stream.js'

const quantiles = [0.1, 0.5, 0.9]

/** y = x + (1 + x) e for x from 0 to 1, e normal: the spread grows with x. */
function rowsOf(count: number, seed: number) {
  const random = new RandomStream(seed, 3)
  const x = Array.from({ length: count }, () => [random.uniform()])
  const y = x.map(([a]) => a! + (1 + a!) * random.normal())
  return { x, y }
}

const layers = (units = 3) => [new Dense(16, { activation: 'tanh' }), new Dense(units), new NonCrossing()]

test.each<[() => unknown, RegExp]>([
  [() => quantile({ quantiles: [] }), /at least one quantile for quantiles/],
  [() => quantile({ quantiles: [0.5, 0.1] }), /quantiles that grow .* for quantiles .* Sort them, each once/],
  [() => quantile({ quantiles: [0.5, 0.5] }), /quantiles that grow/],
  [() => quantile({ quantiles: [0, 0.5] }), /greater than 0 and less than 1 for quantiles\[0\]/],
  [() => quantile({ quantiles: [10, 90] }), /Write 0.1 for 10 %/],
  [() => quantile({ quantiles: 0.5 as never }), /Write it as a list: \[0.5\]/],
  [() => quantile({ quantile: 0.5 } as never), /Did you mean 'quantiles'/],
  [() => quantile({ quantiles: [Number.NaN] }), /quantiles\[0\]/],
  [() => new NonCrossing({ center: -1 }), /non-negative integer for center/],
  [() => new NonCrossing(3 as never), /options of NonCrossing/],
  [() => new Sequential([new NonCrossing({ center: 3 })], { inputs: 3 }), /center below the number of outputs/],
])('%s', (make, message) => {
  expect(make).toThrow(message)
})

test('one column of targets serves all outputs; other columns and outputs are told', async () => {
  const data = Dataset.from({ x: [[0], [1]], y: [1, 2] })
  const wide = Dataset.from({
    x: [[0], [1]],
    y: [
      [1, 1, 1],
      [2, 2, 2],
    ],
  })
  const model = new Sequential([new Dense(3)], { inputs: 1, seed: 1 })
  expect((await model.evaluate(data, { loss: 'quantile' })).loss).toBeGreaterThan(0)
  await expect(model.evaluate(wide, { loss: 'quantile' })).rejects.toThrow(
    /Expected 1 column for y, which serves all 3 outputs of this loss, but received 3/,
  )
  await expect(model.evaluate(data, { loss: quantile({ quantiles: [0.5] }) })).rejects.toThrow(
    /Expected 1 outputs for loss 'quantile', one for each of the quantiles 0.5, but received 3/,
  )
})

test('its outputs are quantiles: shares of the targets lie below, and they never cross', async () => {
  const model = new Sequential(layers(), { inputs: 1, seed: 1 })
  const train = rowsOf(4000, 1)
  await model.fit(Dataset.from(train), { loss: 'quantile', optimizer: new Adam({ learningRate: 0.01 }), epochs: 30 })
  const { x, y } = rowsOf(4000, 2)
  const { data } = model.predictSync(x)
  for (const [column, level] of quantiles.entries()) {
    const below = y.filter((value, row) => value <= data[row * 3 + column]!).length / y.length
    // Three standard errors of a share of 4000 rows are 0.024; the model's own error comes beside.
    expect(Math.abs(below - level)).toBeLessThan(0.04)
  }
  // The spread of the targets grows: from 2.56 to 5.13 standard deviations' worth between the outer quantiles.
  const [, , high0, , , high1] = model.predictSync([[0], [1]]).data
  expect(high1! - high0!).toBeGreaterThan(1)
  const far = model.predictSync(Array.from({ length: 2001 }, (_, i) => [(i - 1000) / 10])).data
  for (let at = 0; at < far.length; at += 3) {
    expect(far[at]! <= far[at + 1]! && far[at + 1]! <= far[at + 2]!).toBe(true)
  }
})

test('outputs keep their order at any size, also where float32 has no digits left', () => {
  const random = new RandomStream(4, 4)
  for (const columns of [1, 2, 3, 8, 33]) {
    const model = new Sequential([new NonCrossing()], { inputs: columns })
    const x = Array.from({ length: 500 }, (_, row) =>
      Array.from({ length: columns }, () => random.normal() * 10 ** ((row % 20) - 8)),
    )
    const { data } = model.predictSync(x)
    for (let at = 0; at < data.length; at++) {
      if (at % columns > 0) expect(data[at]!).toBeGreaterThanOrEqual(data[at - 1]!)
    }
  }
})

test('the center is free, and the network begins on both sides of it', () => {
  const zeros = (inputs: number, center?: number) => {
    const layer = new NonCrossing(center === undefined ? {} : { center })
    return [...new Sequential([layer], { inputs }).predictSync([new Array<number>(inputs).fill(0)]).data]
  }
  const step = Math.fround(Math.log(2))
  expect(zeros(3)).toEqual([-step, 0, step])
  expect(zeros(4)).toEqual([-step, 0, step, 2 * step])
  expect(zeros(3, 0)).toEqual([0, step, 2 * step])
  expect(zeros(1)).toEqual([0])
  const model = new Sequential([new NonCrossing({ center: 2 })], { inputs: 3 })
  expect((model.layers[0] as NonCrossing).center).toBe(2)
  expect(new NonCrossing().center).toBeUndefined()
})

test('metrics of values read the median, and are refused without one', async () => {
  const { x, y } = rowsOf(50, 3)
  const data = Dataset.from({ x, y })
  const model = new Sequential(layers(), { inputs: 1, seed: 2 })
  const { data: outputs } = model.predictSync(x)
  const median = y.map((_, row) => outputs[3 * row + 1]!)
  const names = ['meanAbsoluteError', 'rootMeanSquaredError', 'medianAbsoluteError', 'r2'] as const
  const history = await model.fit(data, {
    loss: 'quantile',
    metrics: [...names],
    validation: data,
    epochs: 1,
    optimizer: new Adam({ learningRate: 1e-30 }),
  })
  const scores = await model.evaluate(data)
  for (const name of names) {
    expect(scores[name]).toBeCloseTo(metrics[name](y, median), 5)
    expect(history.epochs[0]!.validation![name]).toBeCloseTo(metrics[name](y, median), 5)
  }
  expect(scores.loss).toBeCloseTo(metrics.pinball(y, model.predictSync(x), { quantiles }), 5)
  const without = new Sequential([new Dense(2)], { inputs: 1 })
  const loss = quantile({ quantiles: [0.1, 0.9] })
  await expect(without.evaluate(data, { loss, metrics: ['meanAbsoluteError'] })).rejects.toThrow(
    /metric 'meanAbsoluteError', but loss 'quantile' names none among its 2 outputs. Add the quantile 0.5/,
  )
  const one = new Sequential([new Dense(1)], { inputs: 1 })
  const { meanAbsoluteError } = await one.evaluate(data, {
    loss: quantile({ quantiles: [0.9] }),
    metrics: ['meanAbsoluteError'],
  })
  expect(meanAbsoluteError).toBeCloseTo(metrics.meanAbsoluteError(y, one.predictSync(x).data), 5)
  await expect(model.predictClasses(x)).rejects.toThrow(/this one gives values/)
})

test('it learns from a stream, weighted, in a population, and a file remembers it', async () => {
  const { x, y } = rowsOf(200, 5)
  const loss = quantile({ quantiles: [0.25, 0.5, 0.75] })
  const data = Dataset.from({ x, y, sampleWeights: y.map((_, row) => (row % 3) / 2) })
  const many = new Population(layers(), { inputs: 1, members: 2, seed: 7 })
  await many.fit(data, { loss, epochs: 2, metrics: ['meanAbsoluteError'] })
  const streamed = new Sequential(layers(), { inputs: 1, seed: 7 })
  const stream = async function* () {
    for (let from = 0; from < 200; from += 50) yield { x: x.slice(from, from + 50), y: y.slice(from, from + 50) }
  }
  const { epochs } = await streamed.fit(stream, { loss, epochs: 2, metrics: ['meanAbsoluteError'] })
  expect(epochs[1]!.loss).toBeLessThan(epochs[0]!.loss)
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'quantiles.safetensors')
    await many.save(path)
    const loaded = await Population.load(path)
    expect(await loaded.evaluate(data)).toEqual(await many.evaluate(data))
    expect(loaded.member(0).layers.at(-1)).toBeInstanceOf(NonCrossing)
    await streamed.save(path)
    const one = await Sequential.load(path)
    expect(one.predictSync(x).data).toEqual(streamed.predictSync(x).data)
    expect(one.explain({ batchSize: 8, loss })).toContain('NonCrossing')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a loss of your own may share one target among its outputs', async () => {
  // Squared error of every output to the one target.
  const shared: Loss = {
    name: 'shared',
    targetKind: 'values',
    sharedTarget: true,
    takesLogits: () => false,
    record(record, { prediction, target, rowLoss, gradient }) {
      const values = record.empty(prediction.columns)
      record.map({ inputs: { prediction, target }, outputs: { values } }, (all) => ({
        values: all.prediction.minus(all.target).squared(),
      }))
      record.reduceRows({ output: rowLoss, x: values, kind: 1 })
      if (gradient === undefined) return
      record.map({ inputs: { prediction, target }, outputs: { gradient } }, (all) => ({
        gradient: all.prediction.minus(all.target).times(2 / prediction.columns / 3),
      }))
    },
  }
  const data = Dataset.from({ x: [[0], [1], [2]], y: [1, 2, 4] })
  const model = new Sequential([new Dense(2)], { inputs: 1, seed: 1 })
  const { data: outputs } = model.predictSync(data)
  const expected = [1, 1, 2, 2, 4, 4].reduce((sum, y, at) => sum + (outputs[at]! - y) ** 2, 0) / 6
  expect(model.evaluateSync(data, { loss: shared, metrics: [] }).loss).toBeCloseTo(expected, 5)
  expect(() => model.evaluateSync(data, { loss: shared, metrics: ['r2'] })).toThrow(/'shared' names none .* Leave/)
  const first = model.evaluateSync(data, { loss: { ...shared, valueOutput: 0 }, metrics: ['meanAbsoluteError'] })
  expect(first.meanAbsoluteError).toBeCloseTo(
    metrics.meanAbsoluteError(
      [1, 2, 4],
      [0, 2, 4].map((at) => outputs[at]!),
    ),
    5,
  )
  const own = defineMetric({ name: 'own', fromScores: ({ outputs: count, scores }) => count + scores.length })
  expect(model.evaluateSync(data, { loss: { ...shared, valueOutput: 1 }, metrics: [own] }).own).toBe(4)
  for (const odd of [{ sharedTarget: 1 }, { valueOutput: -1 }]) {
    expect(() => model.evaluateSync(data, { loss: { ...shared, ...odd } as never })).toThrow(/loss\.(shared|value)/)
  }
})

test('so may one of a rule', () => {
  const given = {
    name: 'absolute',
    rule({ prediction, target }) {
      const difference = prediction.minus(target)
      return { value: difference.absolute(), derivative: difference.sign() }
    },
    sharedTarget: true,
    valueOutput: 1,
  } satisfies LossDefinition
  const data = Dataset.from({ x: [[0], [1], [2]], y: [1, 2, 4] })
  const model = new Sequential([new Dense(2)], { inputs: 1, seed: 1 })
  const { data: outputs } = model.predictSync(data)
  const errors = [1, 1, 2, 2, 4, 4].map((y, at) => Math.abs(outputs[at]! - y))
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length
  const scores = model.evaluateSync(data, { loss: defineLoss(given), metrics: ['meanAbsoluteError'] })
  expect(scores.loss).toBeCloseTo(mean(errors), 5)
  expect(scores.meanAbsoluteError).toBeCloseTo(mean(errors.filter((_, at) => at % 2 === 1)), 5)
  expect(() => defineLoss({ ...given, sharedTarget: 1 as never })).toThrow(/boolean for sharedTarget/)
  expect(() => defineLoss({ ...given, valueOutput: 0.5 })).toThrow(/non-negative integer for valueOutput/)
})

test.each<[() => unknown, RegExp]>([
  [() => metrics.pinball([1], [1], {} as never), /array of quantiles for quantiles/],
  [() => metrics.pinball([1, 2], [[1, 2]], { quantiles: [0.1, 0.9] }), /2 rows for predicted/],
  [() => metrics.pinball([1], [[1, 2, 3]], { quantiles: [0.1, 0.9] }), /2 columns for predicted/],
  [() => metrics.pinball([], [], { quantiles: [0.5] }), /at least one number for targets/],
  [() => metrics.coverage([1], { lower: [0] } as never), /predicted.upper/],
  [() => metrics.coverage([1, 2], { lower: [0], upper: [1] }), /2 rows for predicted.lower/],
  [() => metrics.coverage([1], [1] as never), /array of classes for predicted\[0\]/],
  [() => metrics.coverage(['cat'], [[1]]), /class as the targets are for predicted\[0\]\[0\]/],
  [() => metrics.coverage([1], undefined as never), /plain object for predicted/],
  [() => metrics.coverage([], []), /at least one number for targets/],
])('%s is refused', (call, message) => {
  expect(call).toThrow(message)
})

test('coverage counts both ends, weights, sets and NaN', () => {
  expect(metrics.coverage([0, 1, 2, 3], { lower: [0, 0, 0, 0], upper: [2, 2, 2, 2] })).toBe(0.75)
  const intervals = { lower: new Float64Array(2), upper: Float32Array.of(1, 1) }
  expect(metrics.coverage([1, 2], intervals, { sampleWeights: [1, 3] })).toBe(0.25)
  expect(metrics.coverage([1, Number.NaN], intervals)).toBeNaN()
  expect(metrics.coverage([5], { lower: [Number.NEGATIVE_INFINITY], upper: [Number.POSITIVE_INFINITY] })).toBe(1)
  expect(metrics.coverage([0, 1], [[0, 2], []])).toBe(0.5)
  expect(metrics.coverage(['a', 'b'], [['a'], ['a', 'b']])).toBe(1)
})
