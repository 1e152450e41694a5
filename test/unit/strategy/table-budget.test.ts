/*
 * trainTable within a time: what was trained is told, and given in place of the budget it is the same.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Sequential, TableModel, type TableProgress, type TrainTableOptions, trainTable } from '../../../lib/index.js'
import { deepblas, seeded, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const random = seeded(3)
const rows = Array.from({ length: 400 }, () => {
  const [a, b] = [random(), random()]
  return { a, b, y: a + b * b + random() / 10, kind: a + b > 1 ? 'p' : 'q' }
})
const only = (target: 'y' | 'kind') => rows.map(({ a, b, [target]: value }) => ({ a, b, [target]: value }))

interface Made {
  readonly options: {
    readonly epochs: number
    readonly members?: number
    readonly seeds?: number
    readonly folds?: number
  }
}

async function bytesOf(target: 'y' | 'kind', options: Partial<TrainTableOptions>) {
  const { model } = await trainTable(only(target), { preset: 'fast', target, ...options })
  await model.save(at('model.safetensors'))
  return { model, bytes: await readFile(at('model.safetensors')), made: model.made as unknown as Made }
}

describe('a budget', () => {
  test('is filled with networks; members and epochs in its place give the same bytes', async () => {
    const { model, bytes, made } = await bytesOf('y', { budget: 3000, hidden: [4], epochs: 3 })
    expect(model).toBeInstanceOf(TableModel)
    const { members, epochs } = made.options
    expect(members).toBe((model as TableModel).members)
    expect(members).toBeGreaterThan(1)
    expect(epochs).toBe(3)
    const again = await bytesOf('y', { members: members!, epochs, hidden: [4] })
    expect(again.bytes.equals(bytes)).toBe(true)
  })

  test('with folds rounds of seeds', async () => {
    const { model, bytes, made } = await bytesOf('kind', { budget: 2500, folds: 3, hidden: [4], epochs: 2 })
    const { seeds, epochs } = made.options
    expect((model as TableModel).members).toBe(3 * seeds!)
    const again = await bytesOf('kind', { folds: 3, seeds: seeds!, epochs, hidden: [4] })
    expect(again.bytes.equals(bytes)).toBe(true)
  })

  test('with the folds of a preset', async () => {
    const { model, bytes, made } = await bytesOf('kind', { budget: 1500, preset: 'good', hidden: [8], epochs: 2 })
    const { folds, seeds, epochs } = made.options
    expect((model as TableModel).members).toBe(folds! * seeds!)
    expect(epochs).toBeLessThanOrEqual(2)
    const told = { preset: 'good', folds: folds!, seeds: seeds!, epochs, hidden: [8] } as const
    expect((await bytesOf('kind', told)).bytes.equals(bytes)).toBe(true)
  })

  test('too short for the folds of a preset trains one network without', async () => {
    const { model, bytes, made } = await bytesOf('kind', { budget: 1, preset: 'good', hidden: [8] })
    expect(model).toBeInstanceOf(Sequential)
    expect(made.options).toMatchObject({ members: 1, epochs: 1 })
    expect(made.options.folds).toBeUndefined()
    const told = { preset: 'good', members: 1, epochs: 1, hidden: [8] } as const
    expect((await bytesOf('kind', told)).bytes.equals(bytes)).toBe(true)
    // Folds that were asked for are kept.
    const asked = await bytesOf('kind', { budget: 1, preset: 'good', hidden: [8], folds: 3 })
    expect((asked.model as TableModel).members).toBe(3)
  })

  test('of next to nothing trains one network for an epoch, as it would be trained alone', async () => {
    const { model, bytes, made } = await bytesOf('y', { budget: 1 })
    expect(model).toBeInstanceOf(Sequential)
    expect(made.options.epochs).toBe(1)
    expect((await bytesOf('y', { epochs: 1 })).bytes.equals(bytes)).toBe(true)
  })

  test('from the command line', async () => {
    await writeCsv(at('rows.csv'), only('y') as never)
    const { code, stdout, stderr } = await deepblas([
      ...[
        'train',
        at('rows.csv'),
        '--target',
        'y',
        '--budget',
        '1s',
        '--epochs',
        '2',
        '--out',
        at('c.safetensors'),
        '--json',
      ],
    ])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(stderr).toMatch(/in steps of 16 rows, about/)
    expect(JSON.parse(stdout).epochs).toBeLessThanOrEqual(2)
    const wrong = await deepblas(['train', at('rows.csv'), '--target', 'y', '--budget', 'soon'])
    expect(wrong.code).toBe(2)
  })

  test('what does not go with it', async () => {
    for (const [options, message] of [
      [{ budget: 1000, members: 2 }, /where budget is given for members/],
      [{ budget: 1000, folds: 2, seeds: 2 }, /for seeds/],
      [{ budget: 1000, resume: 'x.safetensors' }, /for resume/],
      [{ budget: 0 }, /milliseconds/],
      [{ budget: '1m' }, /budget/],
    ] as const) {
      await expect(bytesOf('y', options as object)).rejects.toThrow(message)
    }
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 300)
    await expect(bytesOf('y', { budget: 60_000, signal: stop.signal })).rejects.toThrow('enough')
  })
})

test('the time of a training is estimated before it', async () => {
  const told: number[] = []
  const onProgress = (progress: TableProgress) => {
    if (progress.stage === 'training') told.push(progress.estimatedSeconds)
  }
  await trainTable(only('y'), { target: 'y', epochs: 2, onProgress })
  await trainTable(only('y'), { target: 'y', epochs: 200, folds: 3, onProgress })
  expect(told).toHaveLength(2)
  for (const seconds of told) expect(seconds).toBeGreaterThan(0)
  expect(told[1]).toBeGreaterThan(told[0]!)
})
