/*
 * The mean of several networks for one table: as good as its parts by hand, saved and loaded whole.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Dense,
  loadModel,
  Population,
  readCsv,
  readSafetensors,
  Sequential,
  type Table,
  TableModel,
  type TableTraining,
  trainTable,
  writeSafetensors,
} from '../../../lib/index.js'
import { customers, deepblas, flats, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
const short = { preset: 'fast', epochs: 3, hidden: [4], members: 3 } as const
let classes: TableTraining
let values: TableTraining
let table: Table
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(at('customers.csv'), customers(300))
  await writeCsv(at('flats.csv'), flats(200))
  classes = await trainTable(at('customers.csv'), { target: 'left', ...short })
  values = await trainTable(at('flats.csv'), { target: 'price', ...short })
  table = await readCsv(at('customers.csv'))
  await classes.model.save(at('classes.safetensors'))
  await values.model.save(at('values.safetensors'))
})
afterAll(() => rm(folder, { recursive: true }))

const model = ({ model }: TableTraining) => model as TableModel
const rows = customers(40, 5) as unknown as Record<string, unknown>[]

describe('the mean', () => {
  test('of probabilities is that of the members', async () => {
    const many = model(classes)
    expect(many).toBeInstanceOf(TableModel)
    expect(many).toMatchObject({ members: 3, outputs: 1, seed: 0, seeds: [0, 1, 2], labels: ['no', 'yes'] })
    const each = await Promise.all([0, 1, 2].map((member) => many.member(member).predict(rows)))
    const { data, shape } = await many.predict(rows)
    expect(shape).toEqual([40, 1])
    for (let row = 0; row < 40; row++) {
      expect(data[row]).toBe(Math.fround((each[0]!.data[row]! + each[1]!.data[row]! + each[2]!.data[row]!) / 3))
    }
    const labels = Array.from(data, (p) => (p > 0.5 ? 'yes' : 'no'))
    expect(await many.predictClasses(rows)).toEqual(labels)
    expect(many.predictClassesSync(rows)).toEqual(labels)
  })

  test('of values is in the target units', async () => {
    const many = model(values)
    const some = flats(10, 3) as unknown as Record<string, unknown>[]
    const each = await Promise.all([0, 1, 2].map((member) => many.member(member).predict(some)))
    const { data } = await many.predict(some)
    for (const [row, value] of data.entries()) {
      const mean = (each[0]!.data[row]! + each[1]!.data[row]! + each[2]!.data[row]!) / 3
      expect(Math.abs(value - mean)).toBeLessThan(1e-5 * Math.abs(mean))
    }
    const { loss, rootMeanSquaredError } = await many.evaluate(await readCsv(at('flats.csv')))
    expect(loss).toBeCloseTo(rootMeanSquaredError! ** 2)
  })

  test('is the same of every form of rows, at once or later, of few rows and of many', async () => {
    const many = model(classes)
    const { data } = await many.predict(table)
    const encoded = many.encoder.encode(table)
    expect((await many.predict(encoded)).data).toEqual(data)
    expect(many.predictSync(encoded).data).toEqual(data)
    expect(many.predictSync(table).data).toEqual(data)
    const features = many.encoder.encodeFeatures(table)
    const all = await many.predict({ data: features.data, shape: [features.rows, features.columns] })
    expect(all.data).toEqual(data)
    for (const row of [0, 17, 299]) {
      const one = table.row(row)
      expect(many.predictSync([one]).data).toEqual(data.slice(row, row + 1))
      expect((await many.predict([one])).data).toEqual(data.slice(row, row + 1))
    }
    expect(many.predictSync(features.data.slice(0, features.columns)).data).toEqual(data.slice(0, 1))
  })

  test('the metrics are those of the mean, and the first network is the one that is trained alone', async () => {
    const { heldOut, metrics, history, epoch, members } = classes
    expect(metrics).toEqual(heldOut.metrics)
    expect(members).toHaveLength(3)
    expect(members.map(({ seed }) => seed)).toEqual([0, 1, 2])
    expect(members[0]).toMatchObject({ epoch, history })
    const alone = await trainTable(at('customers.csv'), { preset: 'fast', target: 'left', epochs: 3, hidden: [4] })
    expect(alone.model).toBeInstanceOf(Sequential)
    expect(model(classes).member(0).getWeights()).toEqual(alone.model.getWeights())
    const evaluated = await model(classes).evaluate(table)
    const { data } = await classes.model.predict(table)
    const left = Array.from({ length: table.rows }, (_, row) => Number(table.cell(row, 'left') === 'yes'))
    const right = left.filter((y, row) => y === Number(data[row]! > 0.5)).length
    expect(evaluated.accuracy).toBe(right / table.rows)
    expect(evaluated.loss).toBe(evaluated.logLoss)
    const objects = Array.from({ length: table.rows }, (_, row) => table.row(row))
    expect(await model(classes).evaluate(objects)).toEqual(evaluated)
  })

  test('the same seed gives the same bytes, other members others', async () => {
    const bytes = async (options: object) => {
      const { model: again } = await trainTable(at('customers.csv'), {
        target: 'left',
        ...short,
        ...options,
      })
      await again.save(at('again.safetensors'))
      return await readFile(at('again.safetensors'))
    }
    const first = await readFile(at('classes.safetensors'))
    expect((await bytes({})).equals(first)).toBe(true)
    expect((await bytes({ members: 2 })).equals(first)).toBe(false)
    expect((await bytes({ seed: 1 })).equals(first)).toBe(false)
  })

  test("presets 'good' and 'best' average, 'fast' is one network", async () => {
    const sizes = { preset: 'fast', target: 'left', epochs: 1, hidden: [4] } as const
    const plain = await trainTable(at('customers.csv'), sizes)
    expect(plain.model).toBeInstanceOf(Sequential)
    const good = await trainTable(at('customers.csv'), { ...sizes, preset: 'good' })
    expect(good.model).toBeInstanceOf(TableModel)
    expect(good.members).toHaveLength(16)
    expect(good.model.made).toMatchObject({ options: { preset: 'good', folds: 8, seeds: 2 } })
    const single = await trainTable(at('customers.csv'), { ...sizes, preset: 'good', seeds: 1 })
    expect(single.members).toHaveLength(8)
    const divided = await trainTable(at('customers.csv'), { ...sizes, preset: 'good', folds: 3 })
    expect(divided.members).toHaveLength(3)
    const one = await trainTable(at('customers.csv'), { ...sizes, preset: 'good', members: 1 })
    expect(one.model).toBeInstanceOf(Sequential)
    const best = await trainTable(at('customers.csv'), { ...sizes, preset: 'best', seeds: 3 })
    expect(best.members).toHaveLength(24)
    expect(best.model.made).toMatchObject({ options: { preset: 'best', folds: 8, seeds: 3 } })
  })
})

describe('in a file', () => {
  test('the same model comes back, by loadModel as by TableModel.load', async () => {
    for (const [name, { model: kept }, given] of [
      ['classes', classes, rows],
      ['values', values, flats(10, 3)],
    ] as const) {
      const path = at(`${name}.safetensors`)
      for (const load of [loadModel, TableModel.load]) {
        const loaded = (await load(path)) as TableModel
        expect(loaded).toBeInstanceOf(TableModel)
        expect(await loaded.predict(given as never)).toEqual(await kept.predict(given as never))
        expect(loaded.made).toEqual(kept.made)
        expect(loaded.encoder.toJSON()).toEqual(kept.encoder!.toJSON())
        expect(loaded.labels).toEqual(kept.labels)
        await loaded.save(at('copy.safetensors'))
        expect((await readFile(at('copy.safetensors'))).equals(await readFile(path))).toBe(true)
      }
    }
  })

  test('loadModel reads one network and a population as what they are; their own load names it', async () => {
    const layers = [new Dense(1)]
    await new Sequential(layers, { inputs: 2 }).save(at('one.safetensors'))
    await new Population(layers, { inputs: 2, members: 2 }).save(at('many.safetensors'))
    expect(await loadModel(at('one.safetensors'))).toBeInstanceOf(Sequential)
    expect(await loadModel(at('many.safetensors'))).toBeInstanceOf(Population)
    await expect(TableModel.load(at('one.safetensors'))).rejects.toThrow(/one network: load it with loadModel/)
    await expect(TableModel.load(at('many.safetensors'))).rejects.toThrow(/a population: load it with loadModel/)
    for (const { load } of [Sequential, Population]) {
      await expect(load(at('classes.safetensors'))).rejects.toMatchObject({
        code: 'ERR_DEEPBLAS_FILE',
        message: expect.stringMatching(/load it with loadModel/),
      })
    }
    await expect(loadModel(at('none.safetensors'))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  })

  test.each([
    ['no encoder', { 'deepblas.encoder': undefined }, /has no encoder/],
    ['an encoder of other features', { 'deepblas.encoder': 'values' }, /encoder/],
    ['a table that is no object', { 'deepblas.table': '[]' }, /table/],
    ['a temperature of 0', { 'deepblas.table': '{"temperature":0}' }, /table.temperature/],
    ['a temperature that is none', { 'deepblas.table': '{"temperature":"1"}' }, /table.temperature/],
    ['residuals of classes', { 'deepblas.table': '{"residuals":{"rows":1,"ranks":[0],"values":[1]}}' }, /calibration/],
    [
      'residuals that do not rise',
      { 'deepblas.table': '{"residuals":{"rows":2,"ranks":[0,1],"values":[1,0]}}' },
      /order/,
    ],
    ['no residuals', { 'deepblas.table': '{"residuals":{"rows":2,"ranks":[],"values":[]}}' }, /order statistics/],
    ['other labels', { 'deepblas.labels': '["a","b"]' }, /labels/],
    ['broken JSON', { 'deepblas.table': '{' }, /JSON/],
  ])('with %s is refused', async (_, changed, reason) => {
    const file = await readSafetensors(at('classes.safetensors'))
    const other = (await readSafetensors(at('values.safetensors'))).metadata['deepblas.encoder']!
    const entries = Object.entries({ ...file.metadata, ...changed }).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, text === 'values' ? other : text]],
    )
    await writeSafetensors(at('hostile.safetensors'), { ...file, metadata: Object.fromEntries(entries) })
    await expect(loadModel(at('hostile.safetensors'))).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringMatching(reason),
    })
  })

  test('the command line reads it', async () => {
    await writeFile(at('new.csv'), (await readFile(at('customers.csv'), 'utf8')).split('\n').slice(0, 4).join('\n'))
    const predicted = await deepblas(['predict', at('classes.safetensors'), at('new.csv'), '--probabilities'])
    expect(predicted).toMatchObject({ code: 0 })
    const { data } = await classes.model.predict(table)
    const line = predicted.stdout.split('\n')[1]!
    expect(Math.fround(Number(line.split(',').at(-1)))).toBe(data[0])
    const evaluated = await deepblas(['evaluate', at('classes.safetensors'), at('customers.csv'), '--json'])
    const { accuracy } = await model(classes).evaluate(table)
    expect(JSON.parse(evaluated.stdout).metrics.accuracy).toBe(Number(accuracy!.toPrecision(6)))
    const inspected = await deepblas(['inspect', at('classes.safetensors')])
    expect(inspected.stdout).toContain('the mean of 3 networks')
    const json = JSON.parse((await deepblas(['inspect', at('classes.safetensors'), '--json'])).stdout)
    expect(json).toMatchObject({ members: 3, made: { options: { members: 3 } }, encoder: { target: { name: 'left' } } })
    const trained = await deepblas([
      ...[
        'train',
        '--preset',
        'fast',
        at('customers.csv'),
        '--target',
        'left',
        '--epochs',
        '3',
        '--hidden',
        '4',
        '--members',
        '3',
      ],
      ...['--out', at('command.safetensors'), '--json'],
    ])
    expect(JSON.parse(trained.stdout)).toMatchObject({ members: 3, rows: 300 })
    expect((await readFile(at('command.safetensors'))).equals(await readFile(at('classes.safetensors')))).toBe(true)
    const diagnosed = await deepblas([
      'diagnose',
      at('customers.csv'),
      '--target',
      'left',
      '--model',
      at('classes.safetensors'),
    ])
    expect(diagnosed.stderr).toMatch(/holds 3 networks/)
  })
})

describe('what it does not do is told', () => {
  test.each([
    ['predictInterval without folds', () => model(values).predictInterval(flats(1) as never), /folds: 5/],
    ['predictInterval of classes', () => model(classes).predictInterval(rows), /predictClasses/],
    ['predictClasses of values', () => model(values).predictClasses(flats(1) as never), /model of classes.*predict/],
    ['evaluate without targets', () => model(classes).evaluate([{ plan: 'basic' }]), /left/],
    ['evaluate of a number', () => model(classes).evaluate(5 as never), /for data/],
    ['a member that is not there', async () => model(classes).member(3), /from 0 to 2/],
    ['a missing column', () => model(classes).predict([{ plan: 'basic' }]), /column/],
  ])('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(message)
  })

  test('options that do not fit', async () => {
    for (const [options, message] of [
      [{ members: 0 }, /positive integer for members/],
      [{ members: 1.5 }, /members/],
      [{ preset: 'better' }, /'fast', 'good'/],
    ] as const) {
      await expect(
        trainTable(at('customers.csv'), { preset: 'fast', target: 'left', ...(options as object) }),
      ).rejects.toThrow(message)
    }
    expect(() => new (TableModel as unknown as new () => TableModel)()).toThrow(/no new TableModel/)
    expect(() => (model(classes) as never as { fit(): void }).fit()).toThrow(/It is trained/)
    expect(() => structuredClone(model(classes))).toThrow(/loadModel/)
    expect(inspect(model(classes))).toMatch(/^TableModel {\s+members: 3/)
    await expect(classes.model.save(at('x.safetensors'), { made: { f: () => 1 } as never })).rejects.toThrow()
  })

  test('a checkpoint of the networks goes on; it is a population by itself', async () => {
    const { Checkpoint } = await import('../../../lib/index.js')
    const options = { target: 'left', ...short, epochs: 4 } as const
    const whole = await trainTable(at('customers.csv'), options)
    let epochs = 0
    const stop = new AbortController()
    const watch = {
      onEpochEnd: () => void (++epochs === 2 && stop.abort(new Error('enough'))),
      needs: 'epoch',
    } as const
    const part = trainTable(at('customers.csv'), {
      ...options,
      callbacks: [new Checkpoint(at('check.safetensors')), watch],
      signal: stop.signal,
    })
    await expect(part).rejects.toThrow('enough')
    expect(await loadModel(at('check.safetensors'))).toBeInstanceOf(Population)
    await copyFile(at('check.safetensors'), at('kept.safetensors'))
    const resumed = await trainTable(at('customers.csv'), {
      ...options,
      callbacks: [new Checkpoint(at('check.safetensors')), { ...watch, onEpochEnd: () => undefined }],
      resume: at('kept.safetensors'),
    })
    expect((await resumed.model.predict(rows)).data).toEqual((await whole.model.predict(rows)).data)
  })
})
