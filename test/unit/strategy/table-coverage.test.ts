/*
 * Intervals and sets of a stated coverage, of models of a table that were trained with folds. How many targets they hold is
 * counted on rows that no network has seen.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readModelFile, writeModelFile } from '../../../lib/files/model-file.js'
import {
  chooseThreshold,
  conformalizedQuantiles,
  conformalSets,
  loadModel,
  metrics,
  predictionIntervals,
  predictionSets,
  Table,
  type TableModel,
  type TableTraining,
  trainTable,
} from '../../../lib/index.js'
import { RandomStream } from '../../../lib/random/stream.js'
import { deepblas, writeCsv } from '../../helpers/command-line.js'

const ROWS = 1000
const NEW_ROWS = 2000
const quantiles = [0.2, 0.5, 0.8]
const cost = { falsePositive: 1, falseNegative: 8 }

/** A value whose spread grows, two classes that are often unsure, and three. */
function rowsOf(count: number, seed: number) {
  const random = new RandomStream(seed, 3)
  return Array.from({ length: count }, () => {
    const [a, b] = [random.uniform(), random.uniform()]
    const value = 10 * a + (0.3 + 2 * b) * random.normal()
    const late = random.uniform() < 1 / (1 + Math.exp(6 * (0.5 - a))) ? 'yes' : 'no'
    const kind = ['x', 'y', 'z'][Math.min(2, Math.floor(3 * (0.7 * b + 0.3 * random.uniform())))]!
    return { a, b, value, late, kind }
  })
}

const later = rowsOf(NEW_ROWS, 2)
let folder = ''
const at = (name: string) => join(folder, name)
const trained = {} as Record<'value' | 'late' | 'kind', TableTraining<TableModel>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  const rows = rowsOf(ROWS, 1)
  const options = { folds: 5, epochs: 15, hidden: [16] } as const
  const of = async (target: keyof typeof trained, more: object) => {
    const ignore = ['value', 'late', 'kind'].filter((name) => name !== target)
    const made: TableTraining = await trainTable(rows, { target, ignore, ...options, ...more })
    trained[target] = made as TableTraining<TableModel>
  }
  await of('value', { quantiles })
  await of('late', { threshold: { cost } })
  await of('kind', {})
})
afterAll(() => rm(folder, { recursive: true }))

/**
 * Four standard errors of the share of new rows that is covered: of a calibration by so many rows, and of the counting.
 * The mean of all networks is a little better than those that were calibrated, which can only cover more.
 */
const bound = (coverage: number) => 4 * Math.sqrt(coverage * (1 - coverage) * (1 / ROWS + 1 / NEW_ROWS))

describe('intervals of a model of quantiles', () => {
  const values = later.map(({ value }) => value)

  test.each([0.5, 0.8, 0.9, 0.99])('hold %d of the targets', async (coverage) => {
    const { model } = trained.value
    const { lower, upper, data, shape, ...told } = await model.predictInterval(later, { coverage })
    expect(told).toEqual({ coverage })
    expect(shape).toEqual([NEW_ROWS, 3])
    expect(data).toEqual((await model.predict(later)).data)
    const covered = metrics.coverage(values, { lower, upper })
    expect(covered).toBeGreaterThan(coverage - bound(coverage))
    expect(covered).toBeLessThan(coverage + bound(coverage) + 0.03)
    expect(model.predictIntervalSync(later, { coverage })).toEqual({ lower, upper, data, shape, coverage })
  })

  test('are those of conformalizedQuantiles on the out-of-fold rows, and wide where the spread is', async () => {
    const { model, outOfFold } = trained.value
    const { data } = outOfFold!.predictions
    const column = (of: ArrayLike<number>, one: number) =>
      Float64Array.from({ length: of.length / 3 }, (_, row) => of[3 * row + one]!)
    const ends = { lower: column(data, 0), upper: column(data, 2) }
    const calibration = conformalizedQuantiles(outOfFold!.targets, ends, { coverage: 0.9 })
    const predicted = (await model.predict(later)).data
    const expected = predictionIntervals(calibration, { lower: column(predicted, 0), upper: column(predicted, 2) })
    const { lower, upper } = await model.predictInterval(later)
    for (const [row, low] of lower.entries()) {
      expect(Math.abs(low - expected.lower[row]!)).toBeLessThan(1e-4)
      expect(Math.abs(upper[row]! - expected.upper[row]!)).toBeLessThan(1e-4)
    }
    const unlike = model.predictIntervalSync([
      { a: 0.5, b: 0.05 },
      { a: 0.5, b: 0.95 },
    ])
    const [narrow, wide] = [0, 1].map((row) => unlike.upper[row]! - unlike.lower[row]!)
    expect(wide!).toBeGreaterThan(1.5 * narrow!)
  })

  test('metrics are of the out-of-fold quantiles', () => {
    const { outOfFold, metrics: scores } = trained.value
    const { data, shape } = outOfFold!.predictions
    expect(shape).toEqual([ROWS, 3])
    expect(scores.pinball).toBeCloseTo(metrics.pinball(outOfFold!.targets, { data, shape }, { quantiles }), 10)
    expect(Object.keys(scores)).toContain('coverage')
  })
})

describe.each(['late', 'kind'] as const)('sets of labels of %s', (target) => {
  const labels = later.map((row) => row[target])

  test.each([0.8, 0.95])('hold the right one in %d of the rows', async (coverage) => {
    const { model } = trained[target]
    for (const method of ['threshold', 'adaptive'] as const) {
      const sets = await model.predictSets(later, { coverage, method })
      const covered = metrics.coverage(labels, sets)
      expect(covered).toBeGreaterThan(coverage - bound(coverage))
      if (method === 'threshold') expect(covered).toBeLessThan(coverage + bound(coverage) + 0.03)
      else expect(Math.min(...sets.map(({ length }) => length))).toBe(1)
      expect(model.predictSetsSync(later, { coverage, method })).toEqual(sets)
    }
  })

  test('are those of conformalSets on the out-of-fold rows', async () => {
    const { model, outOfFold } = trained[target]
    const calibration = conformalSets(outOfFold!.targets, outOfFold!.predictions, { coverage: 0.9 })
    const expected = predictionSets(calibration, await model.predict(later), { labels: model.labels! })
    expect(await model.predictSets(later)).toEqual(expected)
  })
})

test('a threshold is chosen on the out-of-fold rows', async () => {
  const { model, threshold, outOfFold, heldOut } = trained.late
  const expected = chooseThreshold(outOfFold!.targets, outOfFold!.predictions.data, { cost })
  expect(threshold!.counts).toEqual(expected.counts)
  expect(model.threshold).toBeCloseTo(expected.threshold, 6)
  expect(heldOut.metrics.accuracy).toBeCloseTo(threshold!.accuracy, 12)
  const targets = later.map(({ late }) => late)
  const predicted = await model.predictClasses(later)
  const missed = targets.filter((one, row) => one === 'yes' && predicted[row] === 'no').length
  expect(missed / targets.filter((one) => one === 'yes').length).toBeLessThan(0.1)
})

test('a file keeps all of it', async () => {
  for (const target of ['value', 'late', 'kind'] as const) {
    const { model } = trained[target]
    await model.save(at(`${target}.safetensors`))
    const loaded = (await loadModel(at(`${target}.safetensors`))) as TableModel
    if (target === 'value') expect(await loaded.predictInterval(later)).toEqual(await model.predictInterval(later))
    else expect(await loaded.predictSets(later)).toEqual(await model.predictSets(later))
  }
  const description = await readModelFile(at('kind.safetensors'))
  const known = description.table as { misfits: { threshold: object; adaptive: object } }
  for (const misfits of [{}, { threshold: known.misfits.threshold }, { ...known.misfits, adaptive: { rows: 3 } }, 3]) {
    await writeModelFile(at('odd.safetensors'), { ...description, table: { misfits } as never })
    await expect(loadModel(at('odd.safetensors'))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  }
})

test('what cannot be had is told', async () => {
  const [value, late] = [trained.value.model, trained.late.model]
  await expect(value.predictSets(later)).rejects.toThrow(/model of classes for predictSets/)
  await expect(late.predictInterval(later)).rejects.toThrow(/model of values for predictInterval/)
  await expect(late.predictSets(later, { coverage: 1 })).rejects.toThrow(/less than 1 for coverage/)
  await expect(late.predictSets(later, { coverage: 0.9999 })).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_ARGUMENT',
    message: expect.stringMatching(/at least 9999 rows .* received 1000/),
  })
  expect(() => value.predictIntervalSync(later, { coverage: 0.9999 })).toThrow(/at least 9999 rows/)
  expect(() => late.predictSetsSync(later, { method: 'aps' as never })).toThrow(/'threshold', 'adaptive' for method/)
  expect(() => late.predictSetsSync(later, { covrage: 0.9 } as never)).toThrow(/Did you mean 'coverage'/)
  const rows = rowsOf(100, 3)
  const { model } = await trainTable(rows, { target: 'kind', ignore: ['value', 'late'], members: 2, epochs: 1 })
  await expect((model as TableModel).predictSets(rows)).rejects.toThrow(/folds: 5/)
})

test('the command line writes intervals and sets', async () => {
  await writeCsv(at('later.csv'), later.slice(0, 50))
  for (const [target, names, cells] of [
    ['value', /quantile 0\.8,lower,upper$/, /,-?[\d.]+,-?[\d.]+$/],
    ['kind', /prediction,set$/, /,([xyz]( \| [xyz])*)?$/],
  ] as const) {
    await trained[target].model.save(at('cli.safetensors'))
    const { code, stdout } = await deepblas(['predict', at('cli.safetensors'), at('later.csv'), '--coverage', '0.9'])
    expect(code).toBe(0)
    const [header, ...lines] = stdout.trim().split('\n')
    expect(header).toMatch(names)
    expect(lines).toHaveLength(50)
    for (const line of lines) expect(line).toMatch(cells)
  }
  for (const share of ['0.9999', '2', 'x']) {
    const { code, stderr } = await deepblas(['predict', at('cli.safetensors'), at('later.csv'), '--coverage', share])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--coverage')])
  }
  const { model } = await trainTable(Table.fromRows(rowsOf(100, 3)), { target: 'kind', preset: 'fast' })
  await model.save(at('one.safetensors'))
  const { code, stderr } = await deepblas(['predict', at('one.safetensors'), at('later.csv'), '--coverage', '0.9'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('--folds 5')])
})
