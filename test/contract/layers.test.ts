/*
 * What every layer must do, as one table: shapes, gradients, files, the same bits again, members of a population, small
 * batches, learning.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  Activation,
  Adam,
  BatchNorm,
  Concatenate,
  categorical,
  checkGradient,
  Dataset,
  Dense,
  Dropout,
  Embedding,
  flatCosine,
  GaussianNoise,
  getThreads,
  type Layer,
  LayerNorm,
  l1,
  l2,
  leakyRelu,
  lessonL2,
  maxNorm,
  type NamedInputs,
  NonCrossing,
  Normalize,
  NumericEmbedding,
  normal,
  OneHot,
  orthogonal,
  ParametricActivation,
  Population,
  Residual,
  Scale,
  Sequential,
  setThreads,
} from '../../lib/index.js'
import { RandomStream } from '../../lib/random/stream.js'

interface Case {
  readonly name: string
  readonly layer: () => Layer
  readonly inputs: number | NamedInputs
  readonly outputs: number
}

const cases: Case[] = [
  { name: 'Dense', layer: () => new Dense(5, { activation: 'tanh', regularizer: l2(0.01) }), inputs: 7, outputs: 5 },
  {
    name: 'Dense with all options',
    layer: () =>
      new Dense(5, {
        activation: leakyRelu({ slope: 0.2 }),
        initializer: orthogonal({ gain: 1.2 }),
        biasInitializer: normal({ mean: 0.1, standardDeviation: 0.2 }),
        regularizer: l1(0.001),
        biasRegularizer: lessonL2(0.1),
        constraint: maxNorm(1.1),
      }),
    inputs: 7,
    outputs: 5,
  },
  {
    name: 'Dense by the neural tangent parametrization, with learning rate factors',
    layer: () =>
      new Dense(5, {
        activation: 'selu',
        parametrization: 'neuralTangent',
        initializer: orthogonal(),
        biasInitializer: 'normal',
        learningRateFactor: 2,
        biasLearningRateFactor: 0.1,
      }),
    inputs: 7,
    outputs: 5,
  },
  { name: 'Scale', layer: () => new Scale({ learningRateFactor: 6 }), inputs: 7, outputs: 7 },
  {
    name: 'ParametricActivation',
    layer: () => new ParametricActivation('mish', { learningRateFactor: 0.1 }),
    inputs: 7,
    outputs: 7,
  },
  {
    name: 'ParametricActivation with options of its activation',
    layer: () => new ParametricActivation(leakyRelu({ slope: 0.2 })),
    inputs: 7,
    outputs: 7,
  },
  { name: 'Activation', layer: () => new Activation('silu'), inputs: 7, outputs: 7 },
  { name: 'Dense without bias', layer: () => new Dense(3, { bias: false }), inputs: 7, outputs: 3 },
  { name: 'Dropout', layer: () => new Dropout(0.3), inputs: 7, outputs: 7 },
  {
    name: 'Dropout by a schedule',
    layer: () => new Dropout(flatCosine({ learningRate: 0.5, steps: 6, unit: 'epoch' })),
    inputs: 7,
    outputs: 7,
  },
  { name: 'GaussianNoise', layer: () => new GaussianNoise(0.2), inputs: 7, outputs: 7 },
  { name: 'BatchNorm', layer: () => new BatchNorm({ momentum: 0.2 }), inputs: 7, outputs: 7 },
  { name: 'LayerNorm', layer: () => new LayerNorm({ epsilon: 1e-3 }), inputs: 7, outputs: 7 },
  {
    name: 'Normalize',
    layer: () => new Normalize({ mean: [1, 2, 3, 4, 5, 6, 7], standardDeviation: [1, 2, 0, 0.5, 1, 1, 3] }),
    inputs: 7,
    outputs: 7,
  },
  { name: 'Embedding', layer: () => new Embedding(3), inputs: { city: categorical(6) }, outputs: 3 },
  {
    name: 'Embedding with padding, of one column without a name',
    layer: () => new Embedding(4, { levels: 6, padding: true, initializer: 'normal', learningRateFactor: 3 }),
    inputs: 1,
    outputs: 4,
  },
  {
    name: 'NumericEmbedding pbld',
    layer: () => new NumericEmbedding({ kind: 'pbld', deviation: 0.3, learningRateFactor: 0.5 }),
    inputs: 7,
    outputs: 28,
  },
  {
    name: 'NumericEmbedding pbld of some columns',
    layer: () =>
      new NumericEmbedding({ kind: 'pbld', dimensions: 3, frequencies: 5, deviation: 0.3, columns: [4, 5, 1] }),
    inputs: 7,
    outputs: 13,
  },
  {
    name: 'NumericEmbedding plr',
    layer: () => new NumericEmbedding({ kind: 'plr', dimensions: 5, deviation: 0.3, activation: 'linear' }),
    inputs: 7,
    outputs: 35,
  },
  {
    name: 'NumericEmbedding plr of some columns',
    layer: () =>
      new NumericEmbedding({ kind: 'plr', dimensions: 4, frequencies: 3, activation: 'linear', columns: [6, 0, 1, 3] }),
    inputs: 7,
    outputs: 19,
  },
  // Edges where hardly a number lies: at an edge differences see a corner.
  {
    name: 'NumericEmbedding ple',
    layer: () =>
      new NumericEmbedding({
        kind: 'ple',
        columns: [5, 1, 2],
        edges: [
          [-4, 2.9, 5],
          [-1, 1],
          [-3.5, -3, 3],
        ],
      }),
    inputs: 7,
    outputs: 9,
  },
  {
    name: 'NumericEmbedding ple with a linear layer',
    layer: () =>
      new NumericEmbedding({
        kind: 'ple',
        dimensions: 2,
        activation: 'linear',
        learningRateFactor: 0.5,
        edges: Array.from({ length: 7 }, (_, column) => (column % 2 === 0 ? [-4, -3.2, 3, 5] : [-3.1, 3.3, 4])),
      }),
    inputs: 7,
    outputs: 14,
  },
  { name: 'OneHot', layer: () => new OneHot(), inputs: { city: categorical(6) }, outputs: 6 },
  {
    name: 'Concatenate',
    layer: () => new Concatenate({ city: new Embedding(5), day: new OneHot() }),
    inputs: { day: categorical(4), numeric: 3, city: categorical(6) },
    outputs: 12,
  },
  {
    name: 'Concatenate of layers',
    layer: () =>
      new Concatenate({
        city: [new Embedding(5), new Dropout(0.2), new Dense(2, { activation: 'tanh' })],
        day: [new OneHot(), new Residual(new Dense(4))],
        numeric: [new BatchNorm(), new Dense(3)],
      }),
    inputs: { numeric: 2, other: 1, day: categorical(4), city: categorical(6) },
    outputs: 10,
  },
  { name: 'NonCrossing', layer: () => new NonCrossing(), inputs: 7, outputs: 7 },
  { name: 'NonCrossing around the last', layer: () => new NonCrossing({ center: 3 }), inputs: 4, outputs: 4 },
  {
    name: 'Concatenate with embedded numbers',
    layer: () =>
      new Concatenate({ city: new Embedding(2), numeric: new NumericEmbedding({ kind: 'pbld', columns: [1, 2] }) }),
    inputs: { numeric: 3, city: categorical(6) },
    outputs: 11,
  },
  {
    name: 'Residual of a layer',
    layer: () => new Residual(new Dense(7, { activation: 'tanh' })),
    inputs: 7,
    outputs: 7,
  },
  {
    name: 'Residual of layers',
    layer: () =>
      new Residual([
        new BatchNorm(),
        new Dense(4, { activation: 'tanh', regularizer: l2(0.01) }),
        new Dropout(0.2),
        new Residual([new LayerNorm(), new Dense(4)]),
        new Dense(7, { bias: false }),
      ]),
    inputs: 7,
    outputs: 7,
  },
]

const threads = getThreads()
afterEach(() => setThreads(threads))

const numbers = (count: number, stream: number) => {
  const random = new RandomStream(11, stream)
  return Float32Array.from({ length: count }, () => random.normal())
}

/** Numeric columns first, then codes. */
function columnsOf(inputs: number | NamedInputs, layer: Layer) {
  if (typeof inputs === 'number') {
    return { columns: inputs, codes: layer instanceof Embedding ? [{ from: 0, levels: layer.levels! }] : [] }
  }
  const all = Object.values(inputs)
  const numeric = all.reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : 0), 0)
  const categories = all.filter((one) => typeof one !== 'number')
  const codes = categories.map(({ levels }, i) => ({ from: numeric + i, levels }))
  return { columns: numeric + codes.length, codes }
}

/** Values that a small network can learn: a product of two features, and a sum. */
function dataOf({ inputs: given, layer }: Case, rows: number): Dataset {
  const { columns: inputs, codes } = columnsOf(given, layer())
  const x = numbers(rows * inputs, 1)
  const random = new RandomStream(11, 2)
  for (let row = 0; row < rows; row++) {
    for (const { from, levels } of codes) x[row * inputs + from] = random.integer(levels)
  }
  const y = Float32Array.from({ length: rows * 2 }, (_, at) => {
    const row = Math.floor(at / 2) * inputs
    return at % 2 === 0 ? x[row]! * x[row + inputs - 1]! : x[row]! - x[row + (2 % inputs)]!
  })
  return Dataset.from({ x: { data: x, shape: [rows, inputs] }, y: { data: y, shape: [rows, 2] } })
}

/** The layer first, and in the middle, so that it takes and gives gradients; one that takes codes has one place. */
const layersOf = ({ layer }: Case): Layer[] => {
  const middle = layer().takesCodes ? new Dense(7) : layer()
  return [layer(), new Dense(7, { activation: 'tanh' }), middle, new Dense(2)]
}
const modelOf = (one: Case, seed = 3) => new Sequential(layersOf(one), { inputs: one.inputs, seed })
const fitting = { loss: 'meanSquaredError', epochs: 3, batchSize: 16 } as const
const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, ...data])

describe.each(cases)('$name', (one) => {
  test('shapes, before and after it belongs to a model', async () => {
    const model = new Sequential([one.layer()], { inputs: one.inputs })
    const [bound] = model.layers
    expect(bound!.type).toBe(one.layer().type)
    const { columns } = columnsOf(one.inputs, one.layer())
    expect([bound!.inputs, bound!.outputs, bound!.outputShape]).toEqual([columns, one.outputs, [null, one.outputs]])
    expect(model.outputs).toBe(one.outputs)
    for (const rows of [1, 5, 33, 600]) {
      const { data, shape } = await model.predict(dataOf(one, rows))
      expect(shape).toEqual([rows, one.outputs])
      expect(data.every(Number.isFinite)).toBe(true)
    }
    for (const { name, shape, data } of model.getWeights()) {
      expect(name).toMatch(/^layers\.0\.\w+/)
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1))
    }
    expect(model.summary()).toContain(bound!.describe())
  })

  test.each([1, 2, 3])('gradients are those of differences, seed %d', (seed) => {
    for (const training of [true, false]) {
      for (const rows of [1, 6]) {
        expect(checkGradient(one.layer(), { inputs: one.inputs, rows, seed, training })).toBeLessThan(0.005)
      }
    }
  })

  test('rows do not mix in a prediction, and all ways of asking give the same bits', async () => {
    const model = modelOf(one)
    await model.fit(dataOf(one, 40), fitting)
    const rows = Array.from({ length: 9 }, (_, row) => [...dataOf(one, 40).row(row)])
    const { data } = model.predictSync(rows)
    expect([...(await model.predict(rows)).data]).toEqual([...data])
    for (const [row, values] of rows.entries()) {
      expect([...model.predictSync([values]).data]).toEqual([...data.subarray(2 * row, 2 * row + 2)])
    }
  })

  test('save and load', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'model.safetensors')
      const model = modelOf(one)
      await model.fit(dataOf(one, 40), fitting)
      await model.save(path)
      const loaded = await Sequential.load(path)
      expect(loaded.layers.map((layer) => layer.describe())).toEqual(model.layers.map((layer) => layer.describe()))
      expect(loaded.layers.map((layer) => layer.options())).toEqual(model.layers.map((layer) => layer.options()))
      expect(weightsOf(loaded)).toEqual(weightsOf(model))
      expect(weightsOf(model.clone())).toEqual(weightsOf(model))
      const data = dataOf(one, 20)
      expect([...(await loaded.predict(data)).data]).toEqual([...(await model.predict(data)).data])
      // What it is trained further to is the same too.
      await model.fit(data, fitting)
      await loaded.fit(data, fitting)
      expect(weightsOf(loaded)).toEqual(weightsOf(model))
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
        const history = await model.fit(dataOf(one, 700), { ...fitting, batchSize: 256, validation: 0.1 })
        results.push([
          weightsOf(model),
          history.epochs.map(({ seconds: _, ...rest }) => rest),
          [...(await model.predict(dataOf(one, 50))).data],
        ])
      } finally {
        delete process.env.DEEPBLAS_CHECK
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test.each([2, 9])('a member of %d has the bits that it has alone', async (members) => {
    const many = new Population(layersOf(one), { inputs: one.inputs, members, seed: 5 })
    const data = dataOf(one, 40)
    const history = await many.fit(data, { ...fitting, validation: 0.2 })
    for (let member = 0; member < members; member++) {
      const alone = modelOf(one, 5 + member)
      const { epochs } = await alone.fit(data, { ...fitting, validation: 0.2 })
      expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
      expect(history.members[member]!.epochs.map(({ seconds: _, ...rest }) => rest)).toEqual(
        epochs.map(({ seconds: _, ...rest }) => rest),
      )
    }
  })

  test.each([
    ['batches of one row', 12, 1],
    ['a last batch of one row', 33, 16],
    ['a last batch of few rows', 37, 16],
    ['one row in all', 1, 16],
  ])('%s', async (_name, rows, batchSize) => {
    const model = modelOf(one)
    const { epochs } = await model.fit(dataOf(one, rows), { ...fitting, batchSize })
    expect(epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(
      weightsOf(model)
        .flat()
        .filter((value) => typeof value === 'number' && !Number.isFinite(value)),
    ).toEqual([])
  })

  test('training lowers the loss', async () => {
    const model = modelOf(one)
    const data = dataOf(one, 200)
    const before = await model.evaluate(data, { loss: 'meanSquaredError' })
    await model.fit(data, { ...fitting, optimizer: new Adam({ learningRate: 0.01 }), epochs: 20 })
    const after = await model.evaluate(data, { loss: 'meanSquaredError' })
    expect(after.loss).toBeLessThan(0.9 * before.loss)
  })

  test('one description in two models is as many layers; twice in one only where there are no weights to share', async () => {
    const [description, alone] = [one.layer(), one.layer()]
    const build = (first: Layer) => new Sequential([first, new Dense(2)], { inputs: one.inputs, seed: 1 })
    const models = [build(description), build(description), build(alone)]
    const data = dataOf(one, 40)
    await models[0]!.fit(data, fitting)
    expect(weightsOf(models[1]!)).toEqual(weightsOf(build(alone)))
    await models[1]!.fit(data, fitting)
    await models[2]!.fit(data, fitting)
    for (const model of models) expect(weightsOf(model)).toEqual(weightsOf(models[0]!))
    if (description.takesCodes || one.outputs !== one.inputs) return
    const twice = () => new Sequential([description, description, new Dense(2)], { inputs: one.inputs })
    expect(description.parameters.length).toBe(0)
    if (models[0]!.layers[0]!.parameters.length > 0) expect(twice).toThrow('layers[0] and layers[1]')
    else expect(twice().getWeights()).toHaveLength(2)
  })

  test('frozen, nothing of it changes', async () => {
    const model = modelOf(one)
    for (const index of [0, 2]) model.layers[index]!.trainable = false
    const frozen = (list: readonly (readonly unknown[])[]) =>
      list.filter(([name]) => /^layers\.[02]\./.test(String(name)))
    const before = weightsOf(model)
    await model.fit(dataOf(one, 40), fitting)
    expect(frozen(weightsOf(model))).toEqual(frozen(before))
    expect(weightsOf(model)).not.toEqual(before)
    expect(model.clone().layers.map(({ trainable }) => trainable)).toEqual([false, true, false, true])
  })
})
