/*
 * trainTable where options, rows and presets meet in odd ways.
 */

import { getEventListeners } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  duckdbQuery,
  EarlyStopping,
  metrics,
  type TableModel,
  type TableTraining,
  type TrainTableOptions,
  trainTable,
} from '../../../lib/index.js'
import { foldsFor, recipeFor } from '../../../lib/strategy/tables/presets.js'
import { customers, deepblas, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(at('customers.csv'), customers(120, 1))
})
afterAll(() => rm(folder, { recursive: true }))

const short = { epochs: 1, hidden: [4] } as const

/** Groups of fifteen rows that differ much from each other. */
const grouped = Array.from({ length: 600 }, (_, row) => {
  const group = Math.floor(row / 15)
  return { group: `g${group}`, x: (row * 7919) % 101, y: 50 * Math.sin(3 * group) + ((row * 31) % 7) }
})
const width = ([low, high]: readonly [number, number]) => high - low
const train = async (options: Partial<TrainTableOptions>, rows: readonly object[] = grouped) =>
  (await trainTable(rows, { target: 'y', preset: 'fast', ...short, ...options })) as TableTraining<TableModel>

describe('groups', () => {
  test('intervals of rows held out and of rows to test draw whole groups', async () => {
    const { intervals: ofHeld } = await train({ group: 'group', members: 2 })
    expect(width(ofHeld!.rootMeanSquaredError!)).toBeGreaterThan(5)
    const asked = { group: 'group', folds: 3, test: grouped } as const
    const { intervals: ofTest } = await train(asked)
    const without = grouped.map(({ group: _, ...row }) => row)
    const { intervals: ofRows } = await train({ ...asked, test: without })
    expect(width(ofTest!.rootMeanSquaredError!)).toBeGreaterThan(2 * width(ofRows!.rootMeanSquaredError!))
  })

  test('of a single group nothing is told of others', async () => {
    const { intervals } = await train({ group: 'group', folds: 2, test: grouped.filter(({ group }) => group === 'g1') })
    expect(intervals!.rootMeanSquaredError).toEqual([Number.NaN, Number.NaN])
  })

  test('a preset brings folds, no more than there are groups', async () => {
    const few = grouped.filter((_, row) => row < 45)
    const { outOfFold, members } = await train({ preset: 'good', group: 'group' }, few)
    expect([outOfFold!.rows, members.length]).toEqual([45, 6])
    expect((await train({ preset: 'good', group: 'group' })).members).toHaveLength(16)
    await expect(train({ preset: 'good', group: 'group' }, few.slice(0, 15))).rejects.toThrow(/at least 2 groups/)
  })
})

describe('how many networks', () => {
  test('one is one, whatever the preset', async () => {
    const few = customers(30, 1)
    const counts: number[] = []
    for (const seeds of [undefined, 1, 2]) {
      const asked = { target: 'left', preset: 'good', ...short, ...(seeds && { seeds }) } as const
      counts.push((await trainTable(few, asked)).members.length)
    }
    expect(counts).toEqual([8, 1, 2])
  })

  test('is told in every case, so that it can be repeated', async () => {
    for (const options of [{ members: 1 }, { time: 'x', members: 1 }, { time: 'x', budget: 1 }] as const) {
      const { model, members } = await train({ preset: 'good', ...options })
      expect((model.made as { options: object }).options).toMatchObject({ members: members.length })
    }
  })

  test('folds and networks are chosen by the same number of rows', () => {
    expect(foldsFor('good', 60_500)).toBeUndefined()
    expect(recipeFor('good', { rows: 51_425, allRows: 60_500 }).members).toBe(2)
    expect(recipeFor('good', { rows: 51_425 }).members).toBe(4)
  })

  test("a checkpoint of 'best' cannot go on where time decides", async () => {
    await expect(train({ preset: 'best', resume: at('x.safetensors') })).rejects.toThrow(
      /decides by time.*for resume but received.*seeds/s,
    )
    const asked = { preset: 'best', budget: 1, repeats: 1 } as const
    expect((await train(asked)).members.length).toBeGreaterThan(0)
  })
})

describe('before anything is read', () => {
  test.each<[Partial<TrainTableOptions>, RegExp]>([
    [{ callbacks: [3 as never] }, /for callbacks\[0\]/],
    [{ callbacks: [new EarlyStopping(), {} as never] }, /for callbacks\[1\]/],
    [{ test: 7 as never }, /for test but received 7/],
    [{ classWeights: { yes: -1 } }, /for classWeights\['yes'\]/],
    [{ classWeights: [1, Number.NaN] }, /for classWeights\[1\]/],
    [{ scaling: { left: 'robust' } }, /without the target for scaling/],
  ])('%o is refused', async (options, message) => {
    await expect(trainTable('/no/such.csv', { target: 'left', ...options })).rejects.toThrow(message)
  })

  test('a column that has no scale is refused', async () => {
    const scaling = { plan: 'robust' } as const
    await expect(trainTable(at('customers.csv'), { target: 'left', ...short, scaling })).rejects.toThrow(
      /columns of numbers or booleans for scaling but received 'plan, which is category'/,
    )
  })
})

test('rows as objects are tested beside a text, whose options are not theirs', async () => {
  async function* text() {
    yield 'x;y\n'
    for (let row = 0; row < 60; row++) yield `${row};${row % 2 ? 'a' : 'b'}\n`
  }
  const asked = { target: 'y', preset: 'fast', ...short, delimiter: ';', types: { x: 'number' } } as const
  const { test: tested } = await trainTable(text(), { ...asked, test: [{ x: 1, y: 'a' }] })
  expect(tested!.rows).toBe(1)
})

describe('a signal', () => {
  test('ends the reading of a query', async () => {
    const stop = new AbortController()
    let chunks = 0
    const chunk = { rowCount: 1, getColumnValues: () => [1], columnCount: 1 }
    const result = {
      columnNames: () => ['y'],
      columnTypes: () => [{ typeId: 4 }],
      fetchChunk: async () => {
        if (++chunks === 3) stop.abort(new Error('enough'))
        await new Promise((done) => setTimeout(done, 1))
        return chunk
      },
    }
    const query = duckdbQuery({ stream: async () => result } as never, 'FROM endless')
    await expect(trainTable(query, { target: 'y', signal: stop.signal })).rejects.toThrow()
    expect(chunks).toBeLessThan(10)
  })

  test('has no listener left when all is over', async () => {
    const { signal } = new AbortController()
    async function* rows() {
      yield* grouped.slice(0, 60)
    }
    await trainTable(rows(), { target: 'y', preset: 'fast', ...short, signal })
    await trainTable(grouped, { target: 'y', preset: 'fast', ...short, signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

test('a column that mostly has the rare value is no copy of the target', async () => {
  const rows = Array.from({ length: 900 }, (_, row) => ({
    day: row,
    size: (row * 7919) % 900,
    active: row % 20 === 7 ? 0 : 1,
    gone: row % 33 === 5 ? 1 : 0,
    before: (row - 1) % 33 === 5 ? 1 : 0,
  }))
  const { timeNotes } = await train({ target: 'gone', task: 'regression', time: 'day' }, rows)
  expect(timeNotes!.map(({ column, kind, rows: distance }) => [column, kind, distance])).toEqual([['before', 'lag', 1]])
})

test('equal targets have nothing to explain, whatever their mean is rounded to', async () => {
  expect(metrics.r2([0.1, 0.1, 0.1], [0.2, 0.2, 0.2])).toBe(0)
  expect(metrics.r2([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(1)
  expect(metrics.r2([0.1, 0.1, 7], [0.2, 0.2, 7], { sampleWeights: [1, 1, 0] })).toBe(0)
  const rows = Array.from({ length: 120 }, (_, row) => ({ x: (row * 7919) % 101, y: row % 40 === 3 ? 0.7 : 0.1 }))
  const { intervals } = await train({ folds: 2 }, rows)
  expect(intervals!.r2![0]).toBeGreaterThan(-100)
})

test('the coverage that rows allow is not rounded up', async () => {
  const { model } = await train({ folds: 3 }, grouped.slice(0, 75))
  for (const ask of ['predictInterval', 'predictIntervalSync'] as const) {
    const asked = async () => model[ask](grouped.slice(0, 1) as never, { coverage: 0.974 })
    await expect(asked()).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining('at most 0.973 for coverage'),
    })
  }
  expect((await model.predictInterval(grouped.slice(0, 1) as never, { coverage: 0.973 })).coverage).toBe(0.973)
})

describe('values that grow', () => {
  const rows = Array.from({ length: 400 }, (_, day) => ({ day, size: (day * 7919) % 101, y: 3 * day + (day % 7) }))
  const future = [{ day: 2000, size: 5 }] as never
  const largest = 3 * 399 + 6
  const asked = { target: 'y', preset: 'good', keep: ['day'], epochs: 30, hidden: [16], members: 1 } as const

  test('are clamped, but not with time', async () => {
    const { model } = await trainTable(rows, asked)
    expect((await model.predict(future)).data[0]).toBeLessThanOrEqual(largest)
    const { model: free } = await trainTable(rows, { ...asked, clampPredictions: false })
    expect((await free.predict(future)).data[0]).toBeGreaterThan(largest)
    const { model: later } = await trainTable(rows, { ...asked, time: 'day' })
    expect((await later.predict(future)).data[0]).toBeGreaterThan(largest)
    const { model: kept } = await trainTable(rows, { ...asked, time: 'day', clampPredictions: true })
    expect((await kept.predict(future)).data[0]).toBeLessThanOrEqual(largest)
    await expect(trainTable(rows, { ...asked, clampPredictions: 'no' as never })).rejects.toThrow(
      /for clampPredictions/,
    )
  })

  test('from the command line, in windows of time', async () => {
    await writeCsv(at('days.csv'), rows)
    const command = [
      'train',
      at('days.csv'),
      '--target',
      'y',
      '--keep',
      'day',
      '--epochs',
      '2',
      '--hidden',
      '4',
      '--json',
    ]
    const out = ['--out', at('days.safetensors')]
    const { code, stdout, stderr } = await deepblas([
      ...command,
      ...out,
      '--time',
      'day',
      '--folds',
      '3',
      '--clamp',
      'yes',
    ])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stderr).toContain('400 rows, 300 of them held out of some networks')
    expect(JSON.parse(stdout)).toMatchObject({ folds: 3 })
    const inspected = await deepblas(['inspect', at('days.safetensors')])
    expect(inspected.stdout).toMatch(/trained: loss meanSquaredError/)
    expect((await deepblas([...command, ...out, '--clamp', 'maybe'])).code).toBe(2)
  })
})
