import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  Adam,
  choice,
  cosine,
  Dataset,
  Dense,
  Dropout,
  datasets,
  Encoder,
  integer,
  logUniform,
  Normalize,
  type SearchOptions,
  type SearchResult,
  Sequential,
  SGD,
  search,
  Table,
  uniform,
} from '../../../../lib/index.js'
import { onStandingClock } from '../../../helpers/clock.js'

const [train, dev] = Dataset.from(datasets.moons({ samples: 200, noise: 0.2, seed: 1 })).split(0.4, { seed: 1 })
const fit = { loss: 'binaryCrossEntropy', epochs: 3, batchSize: 20 } as const
const space = { learningRate: logUniform(1e-3, 1e-1), hidden: choice([[4], [8, 4]]), dropout: uniform(0, 0.5) }

const folder = mkdtempSync(join(tmpdir(), 'deepblas-search-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What does not depend on the clock. */
function figures({ trials, best, importance, tries, stopped }: SearchResult): unknown {
  const rows = trials.map(({ seconds: _, ...others }) => others)
  return { rows, best: best?.configuration, interval: best?.interval, importance, tries, stopped }
}

describe('random', () => {
  test('the same call gives the same figures; every value is that of a single fit', async () => {
    const options = { train, dev, fit, tries: 6, seeds: 2, seed: 3 } satisfies SearchOptions
    const found = await search(space, options)
    expect(figures(await search(space, options))).toEqual(figures(found))
    expect(found.trials).toHaveLength(3)
    expect([found.tries, found.stopped, found.seeds]).toEqual([6, 'tries', 2])
    for (const { configuration, values } of found.trials) {
      const { learningRate, hidden, dropout } = configuration
      for (const [at, value] of values.entries()) {
        const model = singleModel(hidden, dropout, 3 + at)
        await model.fit(train, { ...fit, optimizer: new Adam({ learningRate }) })
        expect((await model.evaluate(dev, { metrics: ['accuracy'] })).accuracy).toBe(value)
      }
    }
  })

  test('another seed draws other configurations; more tries begin with the same ones', async () => {
    const few = await search(space, { train, dev, fit, tries: 2, seed: 1 })
    const more = await search(space, { train, dev, fit, tries: 4, seed: 1 })
    const other = await search(space, { train, dev, fit, tries: 2, seed: 2 })
    const without = (result: SearchResult) =>
      result.trials.map(({ configuration, value }) => ({ configuration, value }))
    expect(without(more).slice(0, 2)).toEqual(without(few))
    expect(without(other)).not.toEqual(without(few))
  })

  test('ends where a space has nothing else', async () => {
    const found = await search({ hidden: choice([[2], [4]]) }, { train, dev, fit, tries: 20 })
    expect([found.trials.length, found.stopped]).toEqual([2, 'completed'])
    expect(found.importance.method).toBe('none')
    expect(found.text).toMatch(/nothing is left to try/)
  })

  test('the best has the best mean, an interval around it, and a model with refit', async () => {
    const found = await search(space, { train, dev, fit, tries: 8, seeds: 2, seed: 3, refit: true })
    const values = found.trials.map(({ value }) => value)
    expect(found.best!.value).toBe(Math.max(...values))
    const [low, high] = found.best!.interval
    expect(low).toBeLessThanOrEqual(found.best!.value)
    expect(high).toBeGreaterThanOrEqual(found.best!.value)
    const { accuracy } = await found.best!.model!.evaluate(dev, { metrics: ['accuracy'] })
    expect(accuracy).toBe(found.best!.values[0])
  })

  test('an error metric keeps its sign, and less of it is better', async () => {
    const found = await search(space, { train, dev, fit, tries: 4, metric: 'logLoss' })
    expect(found.metric).toEqual({ name: 'logLoss', higherIsBetter: false })
    expect(found.best!.value).toBe(Math.min(...found.trials.map(({ value }) => value)))
    expect(found.best!.value).toBeGreaterThan(0)
    expect(found.best!.interval[0]).toBeLessThan(found.best!.interval[1])
  })
})

function singleModel(hidden: readonly number[], dropout: number, seed: number): Sequential {
  const layers = hidden.flatMap((units) => [new Dense(units, { activation: 'relu' }), new Dropout(dropout)])
  return new Sequential([...layers, new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed })
}

describe('grid', () => {
  test('tries everything once, and tells exact shares', async () => {
    const found = await search(
      { learningRate: logUniform(1e-3, 1e-1), hidden: choice([[2], [4], [8]]), activation: choice(['relu', 'tanh']) },
      { train, dev, fit, method: 'grid', levels: 3, metric: 'logLoss' },
    )
    expect(found.trials).toHaveLength(18)
    expect(new Set(found.trials.map(({ configuration }) => JSON.stringify(configuration))).size).toBe(18)
    expect([found.stopped, found.importance.method, found.importance.trials]).toEqual(['completed', 'exact', 18])
    const { options, pairs, higher } = found.importance
    expect([...options, ...pairs].reduce((sum, { share }) => sum + share, higher)).toBeCloseTo(1, 10)
    expect(options[0]!.option).toBe('learningRate')
  })

  test('cut by tries it is a part of the whole one, and shares are estimated', async () => {
    const options = { train, dev, fit, method: 'grid', levels: 3 } satisfies SearchOptions
    const part = await search(space, { ...options, tries: 10 })
    const whole = await search(space, options)
    expect([part.stopped, part.trials.length, part.importance.method]).toEqual(['tries', 10, 'forest'])
    const known = new Map(whole.trials.map(({ configuration, value }) => [JSON.stringify(configuration), value]))
    for (const { configuration, value } of part.trials) expect(known.get(JSON.stringify(configuration))).toBe(value)
  })
})

describe('halving', () => {
  const longer = { ...fit, epochs: 9 }

  test('of every rung the best go on', async () => {
    const found = await search(space, { train, dev, fit: longer, method: 'halving', metric: 'logLoss' })
    const at = (epochs: number) => found.trials.filter((trial) => trial.epochs === epochs)
    expect([1, 3, 9].map((epochs) => at(epochs).length)).toEqual([9, 3, 1])
    for (const [from, to] of [
      [1, 3],
      [3, 9],
    ] as const) {
      const best = [...at(from)].sort((a, b) => a.value - b.value).slice(0, at(to).length)
      expect(at(to).map(({ configuration }) => configuration)).toEqual(best.map(({ configuration }) => configuration))
    }
    expect(found.stopped).toBe('completed')
  })

  test('hyperband runs all brackets, and goes on with others where there is room', async () => {
    const once = await search(space, { train, dev, fit: longer, method: 'hyperband' })
    expect(new Set(once.trials.map(({ bracket }) => bracket))).toEqual(new Set([0, 1, 2]))
    expect(once.tries).toBe(9 + 3 + 1 + 5 + 1 + 3)
    const again = await search(space, { train, dev, fit: longer, method: 'hyperband', tries: 30 })
    expect([again.tries, again.stopped]).toEqual([30, 'tries'])
    expect(again.trials.at(-1)!.bracket).toBe(3)
    expect(again.importance.options.map(({ option }) => option)).toContain('epochs')
  })

  test('a training that goes on is the whole one from its beginning', async () => {
    const found = await search(space, { train, dev, fit: longer, method: 'halving', refit: true })
    const last = found.trials.find(({ epochs }) => epochs === 9)!
    const { learningRate, hidden, dropout } = last.configuration
    const model = singleModel(hidden, dropout, 0)
    await model.fit(train, { ...longer, optimizer: new Adam({ learningRate }) })
    expect((await model.evaluate(dev, { metrics: ['accuracy'] })).accuracy).toBe(last.value)
  })
})

describe('options by name', () => {
  test('all of them together', async () => {
    const found = await search(
      {
        layers: integer(0, 2),
        units: choice([4, 8]),
        activation: choice(['relu', 'tanh']),
        dropout: uniform(0, 0.5),
        l1: logUniform(1e-6, 1e-3),
        l2: logUniform(1e-6, 1e-3),
        normalization: choice(['none', 'batch', 'layer']),
        normalize: choice([true, false]),
        learningRate: logUniform(1e-3, 1e-1),
        optimizer: choice(['adam', 'sgd', 'adamW']),
        weightDecay: logUniform(1e-5, 1e-2),
        batchSize: choice([16, 'full']),
        epochs: integer(1, 3),
      },
      { train, dev, fit, tries: 20, seed: 2 },
    )
    expect(found.trials).toHaveLength(20)
    expect(found.trials.filter(({ failed }) => failed !== undefined)).toEqual([])
    expect(new Set(found.trials.map(({ epochs }) => epochs))).toEqual(new Set([1, 2, 3]))
    expect(found.trials.every((trial) => trial.epochs === trial.configuration.epochs)).toBe(true)
  })

  test('a rate is a factor of the given optimizer and its schedule', async () => {
    const optimizer = new SGD({ learningRate: cosine({ learningRate: 0.5, steps: 18 }), momentum: 0.9 })
    const found = await search(
      { learningRate: choice([0.25]), hidden: choice([[4]]) },
      { train, dev, fit: { ...fit, optimizer }, tries: 1, metric: 'logLoss' },
    )
    const model = new Sequential([new Dense(4, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
      inputs: 2,
      seed: 0,
    })
    const own = new SGD({ learningRate: cosine({ learningRate: 0.25, steps: 18 }), momentum: 0.9 })
    await model.fit(train, { ...fit, optimizer: own })
    expect((await model.evaluate(dev, { metrics: ['logLoss'] })).logLoss).toBe(found.best!.value)
  })

  test('a function makes the model of options of any name; statistics of Normalize are kept', async () => {
    const normalize = Normalize.fit(train)
    const found = await search(
      { width: integer(2, 4), batchSize: choice([10, 30]) },
      {
        train,
        dev,
        fit,
        tries: 3,
        model: ({ width }) => ({
          layers: [normalize, new Dense(width, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })],
          fit: { epochs: 2 },
        }),
      },
    )
    const { configuration, epochs, value } = found.best!
    expect(epochs).toBe(2)
    const layers = [
      Normalize.fit(train),
      new Dense(configuration.width, { activation: 'tanh' }),
      new Dense(1, { activation: 'sigmoid' }),
    ]
    const model = new Sequential(layers, { inputs: 2, seed: 0 })
    await model.fit(train, { ...fit, epochs: 2, batchSize: configuration.batchSize })
    expect((await model.evaluate(dev, { metrics: ['accuracy'] })).accuracy).toBe(value)
  })

  test('the loss says what the output layer is: several classes by name, values', async () => {
    const x = Array.from({ length: 60 }, (_, row) => [Math.sin(row), Math.cos(row)])
    const labels = x.map(([a]) => (a! < -0.3 ? 'low' : a! > 0.3 ? 'high' : 'middle'))
    const classes = Dataset.from({ x, y: labels })
    const one = await search(
      { learningRate: logUniform(1e-3, 1e-1) },
      { train: classes, dev: classes, tries: 2, refit: true },
    )
    expect([one.metric.name, one.best!.model!.outputs]).toEqual(['accuracy', 3])
    const values = Dataset.from({ x, y: x.map(([a, b]) => [a! + b!, a! - b!]) })
    const two = await search(
      { learningRate: logUniform(1e-3, 1e-1) },
      { train: values, dev: values, fit: { loss: 'meanSquaredError' }, tries: 2, refit: true },
    )
    expect([two.metric.name, two.best!.model!.outputs]).toEqual(['r2', 2])
  })

  test('categories of an encoder are embedded', async () => {
    const cities = ['Bern', 'Oslo', 'Rome', 'Kyiv', 'Lima', 'Cork']
    const rows = Array.from({ length: 120 }, (_, row) => ({
      city: cities[row % 6]!,
      age: row % 50,
      y: row % 6 < 3 === row % 50 > 20 ? 'yes' : 'no',
    }))
    const table = Table.fromRows(rows)
    const encoder = await Encoder.fit(table, { target: 'y', embeddings: true })
    const [some, others] = encoder.encode(table).split(0.3, { seed: 1 })
    const found = await search(
      { learningRate: logUniform(1e-3, 1e-1), hidden: choice([[8], [4, 4]]) },
      { train: some, dev: others, tries: 4, refit: true },
    )
    const { model, value } = found.best!
    expect(value).toBeGreaterThan(0)
    expect(model!.layers[0]!.type).toBe('Concatenate')
    expect(model!.labels).toEqual(['no', 'yes'])
    expect(model!.encoder!.columns.map(({ name }) => name)).toEqual(['age', 'city'])
    await expect(search({ normalize: choice([true, false]) }, { train: some, dev: others, tries: 1 })).rejects.toThrow(
      /no normalize for rows of an encoder/,
    )
  })
})

describe('what does not go well', () => {
  test('a training that fails is told in its row', async () => {
    const found = await search(
      { learningRate: choice([0.01, 1e30]), hidden: choice([[4], [6]]), optimizer: choice(['sgd']) },
      { train, dev, fit, tries: 4, seeds: 1 },
    )
    const failed = found.trials.filter((trial) => trial.failed !== undefined)
    expect(failed.map(({ configuration }) => configuration.learningRate)).toEqual([1e30, 1e30])
    expect(failed.every(({ value }) => Number.isNaN(value))).toBe(true)
    expect(found.best!.configuration.learningRate).toBe(0.01)
    expect(found.text).toMatch(/2 trials failed, such as learningRate=1e\+30/)
  })

  test('where all fail there is no best', async () => {
    const found = await search(
      { learningRate: choice([1e30, 1e31]), optimizer: choice(['sgd']) },
      { train, dev, fit: { ...fit, epochs: 9 }, method: 'halving', refit: true },
    )
    expect(found.best).toBeUndefined()
    expect(found.text).toMatch(/No configuration has a value/)
  })

  test('dev rows of one class are measured by what is defined there', async () => {
    const ones = dev.subset(Array.from({ length: dev.rows }, (_, row) => row).filter((row) => dev.target(row)[0] === 1))
    const accuracy = await search(space, { train, dev: ones, fit, tries: 2 })
    expect(accuracy.best!.value).toBeGreaterThanOrEqual(0)
    const ranked = await search(space, { train, dev: ones, fit, tries: 2, metric: 'rocAuc' })
    expect(ranked.best).toBeUndefined()
    expect(ranked.trials[0]!.failed).toMatch(/rocAuc on the dev rows is not a finite number/)
  })

  test('one dev row has no interval', async () => {
    const found = await search(space, { train, dev: dev.take(1), fit, tries: 1 })
    expect(found.best!.interval).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(found.text).toMatch(/too few dev rows/)
  })

  test('no time at all gives no trials; a short budget ends it, with the same figures', async () => {
    const none = await search(space, { train, dev, fit, budget: 0 })
    expect([none.trials, none.best, none.stopped]).toEqual([[], undefined, 'budget'])
    const some = await onStandingClock((pass) =>
      search(space, { train, dev, fit: { ...fit, epochs: 20 }, budget: 3000, onProgress: () => pass(100) }),
    )
    expect(some.stopped).toBe('budget')
    expect(some.trials.length).toBeGreaterThan(0)
    const same = await search(space, { train, dev, fit: { ...fit, epochs: 20 }, tries: 4 })
    const known = new Map(some.trials.map(({ configuration, value }) => [JSON.stringify(configuration), value]))
    for (const { configuration, value } of same.trials) {
      expect(known.get(JSON.stringify(configuration)) ?? value).toBe(value)
    }
  })

  test('abort gives what is known', async () => {
    const stop = new AbortController()
    const found = await search(space, {
      train,
      dev,
      fit,
      tries: 1000,
      signal: stop.signal,
      onProgress: ({ tried }) => {
        if (tried >= 5) stop.abort()
      },
    })
    expect(found.stopped).toBe('aborted')
    expect(found.tries).toBeGreaterThanOrEqual(5)
    expect(found.tries).toBeLessThan(1000)
    expect(found.best).toBeDefined()
    expect(found.text).toMatch(/stopped before its end/)
  })

  test('progress tells trainings, plan and the best so far', async () => {
    const told: (readonly [number, number | undefined, number | undefined])[] = []
    await search(space, {
      train,
      dev,
      fit,
      tries: 4,
      onProgress: ({ tried, planned, best }) => void told.push([tried, planned, best?.value]),
    })
    expect(told.map(([tried]) => tried).filter((tried, at, all) => tried !== all[at - 1])).toContain(4)
    expect(told.at(-1)![1]).toBe(4)
    expect(told.at(-1)![2]).toBeGreaterThan(0)
  })
})

describe('journal', () => {
  const options = { train, dev, fit, seed: 5 } satisfies SearchOptions

  test('a second search goes on where the first one ended', async () => {
    const journal = join(folder, 'search.jsonl')
    const first = await search(space, { ...options, tries: 4, journal })
    const lines = () => readFileSync(journal, 'utf8').trim().split('\n').length
    expect(lines()).toBe(5)
    const second = await search(space, { ...options, tries: 6, journal })
    expect(lines()).toBe(7)
    const plain = await search(space, { ...options, tries: 6 })
    expect(figures(second)).toEqual(figures(plain))
    expect(second.trials.slice(0, 4)).toEqual(first.trials)
    // A line cut by a kill is tried again.
    truncateSync(journal, readFileSync(journal).length - 20)
    expect(figures(await search(space, { ...options, tries: 6, journal }))).toEqual(figures(plain))
  })

  test('of other data it is refused', async () => {
    const journal = join(folder, 'other.jsonl')
    await search(space, { ...options, tries: 1, journal })
    await expect(search(space, { ...options, dev: train, tries: 1, journal })).rejects.toThrow(/dev/)
  })
})

describe('wrong use', () => {
  const right = { train, dev, fit, tries: 2 }
  const wrong = (changes: object, message: RegExp, of: unknown = space) =>
    expect(search(of as typeof space, { ...right, ...changes } as never)).rejects.toThrow(message)

  test.each<[string, object, RegExp]>([
    ['no train', { train: undefined }, /Dataset for train/],
    ['dev of rows', { dev: [[1, 2]] }, /Dataset for dev/],
    ['dev without targets', { dev: Dataset.from({ x: [[1, 2]] }) }, /targets \(y\) in dev/],
    ['other features', { dev: Dataset.from({ x: [[1, 2, 3]], y: [1] }) }, /2 features for dev/],
    ['no loss', { fit: { epochs: 2 } }, /loss for fit\.loss/],
    ['unknown loss', { fit: { loss: 'crossEntropie' } }, /fit\.loss .*crossEntropy/],
    ['an option of fit that is not for a search', { fit: { ...fit, validation: 0.1 } }, /only the options .* for fit/],
    ['epochs', { fit: { ...fit, epochs: 0 } }, /positive integer for fit\.epochs/],
    ['batch size', { fit: { ...fit, batchSize: 'all' } }, /fit\.batchSize/],
    ['shuffle', { fit: { ...fit, shuffle: 1 } }, /boolean for fit\.shuffle/],
    ['callbacks', { fit: { ...fit, callbacks: {} } }, /fit\.callbacks/],
    ['model', { model: 'dense' }, /function for model/],
    ['neither budget nor tries', { tries: undefined }, /budget \(in milliseconds\) or tries .* received neither/],
    ['budget', { budget: '2m' }, /finite number .* for budget/],
    ['tries', { tries: 0 }, /positive integer for tries/],
    ['seeds', { seeds: 1.5 }, /positive integer for seeds/],
    ['seed', { seed: -1 }, /non-negative integer for seed/],
    ['method', { method: 'hyperbrand' }, /Did you mean 'hyperband'/],
    ['levels', { levels: 0 }, /levels/],
    ['factor', { factor: 1 }, /at least 2 for factor/],
    ['metric', { metric: 'acuracy' }, /Did you mean 'accuracy'/],
    ['metric of several numbers', { metric: 'confusion' }, /higherIsBetter/],
    ['refit', { refit: 1 }, /boolean for refit/],
    ['signal', { signal: {} }, /AbortSignal for signal/],
    ['onProgress', { onProgress: 1 }, /function for onProgress/],
    ['journal', { journal: 1 }, /string for journal/],
    ['an unknown option', { triez: 3 }, /Did you mean 'tries'/],
  ])('%s', async (_, changes, message) => {
    await wrong(changes, message)
  })

  test.each<[string, object, RegExp]>([
    ['an unknown option', { learningrate: uniform(0.1, 1) }, /Did you mean 'learningRate'.*model: \(configuration\)/],
    ['a rate of 0', { learningRate: uniform(0, 1) }, /space\.learningRate\.low/],
    ['a rate as text', { learningRate: choice(['0.1']) }, /space\.learningRate\.values\[0\]/],
    ['hidden of numbers', { hidden: choice([32, 64]) }, /space\.hidden\.values\[0\]/],
    ['units of fractions', { units: uniform(1, 64) }, /positive integer for space\.units/],
    ['layers below 0', { layers: integer(-1, 2) }, /space\.layers\.low/],
    ['an activation', { activation: choice(['rely']) }, /Did you mean 'relu'/],
    ['dropout of 1', { dropout: uniform(0, 1) }, /fraction .* for space\.dropout\.high/],
    ['l2 below 0', { l2: uniform(-1, 1) }, /space\.l2\.low/],
    ['l1 as text', { l1: choice(['a']) }, /space\.l1/],
    ['normalization', { normalization: choice(['batches']) }, /space\.normalization/],
    ['normalize', { normalize: choice(['yes']) }, /boolean for space\.normalize/],
    ['optimizer', { optimizer: choice(['adma']) }, /Did you mean 'adam'/],
    ['optimizer as number', { optimizer: choice([1]) }, /space\.optimizer/],
    ['weight decay', { weightDecay: uniform(-1, 0) }, /space\.weightDecay/],
    ['batch size', { batchSize: choice([0]) }, /space\.batchSize/],
    ['epochs', { epochs: integer(0, 2) }, /space\.epochs/],
    ['hidden beside layers', { hidden: choice([[4]]), layers: integer(1, 2) }, /either hidden, or layers and units/],
  ])('space: %s', async (_, of, message) => {
    await wrong({}, message, of)
  })

  test('epochs are halving’s own', async () => {
    await wrong({ method: 'halving' }, /no epochs for method 'halving'/, { epochs: integer(1, 3) })
  })

  test('a function that makes no layers', async () => {
    await wrong({ model: () => [] }, /the result of model/)
    await wrong({ model: () => ({ layers: [] }) }, /at least one layer/)
    await wrong({ model: () => ({ layers: ['dense'] }) }, /layers\[0\]/)
    await wrong({ model: () => ({ layers: [new Dense(1)], fit: { epoch: 1 } }) }, /Did you mean 'epochs'/)
  })

  test('an optimizer that has no rate to multiply, or looks at all rows', async () => {
    await wrong({ fit: { ...fit, optimizer: new SGD({ learningRate: 0 }) } }, /learning rate above 0/)
    await wrong({ fit: { ...fit, optimizer: 'lbfgs' } }, /looks at all rows at every step/)
  })
})
