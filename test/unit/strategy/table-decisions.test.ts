/*
 * Models of a table that predict quantiles, or decide by a threshold of their own.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModelFile, writeModelFile } from '../../../lib/files/model-file.js'
import {
  chooseThreshold,
  evaluateTable,
  loadModel,
  metrics,
  NonCrossing,
  readCsv,
  TableModel,
  type TrainTableOptions,
  trainTable,
} from '../../../lib/index.js'
import { customers, deepblas, flats, seeded, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
const short = { preset: 'fast', epochs: 8, hidden: [8] } as const
const quantiles = [0.1, 0.5, 0.9]
const cost = { falsePositive: 1, falseNegative: 10 }

/** One in six is not as its columns say. */
const doubtful = (count: number, seed = 1) =>
  customers(count, seed).map((row, at) => ({ ...row, left: (at * 7919) % 6 === 0 ? 'yes' : row.left }))

let later: ReturnType<typeof flats>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  later = flats(200, 9)
  await writeCsv(at('customers.csv'), doubtful(400))
  await writeCsv(at('later.csv'), doubtful(200, 7))
  await writeCsv(at('flats.csv'), flats(400))
  await writeCsv(at('later-flats.csv'), later)
})
afterAll(() => rm(folder, { recursive: true }))

describe('quantiles', () => {
  test.each([1, 3])('of %d networks are numbers in the target units that do not cross', async (members) => {
    const made = await trainTable(at('flats.csv'), { preset: 'fast', target: 'price', quantiles, members, epochs: 30 })
    const model = made.model as TableModel
    expect(model).toBeInstanceOf(TableModel)
    expect(model).toMatchObject({ quantiles, members, outputs: 3, threshold: undefined })
    expect(model.member(0).layers.at(-1)).toBeInstanceOf(NonCrossing)
    expect(Object.keys(made.metrics)).toEqual([
      'rootMeanSquaredError',
      'meanAbsoluteError',
      'r2',
      'pinball',
      'coverage',
    ])
    const { data, shape } = await model.predict(later as unknown as Record<string, unknown>[])
    expect(shape).toEqual([200, 3])
    const prices = later.map(({ price }) => Number(price))
    for (const [column, level] of quantiles.entries()) {
      const below = prices.filter((price, row) => price <= data[3 * row + column]!).length / 200
      // Four standard errors of a share of 200 rows are 0.14 and 0.085; the rest is the model's own error.
      expect(Math.abs(below - level)).toBeLessThan(0.2)
    }
    for (let at = 0; at < data.length; at += 3) {
      expect(data[at]! <= data[at + 1]! && data[at + 1]! <= data[at + 2]!).toBe(true)
    }
    const scores = await model.evaluate(await readCsv(at('later-flats.csv')))
    expect(scores.pinball).toBeCloseTo(metrics.pinball(prices, { data, shape }, { quantiles }), 1)
    expect(scores.loss).toBe(scores.pinball)
    const { metrics: own } = await evaluateTable(model, at('later-flats.csv'))
    expect(own.pinball).toBe(scores.pinball)
    await model.save(at('quantiles.safetensors'))
    const loaded = (await loadModel(at('quantiles.safetensors'))) as TableModel
    expect(loaded.quantiles).toEqual(quantiles)
    expect((await loaded.predict(later as unknown as Record<string, unknown>[])).data).toEqual(data)
    expect(loaded.made).toMatchObject({ options: { quantiles } })
  })

  test('without the median have no errors of values; one alone has no coverage', async () => {
    const two = await trainTable(at('flats.csv'), {
      target: 'price',
      quantiles: [0.05, 0.95],
      ...short,
    })
    expect(Object.keys(two.metrics)).toEqual(['pinball', 'coverage'])
    const one = await trainTable(at('flats.csv'), { target: 'price', quantiles: [0.9], ...short })
    expect(Object.keys(one.metrics)).toEqual(['pinball'])
    expect(one.model.predictSync(later.slice(0, 2) as unknown as Record<string, unknown>[]).shape).toEqual([2, 1])
  })
})

describe('a threshold', () => {
  const trained = (threshold: TrainTableOptions['threshold']) =>
    trainTable(at('customers.csv'), {
      target: 'left',
      ...(threshold && { threshold }),
      ...short,
      epochs: 40,
    })

  test('is what the held-out rows ask for; classes, metrics and the file go by it', async () => {
    const made = await trained({ cost })
    const model = made.model as TableModel
    const threshold = made.threshold!
    expect(threshold.threshold).toBeLessThan(0.5)
    expect(model.threshold).toBe(threshold.threshold)
    expect(made.heldOut.metrics.accuracy).toBeCloseTo(threshold.accuracy, 12)
    expect(made.heldOut.report!.classes[1]).toMatchObject({ label: 'yes', recall: threshold.recall })
    // The same networks without it: the same probabilities.
    const plain = await trained(undefined)
    expect(plain.threshold).toBeUndefined()
    const table = await readCsv(at('later.csv'))
    const { data } = await model.predict(table)
    expect((await plain.model.predict(table)).data).toEqual(data)
    const labels = Array.from(data, (p) => (p > threshold.threshold ? 'yes' : 'no'))
    expect(await model.predictClasses(table)).toEqual(labels)
    expect(model.predictClassesSync(table)).toEqual(labels)
    const { metrics: scores, report } = await evaluateTable(model, at('later.csv'))
    const targets = doubtful(200, 7).map(({ left }) => left)
    expect(scores.accuracy).toBeCloseTo(metrics.accuracy(targets, labels), 12)
    expect((await model.evaluate(table)).accuracy).toBe(scores.accuracy)
    expect(report!.confusion.flat().reduce((sum, one) => sum + one, 0)).toBe(200)
    await model.save(at('decided.safetensors'))
    const loaded = (await loadModel(at('decided.safetensors'))) as TableModel
    expect(loaded.threshold).toBe(threshold.threshold)
    expect(await loaded.predictClasses(table)).toEqual(labels)
    expect(loaded.made).toMatchObject({ options: { threshold: { cost } } })
    await model.save(at('again.safetensors'))
    expect(await readFile(at('again.safetensors'))).toEqual(await readFile(at('decided.safetensors')))
  })

  test('by a recall, of several networks', async () => {
    const { model, threshold } = await trainTable(at('customers.csv'), {
      target: 'left',
      threshold: { recall: 0.95 },
      members: 2,
      ...short,
    })
    expect(threshold!.recall).toBeGreaterThanOrEqual(0.95)
    expect((model as TableModel).members).toBe(2)
  })

  test('that no probability reaches is told', async () => {
    const noise = Array.from({ length: 300 }, (_, row) => ({
      a: (row * 7919) % 300,
      b: (row * 104729) % 7 ? 'no' : 'yes',
    }))
    for (const [more, which] of [
      [{}, 'held-out'],
      [{ folds: 2 }, 'out-of-fold'],
    ] as const) {
      const asked = { target: 'b', threshold: { precision: 1 }, ...short, epochs: 1, ...more } as const
      const { model, metrics, threshold, thresholdMissed } = await trainTable(noise, asked)
      expect(thresholdMissed).toMatch(
        new RegExp(`^No threshold was chosen, on the ${which} rows: Expected a precision .* at most 0\\.`),
      )
      expect(threshold).toBeUndefined()
      expect((model as TableModel).threshold).toBeUndefined()
      expect(metrics.accuracy).toBeGreaterThan(0.5)
    }
  })

  test('the command saves the model, and warns', async () => {
    const random = seeded(4)
    const noise = Array.from({ length: 200 }, () => ({ a: random(), b: random() < 0.2 ? 'yes' : 'no' }))
    await writeCsv(at('noise.csv'), noise)
    const asked = ['train', at('noise.csv'), '--target', 'b', '--preset', 'fast', '--epochs', '1', '--json']
    const { code, stdout, stderr } = await deepblas([
      ...asked,
      ...['--threshold', 'precision=1', '--out', at('noise.safetensors')],
    ])
    expect(code).toBe(0)
    expect(stderr).toMatch(/warning: No threshold was chosen, on the held-out rows.*The model decides at 0\.5/)
    expect(JSON.parse(stdout)).toMatchObject({ thresholdMissed: expect.stringContaining('Ask for less') })
    expect(await loadModel(at('noise.safetensors'))).toBeDefined()
  })
})

test.each<[Partial<TrainTableOptions>, 'left' | 'price', RegExp]>([
  [{ quantiles: [0.5, 0.1] }, 'price', /quantiles that grow/],
  [{ quantiles: [] }, 'price', /at least one quantile/],
  [{ quantiles: 0.5 as never }, 'price', /Write it as a list/],
  [{ quantiles: [0.5] }, 'left', /values for quantiles but the target 'left' has classes/],
  [{ threshold: { recall: 0.9 } }, 'price', /two classes for threshold but the target 'price' has values/],
  [{ threshold: {} as never }, 'left', /one of cost, precision and recall for threshold/],
  [{ threshold: 0.3 as never }, 'left', /plain object for threshold/],
  [{ threshold: { recal: 0.9 } as never }, 'left', /Did you mean 'recall'/],
])('%s is refused before the training', async (options, target, message) => {
  const file = target === 'left' ? 'customers.csv' : 'flats.csv'
  await expect(trainTable(at(file), { preset: 'fast', target, ...options })).rejects.toThrow(message)
})

test('three classes have no threshold', async () => {
  const rows = Array.from({ length: 60 }, (_, row) => ({ a: row, b: ['x', 'y', 'z'][row % 3]! }))
  await expect(trainTable(rows, { preset: 'fast', target: 'b', threshold: { recall: 0.9 } })).rejects.toThrow(
    /'b' has 3 classes/,
  )
})

test('a file that says otherwise is refused', async () => {
  const { model } = await trainTable(at('flats.csv'), { target: 'price', quantiles, ...short })
  await model.save(at('q.safetensors'))
  const description = await readModelFile(at('q.safetensors'))
  for (const table of [{}, { quantiles: [0.5] }, { quantiles: [0.9, 0.5, 0.1] }, { quantiles, threshold: 0.4 }]) {
    await writeModelFile(at('odd.safetensors'), { ...description, table })
    await expect(loadModel(at('odd.safetensors'))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  }
})

describe('the command line', () => {
  test('trains on quantiles, and predicts a column for each', async () => {
    const train = [
      'train',
      '--preset',
      'fast',
      at('flats.csv'),
      '--target',
      'price',
      '--out',
      at('cli.safetensors'),
      '--epochs',
      '5',
    ]
    const { code, stdout } = await deepblas([...train, '--quantiles', '0.1,0.9', '--json'])
    expect(code).toBe(0)
    expect(Object.keys(JSON.parse(stdout).metrics)).toEqual(['pinball', 'coverage'])
    const predicted = await deepblas(['predict', at('cli.safetensors'), at('later-flats.csv')])
    const [header, first] = predicted.stdout.split('\n') as [string, string]
    expect(header).toMatch(/quantile 0\.1,quantile 0\.9$/)
    const [low, high] = first.split(',').slice(-2).map(Number) as [number, number]
    expect(low).toBeLessThanOrEqual(high)
    const { stdout: inspected } = await deepblas(['inspect', at('cli.safetensors')])
    expect(inspected).toContain('quantiles 0.1 0.9')
  })

  test('chooses a threshold, and predicts by it', async () => {
    const out = at('threshold.safetensors')
    const train = ['train', '--preset', 'fast', at('customers.csv'), '--target', 'left', '--out', out, '--epochs', '20']
    const { code, stdout, stderr } = await deepblas([...train, '--threshold', 'cost=1:20', '--json'])
    expect([code, stderr.includes('Error')]).toEqual([0, false])
    const { threshold } = JSON.parse(stdout)
    expect(Object.keys(threshold)).toEqual(['value', 'precision', 'recall', 'accuracy', 'cost'])
    const model = (await loadModel(out)) as TableModel
    expect(model.threshold).toBe(threshold.value)
    const { stdout: lines } = await deepblas(['predict', out, at('later.csv')])
    const labels = lines
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').at(-1))
    expect(labels).toEqual(await model.predictClasses(await readCsv(at('later.csv'))))
    const { stdout: inspected } = await deepblas(['inspect', out])
    expect(inspected).toMatch(/threshold \(cost: \(falsePositive: 1, falseNegative: 20\)\)/)
    const text = await deepblas([...train, '--threshold', 'recall=0.9'])
    expect(text.stdout).toMatch(/'yes' above a probability of 0\.\d+: precision 0\.\d+, recall/)
  })

  test.each([
    ['--threshold', '0.3'],
    ['--threshold', 'cost=1'],
    ['--threshold', 'recall=x'],
    ['--threshold', 'recall=1.5'],
    ['--quantiles', '0.1;0.9'],
    ['--quantiles', '0.9,0.1'],
    ['--quantiles', ''],
  ])('%s %s is wrong use', async (name, value) => {
    const file = name === '--threshold' ? ['customers.csv', 'left'] : ['flats.csv', 'price']
    const { code, stderr } = await deepblas([
      'train',
      '--preset',
      'fast',
      at(file[0]!),
      '--target',
      file[1]!,
      name,
      value,
    ])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/quantiles|threshold|recall/)])
  })
})

test('a threshold is chosen on the held-out rows, also where there are others to test on', async () => {
  const { model, threshold } = await trainTable(at('customers.csv'), {
    target: 'left',
    threshold: { cost },
    test: at('later.csv'),
    ...short,
  })
  const table = await readCsv(at('later.csv'))
  const targets = doubtful(200, 7).map(({ left }) => Number(left === 'yes'))
  const { data } = await model.predict(table)
  const onTest = chooseThreshold(targets, data, { cost })
  // Chosen on the held-out rows and not on those of the test.
  expect(onTest.threshold).not.toBe(threshold!.threshold)
})
