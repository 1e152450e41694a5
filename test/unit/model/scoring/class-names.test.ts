// Classes are compared by name wherever data meets a model: whatever order or part of the names a data set has.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  Activation,
  Adam,
  Checkpoint,
  crossValidate,
  Dataset,
  type DatasetInput,
  Dense,
  type FitOptions,
  findLearningRate,
  Population,
  Sequential,
} from '../../../../lib/index.js'

const names = ['ant', 'bee', 'cat']
const points = [
  [1, 0],
  [0, 1],
  [0, 0],
]
const repeated = <Value>(values: readonly Value[], times: number) => Array.from({ length: times }, () => values).flat()
const x = repeated(points, 4)
const y = repeated(names, 4)
const options = { loss: 'crossEntropy', epochs: 150, optimizer: new Adam({ learningRate: 0.05 }) } as const
/** Trains nothing that could be seen. */
const still = { loss: 'crossEntropy', epochs: 1, optimizer: new Adam({ learningRate: 1e-12 }) } as const
const layers = (outputs = 3) => [
  new Dense(8, { activation: 'relu' }),
  outputs === 1 ? new Dense(1, { activation: 'sigmoid' }) : new Dense(outputs, { activation: 'softmax' }),
]
const fresh = (outputs = 3) => new Sequential(layers(outputs), { inputs: 2, seed: 1 })
const all = Dataset.from({ x, y })
const DATA = expect.objectContaining({ code: 'ERR_DEEPBLAS_DATA' })

let trained: Sequential
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  trained = fresh()
  await trained.fit(all, options)
  expect(trained.predictClassesSync(points)).toEqual(names)
})
afterAll(() => rm(folder, { recursive: true }))

/** Rows by name, in any form that a data set may have. */
const forms: Record<string, (rows: readonly number[], order: readonly string[]) => Dataset> = {
  'texts, numbered by themselves': (rows) =>
    Dataset.from({ x: rows.map((row) => points[row]!), y: rows.map((row) => names[row]!) }),
  'texts, in the order given': (rows, labels) =>
    Dataset.from({ x: rows.map((row) => points[row]!), y: rows.map((row) => names[row]!), labels }),
  'numbers with names': (rows, labels) =>
    Dataset.from({ x: rows.map((row) => points[row]!), y: rows.map((row) => labels.indexOf(names[row]!)), labels }),
  'a column a name': (rows, labels) =>
    Dataset.from({
      x: rows.map((row) => points[row]!),
      y: rows.map((row) => labels.map((name) => Number(name === names[row]))),
      labels,
    }),
  'parts of others': (rows, labels) => {
    const whole = Dataset.from({ x: points, y: names, labels })
    return whole.subset([...rows])
  },
}
const rowsOf3 = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 })
const orders = fc.shuffledSubarray(names, { minLength: 3 })

describe.each(Object.entries(forms))('%s', (_, form) => {
  test('any rows, in any order of names, are scored by name', () => {
    fc.assert(
      fc.property(rowsOf3, orders, (rows, order) => {
        const data = form(rows, order)
        const scores = trained.evaluateSync(data, { metrics: ['accuracy', 'confusion'] })
        expect(scores.accuracy).toBe(1)
        const counts = names.map((name) => rows.filter((row) => names[row] === name).length)
        expect(scores.confusion.map((row, i) => row[i])).toEqual(counts)
      }),
      { numRuns: 25 },
    )
  })

  test('any rows, in any order of names, train on by name', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf3, orders, async (rows, order) => {
        const copy = trained.clone()
        const before = trained.evaluateSync(form([0, 1, 2], order)).loss
        const { epochs } = await copy.fit(form(rows, order), still)
        copy.partialFitSync(form(rows, order), { optimizer: still.optimizer })
        expect(epochs[0]!.loss).toBeLessThan(0.7)
        expect(copy.labels).toEqual(names)
        expect(copy.predictClassesSync(points)).toEqual(names)
        expect(copy.evaluateSync(all).loss).toBeCloseTo(before, 5)
      }),
      { numRuns: 10 },
    )
  })
})

test('the order of names changes no bit of a training', async () => {
  const numbers = x.map((_, row) => row % 3)
  const plain = fresh()
  await plain.fit(Dataset.from({ x, y: numbers }), options)
  expect(trained.getWeights()).toEqual(plain.getWeights())
  // A model that knows the names takes data of another order for the same.
  const named = new Sequential(layers(), { inputs: 2, seed: 1, labels: names })
  await named.fit(Dataset.from({ x, y, labels: ['cat', 'ant', 'bee'] }), options)
  expect(named.labels).toEqual(names)
  expect(named.getWeights()).toEqual(plain.getWeights())
})

describe('a name that the model does not have', () => {
  const strange = Dataset.from({ x: [[1, 0]], y: ['dog'] })
  const told = /'ant', 'bee', 'cat'.*'dog'/
  test.each<[string, () => unknown]>([
    ['evaluate', () => trained.evaluate(strange)],
    ['evaluateSync', async () => trained.evaluateSync(strange)],
    ['fit', () => trained.clone().fit(strange, options)],
    ['partialFit', () => trained.clone().partialFit(strange)],
    ['a stream', () => trained.clone().fit([strange].values(), { loss: 'crossEntropy' })],
    ['validation', () => fresh().fit(all, { ...options, validation: strange })],
    ['validation beside a stream', () => trained.clone().fit([all].values(), { ...still, validation: strange })],
    ['gradients', () => trained.gradients(strange, { loss: 'crossEntropy' })],
    ['trace', () => trained.trace(strange, { loss: 'crossEntropy' })],
    ['findLearningRate', () => findLearningRate(trained, strange, { loss: 'crossEntropy' })],
    ['crossValidate', () => crossValidate(() => trained.clone(), strange.concat(strange), { ...still, folds: 2 })],
  ])('%s', async (__, call) => {
    await expect(call()).rejects.toThrow(told)
    await expect(call()).rejects.toThrow(DATA)
  })

  test('a name that no row has is none of them', () => {
    const data = Dataset.from({ x: points, y: [3, 1, 2], labels: ['dog', 'bee', 'cat', 'ant'] })
    expect(trained.evaluateSync(data, { metrics: ['accuracy'] }).accuracy).toBe(1)
  })

  test('columns of zeros are none of them, others are', () => {
    const labels = ['dog', 'cat', 'ant', 'bee']
    const wide = (...rows: number[][]) => Dataset.from({ x: rows.map((_, i) => points[i]!), y: rows, labels })
    const scores = trained.evaluateSync(wide([0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0]), { metrics: ['accuracy'] })
    expect(scores.accuracy).toBe(1)
    expect(() => trained.evaluateSync(wide([0.1, 0, 0.9, 0]))).toThrow(told)
  })
})

test('names that come later take the outputs that have none', async () => {
  const model = fresh()
  await model.fit(Dataset.from({ x: points.slice(1), y: names.slice(1) }), options)
  expect(model.labels).toEqual(['bee', 'cat'])
  expect(model.predictClassesSync(points.slice(1))).toEqual(['bee', 'cat'])
  // An output that has never had a row is no answer.
  for (const name of model.predictClassesSync(repeated([[5, -3]], 3))) expect(['bee', 'cat']).toContain(name)
  expect(() => model.evaluateSync(all)).toThrow(/'bee', 'cat'.*'ant'/)
  await model.fit(all, options)
  expect(model.labels).toEqual(['bee', 'cat', 'ant'])
  expect(model.predictClassesSync(points)).toEqual(names)
  expect(model.evaluateSync(all, { metrics: ['accuracy'] }).accuracy).toBe(1)
})

test('a stream numbers by name, whatever names a batch has', async () => {
  const batches: DatasetInput[] = [
    { x: [points[1]!, points[2]!], y: ['bee', 'cat'] },
    { x: [points[0]!], y: ['ant'] },
    { x: [points[2]!, points[0]!], y: ['cat', 'ant'] },
  ]
  for (const validation of [undefined, all]) {
    const model = fresh()
    const history = await model.fit(() => batches, {
      loss: 'crossEntropy',
      epochs: 200,
      optimizer: new Adam({ learningRate: 0.03 }),
      metrics: ['accuracy'],
      ...(validation && { validation }),
    })
    expect(model.predictClassesSync(points)).toEqual(names)
    expect(history.epochs.at(-1)!.accuracy).toBe(1)
    if (validation !== undefined) expect(history.epochs.at(-1)!.validation!.accuracy).toBe(1)
  }
})

test('validation: a data set of a part of the names, a fraction', async () => {
  const validation = Dataset.from({ x: points.slice(1), y: names.slice(1) })
  const history = await fresh().fit(all, { ...options, metrics: ['accuracy'], validation })
  expect(history.epochs.at(-1)!.validation!.accuracy).toBe(1)
  const shared = await fresh().fit(all, { ...options, metrics: ['accuracy'], validation: 0.25 })
  expect(shared.epochs.at(-1)!.validation!.accuracy).toBe(1)
})

test('a file, a clone and a population keep the names, and compare by them', async () => {
  const part = Dataset.from({ x: points.slice(1), y: names.slice(1) })
  const path = join(folder, 'model.safetensors')
  await trained.save(path)
  for (const model of [await Sequential.load(path), trained.clone()]) {
    expect(model.evaluateSync(part, { metrics: ['accuracy'] }).accuracy).toBe(1)
    await model.fit(part, still)
    expect(model.predictClassesSync(points)).toEqual(names)
  }
})

describe('a population', () => {
  const parts = [
    all,
    Dataset.from({ x: repeated(points.slice(1), 6), y: repeated(names.slice(1), 6) }),
    Dataset.from({ x, y, labels: ['cat', 'ant', 'bee'] }),
  ]
  const many = new Population(layers(), { inputs: 2, members: 3, seed: 1 })

  test('one list of names for all members, of data of their own', async () => {
    await many.fit(parts, { ...options, validation: parts[1]!, metrics: ['accuracy'] })
    expect(many.labels).toEqual(names)
    const scores = await many.evaluate(parts, { metrics: ['accuracy'] })
    expect(scores.map(({ accuracy }) => accuracy)).toEqual([1, 1, 1])
    const member = many.member(1)
    expect(member.labels).toEqual(names)
    expect(member.predictClassesSync(points.slice(1))).toEqual(names.slice(1))
    expect(many.best().model.labels).toEqual(names)
    // As if it had been trained alone.
    const alone = fresh()
    await alone.fit(all, { ...options, validation: parts[1]! })
    expect(many.member(0).getWeights()).toEqual(alone.getWeights())
  })

  test('its file keeps them', async () => {
    const path = join(folder, 'many.safetensors')
    await many.save(path)
    const loaded = await Population.load(path)
    expect(loaded.labels).toEqual(names)
    const [one] = loaded.evaluateSync(parts[1]!, { metrics: ['accuracy'] })
    expect(one!.accuracy).toBe(1)
    expect(() => loaded.evaluateSync(Dataset.from({ x: [[1, 0]], y: ['dog'] }))).toThrow(/'cat'.*'dog'/)
    const strange = Dataset.from({ x: [[1, 0]], y: ['dog'] })
    await expect(loaded.fit([all, all, strange], options)).rejects.toThrow(/'cat'.*'dog'/)
    await expect(loaded.partialFit(strange)).rejects.toThrow(/'cat'.*'dog'/)
  })
})

describe('one output decides between two names', () => {
  const half = points.slice(0, 2)
  const binary = async (
    loss: FitOptions['loss'] = 'binaryCrossEntropy',
    activation: 'sigmoid' | 'linear' | 'tanh' = 'sigmoid',
  ) => {
    const model = new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(1, { activation })], {
      inputs: 2,
      seed: 1,
    })
    await model.fit(Dataset.from({ x: half, y: ['no', 'yes'] }), { ...options, loss, epochs: 300 })
    return model
  }
  test.each([
    ['binaryCrossEntropy', 'sigmoid'],
    ['binaryCrossEntropy', 'linear'],
    ['hinge', 'linear'],
    ['hinge', 'tanh'],
  ] as const)('%s on %s: rows of one of them are of that one', async (loss, activation) => {
    const model = await binary(loss, activation)
    expect(model.predictClassesSync(half)).toEqual(['no', 'yes'])
    const asked = { metrics: ['accuracy'] } as const
    expect(model.evaluateSync(Dataset.from({ x: [half[1]!], y: ['yes'] }), asked).accuracy).toBe(1)
    expect(model.evaluateSync(Dataset.from({ x: [half[0]!], y: ['no'] }), asked).accuracy).toBe(1)
    expect(model.evaluateSync(Dataset.from({ x: half, y: [1, 0], labels: ['yes', 'no'] }), asked).accuracy).toBe(1)
    expect(() => model.evaluateSync(Dataset.from({ x: half, y: ['no', 'maybe'] }))).toThrow(/'no', 'yes'.*'maybe'/)
    model.fitSync(Dataset.from({ x: [half[1]!], y: ['yes'] }), { ...still, loss })
    expect(model.predictClassesSync(half)).toEqual(['no', 'yes'])
  })

  test('signs and shares change sides with their names', async () => {
    const signs = await binary('hinge', 'linear')
    const asked = { metrics: ['accuracy'] } as const
    expect(signs.evaluateSync(Dataset.from({ x: half, y: [1, -1], labels: ['yes', 'no'] }), asked).accuracy).toBe(1)
    expect(signs.evaluateSync(Dataset.from({ x: half, y: [-1, 1], labels: ['no', 'yes'] }), asked).accuracy).toBe(1)
    const shares = await binary()
    const one = shares.evaluateSync(Dataset.from({ x: half, y: [0.25, 0.75], labels: ['no', 'yes'] }))
    const other = shares.evaluateSync(Dataset.from({ x: half, y: [0.75, 0.25], labels: ['yes', 'no'] }))
    expect(other.loss).toBe(one.loss)
  })

  test('a first data set must have both, or say both', async () => {
    const only = Dataset.from({ x: half, y: ['yes', 'yes'] })
    const model = fresh(1)
    await expect(model.fit(only, { ...options, loss: 'binaryCrossEntropy' })).rejects.toThrow(/only 'yes'.*labels/)
    expect(() => model.evaluateSync(only)).toThrow(DATA)
    const said = Dataset.from({ x: half, y: ['yes', 'yes'], labels: ['no', 'yes'] })
    await model.fit(said, { ...options, loss: 'binaryCrossEntropy' })
    expect(model.predictClassesSync(half)).toEqual(['yes', 'yes'])
    expect(model.predictSync(half).data[0]).toBeGreaterThan(0.9)
  })

  test('more than two are too many', async () => {
    await expect(fresh(1).fit(all, { ...options, loss: 'binaryCrossEntropy' })).rejects.toThrow(
      /at most 2 classes.*one output.*'ant', 'bee', 'cat'/,
    )
  })
})

describe('numbers and names', () => {
  test('numbers for a model of names are the numbers of its classes', async () => {
    const numbers = Dataset.from({ x: points, y: [0, 1, 2] })
    expect(trained.evaluateSync(numbers, { metrics: ['accuracy'] }).accuracy).toBe(1)
    const copy = trained.clone()
    await copy.fit(numbers, { ...still, classWeights: { cat: 2, 0: 3 } })
    expect(copy.labels).toEqual(names)
    await expect(copy.fit(numbers, { ...still, classWeights: { dog: 2 } })).rejects.toThrow(/'dog'/)
  })

  test('names for a model of numbers: only where somebody has said which is which', async () => {
    const model = fresh()
    await model.fit(Dataset.from({ x, y: x.map((_, row) => row % 3) }), options)
    const asked = { metrics: ['accuracy'] } as const
    for (const call of [
      () => model.evaluateSync(all),
      () => model.fitSync(all, still),
      () => model.partialFitSync(all),
      () => fresh().fitSync(Dataset.from({ x, y: x.map((_, row) => row % 3) }), { ...still, validation: all }),
    ]) {
      expect(call).toThrow(/numbers of classes from 0 to 2.*'ant'/)
      expect(call).toThrow(DATA)
    }
    expect(model.labels).toBe(undefined)
    // Texts of the numbers are their names; others are not.
    expect(model.evaluateSync(Dataset.from({ x: points.slice(1), y: ['1', '2'] }), asked).accuracy).toBe(1)
    expect(model.evaluateSync(Dataset.from({ x: points.slice(1), y: [1n, 2n] }), asked).accuracy).toBe(1)
    expect(() => model.evaluateSync(Dataset.from({ x: points.slice(1), y: ['01', '02'] }))).toThrow(/'01'/)
    // Numbers that have names name them.
    const named = Dataset.from({ x: points, y: [0, 1, 2], labels: ['first', 'second', 'third'] })
    expect(model.evaluateSync(named, asked).accuracy).toBe(1)
    model.fitSync(named, still)
    expect(model.predictClassesSync(points)).toEqual(['first', 'second', 'third'])
  })

  test('class weights go by name, in the order of the model', async () => {
    const order = ['cat', 'ant', 'bee']
    const [byName, byModel] = await Promise.all(
      [{ ant: 5, cat: 2 }, [5, 1, 2]].map(async (classWeights) => {
        const copy = trained.clone()
        await copy.fit(Dataset.from({ x, y, labels: order }), { ...options, epochs: 2, classWeights })
        return copy.getWeights()
      }),
    )
    expect(byName).toEqual(byModel)
  })

  test('several outputs of 0 and 1: columns by name', async () => {
    const model = new Sequential([new Dense(2, { activation: 'sigmoid' })], { inputs: 2, seed: 1 })
    const data = Dataset.from({
      x: points,
      y: [
        [true, false],
        [false, true],
        [false, false],
      ],
      labels: ['sun', 'rain'],
    })
    await model.fit(data, { ...options, loss: 'binaryCrossEntropy', epochs: 20 })
    const turned = Dataset.from({
      x: points,
      y: [
        [0, 1],
        [1, 0],
        [0, 0],
      ],
      labels: ['rain', 'sun'],
    })
    expect(model.evaluateSync(turned).loss).toBe(model.evaluateSync(data).loss)
  })
})

test('a model says its names from the start', async () => {
  const model = new Sequential(layers(), { inputs: 2, labels: ['cat', 'bee', 'ant'] })
  expect(model.labels).toEqual(['cat', 'bee', 'ant'])
  await model.fit(all, options)
  expect(model.labels).toEqual(['cat', 'bee', 'ant'])
  expect(model.predictClassesSync(points)).toEqual(names)
  const many = new Population(layers(), { inputs: 2, members: 2, labels: ['cat', 'bee', 'ant'] })
  expect(many.member(0).labels).toEqual(['cat', 'bee', 'ant'])
  const bad =
    (labels: unknown, outputs = 3) =>
    () =>
      new Sequential(layers(outputs), { inputs: 2, labels: labels as string[] })
  expect(bad(['a', 'b', 'c', 'd'])).toThrow(/3 names, one for each output/)
  expect(bad(['a', 'b', 'c'], 1)).toThrow(/2 names/)
  expect(bad(['a', 'a'])).toThrow(/'a'.*twice/)
  expect(bad('abc')).toThrow(/labels/)
})

describe('a resume', () => {
  const again = { ...options, epochs: 4 } as const
  const turned = Dataset.from({ x, y, labels: ['cat', 'ant', 'bee'] })
  const others = Dataset.from({ x, y: y.map((name) => `${name}s`) })

  test('numbers data by the names of the checkpoint', async () => {
    const path = join(folder, 'checkpoint.safetensors')
    const whole = fresh()
    await whole.fit(all, again)
    await fresh().fit(all, { ...again, epochs: 2, callbacks: [new Checkpoint(path)] })
    for (const data of [all, turned]) {
      for (const sync of [false, true]) {
        const model = fresh()
        if (sync) model.fitSync(data, { ...again, resume: path })
        else await model.fit(data, { ...again, resume: path })
        expect(model.labels).toEqual(names)
        expect(model.getWeights()).toEqual(whole.getWeights())
      }
    }
    const model = fresh()
    await expect(model.fit(others, { ...again, resume: path })).rejects.toThrow(/'ants'/)
    await model.fit(all, { ...again, resume: path })
    expect(model.getWeights()).toEqual(whole.getWeights())
    // Of the same numbers, but other names.
    const named = new Sequential(layers(), { inputs: 2, seed: 1, labels: ['ants', 'bees', 'cats'] })
    await expect(named.fit(others, { ...again, resume: path })).rejects.toThrow(/labels\[0\] is 'ant' there and 'ants'/)
  })

  test('of a stream, and of a population', async () => {
    const path = join(folder, 'stream.safetensors')
    const batches = (data: Dataset) => () => data.batch(6)
    const stream = { loss: 'crossEntropy', optimizer: options.optimizer, epochs: 4 } as const
    const whole = fresh()
    await whole.fit(batches(turned), stream)
    await fresh().fit(batches(turned), { ...stream, epochs: 2, callbacks: [new Checkpoint(path)] })
    const model = fresh()
    await model.fit(batches(all), { ...stream, resume: path })
    expect(model.labels).toEqual(['cat', 'ant', 'bee'])
    expect(model.getWeights()).toEqual(whole.getWeights())

    const many = () => new Population(layers(), { inputs: 2, seed: 1, members: 2 })
    const both = many()
    await both.fit([turned, all], again)
    await many().fit([turned, all], { ...again, epochs: 2, callbacks: [new Checkpoint(path)] })
    const resumed = many()
    await resumed.fit([all, all], { ...again, resume: path })
    expect(resumed.labels).toEqual(['cat', 'ant', 'bee'])
    for (const member of [0, 1]) expect(resumed.member(member).getWeights()).toEqual(both.member(member).getWeights())
  })
})

describe('names that are numbers', () => {
  const kinds = ['evaluate', 'fit', 'validation'] as const

  test('numbers that may be names or numbers of classes are an error, and others are numbers of classes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...kinds),
        async (numbers, targets, kind) => {
          const labels = numbers.map(String)
          const model = new Sequential(layers(), { inputs: 2, seed: 1, labels })
          const data = Dataset.from({ x: targets.map(() => [1, 0]), y: targets })
          const run = () =>
            kind === 'evaluate'
              ? model.evaluate(data, { loss: 'crossEntropy' })
              : kind === 'fit'
                ? model.fit(data, still)
                : model.fit(all3(labels), { ...still, validation: data })
          const mayBeNames = targets.every((target) => numbers.includes(target))
          const same = targets.every((target) => numbers[target] === target)
          if (mayBeNames && !same) await expect(run()).rejects.toThrow(/which is both: .*y\.map\(String\)/)
          else await run()
        },
      ),
      { numRuns: 60 },
    )
  })

  test('signs of two names are those', async () => {
    const model = new Sequential([new Dense(1)], { inputs: 2, seed: 1 })
    const signs = (y: DatasetInput['y']) => Dataset.from({ x: points.slice(0, 2), y: y! })
    await model.fit(signs(['-1', '1']), { loss: 'hinge', epochs: 1 })
    const { loss } = await model.evaluate(signs(['-1', '1']))
    expect((await model.evaluate(signs([-1, 1]))).loss).toBe(loss)
  })

  function all3(labels: readonly string[]): Dataset {
    return Dataset.from({ x: points, y: [0, 1, 2], labels })
  }
})

describe('weights of another model', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  afterEach(() => warned.mockClear())
  const codes = () => warned.mock.calls.map(([, options]) => (options as { code?: string }).code)
  const path = () => join(folder, 'carried.safetensors')

  const ways: Record<string, () => Promise<Sequential>> = {
    setWeights: async () => {
      const model = fresh()
      model.setWeights(trained.getWeights().reverse())
      return model
    },
    'setWeights, partial': async () => {
      const model = fresh()
      model.setWeights(trained.getWeights(), { partial: true })
      return model.clone()
    },
    'a file': async () => {
      await trained.save(path())
      return Sequential.fromSafetensors(path(), layers(), { inputs: 2 })
    },
    'a file, renamed': async () => {
      await trained.save(path())
      const rename = (name: string) => name.replace('layers.1.', 'layers.2.')
      const more = [layers()[0]!, new Activation('linear'), layers()[1]!]
      return Sequential.fromSafetensors(path(), more, { inputs: 2, rename })
    },
    'a checkpoint': async () => {
      const model = trained.clone()
      await model.fit(all, { ...still, callbacks: [new Checkpoint(path())] })
      return Sequential.fromSafetensors(path(), layers(), { inputs: 2 })
    },
  }

  describe.each(Object.keys(ways))('%s', (way) => {
    test('bring their names: any part of them, in any order, is scored and trained by name', async () => {
      for (const rows of [[2], [1, 2], [2, 0], [0, 1, 2]]) {
        const part = forms['texts, numbered by themselves']!(rows, [])
        const model = await ways[way]!()
        expect(model.labels).toEqual(names)
        expect((await model.evaluate(part, { loss: 'crossEntropy', metrics: ['accuracy'] })).accuracy).toBe(1)
        await model.fit(part, still)
        expect(model.labels).toEqual(names)
        expect(model.predictClassesSync(points)).toEqual(names)
      }
      const strange = Dataset.from({ x: points, y: ['ant', 'bee', 'dog'] })
      await expect((await ways[way]!()).evaluate(strange, { loss: 'crossEntropy' })).rejects.toThrow("received 'dog'")
      expect(codes()).toEqual([])
    })

    test('another task names the outputs anew, or numbers them', async () => {
      const model = await ways[way]!()
      await model.fit(Dataset.from({ x: points, y: ['x', 'y', 'z'] }), still)
      expect(model.labels).toEqual(['x', 'y', 'z'])
      const numbered = await ways[way]!()
      await numbered.fit(Dataset.from({ x: points, y: [0, 1, 2] }), still)
      expect(numbered.labels).toBeUndefined()
    })
  })

  test('without the last layer bring none', async () => {
    const model = fresh()
    model.setWeights(trained.getWeights().slice(0, 2), { partial: true })
    expect(model.labels).toBeUndefined()
    await trained.save(path())
    const hidden = await Sequential.fromSafetensors(path(), [new Dense(8, { activation: 'softmax' })], {
      inputs: 2,
      partial: true,
    })
    expect(hidden.labels).toBeUndefined()
  })

  test('names that the model has stay', () => {
    const model = new Sequential(layers(), { inputs: 2, labels: ['x', 'y', 'z'] })
    model.setWeights(trained.getWeights())
    expect(model.labels).toEqual(['x', 'y', 'z'])
  })

  test('of nobody knows which names: data with fewer than the outputs is told of', async () => {
    const model = fresh()
    model.setWeights(trained.getWeights().map((weight) => ({ ...weight })))
    const two = Dataset.from({ x: points.slice(1), y: names.slice(1) })
    await model.evaluate(two, { loss: 'crossEntropy' })
    expect(warned.mock.calls[0]![0]).toContain("are taken for 'bee', 'cat', as data names them")
    await model.evaluate(all, { loss: 'crossEntropy' })
    await model.fit(two, still)
    await model.fit(two, still)
    expect(codes()).toEqual(['DEEPBLAS_CLASS_NAMES', 'DEEPBLAS_CLASS_NAMES'])
  })
})

test('a class by number, beyond the names that the model has, is an error: it would never be answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (count, targets, columns) => {
        const model = () => new Sequential(layers(), { inputs: 2, seed: 1, labels: names.slice(0, count) })
        const hot = targets.map((target) => [0, 1, 2].map((one) => Number(one === target)))
        const data = Dataset.from({ x: targets.map(() => [1, 0]), y: columns ? hot : targets })
        const beyond = targets.find((target) => target >= count)
        for (const run of [() => model().fit(data, still), () => model().evaluate(data, { loss: 'crossEntropy' })]) {
          if (beyond === undefined) await run()
          else await expect(run()).rejects.toThrow(`but received class ${beyond} in row ${targets.indexOf(beyond)}`)
        }
      },
    ),
    { numRuns: 40 },
  )
})
