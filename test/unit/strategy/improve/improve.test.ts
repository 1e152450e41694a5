import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import * as deepblas from '../../../../lib/index.js'
import {
  Adam,
  Concatenate,
  categorical,
  Dataset,
  Dense,
  EarlyStopping,
  Embedding,
  type ImproveResult,
  improve,
  leverNames,
  Normalize,
  Sequential,
  SGD,
} from '../../../../lib/index.js'
import { onStandingClock } from '../../../helpers/clock.js'
import { seeded } from '../../../helpers/command-line.js'
import { plantedCases } from '../../../helpers/planted-cases.mjs'

const folder = mkdtempSync(join(tmpdir(), 'deepblas-improve-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Rows of two numbers; the class is whether they are on the same side of 0. */
function crosses(rows: number, from: number, weights?: (row: number) => number) {
  const point = (row: number) => [Math.sin(12.9898 * (row + from)) * 2, Math.sin(78.233 * (row + from)) * 2]
  const x = Array.from({ length: rows }, (_, row) => point(row))
  const y = x.map(([a, b]) => Number(a! * b! > 0))
  return Dataset.from({ x, y, ...(weights && { sampleWeights: x.map((_, row) => weights(row)) }) })
}

const [train, dev, other] = [crosses(120, 0), crosses(80, 1000), crosses(80, 5000)]
const fit = {
  loss: 'binaryCrossEntropy',
  optimizer: new Adam({ learningRate: 0.01 }),
  epochs: 8,
  batchSize: 20,
} as const
const small = () =>
  new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
    inputs: 2,
    seed: 3,
  })

/** What does not depend on how fast the machine is. */
function withoutTimes(result: ImproveResult): unknown {
  const times = ['seconds', 'perMinute', 'missingSeconds', 'text']
  return JSON.parse(JSON.stringify(result, (key, value: unknown) => (times.includes(key) ? undefined : value)))
}

describe('baselineErrors', () => {
  /** The class is whether the first number is above 0; where the second is, nothing tells it. */
  const half = (rows: number, seed: number) => {
    const random = seeded(seed)
    const x = Array.from({ length: rows }, () => [2 * random() - 1, 2 * random() - 1])
    return Dataset.from({ x, y: x.map(([a, b]) => Number(b! > 0 ? random() > 0.5 : a! > 0)) })
  }
  const [some, rows] = [half(200, 1), half(400, 2)]

  test('tell the weak segments of the first judging seed, and change nothing else', async () => {
    const options = { fit, levers: ['l2'], seeds: 2, seed: 1, tries: 60 } as const
    const found = await improve(small(), { train: some, dev: rows }, { ...options, baselineErrors: true })
    const { baselineErrors, ...others } = found
    expect(baselineErrors!.dev.value).toBeCloseTo(1 - found.baseline.values[0]!, 10)
    expect(baselineErrors!.classes).toHaveLength(2)
    const [worst] = baselineErrors!.segments
    expect(worst!.description).toMatch(/feature 1 >= /)
    expect(worst!.error).toBeGreaterThan(0.3)
    const without = await improve(small(), { train: some, dev: rows }, options)
    expect(withoutTimes(without)).toEqual(withoutTimes(others as ImproveResult))
  })

  test('are null where it was stopped, and where the training fails', async () => {
    const options = { fit, levers: ['l2'], baselineErrors: true, seeds: 2 } as const
    const stopped = await improve(small(), { train, dev }, { ...options, signal: AbortSignal.abort() })
    expect(stopped.baselineErrors).toBeNull()
    const optimizer = new SGD({ learningRate: 1e30 })
    const failing = { ...options, fit: { ...fit, optimizer, loss: 'meanSquaredError' as const }, tries: 40 }
    const values = Dataset.from({
      x: [
        [1, 2],
        [2, 1],
        [3, 3],
      ],
      y: [[1e3], [2e3], [3e3]],
    })
    const model = new Sequential([new Dense(3), new Dense(1)], { inputs: 2 })
    expect((await improve(model, { train: values, dev: values }, failing)).baselineErrors).toBeNull()
  })
})

describe('the result', () => {
  test('has a verdict for every lever, the best change first', async () => {
    const result = await improve(small(), { train, dev }, { fit, seeds: 2, seed: 1, tries: 500 })
    expect(result.levers.map(({ name }) => name)).toEqual([...leverNames])
    expect(result.metric).toBe('accuracy')
    expect(result.baseline.value).toBeGreaterThan(0.3)
    expect(result.baseline.interval![0]).toBeLessThanOrEqual(result.baseline.value!)
    const tried = result.levers.filter(({ verdict }) => verdict !== 'notTried')
    expect(tried.length).toBeGreaterThan(8)
    expect([...result.ranking].sort()).toEqual(tried.map(({ name }) => name).sort())
    const changes = result.ranking.map((name) => result.levers.find((lever) => lever.name === name)!.change!)
    expect(changes).toEqual([...changes].sort((a, b) => b - a))
    for (const { interval, change, verdict, seeds } of tried) {
      const [low, high] = interval!
      expect(low <= change! && change! <= high).toBe(true)
      expect(verdict).toBe(low > 0 ? 'helps' : high < 0 ? 'hurts' : 'tie')
      expect(seeds).toBeGreaterThanOrEqual(2)
    }
    const scale = result.levers.find(({ name }) => name === 'scale')!
    expect(scale).toMatchObject({ verdict: 'notTried', best: null, change: null, tries: 0 })
    expect(scale.reason).toContain('standardized already')
    expect(result.text).toContain(result.recommendation)
    expect(result.text).toContain('Holm')
  })

  test('repeats exactly with tries, and the model stays as it is', async () => {
    const model = small()
    const before = JSON.stringify(model.getWeights().map(({ data }) => [...data]))
    const options = { fit, seeds: 2, seed: 5, tries: 60 }
    const [one, two] = [await improve(model, { train, dev }, options), await improve(model, { train, dev }, options)]
    expect(withoutTimes(one)).toEqual(withoutTimes(two))
    expect(one.tries).toBe(60)
    expect(one.stopped).toBe('tries')
    expect(JSON.stringify(model.getWeights().map(({ data }) => [...data]))).toBe(before)
  })

  test('is of the levers that were asked for alone', async () => {
    const result = await improve(small(), { train, dev }, { fit, seeds: 2, levers: ['bigger', 'l2'] })
    expect(result.levers.map(({ name }) => name)).toEqual(['bigger', 'l2'])
    expect(result.stopped).toBe('completed')
  })

  test('changes of an error metric are above 0 where the error is less', async () => {
    const options = { fit: { ...fit, epochs: 30 }, seeds: 2, metric: 'logLoss', levers: ['bigger'] } as const
    const result = await improve(small(), { train, dev }, options)
    const [lever] = result.levers
    expect(result.higherIsBetter).toBe(false)
    expect(result.tuned.value).toBeGreaterThan(0)
    expect(Math.sign(lever!.change!)).toBe(Math.sign(result.tuned.value! - lever!.value!))
  })
})

describe('what ends it', () => {
  // That it stays within it is measured by bench/levers, not timed here; the clock of a deadline is tested in experiments.
  test('a budget', async () => {
    const result = await onStandingClock((pass) =>
      improve(small(), { train, dev }, { fit, budget: 1000, seed: 2, onProgress: () => pass(100) }),
    )
    expect(result.stopped).toBe('budget')
    expect(result.levers.some(({ missingSeconds }) => missingSeconds! > 0)).toBe(true)
  })

  test('few tries are shared out: every lever is chosen from and judged', async () => {
    const { levers, tries } = await improve(small(), { train, dev }, { fit, seeds: 2, seed: 1, tries: 100 })
    expect(tries).toBe(100)
    for (const { name, seeds } of levers) expect([name, seeds]).toEqual([name, name === 'scale' ? 0 : 2])
  })

  test('what two runs both tried has the same figures', async () => {
    const [short, long] = [40, 120].map((tries) => improve(small(), { train, dev }, { fit, seeds: 2, tries }))
    const settings = async (one: Promise<ImproveResult> | undefined) =>
      new Map(
        (await one)!.levers.flatMap((lever) =>
          lever.settings.map(({ setting, rateFactor, values }) => [`${setting} ${rateFactor}`, values] as const),
        ),
      )
    const [few, many] = [await settings(short), await settings(long)]
    expect(few.size).toBeGreaterThan(10)
    for (const [key, values] of few) expect(many.get(key)!.slice(0, values.length)).toEqual(values)
  })

  test('a signal, and what is known by then is told', async () => {
    const stop = new AbortController()
    const result = await improve(
      small(),
      { train, dev },
      {
        fit,
        signal: stop.signal,
        onProgress: ({ tries }) => {
          if (tries >= 30) stop.abort()
        },
      },
    )
    expect(result.stopped).toBe('aborted')
    expect(result.tries).toBeGreaterThanOrEqual(30)
    expect(result.baseline.value).not.toBeNull()
  })

  test('a signal that was raised before gives an empty result', async () => {
    const result = await improve(small(), { train, dev }, { fit, signal: AbortSignal.abort() })
    expect(result).toMatchObject({
      stopped: 'aborted',
      tries: 0,
      ranking: [],
      baseline: { value: null, interval: null },
    })
  })

  test('a journal goes on where it ended, also after a line that was cut', async () => {
    const [journal, options] = [
      join(folder, 'journal.jsonl'),
      { fit, seeds: 2, seed: 4, levers: ['l2', 'dropout'] } as const,
    ]
    const whole = await improve(small(), { train, dev }, options)
    await improve(small(), { train, dev }, { ...options, journal, tries: 20 })
    const kept = readFileSync(journal, 'utf8')
    writeFileSync(journal, kept.slice(0, -30))
    const resumed = await improve(small(), { train, dev }, { ...options, journal })
    expect(withoutTimes(resumed)).toEqual(withoutTimes(whole))
    const another = improve(small(), { train, dev: other }, { ...options, journal })
    await expect(another).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  })
})

describe('the test rows', () => {
  test('are measured once, by confirm', async () => {
    const options = {
      fit: { ...fit, epochs: 40 },
      seeds: 3,
      levers: ['learningRate', 'bigger'],
      confirm: 3,
    } as const
    const result = await improve(small(), { train, dev, test: other }, options)
    const { confirmed } = result
    expect(confirmed!.value).toBeGreaterThan(0.5)
    expect(confirmed!.change).toBeCloseTo(confirmed!.value - confirmed!.baseline, 12)
    expect(confirmed!.seeds).toBe(3)
    expect(confirmed!.interval![0]).toBeLessThanOrEqual(confirmed!.change)
    expect(confirmed!.changeFromGiven).toBeCloseTo(confirmed!.value - confirmed!.given, 12)
    expect(confirmed!.accuracy).toBeUndefined()
    expect(result.text).toContain('On the test rows')
  })

  test('tell accuracy too, where another metric of classes decided', async () => {
    const options = { fit, seeds: 2, levers: ['bigger'], confirm: 2, metric: 'rocAuc', tries: 40 } as const
    const { confirmed, text } = await improve(small(), { train, dev, test: other }, options)
    const { value, given, changeFromGiven } = confirmed!.accuracy!
    expect(changeFromGiven).toBeCloseTo(value - given, 12)
    // The metric is one thing, accuracy another: of rows, each right or wrong.
    expect(value * other.rows * 2).toBeCloseTo(Math.round(value * other.rows * 2), 6)
    expect(text).toMatch(/On the test rows, mean of 2 trainings each: rocAuc .*\naccuracy /m)
  })

  test('do not decide anything', async () => {
    const options = { fit, seeds: 2, levers: ['learningRate', 'bigger'], confirm: true } as const
    const [one, two] = [
      await improve(small(), { train, dev, test: other }, options),
      await improve(small(), { train, dev, test: crosses(50, 900) }, options),
    ]
    expect(withoutTimes({ ...one, confirmed: undefined as never })).toEqual(
      withoutTimes({ ...two, confirmed: undefined as never }),
    )
  })

  test('are needed for confirm', async () => {
    await expect(improve(small(), { train, dev }, { fit, confirm: true })).rejects.toThrow(
      /Dataset with confirm for test/,
    )
  })
})

describe('models and data of all kinds', () => {
  const brief = { seeds: 2, seed: 1, tries: 90 } as const
  const sound = (result: ImproveResult) => {
    expect(result.baseline.value).toBeTypeOf('number')
    expect(result.levers.filter(({ verdict }) => verdict !== 'notTried').length).toBeGreaterThan(3)
  }

  test('values', async () => {
    const rows = (count: number, from: number) => {
      const x = Array.from({ length: count }, (_, row) => [Math.sin(row + from), Math.cos(3 * (row + from))])
      return Dataset.from({ x, y: Float32Array.from(x, ([a, b]) => 2 * a! - b! * b!) })
    }
    const model = new Sequential([new Dense(4, { activation: 'relu' }), new Dense(1)], { inputs: 2 })
    const options = { ...fit, loss: 'meanSquaredError' } as const
    const result = await improve(model, { train: rows(60, 0), dev: rows(60, 500) }, { fit: options, ...brief })
    expect(result.metric).toBe('r2')
    sound(result)
    const flat = Dataset.from({
      x: [
        [1, 2],
        [2, 3],
      ],
      y: Float32Array.of(1, 1),
    })
    const tied = await improve(model, { train: rows(60, 0), dev: flat }, { fit: options, ...brief, levers: ['bigger'] })
    expect(tied.levers[0]!.verdict).toBe('tie')
  })

  test('several classes by name, which dev rows need not all have', async () => {
    const names = ['red', 'green', 'blue']
    const rows = (count: number, from: number, classes: number) => {
      const y = Array.from({ length: count }, (_, row) => (row + from) % classes)
      return Dataset.from({
        x: y.map((one, row) => [one + 0.3 * Math.sin(row), Math.cos(row)]),
        y: y.map((one) => names[one]!),
      })
    }
    const model = new Sequential([new Dense(4, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
      inputs: 2,
    })
    const options = { ...fit, loss: 'crossEntropy' } as const
    const learn = rows(60, 0, 3)
    sound(await improve(model, { train: learn, dev: rows(40, 7, 3) }, { fit: options, ...brief }))
    sound(await improve(model, { train: learn, dev: rows(30, 0, 1) }, { fit: options, ...brief }))
  })

  test('categories', async () => {
    const rows = (count: number, from: number) => {
      const city = Array.from({ length: count }, (_, row) => (row + from) % 5)
      const age = city.map((code, row) => [20 + 10 * Math.sin(row + code), 1000 * Math.cos(row)])
      return Dataset.from({ x: { numeric: age, city }, y: city.map((code, row) => Number(code + Math.sin(row) > 2)) })
    }
    const model = new Sequential(
      [
        new Concatenate({ city: new Embedding(2) }),
        new Dense(6, { activation: 'relu' }),
        new Dense(1, { activation: 'sigmoid' }),
      ],
      { inputs: { numeric: 2, city: categorical(5) } },
    )
    const result = await improve(model, { train: rows(80, 0), dev: rows(60, 3) }, { fit, ...brief, tries: 160 })
    sound(result)
    expect(result.levers.find(({ name }) => name === 'scale')!.verdict).not.toBe('notTried')
  })

  test('sample weights, some of them 0', async () => {
    const weighted = crosses(100, 0, (row) => row % 3)
    const result = await improve(
      small(),
      { train: weighted, dev: crosses(60, 700, (row) => row % 2) },
      { fit, ...brief },
    )
    sound(result)
    const nothing = crosses(60, 700, (row) => row % 2).subset([0, 2, 4])
    await expect(improve(small(), { train, dev: nothing }, { fit })).rejects.toThrow(/weight above 0 in dev/)
  })

  test('pictures, which are moved and turned', async () => {
    const pixels = (count: number, from: number, featureShape: number[]) =>
      Dataset.from(
        {
          x: Array.from({ length: count }, (_, row) =>
            Array.from({ length: 36 }, (_, at) => Math.abs(Math.sin(at * (1 + ((row + from) % 2)) + row))),
          ),
          y: Array.from({ length: count }, (_, row) => (row + from) % 2),
        },
        { featureShape },
      )
    const model = new Sequential([new Dense(4, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
      inputs: 36,
    })
    const tried = async (featureShape: number[]) => {
      const data = { train: pixels(40, 0, featureShape), dev: pixels(30, 1, featureShape) }
      const { levers } = await improve(model, data, { fit, seeds: 2, levers: ['augment', 'scale'] })
      return levers.find(({ name }) => name === 'augment')!.settings.map(({ setting }) => setting)
    }
    const gray = await tried([6, 6])
    expect(gray).toContain('augment shift 1, rotate 10')
    expect(gray.join()).not.toContain('flip')
    expect(await tried([3, 4, 3])).toEqual(expect.arrayContaining(['augment flip', 'augment flip, shift 1']))
  })

  test('a network without a hidden layer, and one with a Normalize', async () => {
    const bare = new Sequential([Normalize.fit(train), new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
    const result = await improve(bare, { train, dev }, { fit, seeds: 2, tries: 200 })
    const of = (name: string) => result.levers.find((lever) => lever.name === name)!
    for (const name of ['bigger', 'smaller', 'hiddenUnits', 'dropout']) {
      expect(of(name)).toMatchObject({ verdict: 'notTried', reason: 'The network has no hidden Dense layer.' })
    }
    expect(of('scale').reason).toBe('The network has a Normalize layer.')
    expect(of('deeper').verdict).not.toBe('notTried')
  })

  test('callbacks, and the options of the last fit', async () => {
    const model = small()
    await model.fit(train, { ...fit, epochs: 9 })
    const options = { seeds: 2, levers: ['bigger'], tries: 30 } as const
    const [known, given] = [
      await improve(model, { train, dev }, options),
      await improve(small(), { train, dev }, { ...options, fit: { ...fit, epochs: 9 } }),
    ]
    expect(withoutTimes(known)).toEqual(withoutTimes(given))
    const stopping = { ...fit, callbacks: [new EarlyStopping({ patience: 2 })] }
    expect((await improve(small(), { train, dev }, { ...options, fit: stopping })).tuned.value).toBeGreaterThan(0)
    await expect(improve(small(), { train, dev })).rejects.toThrow(/Expected fit/)
  })

  test('a training that fails as given, and a lever that fails at every rate', async () => {
    const huge = Dataset.from({
      x: train.row(0) && Array.from({ length: 60 }, (_, row) => [...train.row(row)].map((v) => v * 1e18)),
      y: Float32Array.from({ length: 60 }, (_, row) => row % 2),
    })
    const model = new Sequential([new Dense(3, { activation: 'relu' }), new Dense(1)], { inputs: 2 })
    const options = { ...fit, loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.1 }) } as const
    const result = await improve(
      model,
      { train: huge, dev: huge },
      { fit: options, seeds: 2, metric: 'meanSquaredError', levers: ['learningRate', 'scale', 'bigger'] },
    )
    const of = (name: string) => result.levers.find((lever) => lever.name === name)!
    expect(result.baseline.value).toBeNull()
    expect(of('learningRate').reason).toContain('Every rate failed.')
    expect(of('bigger')).toMatchObject({ verdict: 'hurts', change: null, best: null })
    expect(of('bigger').reason).toMatch(/^It failed at every setting and rate\. ./)
    expect(of('scale')).toMatchObject({ verdict: 'helps', change: null })
    expect(result.ranking[0]).toBe('scale')
    expect(result.recommendation).toContain('it trains where the baseline fails')
  })
})

describe('planted causes, in brief', () => {
  const cases = [
    ['tooSmall, two classes', 1, 300],
    ['rateTooLow, regression', 1, 300],
    // The rates to begin with are all far too low, so that the best of them is one of chance.
    ['rateTooLow, three classes', 1, 120],
    ['unscaledInputs, two classes', 1, 300],
  ] as const
  test.each(cases)('%s', async (name, seed, tries) => {
    const {
      model,
      levers,
      fit: own,
      ...data
    } = plantedCases.find((one) => one.name === name)!.make(seed, 0.5, deepblas)
    const { ranking } = await improve(model, { train: data.train, dev: data.dev }, { fit: own, seed, tries, seeds: 2 })
    expect(levers).toContain(ranking[0])
  })

  test('nothing to gain: ties, and the text says so', async () => {
    const {
      model,
      fit: own,
      ...data
    } = plantedCases.find(({ name }) => name === 'nothingToGain, two classes')!.make(1, 0.5, deepblas)
    const levers = ['learningRate', 'moreData', 'longer', 'bigger', 'dropout', 'l2'] as const
    const result = await improve(
      model,
      { train: data.train, dev: data.dev },
      { fit: own, seed: 1, levers, seeds: 3, tries: 200 },
    )
    expect(result.levers.map(({ verdict }) => verdict)).toEqual(levers.map(() => 'tie'))
    expect(result.recommendation).toContain('leave the training as it is')
  })
})

describe('wrong use', () => {
  const wrong = [
    [{ seeds: 1 }, /at least 2 for seeds/],
    [{ seeds: 201 }, /at most 200 for seeds/],
    [{ levers: ['biger'] }, /levers\[0\].*bigger/s],
    [{ levers: [] }, /at least one lever for levers/],
    [{ budget: 0 }, /for budget/],
    [{ baselineErrors: 1 }, /Expected boolean for baselineErrors but received 1/],
    [{ tries: 0 }, /for tries/],
    [{ budget: '20s' }, /for budget.*milliseconds/],
    [{ confirm: 'yes' }, /boolean, or number of seeds for confirm/],
    [{ metric: 'r2' }, /metric of classes for metric/],
    [{ metric: 'confusion' }, /higherIsBetter/],
    [{ lever: ['bigger'] }, /lever/],
    [{ fit: { ...fit, optimizer: 'lbfgs' } }, /optimizer of steps with improve/],
  ] as const
  test.each(wrong)('%j', async (options, message) => {
    await expect(improve(small(), { train, dev }, { fit, ...options } as never)).rejects.toThrow(message)
  })

  test('dev rows of one class have no area under the curve, but an accuracy', async () => {
    const positive = dev.subset(
      Int32Array.from({ length: dev.rows }, (_, row) => row).filter((row) => dev.target(row)[0] === 1),
    )
    const options = { fit, seeds: 2, levers: ['bigger'] } as const
    const area = improve(small(), { train, dev: positive }, { ...options, metric: 'rocAuc' })
    await expect(area).rejects.toThrow(/Expected dev rows on which rocAuc is a number/)
    const { tuned } = await improve(small(), { train, dev: positive }, options)
    expect(tuned.value).toBeTypeOf('number')
  })

  test('no model, no rows', async () => {
    await expect(improve({} as never, { train, dev }, { fit })).rejects.toThrow(/Sequential for model/)
    await expect(improve(small(), { train } as never, { fit })).rejects.toThrow(/Dataset for dev/)
    expect(() => Dataset.from({ x: [], y: [] })).toThrow()
  })
})
