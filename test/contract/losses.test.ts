/*
 * What every loss must do, as one table: its formula, gradients, files, the same bits again, members of a population, small
 * batches, learning.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type ActivationName,
  Adam,
  binaryCrossEntropy,
  crossEntropy,
  Dataset,
  Dense,
  defineLoss,
  getThreads,
  hinge,
  huber,
  type Loss,
  type LossName,
  lossNames,
  Population,
  poisson,
  quantile,
  Sequential,
  setThreads,
} from '../../lib/index.js'
import { RandomStream } from '../../lib/random/stream.js'

interface Case {
  readonly name: string
  readonly loss: LossName | Loss
  readonly activation: ActivationName
  readonly outputs: number
  /** One row's targets, of numbers that are normal. */
  readonly target: (normal: readonly number[]) => number[]
  /** The row's loss, of what the last layer gives before its activation. */
  readonly formula: (z: readonly number[], target: readonly number[]) => number
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const each = (rule: (z: number, y: number, column: number) => number) => (z: readonly number[], y: readonly number[]) =>
  mean(z.map((value, i) => rule(value, y[i]!, i)))
const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))
const logSoftmax = (z: readonly number[]) => {
  const most = Math.max(...z)
  const sum = Math.log(z.reduce((total, value) => total + Math.exp(value - most), 0)) + most
  return z.map((value) => value - sum)
}
const softmax = (z: readonly number[]) => logSoftmax(z).map(Math.exp)
const values = (normal: readonly number[]) => [...normal]
const bits = (normal: readonly number[]) => normal.map((value) => Number(value > 0))
const signs = (normal: readonly number[]) => normal.map((value) => (value > 0 ? 1 : -1))
const counts = (normal: readonly number[]) => normal.map((value) => Math.floor(Math.abs(value) * 2))
const oneClass = (normal: readonly number[]) => [normal.indexOf(Math.max(...normal))]
const entropy = (z: readonly number[], [label]: readonly number[]) => -logSoftmax(z)[label!]!
const smooth = (z: readonly number[], [label]: readonly number[]) =>
  -logSoftmax(z).reduce((sum, value, c) => sum + value * ((c === label ? 0.8 : 0) + 0.2 / z.length), 0)
const divergence = (z: readonly number[], y: readonly number[]) =>
  logSoftmax(z).reduce((sum, value, c) => sum + (y[c] === 0 ? 0 : y[c]! * (Math.log(y[c]!) - value)), 0)
const huberOf = (delta: number) =>
  each((z, y) => (Math.abs(z - y) <= delta ? (z - y) ** 2 / 2 : delta * (Math.abs(z - y) - delta / 2)))
const binary = (weight: (column: number) => number) =>
  each((z, y, column) => weight(column) * y * softplus(-z) + (1 - y) * softplus(z))

const pinball =
  (quantiles: readonly number[]) =>
  (z: readonly number[], [y]: readonly number[]) =>
    mean(z.map((q, i) => (y! >= q ? quantiles[i]! * (y! - q) : (1 - quantiles[i]!) * (q - y!))))

const logCosh = defineLoss({
  name: 'logCosh',
  rule({ prediction, target }) {
    const difference = prediction.minus(target)
    const size = difference.absolute()
    return {
      value: size.plus(size.times(-2).exponential().plus(1).logarithm()).minus(Math.LN2),
      derivative: difference.tanh(),
    }
  },
})

const cases: Case[] = [
  {
    name: 'meanSquaredError',
    loss: 'meanSquaredError',
    activation: 'linear',
    outputs: 3,
    target: values,
    formula: each((z, y) => (z - y) ** 2),
  },
  {
    name: 'meanAbsoluteError',
    loss: 'meanAbsoluteError',
    activation: 'linear',
    outputs: 3,
    target: values,
    formula: each((z, y) => Math.abs(z - y)),
  },
  { name: 'huber', loss: 'huber', activation: 'linear', outputs: 3, target: values, formula: huberOf(1) },
  {
    name: 'huber of one output, delta 0.3',
    loss: huber({ delta: 0.3 }),
    activation: 'tanh',
    outputs: 1,
    target: values,
    formula: (z, y) => huberOf(0.3)(z.map(Math.tanh), y),
  },
  {
    name: 'binaryCrossEntropy',
    loss: 'binaryCrossEntropy',
    activation: 'sigmoid',
    outputs: 3,
    target: bits,
    formula: binary(() => 1),
  },
  {
    name: 'binaryCrossEntropy, positive weight',
    loss: binaryCrossEntropy({ positiveWeight: 2.5 }),
    activation: 'sigmoid',
    outputs: 1,
    target: bits,
    formula: binary(() => 2.5),
  },
  {
    name: 'binaryCrossEntropy, a positive weight for each of many outputs',
    loss: binaryCrossEntropy({ positiveWeight: Array.from({ length: 45 }, (_, i) => 0.5 + i / 10) }),
    activation: 'linear',
    outputs: 45,
    target: bits,
    formula: binary((column) => 0.5 + column / 10),
  },
  {
    name: 'binaryCrossEntropy, label smoothing',
    loss: binaryCrossEntropy({ labelSmoothing: 0.2 }),
    activation: 'sigmoid',
    outputs: 3,
    target: bits,
    formula: each((z, y) => (0.8 * y + 0.1) * softplus(-z) + (0.9 - 0.8 * y) * softplus(z)),
  },
  {
    name: 'binaryCrossEntropy, label smoothing and a positive weight, of logits',
    loss: binaryCrossEntropy({ labelSmoothing: 0.3, positiveWeight: 2 }),
    activation: 'linear',
    outputs: 1,
    target: bits,
    formula: each((z, y) => 2 * (0.7 * y + 0.15) * softplus(-z) + (0.85 - 0.7 * y) * softplus(z)),
  },
  { name: 'crossEntropy', loss: 'crossEntropy', activation: 'softmax', outputs: 4, target: oneClass, formula: entropy },
  {
    name: 'crossEntropy on logSoftmax',
    loss: crossEntropy,
    activation: 'logSoftmax',
    outputs: 4,
    target: oneClass,
    formula: entropy,
  },
  {
    name: 'crossEntropy, label smoothing',
    loss: crossEntropy({ labelSmoothing: 0.2 }),
    activation: 'softmax',
    outputs: 4,
    target: oneClass,
    formula: smooth,
  },
  {
    name: 'crossEntropy of probabilities, label smoothing',
    loss: crossEntropy({ labelSmoothing: 0.2 }),
    activation: 'linear',
    outputs: 3,
    target: softmax,
    formula: (z, y) => -logSoftmax(z).reduce((sum, value, c) => sum + value * (0.8 * y[c]! + 0.2 / 3), 0),
  },
  {
    name: 'kullbackLeibler',
    loss: 'kullbackLeibler',
    activation: 'softmax',
    outputs: 4,
    target: softmax,
    formula: divergence,
  },
  {
    name: 'kullbackLeibler of classes on logSoftmax',
    loss: 'kullbackLeibler',
    activation: 'logSoftmax',
    outputs: 3,
    target: (normal) => normal.map((value) => Number(value === Math.max(...normal))),
    formula: divergence,
  },
  {
    name: 'poisson of log rates',
    loss: 'poisson',
    activation: 'linear',
    outputs: 2,
    target: counts,
    formula: each((z, y) => Math.exp(z) - y * z),
  },
  {
    name: 'poisson of rates',
    loss: poisson,
    activation: 'softplus',
    outputs: 2,
    target: counts,
    formula: each((z, y) => softplus(z) - y * Math.log(softplus(z) + 1e-8)),
  },
  {
    name: 'hinge',
    loss: 'hinge',
    activation: 'linear',
    outputs: 2,
    target: signs,
    formula: each((z, y) => Math.max(0, 1 - y * z)),
  },
  {
    name: 'hinge of 0 and 1',
    loss: hinge(),
    activation: 'tanh',
    outputs: 1,
    target: bits,
    formula: each((z, y) => Math.max(0, 1 - (2 * y - 1) * Math.tanh(z))),
  },
  {
    name: 'quantile, one target for three outputs',
    loss: 'quantile',
    activation: 'linear',
    outputs: 3,
    target: ([first]) => [first!],
    formula: pinball([0.1, 0.5, 0.9]),
  },
  {
    name: 'quantile of one output',
    loss: quantile({ quantiles: [0.8] }),
    activation: 'softplus',
    outputs: 1,
    target: values,
    formula: (z, y) => pinball([0.8])(z.map(softplus), y),
  },
  {
    name: 'quantile of many outputs',
    loss: quantile({ quantiles: Array.from({ length: 45 }, (_, i) => (i + 1) / 50) }),
    activation: 'linear',
    outputs: 45,
    // On both sides of all outputs: the slope of an output that a target is near is not that of differences.
    target: ([first]) => [first! > 0 ? 5 : -5],
    formula: pinball(Array.from({ length: 45 }, (_, i) => (i + 1) / 50)),
  },
  {
    name: "a user's own",
    loss: logCosh,
    activation: 'linear',
    outputs: 3,
    target: values,
    formula: each((z, y) => Math.log(Math.cosh(z - y))),
  },
]

test('the table has every loss', () => {
  const named = cases.map(({ loss }) => (typeof loss === 'string' ? loss : loss.name))
  expect(lossNames.filter((name) => !named.includes(name))).toEqual([])
})

const threads = getThreads()
afterEach(() => setThreads(threads))

const INPUTS = 5
function dataOf({ outputs, target }: Case, rows: number, weighted = false): Dataset {
  const random = new RandomStream(7, 9)
  const x = Array.from({ length: rows }, () => Array.from({ length: INPUTS }, () => random.normal()))
  const normals = x.map((row) => Array.from({ length: outputs }, (_, c) => row[c % INPUTS]! + random.normal() / 2))
  const y = normals.map(target)
  const sampleWeights = x.map((_, row) => (row % 4) / 2)
  return Dataset.from({ x, y, ...(weighted && rows > 1 ? { sampleWeights } : {}) })
}

const layersOf = ({ outputs, activation }: Case) => [
  new Dense(6, { activation: 'tanh' }),
  new Dense(outputs, { activation }),
]
const modelOf = (one: Case, seed = 3) => new Sequential(layersOf(one), { inputs: INPUTS, seed })
const fitting = { epochs: 3, batchSize: 16 } as const
const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, ...data])
const withoutTime = ({ seconds: _, ...rest }: { seconds: number }) => rest

describe.each(cases)('$name', (one) => {
  const { loss, outputs } = one

  test.each([false, true])('the mean of its formula over rows, weighted: %s', async (weighted) => {
    const model = modelOf(one)
    const data = dataOf(one, 600, weighted)
    const raw = (await model.predictRaw(data)).data
    let sum = 0
    let total = 0
    for (let row = 0; row < data.rows; row++) {
      const weight = weighted ? (row % 4) / 2 : 1
      sum += weight * one.formula([...raw.subarray(row * outputs, (row + 1) * outputs)], data.target(row))
      total += weight
    }
    const expected = sum / total
    const { loss: value } = await model.evaluate(data, { loss, metrics: [] })
    expect(Math.abs(value / expected - 1)).toBeLessThan(2e-6)
    expect(model.evaluateSync(data, { loss, metrics: [] }).loss).toBe(value)
    // A batch of one row, and few rows.
    for (const rows of [1, 3]) {
      const few = dataOf(one, rows)
      const some = (await model.predictRaw(few)).data
      const wanted = mean(
        Array.from({ length: rows }, (_, row) =>
          one.formula([...some.subarray(row * outputs, (row + 1) * outputs)], few.target(row)),
        ),
      )
      expect(Math.abs(model.evaluateSync(few, { loss, metrics: [] }).loss - wanted)).toBeLessThan(
        2e-6 * Math.max(1, Math.abs(wanted)),
      )
    }
  })

  test.each([
    [1, false],
    [7, false],
    [7, true],
  ])('gradients of %d rows are those of differences, weighted: %s', async (rows, weighted) => {
    const model = modelOf(one)
    const data = dataOf(one, rows, weighted)
    const gradients = await model.gradients(data, { loss })
    const weights = model.getWeights()
    const largest = Math.max(...gradients.flatMap(({ data: values }) => [...values].map(Math.abs)))
    const step = 0.004
    for (const [index, { data: gradient }] of gradients.entries()) {
      for (let at = 0; at < gradient.length; at += 3) {
        const moved = (by: number) => {
          model.setWeights(
            weights.map((weight, i) => ({
              ...weight,
              data: i === index ? weight.data.map((value, j) => (j === at ? value + by : value)) : weight.data,
            })),
          )
          return model.evaluateSync(data, { loss, metrics: [] }).loss
        }
        const difference = (moved(step) - moved(-step)) / (2 * step)
        expect(Math.abs(gradient[at]! - difference)).toBeLessThan(0.005 * largest)
      }
    }
  })

  test('trace gives dA, of which dZ follows', async () => {
    const { layers } = await modelOf(one).trace(dataOf(one, 6, true), { loss })
    const { A, dA, dZ } = layers.at(-1)!
    const largest = Math.max(...dZ!.data.map(Math.abs))
    for (let row = 0; row < 6; row++) {
      const slice = (data: Float64Array) => [...data.subarray(row * outputs, (row + 1) * outputs)]
      const [a, da, dz] = [slice(A.data), slice(dA!.data), slice(dZ!.data)]
      const dot = (p: readonly number[], q: readonly number[]) => p.reduce((sum, value, i) => sum + value * q[i]!, 0)
      const through = {
        linear: () => da,
        sigmoid: () => da.map((value, i) => value * a[i]! * (1 - a[i]!)),
        tanh: () => da.map((value, i) => value * (1 - a[i]! ** 2)),
        softplus: () => da.map((value, i) => value * (1 - Math.exp(-a[i]!))),
        softmax: () => da.map((value, i) => a[i]! * (value - dot(a, da))),
        logSoftmax: () => da.map((value, i) => value - Math.exp(a[i]!) * da.reduce((sum, other) => sum + other, 0)),
      }[one.activation as 'linear']()
      for (const [i, value] of through.entries()) expect(Math.abs(value - dz[i]!)).toBeLessThan(1e-5 * largest)
    }
  })

  test('save and load remember it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'model.safetensors')
      const model = modelOf(one)
      const data = dataOf(one, 40)
      await model.fit(data, { ...fitting, loss })
      await model.save(path)
      const loaded = await Sequential.load(path)
      expect(weightsOf(loaded)).toEqual(weightsOf(model))
      if (loss !== logCosh) {
        expect((await loaded.evaluate(data)).loss).toBe((await model.evaluate(data)).loss)
        return
      }
      // The code of a user's own is not in a file: whoever computes with it is told.
      await expect(loaded.evaluate(data)).rejects.toThrow(/'logCosh'.*\{ loss: logCosh \}/)
      expect((await loaded.evaluate(data, { loss })).loss).toBe((await model.evaluate(data)).loss)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('the same bits with other numbers of threads, planned or call by call', async () => {
    const results: unknown[] = []
    for (const [count, check] of [[1], [2], [3], [2, '1']] as const) {
      setThreads(count)
      if (check !== undefined) process.env.DEEPBLAS_CHECK = check
      try {
        const model = modelOf(one)
        const history = await model.fit(dataOf(one, 700, true), { ...fitting, loss, batchSize: 256, validation: 0.1 })
        results.push([weightsOf(model), history.epochs.map(withoutTime)])
      } finally {
        delete process.env.DEEPBLAS_CHECK
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test.each([2, 9])('a member of %d has the bits that it has alone', async (members) => {
    const many = new Population(layersOf(one), { inputs: INPUTS, members, seed: 5 })
    const data = dataOf(one, 40, true)
    const history = await many.fit(data, { ...fitting, loss, validation: 0.2 })
    const scores = await many.evaluate(data)
    for (let member = 0; member < members; member++) {
      const alone = modelOf(one, 5 + member)
      const { epochs } = await alone.fit(data, { ...fitting, loss, validation: 0.2 })
      expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
      expect(history.members[member]!.epochs.map(withoutTime)).toEqual(epochs.map(withoutTime))
      expect(scores[member]).toEqual(await alone.evaluate(data))
    }
  })

  test.each([
    ['batches of one row', 12, 1],
    ['a last batch of one row', 33, 16],
    ['one row in all', 1, 16],
  ])('%s', async (_name, rows, batchSize) => {
    const { epochs } = await modelOf(one).fit(dataOf(one, rows), { ...fitting, loss, batchSize })
    expect(epochs.map(({ loss: value }) => Number.isFinite(value))).toEqual([true, true, true])
  })

  test('training lowers it', async () => {
    const model = modelOf(one)
    const data = dataOf(one, 200)
    const before = (await model.evaluate(data, { loss, metrics: [] })).loss
    await model.fit(data, { loss, optimizer: new Adam({ learningRate: 0.01 }), epochs: 10, batchSize: 16 })
    expect((await model.evaluate(data, { loss, metrics: [] })).loss).toBeLessThan(before)
  })
})

test('one model, two settings of a loss: two programs', async () => {
  const one = cases[2]!
  const data = dataOf(one, 50)
  const model = modelOf(one)
  const losses = [0.1, 1, 10].map((delta) => model.evaluateSync(data, { loss: huber({ delta }), metrics: [] }).loss)
  expect(new Set(losses).size).toBe(3)
  const again = defineLoss({ name: 'logCosh', rule: ({ prediction }) => ({ value: prediction, derivative: 1 }) })
  const own = [logCosh, again].map((loss) => model.evaluateSync(data, { loss, metrics: [] }).loss)
  expect(own[0]).not.toBe(own[1])
})
