/*
 * What every activation must do, as one table: inside a dense layer and as a layer of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  Activation,
  type ActivationName,
  type ActivationOption,
  Adam,
  activationNames,
  checkActivation,
  checkGradient,
  Dataset,
  Dense,
  defineActivation,
  elu,
  gelu,
  getThreads,
  type Layer,
  leakyRelu,
  Population,
  Sequential,
  setThreads,
} from '../../lib/index.js'
import { RandomStream } from '../../lib/random/stream.js'

interface Case {
  readonly name: string
  readonly activation: ActivationOption
  /** What a file holds; undefined where none can. */
  readonly saved: unknown
}

const byName = (name: ActivationName, saved: unknown = name): Case => ({ name, activation: name, saved })
const cases: Case[] = [
  ...activationNames.filter((name) => name !== 'leakyRelu' && name !== 'elu').map((name) => byName(name)),
  byName('leakyRelu', { name: 'leakyRelu', slope: 0.01 }),
  byName('elu', { name: 'elu', alpha: 1 }),
  { name: 'leakyRelu(0.3)', activation: leakyRelu({ slope: 0.3 }), saved: { name: 'leakyRelu', slope: 0.3 } },
  { name: 'elu(0.5)', activation: elu({ alpha: 0.5 }), saved: { name: 'elu', alpha: 0.5 } },
  {
    name: 'gelu(tanh)',
    activation: gelu({ approximate: 'tanh' }),
    saved: { name: 'gelu', approximate: 'tanh' },
  },
  {
    name: 'own, from its output',
    activation: defineActivation({
      name: 'ownTanh',
      forward: (x) => x.tanh().times(1.5),
      derivative: (_, output) => output.over(1.5).squared().negated().plus(1).times(1.5),
    }),
    saved: undefined,
  },
  {
    name: 'own, from both',
    activation: {
      name: 'ownSilu',
      forward: (x) => x.times(x.sigmoid()),
      derivative: (x, output) => x.sigmoid().plus(output.times(x.sigmoid().negated().plus(1))),
    },
    saved: undefined,
  },
  {
    name: 'own, a line',
    activation: { name: 'half', forward: (x) => x.times(0.5), derivative: () => 0.5 },
    saved: undefined,
  },
]

const rowWise = new Set(['softmax', 'logSoftmax'])
const threads = getThreads()
afterEach(() => setThreads(threads))

const numbers = (count: number, stream: number) => {
  const random = new RandomStream(5, stream)
  return Float32Array.from({ length: count }, () => random.normal())
}

function dataOf(rows: number): Dataset {
  const x = numbers(rows * 6, 1)
  const y = Float32Array.from({ length: rows * 2 }, (_, at) => {
    const row = Math.floor(at / 2) * 6
    return at % 2 === 0 ? x[row]! * x[row + 1]! : x[row]! - x[row + 2]!
  })
  return Dataset.from({ x: { data: x, shape: [rows, 6] }, y: { data: y, shape: [rows, 2] } })
}

const fused = ({ activation }: Case): Layer[] => [
  new Dense(21, { activation, initializer: 'glorotUniform' }),
  new Dense(9, { activation, initializer: 'glorotUniform' }),
  new Dense(2),
]
const apart = ({ activation }: Case): Layer[] => [
  new Dense(21),
  new Activation(activation),
  new Dense(9),
  new Activation(activation),
  new Dense(2),
]
const modelOf = (layers: Layer[], seed = 3) => new Sequential(layers, { inputs: 6, seed })
const fitting = { loss: 'meanSquaredError', epochs: 3, batchSize: 16 } as const
const weightsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...data])

test('every name is in the table', () => {
  expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining([...activationNames]))
})

describe.each(cases)('$name', (one) => {
  test('shapes and names', async () => {
    const model = modelOf([new Activation(one.activation)])
    const [layer] = model.layers
    expect([layer!.inputs, layer!.outputs, layer!.parameterCount]).toEqual([6, 6, 0])
    expect(layer!.activationName).toBe(new Dense(1, { activation: one.activation }).activationName)
    expect(model.summary()).toContain(layer!.activationName)
    for (const rows of [1, 5, 600]) expect((await model.predict(dataOf(rows))).shape).toEqual([rows, 6])
  })

  test('its derivative is that of differences', () => {
    if (rowWise.has(one.name)) {
      expect(() => checkActivation(one.activation)).toThrow(/element-wise/)
    } else {
      expect(checkActivation(one.activation)).toBeLessThan(5e-4)
    }
    for (const layer of [new Activation(one.activation), new Dense(5, { activation: one.activation })]) {
      expect(checkGradient(layer, { inputs: 6, rows: 4, seed: 1 })).toBeLessThan(0.005)
    }
  })

  test('far from 0 it is finite', () => {
    const far = [-1e4, -1000, -100, -88.5, 0, 88.5, 100, 1000, 1e4]
    const model = new Sequential([new Activation(one.activation)], { inputs: 1 })
    const rows = far.map((x) => [x])
    expect([...model.predictSync(rows).data].filter((y) => !Number.isFinite(y))).toEqual([])
    if (rowWise.has(one.name)) return
    const weighted = new Sequential([new Dense(1, { activation: one.activation })], { inputs: 1 })
    weighted.setWeights([
      { name: 'layers.0.weight', shape: [1, 1], data: Float32Array.of(1) },
      { name: 'layers.0.bias', shape: [1], data: Float32Array.of(0) },
    ])
    expect([...weighted.predictSync(rows).data]).toEqual([...model.predictSync(rows).data])
  })

  test('far from 0 its gradient is finite', async () => {
    const model = new Sequential([new Dense(1, { activation: one.activation })], { inputs: 1 })
    for (const x of [-1000, -100, 0, 100, 1000]) {
      const data = Dataset.from({ x: [[x]], y: [[0.5]] })
      for (const { data: gradient } of await model.gradients(data, { loss: 'meanAbsoluteError' })) {
        expect(gradient.every(Number.isFinite)).toBe(true)
      }
    }
  })

  test('trace: A is what it makes of Z, and dZ what its derivative makes of dA', async () => {
    const layers = [new Dense(7, { activation: one.activation }), new Dense(2)]
    const { layers: traced } = await modelOf(layers).trace(dataOf(5), { loss: 'meanSquaredError' })
    const { Z, A, dA, dZ } = traced[0]!
    const alone = new Sequential([new Activation(one.activation)], { inputs: 7 })
    expect([...A.data]).toEqual([...alone.predictSync({ data: Z!.data, shape: [5, 7] }).data])
    // The derivative at Z along dA, by differences: what the rows of Z weighted with dA grow by.
    const step = 1e-2
    const grown = (at: number, by: number) => {
      const moved = Z!.data.map((z, i) => (i === at ? z + by : z))
      const { data } = alone.predictSync({ data: moved, shape: [5, 7] })
      return data.reduce((sum, a, i) => sum + a * dA!.data[i]!, 0)
    }
    const largest = Math.max(...dA!.data.map(Math.abs))
    for (const at of dZ!.data.keys()) {
      // One whose corner is near says nothing.
      if ([-3, 0, 3, 6].some((corner) => Math.abs(Z!.data[at]! - corner) < 2 * step)) continue
      const difference = (grown(at, step) - grown(at, -step)) / (2 * step)
      expect(Math.abs(dZ!.data[at]! - difference)).toBeLessThan(2e-3 * largest)
    }
  })

  test('a dense layer that has it gives what a layer behind it gives', async () => {
    const data = dataOf(40)
    const [whole, parts] = [modelOf(fused(one)), modelOf(apart(one))]
    const weights = parts.getWeights()
    parts.setWeights(
      whole.getWeights().map(({ shape, data: values }, i) => ({ name: weights[i]!.name, shape, data: values })),
    )
    await whole.fit(data, fitting)
    await parts.fit(data, fitting)
    expect(weightsOf(whole)).toEqual(weightsOf(parts))
  })

  test.each([
    ['fused', fused],
    ['apart', apart],
  ])('save and load, %s', async (_, layers) => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'model.safetensors')
      const model = modelOf(layers(one))
      await model.fit(dataOf(40), fitting)
      if (one.saved === undefined) {
        await expect(model.save(path)).rejects.toMatchObject({
          code: 'ERR_DEEPBLAS_ARGUMENT',
          message: expect.stringMatching(/your own.*cannot be saved/),
        })
        expect(weightsOf(model.clone())).toEqual(weightsOf(model))
        return
      }
      expect(model.layers[layers === fused ? 0 : 1]!.options().activation).toEqual(one.saved)
      await model.save(path)
      const loaded = await Sequential.load(path)
      expect(loaded.layers.map((layer) => layer.options())).toEqual(model.layers.map((layer) => layer.options()))
      const rows = dataOf(20)
      expect([...(await loaded.predict(rows)).data]).toEqual([...(await model.predict(rows)).data])
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
        const model = modelOf(fused(one))
        await model.fit(dataOf(700), { ...fitting, batchSize: 256, validation: 0.1 })
        results.push([weightsOf(model), [...(await model.predict(dataOf(50))).data]])
      } finally {
        delete process.env.DEEPBLAS_CHECK
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test('a member of a population has the bits that it has alone', async () => {
    for (const layers of [fused, apart]) {
      const many = new Population(layers(one), { inputs: 6, members: 3, seed: 5 })
      await many.fit(dataOf(40), fitting)
      for (let member = 0; member < 3; member++) {
        const alone = modelOf(layers(one), 5 + member)
        await alone.fit(dataOf(40), fitting)
        expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
      }
    }
  })

  test.each([
    ['batches of one row', 12, 1],
    ['a last batch of one row', 33, 16],
    ['one row in all', 1, 16],
  ])('%s', async (_name, rows, batchSize) => {
    const model = modelOf(fused(one))
    const { epochs } = await model.fit(dataOf(rows), { ...fitting, batchSize })
    expect(epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(weightsOf(model).flat().every(Number.isFinite)).toBe(true)
  })

  test('training lowers the loss', async () => {
    const model = modelOf(fused(one))
    const data = dataOf(200)
    const before = await model.evaluate(data, { loss: 'meanSquaredError' })
    await model.fit(data, { ...fitting, optimizer: new Adam({ learningRate: 0.01 }), epochs: 20 })
    const after = await model.evaluate(data, { loss: 'meanSquaredError' })
    expect(after.loss).toBeLessThan(0.9 * before.loss)
  })
})

describe('as the last layer it fuses with its loss', () => {
  const classes = (rows: number) =>
    Dataset.from({
      x: { data: numbers(rows * 6, 2), shape: [rows, 6] },
      y: Int32Array.from({ length: rows }, (_, row) => row % 3),
    })
  const shares = (rows: number) =>
    Dataset.from({
      x: { data: numbers(rows * 6, 2), shape: [rows, 6] },
      y: Array.from(
        { length: rows },
        (_, row) =>
          [
            [0.7, 0.2, 0.1],
            [0.1, 0.3, 0.6],
          ][row % 2]!,
      ),
    })
  const binary = (rows: number) =>
    Dataset.from({
      x: { data: numbers(rows * 6, 2), shape: [rows, 6] },
      y: { data: Float32Array.from({ length: rows * 3 }, (_, at) => Number(at % 2 === 0)), shape: [rows, 3] },
    })

  test.each([
    ['softmax', 'crossEntropy', classes],
    ['logSoftmax', 'crossEntropy', classes],
    ['softmax', 'kullbackLeibler', shares],
    ['logSoftmax', 'kullbackLeibler', shares],
    ['sigmoid', 'binaryCrossEntropy', binary],
  ] as const)('%s with %s', async (activation, loss, data) => {
    const whole = modelOf([new Dense(8, { activation: 'relu' }), new Dense(3, { activation })])
    const parts = modelOf([new Dense(8, { activation: 'relu' }), new Dense(3), new Activation(activation)])
    for (const model of [whole, parts]) await model.fit(data(50), { loss, epochs: 4, batchSize: 16 })
    expect(weightsOf(parts)).toEqual(weightsOf(whole))
    expect(parts.explain({ loss, batchSize: 16 })).not.toContain('layers.2')

    const rows = data(20)
    for (const ask of ['predict', 'predictRaw'] as const) {
      expect([...(await parts[ask](rows)).data]).toEqual([...(await whole[ask](rows)).data])
    }
    const [output, raw] = [parts.predictSync(rows), parts.predictRawSync(rows)]
    expect([...output.data]).not.toEqual([...raw.data])
    expect(parts.predictClassesSync(rows)).toEqual(whole.predictClassesSync(rows))
    expect(await parts.evaluate(rows)).toEqual(await whole.evaluate(rows))

    // The lesson's matrices: Z is what goes in, A what comes out.
    const { layers } = await parts.trace(rows, { loss })
    const { layers: expected } = await whole.trace(rows, { loss })
    for (const name of ['Z', 'A', 'dA', 'dZ'] as const) {
      expect([...layers.at(-1)![name]!.data]).toEqual([...expected.at(-1)![name]!.data])
    }
    expect([...layers.at(-1)!.A.data].map(Math.fround)).toEqual(
      [...output.data].map((value) => expect.closeTo(value, 5)),
    )
  })

  test('huge logits have a finite loss and gradient', async () => {
    const model = new Sequential([new Activation('linear'), new Dense(3), new Activation('logSoftmax')], { inputs: 2 })
    const data = Dataset.from({
      x: [
        [1e4, -1e4],
        [-1e4, 1e4],
      ],
      y: [0, 2],
    })
    expect(Number.isFinite((await model.evaluate(data, { loss: 'crossEntropy' })).loss)).toBe(true)
    for (const { data: gradient } of await model.gradients(data, { loss: 'crossEntropy' })) {
      expect(gradient.every(Number.isFinite)).toBe(true)
    }
    expect((await model.predict(data)).data.every(Number.isFinite)).toBe(true)
  })

  test('one that does not go with the loss is refused', async () => {
    const model = modelOf([new Dense(3), new Activation('relu')])
    await expect(model.fit(classes(9), { loss: 'crossEntropy', epochs: 1, batchSize: 3 })).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining("'relu'"),
    })
  })
})
