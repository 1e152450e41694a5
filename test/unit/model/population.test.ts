import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  BatchNorm,
  Dataset,
  Dense,
  datasets,
  EarlyStopping,
  getThreads,
  l2,
  lessonL2,
  Population,
  Sequential,
  SGD,
  setThreads,
} from '../../../lib/index.js'

const threads = getThreads()
afterEach(() => setThreads(threads))

const layers = (regularizer = l2(0)) => [
  new Dense(16, { activation: 'relu', regularizer }),
  new Dense(8, { activation: 'tanh' }),
  new Dense(3, { activation: 'softmax' }),
]
const spirals = (samples: number, seed = 1) => Dataset.from(datasets.spirals({ samples, seed }))
const options = { loss: 'crossEntropy', epochs: 3, batchSize: 32, metrics: ['accuracy'] } as const
const weightsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...data])

describe.each([1, 2, 3, 20])('a population of %d', (members) => {
  test.each([1, 2])('gives every member the bits it has alone, with %d threads', async (count) => {
    setThreads(count)
    const many = new Population(layers(), { inputs: 2, members, seed: 5 })
    const data = spirals(300)
    const history = await many.fit(data, { ...options, validation: 0.2 })
    expect(history.members.length).toBe(members)
    const scores = await many.evaluate(data)
    const { data: outputs, shape } = await many.predict([[0.1, 0.2]])
    expect(shape).toEqual([members, 1, 3])
    for (let member = 0; member < members; member++) {
      const alone = new Sequential(layers(), { inputs: 2, seed: 5 + member })
      const { epochs } = await alone.fit(data, { ...options, validation: 0.2 })
      expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
      const own = history.members[member]!.epochs
      expect(own.map(({ seconds: _, ...rest }) => rest)).toEqual(epochs.map(({ seconds: _, ...rest }) => rest))
      expect(scores[member]).toEqual(await alone.evaluate(data))
      expect([...outputs.subarray(member * 3, member * 3 + 3)]).toEqual([...alone.predictSync([[0.1, 0.2]]).data])
    }
  })
})

test('members with data of their own, of any number of rows, also a single batch', async () => {
  const rows = [30, 32, 33, 100, 257, 64, 7, 31, 90]
  const data = rows.map((samples, i) => spirals(3 * samples, i))
  const many = new Population(layers(), { inputs: 2, members: rows.length, seed: 9 })
  await many.fit(data, options)
  for (const [member, own] of data.entries()) {
    const alone = new Sequential(layers(), { inputs: 2, seed: 9 + member })
    await alone.fit(own, options)
    expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
  }
})

test.each([
  ['Adam', (rate: number | number[]) => new Adam({ learningRate: rate })],
  [
    'AdamW',
    (rate: number | number[], decay: number | number[]) => new AdamW({ learningRate: rate, weightDecay: decay }),
  ],
  ['SGD', (rate: number | number[], decay: number | number[]) => new SGD({ learningRate: rate, weightDecay: decay })],
] as const)('members with rates and strengths of their own: %s', async (_name, make) => {
  const rates = [0.1, 0.01, 0.003]
  const decays = [0, 0.1, 0.5]
  const strengths = [0.01, 0, 0.1]
  const data = spirals(200)
  for (const penalty of [l2, lessonL2]) {
    const many = new Population(layers(penalty(strengths)), { inputs: 2, members: 3 })
    await many.fit(data, { ...options, optimizer: make(rates, decays), validation: 0.3 })
    const scores = await many.evaluate(data)
    for (let member = 0; member < 3; member++) {
      const alone = new Sequential(layers(penalty(strengths[member]!)), { inputs: 2, seed: member })
      await alone.fit(data, { ...options, optimizer: make(rates[member]!, decays[member]!), validation: 0.3 })
      expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
      expect(scores[member]!.loss).toBeCloseTo((await alone.evaluate(data)).loss, 10)
    }
  }
})

test('every member stops at its own time and is left at its best epoch', async () => {
  const data = spirals(300)
  const rates = [0.3, 0.01, 0.1, 0.0001]
  const stopping = () => new EarlyStopping({ patience: 2 })
  const common = { ...options, epochs: 40, validation: 0.3 } as const
  const many = new Population(layers(), { inputs: 2, members: 4 })
  const { members } = await many.fit(data, {
    ...common,
    optimizer: new Adam({ learningRate: rates }),
    callbacks: [stopping()],
  })
  expect(new Set(members.map(({ epochs }) => epochs.length)).size).toBeGreaterThan(1)
  for (let member = 0; member < 4; member++) {
    const alone = new Sequential(layers(), { inputs: 2, seed: member })
    const history = await alone.fit(data, {
      ...common,
      optimizer: new Adam({ learningRate: rates[member]! }),
      callbacks: [stopping()],
    })
    expect(members[member]!.stopped).toBe(history.stopped)
    expect(members[member]!.best).toEqual(history.best)
    expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
  }
  const { index, loss } = many.best()
  expect(loss).toBe(Math.min(...members.map(({ best }) => best!.value)))
  expect(members[index]!.best!.value).toBe(loss)
})

test('a member that waits for others after its only update of an epoch is restored to what the epoch began with', async () => {
  const data = [spirals(15, 1), spirals(42, 2)]
  const given = {
    loss: 'crossEntropy',
    epochs: 6,
    batchSize: 5,
    optimizer: new SGD({ learningRate: 0.5, accumulate: 9 }),
  } as const
  const stopping = () => new EarlyStopping({ monitor: 'loss', patience: 2 })
  for (const needs of ['epoch', 'step', { steps: 4 }] as const) {
    const many = new Population(layers(), { inputs: 2, members: 2, seed: 5 })
    const { members } = await many.fit(data, { ...given, callbacks: [stopping(), { needs, onFitStart() {} }] })
    for (const [member, own] of data.entries()) {
      const alone = new Sequential(layers(), { inputs: 2, seed: 5 + member })
      const { best } = await alone.fit(own, { ...given, callbacks: [stopping()] })
      expect(members[member]!.best).toEqual(best)
      expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
    }
  }
})

test('a member whose loss explodes stops alone and keeps its last good weights', async () => {
  const data = Dataset.from({ x: [[1], [2], [3], [4]], y: [1, 2, 3, 4] })
  for (const members of [3, 12]) {
    const rates = Array.from({ length: members }, (_, i) => (i === 1 ? 1e6 : 1e-3))
    const many = new Population([new Dense(1)], { inputs: 1, members })
    const fit = { loss: 'meanSquaredError', epochs: 30, batchSize: 2 } as const
    const history = await many.fit(data, { ...fit, optimizer: new SGD({ learningRate: rates }) })
    expect(history.members.map(({ stopped }) => stopped)).toEqual(
      rates.map((_, i) => (i === 1 ? 'failed' : 'completed')),
    )
    expect(weightsOf(many.member(1)).flat().every(Number.isFinite)).toBe(true)
    const alone = new Sequential([new Dense(1)], { inputs: 1, seed: 2 })
    await alone.fit(data, { ...fit, optimizer: new SGD({ learningRate: 1e-3 }) })
    expect(weightsOf(many.member(2))).toEqual(weightsOf(alone))
    expect(many.best().index).not.toBe(1)
  }
})

// What BatchNorm makes of its running variance is the only use of it in an evaluation.
test.each([undefined, '0', '1'])('members with BatchNorm are evaluated as they are alone: lanes %s', async (lanes) => {
  if (lanes !== undefined) process.env.DEEPBLAS_LANES = lanes
  try {
    for (const columns of [1, 8]) {
      const normalized = () => [
        new Dense(columns, { activation: 'tanh' }),
        new BatchNorm(),
        new Dense(3, { activation: 'softmax' }),
      ]
      const many = new Population(normalized(), { inputs: 2, members: 32, seed: 5 })
      const given = { ...options, validation: spirals(60, 2) }
      const { members } = await many.fit(spirals(90), given)
      const scores = await many.evaluate(spirals(300))
      for (const member of [0, 7, 19]) {
        const alone = new Sequential(normalized(), { inputs: 2, seed: 5 + member })
        const { epochs } = await alone.fit(spirals(90), given)
        expect(members[member]!.epochs.map(({ validation }) => validation)).toEqual(
          epochs.map(({ validation }) => validation),
        )
        expect(scores[member]).toEqual(await alone.evaluate(spirals(300)))
        expect(scores[member]!.loss).toBeGreaterThan(0)
      }
    }
  } finally {
    delete process.env.DEEPBLAS_LANES
  }
})

test('the mean of all members, and how far they disagree', async () => {
  const many = new Population(layers(), { inputs: 2, members: 5 })
  const rows = [
    [0.1, 0.2],
    [-1, 1],
  ]
  const { data } = await many.predict(rows)
  const { data: mean, spread, shape } = await many.predictMean(rows)
  expect(shape).toEqual([2, 3])
  for (let at = 0; at < 6; at++) {
    const values = Array.from({ length: 5 }, (_, member) => data[member * 6 + at]!)
    const middle = values.reduce((sum, value) => sum + value, 0) / 5
    expect(mean[at]).toBeCloseTo(middle, 6)
    expect(spread[at]).toBeCloseTo(Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / 5), 6)
  }
  expect(many.predictSync(rows).data).toEqual(data)
})

test('a saved population is loaded with every bit, and a network’s file is told from it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const many = new Population(layers(l2([0.1, 0.2, 0.3])), { inputs: 2, members: 3, seed: 4 })
    await many.fit(spirals(60), options)
    await many.save(join(folder, 'many.safetensors'))
    const loaded = await Population.load(join(folder, 'many.safetensors'))
    expect([loaded.members, loaded.seed, loaded.parameterCount]).toEqual([3, 4, many.parameterCount])
    for (let member = 0; member < 3; member++) {
      expect(weightsOf(loaded.member(member))).toEqual(weightsOf(many.member(member)))
    }
    await loaded.save(join(folder, 'again.safetensors'))
    expect(await readFile(join(folder, 'again.safetensors'))).toEqual(await readFile(join(folder, 'many.safetensors')))
    await expect(Sequential.load(join(folder, 'many.safetensors'))).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('Population.load'),
    })
    await many.member(1).save(join(folder, 'one.safetensors'))
    await expect(Population.load(join(folder, 'one.safetensors'))).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('Sequential.load'),
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a fit of a population can be aborted, and blocks a second one', async () => {
  const many = new Population(layers(), { inputs: 2, members: 10 })
  const abort = new AbortController()
  const reason = new Error('enough')
  const callbacks = [{ onProgress: () => isAsked && abort.abort(reason) }]
  let isAsked = false
  const fit = many.fit(spirals(300), { ...options, epochs: 1_000_000, signal: abort.signal, callbacks })
  await expect(many.fit(spirals(30), options)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_BUSY' })
  await expect(many.evaluate(spirals(30))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_BUSY' })
  isAsked = true
  await expect(fit).rejects.toBe(reason)
  await many.fit(spirals(30), options)
})

test('callbacks that watch all members see their mean', async () => {
  const many = new Population(layers(), { inputs: 2, members: 4 })
  const seen: number[] = []
  const { members } = await many.fit(spirals(120), {
    ...options,
    callbacks: [{ needs: 'epoch', onEpochEnd: ({ loss }) => void seen.push(loss) }],
  })
  expect(seen.length).toBe(3)
  for (const [epoch, loss] of seen.entries()) {
    expect(loss).toBeCloseTo(members.reduce((sum, { epochs }) => sum + epochs[epoch]!.loss, 0) / 4, 12)
  }
})

describe('wrong arguments are named', () => {
  const any = (value: unknown) => value as never
  const many = () => new Population(layers(), { inputs: 2, members: 3 })
  const rates = new Adam({ learningRate: [0.1, 0.2] })
  const one = () => new Sequential(layers(), { inputs: 2 })
  test.each<[string, () => unknown, string]>([
    ['no options', () => new Population(layers(), any(undefined)), 'options'],
    ['no members', () => new Population(layers(), any({ inputs: 2 })), 'members'],
    ['half a member', () => new Population(layers(), { inputs: 2, members: 1.5 }), 'members'],
    ['strengths of another number', () => new Population(layers(l2([1, 2])), { inputs: 2, members: 3 }), 'strength'],
    ['a list of strengths for one network', () => new Sequential(layers(l2([1, 2])), { inputs: 2 }), 'strength'],
    ['a negative strength in a list', () => l2([1, -2]), 'l2[1]'],
    ['rates of another number', () => many().fit(spirals(30), { ...options, optimizer: rates }), 'learningRate'],
    ['a list of rates for one network', () => one().fit(spirals(30), { ...options, optimizer: rates }), 'learningRate'],
    ['text among the rates', () => new Adam({ learningRate: any(['fast']) }), 'learningRate[0]'],
    ['data of another number', () => many().fit([spirals(30), spirals(30)], options), 'train'],
    ['an array of data for one network', () => one().fit(any([spirals(30)]), options), 'train'],
    ['a row in place of data', () => many().evaluate(any([[1, 2]])), 'data'],
    ['a member out of range', () => many().member(3), 'index'],
    ['best before a fit', () => many().best(), 'fit'],
  ])('%s', async (_what, call, argument) => {
    let error: { code?: string; message?: string } = { message: 'nothing was thrown' }
    try {
      await call()
    } catch (thrown) {
      error = thrown as Error
    }
    expect(error).toMatchObject({
      code: expect.stringMatching(/^ERR_DEEPBLAS_(ARGUMENT|SHAPE)$/),
      message: expect.stringContaining(argument),
    })
  })
})
