/*
 * Every native pass and training that a call opens is released when the call ends, however it ends.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  Adam,
  checkGradient,
  crossValidate,
  Dataset,
  Dense,
  findLearningRate,
  LBFGS,
  Population,
  Sequential,
} from '../../../../lib/index.js'
import { type Matrix, native } from '../../../../lib/native/addon.js'
import { root } from '../../../helpers/program.js'

const rows = 700
const loss = 'binaryCrossEntropy'
const x = { data: Float32Array.from({ length: 3 * rows }, (_, i) => Math.sin(i)), shape: [rows, 3] as [number, number] }
const y = Array.from({ length: rows }, (_, i) => i % 2)
const data = Dataset.from({ x, y })
const weighted = Dataset.from({ x, y, sampleWeights: y.map((_, i) => 1 + (i % 3)) })
const layers = () => [new Dense(4, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
const model = () => new Sequential(layers(), { inputs: 3, seed: 1 })
const many = () => new Population(layers(), { inputs: 3, members: 2, seed: 1 })
const scored = { loss, metrics: ['rocAuc'], validation: data } as const

class Ours extends Error {}
const throwing = (hook: string) => ({
  [hook]: () => {
    throw new Ours('a callback that throws')
  },
})

const open = new Set<object>()
let opened = 0
const addon = native()
const { Pass, Training } = addon

beforeEach(() => {
  opened = 0
  open.clear()
  for (const [name, Own] of Object.entries({ Pass, Training })) {
    class Counted extends (Own as new (options: object) => { release(): void }) {
      constructor(options: object) {
        super(options)
        opened++
        open.add(this)
      }
      override release() {
        open.delete(this)
        super.release()
      }
    }
    Object.assign(addon, { [name]: Counted })
  }
})
afterEach(() => {
  Object.assign(addon, { Pass, Training })
})

/** Calls, and how many passes and trainings each opens. */
const calls: Record<string, [number, () => unknown]> = {
  fit: [3, () => model().fit(data, { ...scored, epochs: 3 })],
  fitSync: [3, () => model().fitSync(data, { ...scored, epochs: 3 })],
  'fit of a stream': [3, () => model().fit(() => [{ x, y }], { ...scored, epochs: 2 })],
  'fit of a stream whose batches grow': [
    2,
    () => model().fit(() => [data.subset([0, 1]), data], { loss, epochs: 2, optimizer: new Adam() }),
  ],
  'fit by L-BFGS': [3, () => model().fit(data, { ...scored, epochs: 2, optimizer: new LBFGS() })],
  'fitSync by L-BFGS': [3, () => model().fitSync(data, { ...scored, epochs: 2, optimizer: new LBFGS() })],
  partialFit: [1, () => model().partialFit({ x, y }, { loss })],
  'predict of numbers': [1, () => model().predict(x)],
  'predict of a data set': [1, () => model().predict(data)],
  predictRaw: [1, () => model().predictRaw(data)],
  predictClasses: [1, () => model().predictClasses(data)],
  'predictSync of a data set': [1, () => model().predictSync(data)],
  'many small predictions': [
    1,
    () => {
      const wide = new Sequential([new Dense(2000), new Dense(2)], { inputs: 3, seed: 1 })
      return Promise.all(Array.from({ length: 300 }, () => wide.predict([[1, 2, 3]])))
    },
  ],
  activations: [1, () => model().activations(x, 0)],
  evaluate: [1, () => model().evaluate(data, { loss, metrics: ['rocAuc'] })],
  evaluateSync: [1, () => model().evaluateSync(data, { loss, metrics: ['rocAuc'] })],
  gradients: [1, () => model().gradients(data, { loss })],
  trace: [1, () => model().trace(data, { loss })],
  explain: [2, () => model().explain()],
  checkGradient: [1, () => checkGradient(new Dense(1), { inputs: 1, rows: 1 })],
  findLearningRate: [1, () => findLearningRate(model(), data, { loss, steps: 5 })],
  crossValidate: [3, () => crossValidate(model, data, { loss, epochs: 1, folds: 2 })],
  'fit of a population': [3, () => many().fit([data, weighted], { ...scored, epochs: 2 })],
  'fitSync of a population': [3, () => many().fitSync([data, weighted], { ...scored, epochs: 2 })],
  'predict of a population': [1, () => many().predict(x)],
  'predictMeanSync of a population': [1, () => many().predictMeanSync(data)],
  'evaluate of a population': [1, () => many().evaluate([data, weighted], { loss, metrics: ['rocAuc'] })],
  'evaluateSync of a population': [1, () => many().evaluateSync([weighted, data], { loss, metrics: ['rocAuc'] })],
}

test.each(Object.keys(calls))('%s releases all that it opens', async (name) => {
  const [least, call] = calls[name]!
  await call()
  expect(opened).toBeGreaterThanOrEqual(least)
  expect(open.size).toBe(0)
})

describe.each(['fit', 'fitSync'] as const)('%s that fails', (form) => {
  const fits = {
    adam: { ...scored, epochs: 3 },
    'L-BFGS': { ...scored, epochs: 3, optimizer: new LBFGS() },
  }
  test.each(
    Object.keys(fits).flatMap((name) =>
      ['onFitStart', 'onEpochEnd', 'onProgress', 'onFitEnd'].map((hook) => [name, hook] as const),
    ),
  )('%s with a callback whose %s throws', async (name, hook) => {
    const call = async () => model()[form](data, { ...fits[name as 'adam'], callbacks: [throwing(hook)] })
    await expect(call()).rejects.toThrow(Ours)
    expect(opened).toBeGreaterThan(0)
    expect(open.size).toBe(0)
  })

  test('with a metric that throws, or a loss that explodes', async () => {
    const failing = {
      name: 'failing',
      fromScores: () => {
        throw new Ours('a metric that throws')
      },
    }
    const call = async () => model()[form](data, { loss, metrics: [failing as never], epochs: 3 })
    await expect(call()).rejects.toThrow()
    const wild = new Adam({ learningRate: 1e38 })
    const exploding = async () => model()[form](data, { loss: 'meanSquaredError', optimizer: wild, epochs: 50 })
    await exploding().catch(() => {})
    expect(opened).toBeGreaterThan(1)
    expect(open.size).toBe(0)
  })
})

describe('a fit whose beginning throws, when its training is open,', () => {
  const { Arena } = addon
  const held = new Set<object>()
  let before = Number.POSITIVE_INFINITY
  beforeEach(() => {
    held.clear()
    before = Number.POSITIVE_INFINITY
    class Counted extends (Arena as new (...given: never[]) => { release(): void }) {
      constructor(...given: never[]) {
        super(...given)
        held.add(this)
      }
      override release() {
        held.delete(this)
        super.release()
      }
    }
    Object.assign(addon, { Arena: Counted })
  })
  afterEach(() => {
    Object.assign(addon, { Arena })
  })

  const forMember = (member: number) => {
    if (member === 0) return {}
    throw new Ours('a callback that cannot be made for each member')
  }
  const unready = {
    monitors: 'loss',
    onEpochEnd() {},
    get last(): boolean {
      // Options are read before anything is opened.
      if (held.size <= before) return false
      throw new Ours('a callback that cannot say when it is told')
    },
  }
  const optimizer = new Adam()
  const stream = () => [{ x, y }]
  const begun: Record<string, (form: 'fit' | 'fitSync') => [object, () => unknown]> = {
    'a model': (form) => {
      const one = model()
      return [one, () => one[form](data, { ...scored, callbacks: [unready] })]
    },
    'a model that trains on': (form) => {
      const one = model()
      one.partialFitSync(data, { loss, optimizer })
      return [one, () => one[form](data, { ...scored, optimizer, callbacks: [unready] })]
    },
    'L-BFGS': (form) => {
      const one = model()
      return [one, () => one[form](data, { ...scored, optimizer: new LBFGS(), callbacks: [unready] })]
    },
    'a stream': () => {
      const one = model()
      return [one, () => one.fit(stream, { ...scored, epochs: 2, callbacks: [unready] })]
    },
    'a population': (form) => {
      const all = many()
      return [all, () => all[form]([data, weighted], { ...scored, callbacks: [{ forMember }] })]
    },
  }
  test.each(Object.keys(begun).flatMap((name) => (['fit', 'fitSync'] as const).map((form) => [name, form] as const)))(
    '%s, %s: leaves nothing open, and no arena that nobody needs',
    async (name, form) => {
      const [trained, call] = begun[name]!(form)
      before = held.size
      opened = 0
      await expect(async () => await call()).rejects.toThrow(Ours)
      if (name !== 'a stream') expect(opened).toBeGreaterThan(0)
      expect(open.size).toBe(0)
      expect(held.size).toBe(before)
      before = Number.POSITIVE_INFINITY
      // What it is itself made of is there.
      expect((trained as Sequential).predictSync([[1, 2, 3]]).data.length).toBeGreaterThan(0)
      if (name === 'a model that trains on') (trained as Sequential).partialFitSync(data, { loss, optimizer })
    },
  )
})

test('a stream that fails, and a fit that is aborted', async () => {
  const broken = function* () {
    yield data
    throw new Ours('a stream that breaks')
  }
  await expect(model().fit(broken, { ...scored, epochs: 3 })).rejects.toThrow(Ours)
  const controller = new AbortController()
  const abort = { onEpochEnd: () => controller.abort(new Ours('enough')) }
  const { signal } = controller
  await expect(model().fit(data, { ...scored, epochs: 1000, signal, callbacks: [abort] })).rejects.toThrow(Ours)
  expect(opened).toBeGreaterThan(3)
  expect(open.size).toBe(0)
})

test('rows of a call are released with its pass; those of a data set stay', async () => {
  const { Matrix } = addon
  const held = new Set<Matrix>()
  class Counted extends (Matrix as new (...given: never[]) => Matrix) {
    constructor(...given: never[]) {
      super(...given)
      held.add(this)
    }
    override release() {
      held.delete(this)
      super.release()
    }
  }
  try {
    Object.assign(addon, { Matrix: Counted })
    const one = model()
    await one.predict(x)
    await one.activations(x, 0)
    await many().predict(x)
    many().predictSync(x)
    expect(held.size).toBe(0)
    const own = Dataset.from({ x, y })
    const before = held.size
    const { data: first } = await one.predict(own)
    one.fitSync(own, { loss, epochs: 1, batchSize: 'full' })
    expect(held.size).toBeGreaterThanOrEqual(before)
    expect(first).toEqual(model().predictSync(own).data)
    // Equal weights beside data that has some.
    const kept = held.size
    await many().evaluate([data, weighted], { loss })
    expect(held.size).toBe(kept)
  } finally {
    Object.assign(addon, { Matrix })
  }
})

test('passes and trainings are opened in one file', () => {
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const opening = files.filter((file) =>
    /\.(Pass|Training)\b\)?\s*\(/.test(readFileSync(join(root, 'lib', file), 'utf8')),
  )
  expect(opening.map((file) => file.replaceAll('\\', '/'))).toEqual(['model/programs/passes.ts'])
})
