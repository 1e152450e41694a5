import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  Adam,
  BatchNorm,
  Checkpoint,
  type CheckpointOptions,
  Concatenate,
  categorical,
  checkGradient,
  Dataset,
  Dense,
  Dropout,
  datasets,
  Embedding,
  getThreads,
  type Layer,
  LayerNorm,
  LBFGS,
  type LossName,
  l1,
  l2,
  MemberHeads,
  MemberScaling,
  maxNorm,
  Normalize,
  Population,
  Residual,
  Scale,
  Sequential,
  SGD,
  SharedDense,
  setThreads,
  type TabMOptions,
  tabM,
} from '../../../lib/index.js'

const threads = getThreads()
afterEach(() => setThreads(threads))

const moons = Dataset.from(datasets.moons({ samples: 150, noise: 0.3, seed: 4 }))
const binary = { loss: 'binaryCrossEntropy', epochs: 3, batchSize: 16 } as const

const layersOf = (more: Partial<TabMOptions> = {}) =>
  tabM({ hidden: [9, 7], members: 5, outputs: 1, outputActivation: 'sigmoid', ...more })
const modelOf = (more?: Partial<TabMOptions>, seed = 3) => new Sequential(layersOf(more), { inputs: 2, seed })
const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, ...data])
const withoutSeconds = (epochs: readonly { readonly seconds: number }[]) =>
  epochs.map(({ seconds: _, ...rest }) => rest)

/** The values of a model, by the names that its parameters have. */
const valuesOf = (model: Sequential) => new Map(model.getWeights().map(({ name, data }) => [name, data]))

/** The network that one member is by itself, as the paper has it. */
function alone(model: Sequential, members: number, member: number): Sequential {
  const values = valuesOf(model)
  const [scaling, ...behind] = model.layers
  const features = scaling!.inputs!
  const part = (name: string, size: number) => values.get(name)!.subarray(member * size, (member + 1) * size)
  const layers: Layer[] = []
  const weights: Float32Array[] = []
  const scaled = (factors: Float32Array, width: number) => {
    layers.push(new Dense(width, { bias: false }))
    weights.push(
      Float32Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 ? factors[at % width]! : 0)),
    )
  }
  scaled(part('layers.0.scale', features), features)
  let width = features
  for (const [index, layer] of behind.entries()) {
    const name = `layers.${index + 1}`
    if (layer instanceof SharedDense) {
      const { units } = layer
      const ofMembers = values.get(`${name}.bias`)!.length > units
      const factors = values.get(`${name}.inputScale`)
      if (factors !== undefined) scaled(part(`${name}.inputScale`, width), width)
      layers.push(new Dense(units, { bias: false }))
      weights.push(values.get(`${name}.weight`)!)
      if (values.has(`${name}.outputScale`)) scaled(part(`${name}.outputScale`, units), units)
      layers.push(new Dense(units, { activation: layer.activation }))
      weights.push(Float32Array.from({ length: units * units }, (_, at) => Number(at % (units + 1) === 0)))
      weights.push(ofMembers ? part(`${name}.bias`, units) : values.get(`${name}.bias`)!)
      width = units
    } else if (layer instanceof MemberHeads) {
      layers.push(new Dense(layer.units, { activation: layer.activation }))
      weights.push(part(`${name}.weight`, layer.units * width), part(`${name}.bias`, layer.units))
    }
  }
  expect(members * features).toBe(scaling!.outputs)
  const network = new Sequential(layers, { inputs: features })
  network.setWeights(network.getWeights().map((one, at) => ({ ...one, data: weights[at]! })))
  return network
}

describe.each(['mini', 'full'] as const)('TabM-%s', (kind) => {
  test.each([
    ['sigmoid', 'binaryCrossEntropy', 1],
    ['softmax', 'crossEntropy', 3],
    ['logSoftmax', 'crossEntropy', 3],
    ['linear', 'meanSquaredError', 2],
    ['softplus', 'poisson', 2],
    ['sigmoid', 'meanSquaredError', 1],
    ['softmax', 'kullbackLeibler', 3],
  ] as const)('a prediction is the mean of the members, with %s and %s', async (outputActivation, loss, outputs) => {
    const model = modelOf({ kind, outputActivation, outputs })
    const y = Array.from({ length: moons.rows }, (_, row) => {
      if (loss === 'crossEntropy') return row % 3
      return Array.from({ length: outputs }, (_, at) => (loss === 'kullbackLeibler' ? 1 / 3 : Number((row + at) % 2)))
    })
    const x = Array.from({ length: moons.rows }, (_, row) => [...moons.row(row)])
    const data = Dataset.from({ x, y } as Parameters<typeof Dataset.from>[0])
    await model.fit(data, { loss, epochs: 4, batchSize: 16, optimizer: new Adam({ learningRate: 0.02 }) })
    const rows = x.slice(0, 20)
    const each = Array.from({ length: 5 }, (_, member) => alone(model, 5, member))
    const predictions = each.map((one) => one.predictSync(rows).data)
    const { data: mean } = model.predictSync(rows)
    for (const [at, value] of mean.entries()) {
      const values = predictions.map((one) => (outputActivation === 'logSoftmax' ? Math.exp(one[at]!) : one[at]!))
      const expected = values.reduce((sum, one) => sum + one) / 5
      expect(value).toBeCloseTo(outputActivation === 'logSoftmax' ? Math.log(expected) : expected, 5)
    }
    // The losses of the members, and that of their mean.
    const cost = (await model.trace(data, { loss })).cost
    const costs = await Promise.all(each.map(async (one) => (await one.evaluate(data, { loss })).loss))
    expect(cost).toBeCloseTo(costs.reduce((sum, one) => sum + one) / 5, 4)
    const { loss: ofMean } = await model.evaluate(data, { loss })
    // All of these losses are convex in the prediction.
    expect(ofMean).toBeLessThanOrEqual(cost + 1e-6)
  })

  test('gradients are those of differences of the mean of the losses, penalties included', async () => {
    for (const loss of ['binaryCrossEntropy', 'meanSquaredError'] as LossName[]) {
      const model = modelOf({ kind, activation: 'tanh', regularizer: l2(0.01) })
      const data = moons.take(12)
      const weights = model.getWeights()
      const gradients = await model.gradients(data, { loss })
      for (const [index, { name, data: values }] of weights.entries()) {
        for (let at = 0; at < values.length; at += Math.max(1, Math.floor(values.length / 5))) {
          const costAt = async (change: number) => {
            const changed = weights.map((one) => ({ ...one, data: Float32Array.from(one.data) }))
            changed[index]!.data[at]! += change
            model.setWeights(changed)
            return (await model.trace(data, { loss })).cost
          }
          const difference = ((await costAt(0.01)) - (await costAt(-0.01))) / 0.02
          expect(gradients[index]!.data[at], `${loss} ${name}[${at}]`).toBeCloseTo(difference, 4)
        }
      }
    }
  })

  test('the same bits with other numbers of threads, planned or call by call', async () => {
    const results: unknown[] = []
    for (const [count, check] of [[1], [2], [3], [2, '1']] as const) {
      setThreads(count)
      if (check !== undefined) process.env.DEEPBLAS_CHECK = check
      try {
        const model = modelOf({ kind, hidden: [70, 130], dropout: 0.1, members: 6 })
        const history = await model.fit(moons, {
          ...binary,
          batchSize: 64,
          validation: 0.2,
          metrics: ['accuracy', 'rocAuc'],
        })
        results.push([weightsOf(model), withoutSeconds(history.epochs), [...model.predictSync(moons).data]])
      } finally {
        delete process.env.DEEPBLAS_CHECK
      }
    }
    for (const result of results) expect(result).toEqual(results[0])
  })

  test.each([2, 9])('a member of a population of %d has the bits that it has alone', async (members) => {
    const many = new Population(layersOf({ kind, dropout: 0.1 }), { inputs: 2, members, seed: 5 })
    const history = await many.fit(moons, { ...binary, validation: 0.2 })
    for (let member = 0; member < members; member++) {
      const one = modelOf({ kind, dropout: 0.1 }, 5 + member)
      const { epochs } = await one.fit(moons, { ...binary, validation: 0.2 })
      expect(weightsOf(many.member(member))).toEqual(weightsOf(one))
      expect(withoutSeconds(history.members[member]!.epochs)).toEqual(withoutSeconds(epochs))
    }
  })

  test('save, load, clone, resume, and streams go on with the same bits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'model.safetensors')
      const checkpoint = join(folder, 'checkpoint.safetensors')
      const options: CheckpointOptions = {}
      const model = modelOf({ kind, dropout: 0.2 })
      await model.fit(moons, { ...binary, epochs: 2, callbacks: [new Checkpoint(checkpoint, options)] })
      await model.save(path)
      const loaded = await Sequential.load(path)
      expect(loaded.layers.map((layer) => layer.options())).toEqual(model.layers.map((layer) => layer.options()))
      for (const other of [loaded, model.clone()]) {
        expect(weightsOf(other)).toEqual(weightsOf(model))
        expect([...other.predictSync(moons).data]).toEqual([...model.predictSync(moons).data])
      }
      const resumed = modelOf({ kind, dropout: 0.2 })
      await resumed.fit(moons, { ...binary, epochs: 4, resume: checkpoint })
      const whole = modelOf({ kind, dropout: 0.2 })
      await whole.fit(moons, { ...binary, epochs: 4 })
      expect(weightsOf(resumed)).toEqual(weightsOf(whole))
      const batchesOf = function* () {
        for (let from = 0; from < 96; from += 16) yield moons.slice(from, from + 16)
      }
      const streamed = modelOf({ kind })
      await streamed.fit(() => batchesOf(), { loss: 'binaryCrossEntropy', epochs: 2 })
      const inMemory = modelOf({ kind })
      await inMemory.fit(moons.slice(0, 96), { ...binary, epochs: 2, shuffle: false })
      expect(weightsOf(streamed)).toEqual(weightsOf(inMemory))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('it learns, by L-BFGS too, and frozen layers stay', async () => {
    const model = modelOf({ kind, hidden: [16, 16] })
    const before = (await model.evaluate(moons, { loss: 'binaryCrossEntropy' })).loss
    await model.fit(moons, { ...binary, epochs: 60, optimizer: new Adam({ learningRate: 0.02 }) })
    expect((await model.evaluate(moons, { loss: 'binaryCrossEntropy' })).loss).toBeLessThan(0.5 * before)
    const whole = modelOf({ kind })
    await whole.fit(moons, { loss: 'binaryCrossEntropy', optimizer: new LBFGS(), epochs: 20, batchSize: 'full' })
    expect((await whole.evaluate(moons, { loss: 'binaryCrossEntropy' })).loss).toBeLessThan(0.7 * before)
    const frozen = modelOf({ kind })
    const start = valuesOf(frozen)
    frozen.layers[0]!.trainable = false
    frozen.layers[1]!.trainable = false
    frozen.layers[3]!.trainable = false
    await frozen.fit(moons, binary)
    for (const [name, values] of valuesOf(frozen)) {
      const stays = name.startsWith('layers.0') || name.startsWith('layers.1') || name.startsWith('layers.3')
      expect([...values].join() === [...start.get(name)!].join(), name).toBe(stays)
    }
  })
})

test('one member is the plain network, to the bit', async () => {
  expect(tabM({ members: 1, outputs: 2 }).map((layer) => layer.describe())).toEqual([
    'Dense 256',
    'Dense 256',
    'Dense 2',
  ])
  const dense = (): Layer[] => [
    new Dense(9, { activation: 'relu', regularizer: l1(1e-4) }),
    new Dropout(0.2),
    new Dense(7, { activation: 'gelu' }),
    new Dense(1, { activation: 'sigmoid' }),
  ]
  const members = (): Layer[] => [
    new MemberScaling(1, { start: 'ones', trainable: false }),
    new SharedDense(9, { activation: 'relu', regularizer: l1(1e-4) }),
    new Dropout(0.2),
    new SharedDense(7, { activation: 'gelu' }),
    new MemberHeads(1, { activation: 'sigmoid' }),
  ]
  const plain = new Sequential(dense(), { inputs: 2, seed: 3 })
  const one = new Sequential(members(), { inputs: 2, seed: 3 })
  const start = plain.getWeights()
  one.setWeights(one.getWeights().map((weight, at) => (at === 0 ? weight : { ...weight, data: start[at - 1]!.data })))
  const fitting = { ...binary, validation: 0.2, metrics: ['accuracy'] } as const
  const [first, second] = [await plain.fit(moons, fitting), await one.fit(moons, fitting)]
  expect(withoutSeconds(second.epochs)).toEqual(withoutSeconds(first.epochs))
  expect(
    weightsOf(one)
      .slice(1)
      .map(([, ...data]) => data),
  ).toEqual(weightsOf(plain).map(([, ...data]) => data))
  expect([...one.predictSync(moons).data]).toEqual([...plain.predictSync(moons).data])
})

test('every member has a dropout mask of its own', async () => {
  const differs = async (dropout: Layer[]) => {
    const layers = [new MemberScaling(2, { start: 'ones' }), new SharedDense(8), ...dropout, new MemberHeads(1)]
    const model = new Sequential(layers, { inputs: 2, seed: 1 })
    const alike = model.getWeights().map((one) => {
      if (one.shape[0] !== 2) return one
      const half = one.data.slice(0, one.data.length / 2)
      return { ...one, data: Float32Array.from([...half, ...half]) }
    })
    model.setWeights(alike)
    await model.fit(moons, { loss: 'meanSquaredError', epochs: 1, batchSize: 8, optimizer: new SGD() })
    const scale = valuesOf(model).get('layers.0.scale')!
    return scale[0] !== scale[2] || scale[1] !== scale[3]
  }
  expect(await differs([])).toBe(false)
  expect(await differs([new Dropout(0.5)])).toBe(true)
})

test('gradients of the layers are those of differences', () => {
  for (const rows of [1, 6]) {
    for (const start of ['signs', 'normal', 'ones'] as const) {
      expect(checkGradient(new MemberScaling(3, { start }), { inputs: 4, rows })).toBeLessThan(0.005)
    }
    for (const adapters of ['none', 'output', 'both'] as const) {
      for (const activation of ['linear', 'gelu', 'mish'] as const) {
        for (const more of [
          {},
          { bias: false },
          { parametrization: 'neuralTangent', biasInitializer: 'normal' },
        ] as const) {
          const regularizers = { regularizer: l2(0.01), biasRegularizer: l1(0.003), constraint: maxNorm(2) }
          const layer = new SharedDense(5, { members: 3, adapters, activation, ...more, ...regularizers })
          expect(checkGradient(layer, { inputs: 12, rows })).toBeLessThan(0.005)
        }
      }
    }
    for (const parametrization of ['standard', 'neuralTangent'] as const) {
      const layer = new MemberHeads(2, {
        members: 3,
        parametrization,
        regularizer: l2(0.01),
        biasRegularizer: l2(0.01),
      })
      expect(checkGradient(layer, { inputs: 12, rows })).toBeLessThan(0.005)
    }
  }
  expect(() => checkGradient(new MemberHeads(2, { members: 3 }), { inputs: 12, training: false })).toThrow(/trains/)
})

test('other layers that keep columns apart may stand between', async () => {
  const layers = [
    new Concatenate({ city: new Embedding(3) }),
    new MemberScaling(4, { start: 'normal', sections: [1, 1, 3] }),
    new SharedDense(6, { activation: 'relu' }),
    new BatchNorm(),
    new Residual([new Scale(), new SharedDense(6, { activation: 'tanh', adapters: 'both' }), new Dropout(0.1)]),
    new MemberHeads(1),
  ]
  const model = new Sequential(layers, { inputs: { numeric: 2, city: categorical(5) }, seed: 2 })
  const scale = valuesOf(model).get('layers.1.scale')!
  for (let member = 0; member < 4; member++) {
    const own = [...scale.subarray(5 * member, 5 * member + 5)]
    expect(new Set(own).size).toBe(3)
    expect(new Set(own.slice(2)).size).toBe(1)
  }
  const before = valuesOf(model).get('layers.0.city.weight')!
  const x = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(i), i % 5])
  const data = Dataset.from({ x, y: x.map(([a, b, c]) => [a! * b! + c!]) })
  const { epochs } = await model.fit(data, { loss: 'meanSquaredError', epochs: 30, batchSize: 16 })
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss)
  expect([...valuesOf(model).get('layers.0.city.weight')!]).not.toEqual([...before])
})

test('what the members have of their own is told', async () => {
  const model = modelOf({ kind: 'full', hidden: [4, 3], members: 2 })
  expect(model.summary({ width: 200 })).toContain('weight (3, 4), bias (2, 3), outputScale (2, 3), inputScale (2, 4)')
  expect(model.layers.map(({ outputs }) => outputs)).toEqual([4, 8, 6, 1])
  const text = model.explain({ batchSize: 4, loss: 'binaryCrossEntropy' })
  for (const call of [
    'layers.0 MemberScaling forward: memberScale',
    'layers.3 MemberHeads backward: groupedBackwardWeight',
  ]) {
    expect(text).toContain(call)
  }
  const data = moons.take(3)
  const { layers, cost } = await model.trace(data, { loss: 'binaryCrossEntropy' })
  const heads = layers.at(-1)!
  // Of both members, side by side.
  for (const matrix of [heads.Z, heads.A, heads.dA, heads.dZ]) expect(matrix!.shape).toEqual([3, 2])
  let expected = 0
  for (const [at, a] of heads.A.data.entries()) {
    const y = data.target(Math.floor(at / 2))[0]!
    expect(a).toBeCloseTo(1 / (1 + Math.exp(-heads.Z!.data[at]!)), 6)
    expect(heads.dZ!.data[at]).toBeCloseTo((a - y) / 6, 6)
    expect(heads.dA!.data[at]).toBeCloseTo((a - y) / (a * (1 - a)) / 6, 5)
    expected -= Math.log(y === 1 ? a : 1 - a) / 6
  }
  expect(cost).toBeCloseTo(expected, 6)
  const other = (await model.trace(data, { loss: 'meanSquaredError' })).layers.at(-1)!
  for (const [at, a] of other.A.data.entries()) {
    const y = data.target(Math.floor(at / 2))[0]!
    expect(other.dA!.data[at]).toBeCloseTo((2 * (a - y)) / 6, 6)
    expect(other.dZ!.data[at]).toBeCloseTo(((2 * (a - y)) / 6) * a * (1 - a), 6)
  }
})

test('a loss that is not finite stops before the update and names the loss', async () => {
  const model = modelOf()
  const x = Array.from({ length: 8 }, () => [3e38, 3e38])
  const start = weightsOf(model)
  await expect(model.fit(Dataset.from({ x, y: [0, 1, 0, 1, 0, 1, 0, 1] }), binary)).rejects.toThrow(/not finite/)
  expect(weightsOf(model)).toEqual(start)
})

describe('mistakes are told', () => {
  const build =
    (...layers: Layer[]) =>
    () =>
      new Sequential(layers, { inputs: 4 })
  test.each([
    [/SharedDense is the dense layer/, build(new MemberScaling(2), new Dense(3), new MemberHeads(1))],
    [/keeps the columns of the members apart/, build(new MemberScaling(2), new LayerNorm(), new MemberHeads(1))],
    [/layers before SharedDense 3/, build(new SharedDense(3), new MemberHeads(1))],
    [/layers before MemberHeads 1/, build(new Dense(3), new MemberHeads(1))],
    [/MemberHeads as the last layer, behind MemberScaling 2/, build(new MemberScaling(2), new SharedDense(3))],
    [/MemberHeads as the last layer/, build(new MemberScaling(2), new MemberHeads(3), new Dense(1))],
    [/The members are made once/, build(new MemberScaling(2), new MemberScaling(2), new MemberHeads(1))],
    [
      /2, as before it for members of SharedDense 3/,
      build(new MemberScaling(2), new SharedDense(3, { members: 4 }), new MemberHeads(1)),
    ],
    [/MemberScaling and MemberHeads stand outside/, build(new Residual([new MemberScaling(1), new SharedDense(4)]))],
    [/sum is 4/, build(new MemberScaling(2, { sections: [1, 2] }), new MemberHeads(1))],
    [/mix the columns of the members/, () => new SharedDense(3, { activation: 'softmax' })],
    [/adapters/, () => new SharedDense(3, { adapters: 'input' as 'both' })],
    [/constraint/, () => new MemberHeads(3, { constraint: maxNorm(1) } as object)],
    [/start/, () => new MemberScaling(3, { start: 'sign' as 'signs' })],
    [/members/, () => new MemberScaling(0)],
    [/kind/, () => tabM({ outputs: 1, kind: 'maxi' as 'mini' })],
    [/outputs/, () => tabM({} as TabMOptions)],
  ])('%s', (message, act) => {
    expect(act).toThrow(message)
    expect(act).toThrow(expect.objectContaining({ code: expect.stringMatching(/ERR_DEEPBLAS_(ARGUMENT|SHAPE)/) }))
  })

  test('MemberScaling inside of Concatenate', () => {
    const layers = [
      new Concatenate({ numeric: [new Normalize({ mean: [0], standardDeviation: [1] }), new MemberScaling(2)] }),
      new Dense(1),
    ]
    expect(() => new Sequential(layers, { inputs: { numeric: 1 } })).toThrow(/MemberScaling follows Concatenate/)
  })
})
