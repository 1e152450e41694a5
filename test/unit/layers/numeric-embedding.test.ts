import { expect, test } from 'vitest'
import {
  Adam,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  Embedding,
  NumericEmbedding,
  type NumericEmbeddingOptions,
  Sequential,
} from '../../../lib/index.js'

const x = [
  [0.5, -1, 2],
  [1.5, 0.25, -0.75],
]

/** Numbers that a model of one layer gives, row by row. */
function outputs(model: Sequential, rows: number[][]): number[][] {
  const { data, shape } = model.predictSync(rows)
  return rows.map((_, row) => [...data.subarray(row * shape[1]!, (row + 1) * shape[1]!)])
}

test('pbld keeps all inputs; plr keeps those that are not embedded; the columns follow in the order given', () => {
  const columns = [2, 0]
  const pbld = new Sequential([new NumericEmbedding({ kind: 'pbld', dimensions: 3, columns })], { inputs: 3, seed: 1 })
  const plr = new Sequential([new NumericEmbedding({ kind: 'plr', dimensions: 2, columns })], { inputs: 3, seed: 1 })
  const first = outputs(pbld, x)
  const second = outputs(plr, x)
  for (const [row, values] of x.entries()) {
    expect(first[row]!.slice(0, 3)).toEqual(values)
    expect(second[row]![0]).toBe(values[1])
    expect([first[row]!.length, second[row]!.length]).toEqual([7, 5])
  }
  // A column changes its own numbers alone.
  const moved = outputs(
    pbld,
    x.map(([a, b]) => [a!, b!, 5]),
  )
  for (const row of [0, 1]) {
    expect(moved[row]!.slice(5)).toEqual(first[row]!.slice(5))
    expect(moved[row]!.slice(3, 5)).not.toEqual(first[row]!.slice(3, 5))
  }
})

test('what it starts with', () => {
  const layer = new NumericEmbedding({ kind: 'pbld', deviation: 0.2 })
  const [frequency, phase, weight, bias] = new Sequential([layer], { inputs: 40, seed: 2 }).getWeights()
  expect([frequency, phase, weight, bias].map((one) => one!.shape)).toEqual([[640, 1], [640], [120, 16], [120]])
  const { data } = frequency!
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length)
  expect(Math.abs(deviation - 0.2)).toBeLessThan(0.02)
  const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  expect(largest(phase!.data)).toBeLessThanOrEqual(Math.fround(Math.PI))
  expect(largest(phase!.data)).toBeGreaterThan(3)
  expect(largest(weight!.data)).toBeLessThanOrEqual(0.25)
  expect(largest(weight!.data)).toBeGreaterThan(0.24)
  expect(largest(bias!.data)).toBeLessThanOrEqual(0.25)
})

test('frozen it stays, and its factor is its learning rate', async () => {
  const data = Dataset.from({ x: [...x, [1, 2, 3]], y: [1, 2, 3] })
  const fit = {
    loss: 'meanSquaredError',
    epochs: 1,
    batchSize: 'full',
    optimizer: new Adam({ learningRate: 0.01 }),
  } as const
  const change = async (options: Partial<NumericEmbeddingOptions>) => {
    const layers = [new NumericEmbedding({ kind: 'pbld', ...options }), new Dense(1)]
    const model = new Sequential(layers, { inputs: 3, seed: 1 })
    const before = model.getWeights()
    await model.fit(data, fit)
    return model.getWeights().map((one, i) => Math.abs(one.data[0]! - before[i]!.data[0]!))
  }
  // The first step of Adam is the learning rate itself.
  const close = (steps: number[], expected: number[]) => {
    for (const [i, step] of steps.entries()) expect(Math.abs(step - expected[i]!)).toBeLessThan(1e-5)
  }
  close(await change({}), [0.01, 0.01, 0.01, 0.01, 0.01, 0.01])
  close(await change({ learningRateFactor: 0.1 }), [0.001, 0.001, 0.001, 0.001, 0.01, 0.01])
  close(await change({ trainable: false }), [0, 0, 0, 0, 0.01, 0.01])
})

test('as a part of a Concatenate', () => {
  const layer = new Concatenate({ city: new Embedding(2), numeric: new NumericEmbedding({ kind: 'pbld' }) })
  const model = new Sequential([layer], { inputs: { numeric: 2, city: categorical(3) }, seed: 1 })
  expect(model.outputs).toBe(10)
  const names = model.getWeights().map(({ name }) => name)
  expect(names).toContain('layers.0.numeric.frequency')
  expect(outputs(model, [[0.5, 2, 1]])[0]!.slice(0, 2)).toEqual([0.5, 2])
})

test.each<[given: unknown, message: RegExp]>([
  [undefined, /Expected one of 'pbld', 'plr' for kind but received undefined/],
  [{}, /for kind/],
  [{ kind: 'PLR' }, /Did you mean 'plr'/],
  [{ kind: 'pbld', dimensions: 0 }, /positive integer for dimensions/],
  [{ kind: 'pbld', dimensions: 1 }, /at least 2 for kind 'pbld' for dimensions.*the column itself/],
  [{ kind: 'plr', frequencies: 1.5 }, /positive integer for frequencies/],
  [{ kind: 'plr', deviation: 0 }, /for deviation/],
  [{ kind: 'plr', columns: [] }, /at least one place for columns/],
  [{ kind: 'plr', columns: 2 }, /array of places of columns for columns/],
  [{ kind: 'plr', columns: [1, 1] }, /all different for columns/],
  [{ kind: 'plr', columns: [-1] }, /columns\[0\]/],
  [{ kind: 'pbld', activation: 'relu' }, /no option for kind 'pbld' for activation/],
  [{ kind: 'plr', activation: 'tanh' }, /one of 'relu', 'linear' for activation/],
  [{ kind: 'plr', learningRateFactor: 0 }, /learningRateFactor.*trainable: false/],
  [{ kind: 'plr', sigma: 0.1 }, /only the options/],
])('refuses %j', (given, message) => {
  expect(() => new NumericEmbedding(given as NumericEmbeddingOptions)).toThrow(message)
})

test('refuses columns that are not there, when it gets to know its inputs', () => {
  const layer = new NumericEmbedding({ kind: 'pbld', columns: [0, 3] })
  expect(() => new Sequential([layer], { inputs: 3 })).toThrow(
    /places from 0 to 2, as the layer has 3 inputs.*received 3/,
  )
})
