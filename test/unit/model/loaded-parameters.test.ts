/*
 * What is overwritten at once is never drawn, and no memory is taken for parameters that a file does not hold.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  BatchNorm,
  Checkpoint,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  Dropout,
  Embedding,
  type FitOptions,
  type Layer,
  Normalize,
  Population,
  Residual,
  Sequential,
} from '../../../lib/index.js'
import { native } from '../../../lib/native/addon.js'
import { Parameter } from '../../../lib/recording/parameter.js'
import { rawFile, temporaryFolder } from '../files/support.js'

const folder = temporaryFolder()

const layers = () => [
  new Dense(6, { initializer: 'orthogonal' }),
  new BatchNorm(),
  new Dropout(0.1),
  new Residual([new Dense(6, { activation: 'relu' })]),
  new Dense(2),
]

const bytesOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, [...data]])

let draws: ReturnType<typeof vi.spyOn>

beforeEach(() => {
  draws = vi.spyOn(Parameter.prototype, 'initialize')
})

afterEach(() => {
  vi.restoreAllMocks()
})

test('a new model draws each of its parameters once', () => {
  const model = new Sequential(layers(), { inputs: 4, seed: 3 })
  expect(draws).toHaveBeenCalledTimes(model.getWeights().length)
})

test('a resume draws nothing: not the model that it writes over, nor after', async () => {
  const data = Dataset.from({
    x: Array.from({ length: 8 }, (_, i) => [i, 1, i % 2, i % 3]),
    y: [0, 1, 0, 1, 0, 1, 0, 1],
  })
  const options = (path: string) => ({
    loss: 'crossEntropy' as const,
    batchSize: 4,
    callbacks: [new Checkpoint(path)],
  })
  const makers = [
    () => new Sequential(layers(), { inputs: 4, seed: 3 }),
    () => new Sequential(layers(), { inputs: 4, seed: 3, labels: ['a', 'b'] }),
    () => new Population(layers(), { inputs: 4, seed: 3, members: 2 }),
  ]
  for (const [i, make] of makers.entries()) {
    const [path, later] = [join(folder, `resumed-${i}`), join(folder, `later-${i}`)]
    const train = (model: Sequential | Population, more: object) => model.fit(data, more as never)
    const weights = (model: Sequential | Population) => bytesOf(model instanceof Population ? model.member(1) : model)
    const whole = make()
    await train(whole, { ...options(later), epochs: 4 })
    await train(make(), { ...options(path), epochs: 2 })
    draws.mockClear()
    const resumed = make()
    await train(resumed, { ...options(later), epochs: 4, resume: path })
    expect(weights(resumed)).toEqual(weights(whole))
    expect(draws).not.toHaveBeenCalled()
  }
})

test('a resume that comes to nothing leaves the model to be drawn, with the bits of a fresh one', async () => {
  const data = Dataset.from({
    x: Array.from({ length: 8 }, (_, i) => [i, 1, i % 2, i % 3]),
    y: [0, 1, 0, 1, 0, 1, 0, 1],
  })
  const path = join(folder, 'not-resumed')
  const make = () => new Sequential(layers(), { inputs: 4, seed: 3 })
  const options = { loss: 'crossEntropy', batchSize: 4 } as const
  await make().fit(data, { ...options, epochs: 2, callbacks: [new Checkpoint(path)] })
  const fails = { onFitStart: () => Promise.reject(new Error('no')) }
  const wrong: FitOptions[] = [
    { ...options, epochs: 4, resume: join(folder, 'absent') },
    { ...options, epochs: 4, batchSize: 8, resume: path },
    { ...options, epochs: 4, callbacks: [fails], resume: path },
  ]
  for (const more of wrong) {
    const model = make()
    draws.mockClear()
    await expect(model.fit(data, more)).rejects.toThrow()
    expect(draws).not.toHaveBeenCalled()
    expect(bytesOf(model)).toEqual(bytesOf(make()))
  }
})

test('parameters are drawn once, whoever asks for them first', async () => {
  const askers: ((model: Sequential) => unknown)[] = [
    (model) => model.getWeights(),
    (model) => model.predictSync([[1, 2, 3, 4]]),
    (model) => model.clone(),
    (model) => model.save(join(folder, 'asked')),
    (model) => model.setWeights([{ ...model.clone().getWeights()[0]! }], { partial: true }),
    (model) => model.fit(Dataset.from({ x: [[1, 2, 3, 4]], y: [0] }), { loss: 'crossEntropy', epochs: 1 }),
  ]
  for (const ask of askers) {
    const model = new Sequential(layers(), { inputs: 4, seed: 3 })
    draws.mockClear()
    await ask(model)
    const { length } = model.getWeights()
    expect(draws).toHaveBeenCalledTimes(length)
  }
})

test('load and clone draw nothing, and give the same bits', async () => {
  const model = new Sequential(layers(), { inputs: 4, seed: 3, labels: ['a', 'b'] })
  const path = join(folder, 'model.safetensors')
  await model.save(path)
  draws.mockClear()
  const loaded = await Sequential.load(path)
  for (const copy of [model.clone(), loaded, loaded.clone()]) {
    expect(bytesOf(copy)).toEqual(bytesOf(model))
    expect(copy.labels).toEqual(['a', 'b'])
  }
  expect(draws).not.toHaveBeenCalled()
})

test('a copy of a copy of named inputs and of a fitted normalisation draws nothing', async () => {
  const inputs = { numeric: 2, city: categorical(5) }
  const named = new Sequential([new Concatenate({ city: new Embedding(3) }), new Dense(1)], { inputs, seed: 1 })
  const train = Dataset.from({
    x: [
      [1, 2],
      [3, 5],
    ],
    y: [1, 2],
  })
  const normalized = new Sequential([Normalize.fit(train), new Dense(1)], { inputs: 2 })
  for (const [i, model] of [named, normalized].entries()) {
    const path = join(folder, `copy-${i}.safetensors`)
    await model.save(path)
    draws.mockClear()
    expect(bytesOf((await Sequential.load(path)).clone())).toEqual(bytesOf(model))
    expect(draws).not.toHaveBeenCalled()
  }
})

test('a population’s load, member and best draw nothing', async () => {
  const many = new Population(layers(), { inputs: 4, seed: 3, members: 3 })
  const data = Dataset.from({
    x: Array.from({ length: 8 }, (_, i) => [i, 1, i % 2, i % 3]),
    y: [0, 1, 0, 1, 0, 1, 0, 1],
  })
  await many.fit(data, { loss: 'crossEntropy', epochs: 1 })
  const path = join(folder, 'population.safetensors')
  await many.save(path)
  draws.mockClear()
  const loaded = await Population.load(path)
  for (let i = 0; i < 3; i++) expect(bytesOf(loaded.member(i))).toEqual(bytesOf(many.member(i)))
  many.best()
  expect(draws).not.toHaveBeenCalled()
})

test('of a file of another program only what it lacks is drawn, with the bits of a fresh model', async () => {
  const model = new Sequential(layers(), { inputs: 4, seed: 3 })
  const path = join(folder, 'backbone.safetensors')
  await model.save(path)
  draws.mockClear()
  await Sequential.fromSafetensors(path, layers(), { inputs: 4 })
  expect(draws).not.toHaveBeenCalled()
  const other = [...layers().slice(0, -1), new Dense(5)]
  const partial = await Sequential.fromSafetensors(path, other, { inputs: 4, seed: 8, partial: true })
  expect(draws).toHaveBeenCalledTimes(2)
  const fresh = new Sequential(other, { inputs: 4, seed: 8 })
  expect(bytesOf(partial).slice(-2)).toEqual(bytesOf(fresh).slice(-2))
  expect(bytesOf(partial).slice(0, -2)).toEqual(bytesOf(model).slice(0, -2))
})

interface Written {
  type: string
  options: Record<string, unknown>
}

const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(2 ** 16, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 52))
const leaf: fc.Arbitrary<Written> = fc.oneof(
  size.map((units) => ({ type: 'Dense', options: { units, initializer: 'orthogonal' } })),
  size.map((inputs) => ({ type: 'Normalize', options: { inputs } })),
  fc.constant({ type: 'BatchNorm', options: {} }),
  fc.constant({ type: 'LayerNorm', options: {} }),
  size.map((dimensions) => ({ type: 'Embedding', options: { dimensions, levels: 2 ** 24 } })),
)
const layer = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }).map((block) => ({ type: 'Residual', options: { block } })) },
  { weight: 1, arbitrary: fc.constantFrom(null, 5).map((block) => ({ type: 'Residual', options: { block } })) },
)
const architecture = fc.record(
  {
    inputs: fc.oneof(size, fc.constant({ numeric: 2 ** 40, city: { levels: 2 ** 24 } })),
    seed: fc.constant(0),
    layers: fc.array(layer, { minLength: 1, maxLength: 4 }),
    members: size,
  },
  { requiredKeys: ['inputs', 'seed', 'layers'] },
)

test('sizes that a file claims and does not hold are refused before memory is taken', async () => {
  class Taken {
    constructor() {
      throw new Error('memory is taken')
    }
  }
  const arenas = vi.spyOn(native(), 'Arena').mockImplementation(Taken as never)
  expect(() => new Sequential([new Dense(1)], { inputs: 1 })).toThrow('memory is taken')
  arenas.mockClear()
  const path = join(folder, 'lies.safetensors')
  await fc.assert(
    fc.asyncProperty(architecture, async (described) => {
      const __metadata__ = {
        'deepblas.formatVersion': '1',
        'deepblas.architecture': JSON.stringify(described),
      }
      writeFileSync(path, rawFile(JSON.stringify({ __metadata__ })))
      const kind = described.members === undefined ? Sequential : Population
      await expect(kind.load(path)).rejects.toThrowError(expect.objectContaining({ code: 'ERR_DEEPBLAS_FILE' }))
      expect(arenas).not.toHaveBeenCalled()
      expect(draws).not.toHaveBeenCalled()
    }),
    { numRuns: 300, seed: 10 },
  )
})

test('members without weights are counted', async () => {
  const path = join(folder, 'members.safetensors')
  const many = new Population([new Dropout(0.5)] as Layer[], { inputs: 2, members: 3 })
  await many.save(path)
  expect((await Population.load(path)).members).toBe(3)
  const text = { inputs: 2, seed: 0, layers: [{ type: 'Dropout', options: { rate: 0.5 } }], members: 2 ** 40 }
  const __metadata__ = { 'deepblas.formatVersion': '1', 'deepblas.architecture': JSON.stringify(text) }
  writeFileSync(path, rawFile(JSON.stringify({ __metadata__ })))
  await expect(Population.load(path)).rejects.toThrowError(/claims 1099511627776 members/)
})
