/*
 * What a resume tells from another training: every setting, however deep it lies.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  Checkpoint,
  Concatenate,
  categorical,
  cosine,
  Dataset,
  Dense,
  Dropout,
  datasets,
  Embedding,
  type FitOptions,
  huber,
  type Layer,
  l2,
  maxNorm,
  Optimizer,
  Population,
  precision,
  Residual,
  readSafetensors,
  Sequential,
  SGD,
  warmUp,
  writeSafetensors,
} from '../../../lib/index.js'
import { configurationOf, differences } from '../../../lib/model/training/checkpoint/compare-settings.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
const newPath = () => join(folder, `${files++}.safetensors`)

const train = Dataset.from(datasets.moons({ samples: 60, noise: 0.3, seed: 4 }))
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  loss: 'binaryCrossEntropy',
  epochs: 2,
  batchSize: 16,
  shuffle: true,
  ...more,
})

/** Blocks in blocks, `depth` of them, around layers. */
const nested = (depth: number, inner: Layer[]): Layer[] => {
  let block = inner
  for (let i = 0; i < depth; i++) block = [new Residual(block)]
  return block
}

describe('a setting in the innermost of nested blocks', () => {
  const first = () => new Dense(2, { regularizer: l2(0.01), constraint: maxNorm(3) })
  const others: [() => Layer[], RegExp][] = [
    [() => [first(), new Dropout(0.2)], /rate is 0\.1 there and 0\.2 here/],
    [
      () => [new Dense(2, { regularizer: l2(0.02), constraint: maxNorm(3) }), new Dropout(0.1)],
      /0\.01 there and 0\.02/,
    ],
    [
      () => [new Dense(2, { regularizer: l2(0.01), constraint: maxNorm(4) }), new Dropout(0.1)],
      /is 3 there and 4 here/,
    ],
    [() => [new Dense(2, { regularizer: l2(0.01) }), new Dropout(0.1)], /constraint is \{.*\} there and absent here/],
    [() => [first()], /\.block\[1\] is \{.*\} there and absent here/],
  ]
  test.each([1, 2, 3, 4, 8, 15])('%i deep', async (depth) => {
    const path = newPath()
    const model = (inner: Layer[]) =>
      new Sequential([...nested(depth, inner), new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed: 3 })
    const there = () => [first(), new Dropout(0.1)]
    await model(there()).fit(train, options({ epochs: 1, callbacks: [new Checkpoint(path)] }))
    for (const [inner, message] of others) {
      await expect(model(inner()).fit(train, options({ resume: path }))).rejects.toThrow(message)
    }
    const { epochs } = await model(there()).fit(train, options({ resume: path }))
    expect(epochs).toHaveLength(2)
  })

  test('in a part of a Concatenate', async () => {
    const path = newPath()
    const x = { numeric: [[1], [2], [3], [4]], day: [0, 1, 2, 1] }
    const data = Dataset.from({ x, y: [0, 1, 0, 1] })
    const model = (rate: number) =>
      new Sequential(
        [
          new Concatenate({ day: [new Embedding(2), ...nested(4, [new Dropout(rate)])] }),
          new Dense(1, { activation: 'sigmoid' }),
        ],
        { inputs: { numeric: 1, day: categorical(3) }, seed: 3 },
      )
    await model(0.1).fit(data, options({ epochs: 1, callbacks: [new Checkpoint(path)] }))
    await expect(model(0.2).fit(data, options({ resume: path }))).rejects.toThrow(/rate is 0\.1 there and 0\.2 here/)
    expect((await model(0.1).fit(data, options({ resume: path }))).epochs).toHaveLength(2)
  })

  test('of a checkpoint of the former format it is told that they could not be compared', async () => {
    const [path, old] = [newPath(), newPath()]
    const model = (rate: number) =>
      new Sequential([...nested(4, [new Dropout(rate)]), new Dense(1, { activation: 'sigmoid' })], {
        inputs: 2,
        seed: 3,
      })
    await model(0.1).fit(train, options({ epochs: 1, callbacks: [new Checkpoint(path)] }))
    const { tensors, metadata } = await readSafetensors(path)
    const now = JSON.parse(metadata['deepblas.checkpoint']!)
    // What format 1 has done to what was more than eight deep.
    const cut = (value: unknown, depth: number): unknown => {
      if (typeof value !== 'object' || value === null) return value
      if (depth >= 8) return null
      if (Array.isArray(value)) return value.map((one) => cut(one, depth + 1))
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one, depth + 1)]))
    }
    const histories = [
      { epochs: [{ epoch: 1, loss: 1, learningRate: 1, seconds: 1 }], stopped: 'completed', reason: '' },
    ]
    const layers = cut(now.settings.layers, 0)
    const former = { ...now, formatVersion: 1, histories, settings: { ...now.settings, layers } }
    await writeSafetensors(old, {
      tensors: tensors.filter(({ name }) => !name.startsWith('checkpoint.history.')),
      metadata: { ...metadata, 'deepblas.checkpoint': JSON.stringify(former) },
    })
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    expect((await model(0.1).fit(train, options({ resume: old }))).epochs).toHaveLength(2)
    expect((await warned).message).toMatch(/could not be compared/)
  })
})

describe('a setting of', () => {
  const model = () => new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed: 3 })
  test.each<[string, Partial<FitOptions>, Partial<FitOptions>, RegExp]>([
    ['a metric', { metrics: [precision({ average: 'macro' })] }, { metrics: [precision()] }, /metrics\[0\]/],
    ['a loss', { loss: huber({ delta: 1 }) }, { loss: huber({ delta: 2 }) }, /loss\.options\.delta is 1 there and 2/],
    [
      'a schedule in a schedule',
      { optimizer: new SGD({ learningRate: warmUp(cosine({ learningRate: 0.1, steps: 5 }), { steps: 3 }) }) },
      { optimizer: new SGD({ learningRate: warmUp(cosine({ learningRate: 0.1, steps: 6 }), { steps: 3 }) }) },
      /steps is 5 there and 6 here/,
    ],
    [
      'an optimizer',
      { optimizer: new AdamW({ weightDecay: 0.1 }) },
      { optimizer: new AdamW({ weightDecay: 0.2 }) },
      /weightDecay is 0\.1 there and 0\.2 here/,
    ],
    ['clipping', { optimizer: new Adam({ clipNorm: 1 }) }, { optimizer: new Adam() }, /clipNorm is 1 there and absent/],
  ])('%s', async (_, there, here, message) => {
    const path = newPath()
    await model().fit(train, options({ ...there, epochs: 1, callbacks: [new Checkpoint(path)] }))
    await expect(model().fit(train, options({ ...here, resume: path }))).rejects.toThrow(message)
    expect((await model().fit(train, options({ ...there, resume: path }))).epochs).toHaveLength(2)
  })
})

test('the checkpoint of a population of one is a population, of averages and of the best epoch too', async () => {
  const one = () => new Population([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, members: 1, seed: 3 })
  const path = newPath()
  const optimizer = () => new Adam({ averageDecay: 0.9 })
  const first = one()
  await first.fit(train, options({ epochs: 1, optimizer: optimizer(), callbacks: [new Checkpoint(path)] }))
  const loaded = await Population.load(path)
  expect(loaded.member(0).getWeights()).toEqual(first.member(0).getWeights())
  const [whole, resumed] = [one(), one()]
  await whole.fit(train, options({ optimizer: optimizer() }))
  await resumed.fit(train, options({ optimizer: optimizer(), resume: path }))
  expect(resumed.member(0).getWeights()).toEqual(whole.member(0).getWeights())
})

describe('settings as JSON', () => {
  const settings = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 30 },
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value

  test('however deep, one number that differs is told', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.boolean(), { minLength: 200, maxLength: 200 }),
        (depth, lists) => {
          const deep = (value: number) => {
            let made: unknown = value
            for (let level = 0; level < depth; level++) made = lists[level] ? [0, made] : { a: 0, inner: made }
            return made
          }
          expect(differences(configurationOf(deep(1)), configurationOf(deep(1)))).toEqual([])
          const [one, ...others] = differences(configurationOf(deep(1)), configurationOf(deep(2)))
          expect(one!.text).toMatch(/is 1 there and 2 here/)
          expect(others).toEqual([])
        },
      ),
    )
  })

  test('equal ones do not differ, through a file neither', () => {
    fc.assert(
      fc.property(settings, (value) => {
        const made = configurationOf(value)
        expect(differences(made, configurationOf(value))).toEqual([])
        expect(differences(JSON.parse(JSON.stringify(made)), made)).toEqual([])
      }),
    )
  })

  test('names that every object has are compared as others are', () => {
    expect(differences({}, { constructor: 1, toString: 'a' } as never).map(({ name }) => name)).toEqual([
      'constructor',
      'toString',
    ])
  })

  test('an object that holds itself is written as far as it goes', () => {
    const ring = (rate: number) => {
      const one: Record<string, unknown> = { rate }
      one.again = { inner: [one] }
      return one
    }
    expect(configurationOf(ring(1))).toEqual({ rate: 1, again: { inner: [{ levelsUp: 3 }] } })
    expect(differences(configurationOf(ring(1)), configurationOf(ring(2))).map(({ name }) => name)).toEqual(['rate'])
    const shared = { a: 1 }
    expect(configurationOf([shared, shared])).toEqual([{ a: 1 }, { a: 1 }])
  })

  test('maps, sets, dates, patterns, big integers and typed arrays are compared', () => {
    const of = (n: number) => [
      new Map([['a', n]]),
      new Set([n]),
      new Date(n),
      new RegExp(`${n}`),
      BigInt(n),
      Int8Array.of(n),
    ]
    for (const [i, value] of of(1).entries()) {
      expect(differences(configurationOf(value), configurationOf(of(1)[i]))).toEqual([])
      expect(differences(configurationOf(value), configurationOf(of(2)[i]))).toHaveLength(1)
    }
  })

  test('an optimizer of the user may lead back to itself', async () => {
    class Own extends SGD {
      readonly self = this
    }
    expect(new Own()).toBeInstanceOf(Optimizer)
    const path = newPath()
    const model = () => new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed: 3 })
    await model().fit(train, options({ epochs: 1, optimizer: new Own(), callbacks: [new Checkpoint(path)] }))
    expect((await model().fit(train, options({ optimizer: new Own(), resume: path }))).epochs).toHaveLength(2)
  })
})
