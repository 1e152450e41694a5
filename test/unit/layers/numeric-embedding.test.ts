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

test('ple: how much of each bin lies below the number, beyond the edges as well', () => {
  const layer = new NumericEmbedding({ kind: 'ple', columns: [1], edges: [[0, 1, 3]] })
  const model = new Sequential([layer], { inputs: 2 })
  const rows = [-2, 0, 0.25, 1, 2, 3, 4].map((value) => [7, value])
  expect(outputs(model, rows)).toEqual([
    [7, -2, 0],
    [7, 0, 0],
    [7, 0.25, 0],
    [7, 1, 0],
    [7, 1, 0.5],
    [7, 1, 1],
    [7, 1, 1.5],
  ])
  expect(model.parameterCount).toBe(0)
})

test('ple is exact where numbers are large and bins narrow', () => {
  const model = new Sequential([new NumericEmbedding({ kind: 'ple', edges: [[1e6, 1e6 + 1, 1e6 + 4]] })], { inputs: 1 })
  expect(outputs(model, [[1e6 + 0.5], [1e6 + 1], [1e6 + 2.5]])).toEqual([
    [0.5, 0],
    [1, 0],
    [1, 0.5],
  ])
})

test('fit finds bins of equally many rows, and merges equal edges', () => {
  const data = Dataset.from({
    x: Array.from({ length: 101 }, (_, i) => [i, i % 2, 5, 2 ** 25, i < 90 ? 0 : i]),
    y: Array.from({ length: 101 }, () => 0),
  })
  const layer = NumericEmbedding.fit(data, { bins: 4 })
  expect(layer.edges!.slice(0, 3)).toEqual([
    [0, 25, 50, 75, 100],
    [0, 1],
    [5, 6],
  ])
  // A column of one number has a bin of its own size: adding 1 would change nothing here.
  expect(layer.edges![3]![1]).toBeGreaterThan(2 ** 25)
  expect(layer.edges![4]).toEqual([0, 100])
  expect(new Sequential([layer], { inputs: 5 }).outputs).toBe(4 + 1 + 1 + 1 + 1)
  const linear = NumericEmbedding.fit(data, { bins: 4, dimensions: 3, columns: [4, 0], trainable: false })
  expect([linear.edges, linear.trainable]).toEqual([
    [
      [0, 100],
      [0, 25, 50, 75, 100],
    ],
    false,
  ])
  const model = new Sequential([linear], { inputs: 5, seed: 1 })
  expect(model.outputs).toBe(3 + 6)
  // Bins that a column lacks are 0 and no part of its numbers.
  const [before] = outputs(model, [[1, 2, 3, 4, 50]])
  const weights = model.getWeights()
  const weight = weights.find(({ name }) => name === 'layers.0.weight')!
  expect(weight.shape).toEqual([6, 4])
  for (const row of [0, 1, 2]) weight.data.fill(100, 4 * row + 1, 4 * row + 4)
  model.setWeights(weights)
  expect(outputs(model, [[1, 2, 3, 4, 50]])[0]).toEqual(before)
})

test('fit on an input of several', () => {
  const data = Dataset.from({
    x: {
      day: [0, 1, 2],
      numeric: [
        [1, 5],
        [2, 6],
        [3, 9],
      ],
    }, // prettier-ignore
    y: [0, 1, 0],
  })
  expect(NumericEmbedding.fit(data, { input: 'numeric', bins: 2 }).edges).toEqual([
    [1, 2, 3],
    [5, 6, 9],
  ])
  expect(NumericEmbedding.fit(data, { input: 'numeric', bins: 1, columns: [1] }).edges).toEqual([[5, 9]])
  expect(() => NumericEmbedding.fit(data)).toThrow(/one of .*numeric.* for input but received undefined/)
  expect(() => NumericEmbedding.fit(data, { input: 'number' })).toThrow(/for input/)
})

test('what fit and ple refuse', () => {
  const data = Dataset.from({ x, y: [0, 1] })
  expect(() => NumericEmbedding.fit([[1]] as never)).toThrow(/Dataset for data/)
  expect(() => NumericEmbedding.fit(data, { kind: 'pbld' } as never)).toThrow(/need no data/)
  expect(() => NumericEmbedding.fit(data, { bins: 0 })).toThrow(/positive integer for bins/)
  expect(() => NumericEmbedding.fit(data, { columns: [3] })).toThrow(/places from 0 to 2/)
  const two = new NumericEmbedding({
    kind: 'ple',
    edges: [
      [0, 1],
      [0, 2],
    ],
  }) // prettier-ignore
  expect(() => new Sequential([two], { inputs: 3 })).toThrow(/2 columns, as it has edges.*received 3/)
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
  [undefined, /Expected one of 'pbld', 'plr', 'ple' for kind but received undefined/],
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
  [{ kind: 'pbld', activation: 'relu' }, /no such option for kind 'pbld' for activation.*of kind plr and ple/],
  [{ kind: 'pbld', edges: [[0, 1]] }, /no such option for kind 'pbld' for edges/],
  [{ kind: 'ple', deviation: 1, edges: [[0, 1]] }, /no such option for kind 'ple' for deviation/],
  [{ kind: 'ple' }, /lists of edges.*NumericEmbedding.fit/],
  [{ kind: 'ple', edges: [] }, /at least one list for edges/],
  [{ kind: 'ple', edges: [[0]] }, /at least two ascending numbers.*edges\[0\]/],
  [{ kind: 'ple', edges: [[0, 1, 1]] }, /ascending.*edges\[0\]/],
  [{ kind: 'ple', edges: [[1, 1 + 1e-12]] }, /ascending.*edges\[0\]/],
  [{ kind: 'ple', edges: [[0, 1e300]] }, /within float32/],
  [{ kind: 'ple', edges: [[0, Number.NaN]] }, /edges\[0\]\[1\]/],
  [{ kind: 'ple', edges: [[0, 1]], columns: [0, 1] }, /2 lists, as there are columns/],
  [{ kind: 'ple', edges: [[0, 1]], activation: 'relu' }, /without dimensions/],
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

test('bins so narrow that processors take their width for 0, or wider than a number, are none', async () => {
  const numbers = [...Array(30).fill(0), ...Array(30).fill(1e-42), ...Array(20).fill(1e-30), ...Array(20).keys()]
  const data = Dataset.from({ x: numbers.map((one) => [one]), y: numbers.map(() => [0]) })
  const layer = NumericEmbedding.fit(data, { bins: 8 })
  const model = new Sequential([layer], { inputs: 1 })
  expect([...(await model.predict([[0], [1e-42], [0.5], [19]])).data].every(Number.isFinite)).toBe(true)
  for (const edges of [
    [0, 1e-42],
    [-3e38, 3e38],
  ]) {
    expect(() => new NumericEmbedding({ kind: 'ple', edges: [edges] })).toThrow(
      /ascending numbers.*edges\[0\].*subnormal/s,
    )
  }
  const largest = 3.4028234663852886e38
  for (const only of [largest, -largest]) {
    const constant = Dataset.from({ x: [[only], [only]], y: [[0], [1]] })
    const own = new Sequential([NumericEmbedding.fit(constant, { bins: 2 })], { inputs: 1 })
    expect([...own.predictSync([[only]]).data].every(Number.isFinite)).toBe(true)
  }
})

test.each(['pbld', 'plr'] as const)('%s of too many numbers is told by its size', (kind) => {
  const layer = () => new Sequential([new NumericEmbedding({ kind, frequencies: 2 ** 50 })], { inputs: 256 })
  expect(layer).toThrow(/frequencies/)
})
