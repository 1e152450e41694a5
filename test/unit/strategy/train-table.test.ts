import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Checkpoint,
  evaluateTable,
  profileTable,
  readCsv,
  Sequential,
  Table,
  type TableInput,
  type TableProgress,
  type TrainTableOptions,
  trainTable,
} from '../../../lib/index.js'
import { customers, deepblas, flats, writeCsv } from '../../helpers/command-line.js'

let folder = ''
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  await writeCsv(at('customers.csv'), customers(300))
  await writeCsv(at('later.csv'), customers(120, 2))
  await writeCsv(at('flats.csv'), flats(200))
})
afterAll(() => rm(folder, { recursive: true }))

const short = { preset: 'fast', target: 'left', epochs: 2, hidden: [4] } as const

describe('the command and a script do the same', () => {
  test.each([
    ['classes, by default', 'customers.csv', ['--target', 'left', '--epochs', '5'], { target: 'left', epochs: 5 }],
    [
      'values, with options of every kind',
      'flats.csv',
      ['--target', 'price', '--epochs', '3', '--seed', '4', '--scaling', 'quantile', '--types', 'district=category'],
      { skipBadRows: false, types: { district: 'category' }, scaling: 'quantile', seed: 4, epochs: 3, target: 'price' },
    ],
  ] as const)('%s: the same file, byte for byte, and the same metrics', async (_, data, args, options) => {
    const out = at('command.safetensors')
    const { code, stdout } = await deepblas(['train', at(data), ...args, '--out', out, '--json'])
    expect(code).toBe(0)
    const training = await trainTable(at(data), options as TrainTableOptions)
    await training.model.save(at('script.safetensors'))
    const [command, script] = await Promise.all([readFile(out), readFile(at('script.safetensors'))])
    expect(script.equals(command)).toBe(true)
    const told = JSON.parse(stdout)
    for (const [name, value] of Object.entries(training.metrics))
      expect(told.metrics[name]).toBe(Number(value.toPrecision(6)))
    expect(told).toMatchObject({ rows: training.profile.rows, epoch: training.epoch, task: training.profile.task })
  })

  test('of a test as of an evaluation', async () => {
    const training = await trainTable(at('customers.csv'), { ...short, test: at('later.csv') })
    expect(training.metrics).toEqual(training.test!.metrics)
    expect(training.metrics).not.toEqual(training.heldOut.metrics)
    const { unlike, ...evaluated } = await evaluateTable(training.model, at('later.csv'))
    expect(evaluated).toEqual(training.test)
    expect(unlike.rows).toBe(120)
    const rows = [{ ...customers(1)[0]!, plan: 'gold' }]
    expect((await evaluateTable(training.model, rows)).unlike.unknown).toMatchObject([{ column: 'plan', rows: 1 }])
  })
})

describe('sources', () => {
  const rows = flats(60).map(({ size, district, price }) => ({
    size: size === '' ? null : Number(size),
    district,
    price: Number(price),
  }))
  const options = { preset: 'fast', target: 'price', epochs: 2, hidden: [4] } as const

  async function weightsOf(source: TableInput) {
    const { model, metrics } = await trainTable(source, options)
    expect(await model.predict(rows.slice(0, 3))).toMatchObject({ shape: [3, 1] })
    return { weights: model.getWeights(), metrics }
  }

  test('path, bytes, objects, a stream of objects, Table and Arrow are the same table', async () => {
    const path = await writeCsv(
      at('rows.csv'),
      rows.map((row) => ({ ...row, size: row.size ?? '' })),
    )
    await writeFile(
      at('rows.bin'),
      tableToIPC(
        tableFromArrays({
          size: rows.map(({ size }) => size),
          district: rows.map(({ district }) => district),
          price: rows.map(({ price }) => price),
        }),
        'file',
      ),
    )
    const expected = await weightsOf(path)
    async function* objects() {
      yield* rows
    }
    const sources: TableInput[] = [
      createReadStream(path),
      createReadStream(path, { highWaterMark: 50 }),
      rows,
      objects(),
      Readable.from(rows),
      await readCsv(path),
      at('rows.bin'),
    ]
    for (const source of sources) expect(await weightsOf(source)).toEqual(expected)
  })

  test('a stream is read once, and tells its hash as a file does', async () => {
    let opened = 0
    const text = await readFile(at('customers.csv'), 'utf8')
    const once = {
      async *[Symbol.asyncIterator]() {
        opened++
        for (let from = 0; from < text.length; from += 900) yield text.slice(from, from + 900)
      },
    }
    const { model } = await trainTable(once, short)
    expect(opened).toBe(1)
    expect(model.made).toEqual((await trainTable(at('customers.csv'), short)).model.made)
  })

  test('a stream is closed where its text cannot be read', async () => {
    let closed = false
    async function* bad() {
      try {
        yield 'x,left\n1,a\n2\n'
        for (;;) yield '1,a\n'
      } finally {
        closed = true
      }
    }
    await expect(trainTable(bad(), short)).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('line 3'),
    })
    expect(closed).toBe(true)
  })

  test.skipIf(process.platform === 'win32')('a pipe by its path is read once too', async () => {
    const pipe = at('pipe')
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
    const written = writeFile(pipe, await readFile(at('customers.csv')))
    const { model } = await trainTable(pipe, short)
    await written
    expect(model.made).toEqual((await trainTable(at('customers.csv'), short)).model.made)
  })

  test.each([
    ['nothing', undefined, 'ERR_DEEPBLAS_ARGUMENT', /for source but received undefined/],
    [
      'a number',
      5,
      'ERR_DEEPBLAS_ARGUMENT',
      /path, stream, array of objects, query of duckdbQuery or Table for source/,
    ],
    ['bytes', new Uint8Array(5), 'ERR_DEEPBLAS_ARGUMENT', /for source.*readArrow/],
    ['a promise', Promise.resolve('a.csv').then(String), 'ERR_DEEPBLAS_ARGUMENT', /'await' missing/],
    ['no path', '', 'ERR_DEEPBLAS_ARGUMENT', /path that is not empty for source/],
    ['no file', '/no/such.csv', 'ERR_DEEPBLAS_FILE', /such\.csv.*no such file/],
    ['no rows', [], 'ERR_DEEPBLAS_DATA', /column 'left'|one row/],
    ['no objects', [1, 2], 'ERR_DEEPBLAS_DATA', /left|rows\[0\]/],
    [
      'a single row',
      [{ x: 1, left: 'a' }],
      'ERR_DEEPBLAS_DATA',
      /at least 10 rows with a target in the rows but there is 1/,
    ],
    ['an empty stream', Readable.from([]), 'ERR_DEEPBLAS_FILE', /empty/],
  ])('%s is refused', async (_, source, code, message) => {
    await expect(trainTable(source as never, short)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  test('a Table has been read: options of a reader are refused, ignore is heeded', async () => {
    const table = await readCsv(at('customers.csv'))
    await expect(trainTable(table, { ...short, types: { plan: 'category' } })).rejects.toThrow(/'types'/)
    const { model } = await trainTable(table, { ...short, ignore: ['plan'] })
    expect(model.encoder!.columns.map(({ name }) => name)).toEqual(['fee', 'months'])
  })
})

describe('options', () => {
  test.each([
    [{ target: 5 }, /string for target/],
    [{ target: undefined }, /string for target .*Name the column to predict/],
    [{ traget: 'left' }, /option 'traget'. Did you mean 'target'/],
    [{ task: 'clasification' }, /for task .*Did you mean 'classification'/],
    [{ keep: 'plan' }, /for keep/],
    [{ ignore: [3] }, /string for ignore\[0\]/],
    [{ ignore: ['left'] }, /columns without the target for ignore/],
    [{ keep: ['plan'], ignore: ['plan'] }, /for ignore but received 'plan'/],
    [{ scaling: 'rank' }, /for scaling/],
    [{ scaling: { fee: 'rank' } }, /for scaling\['fee'\]/],
    [{ hidden: 64 }, /for hidden/],
    [{ hidden: [64, 0] }, /for hidden\[1\]/],
    [{ dropout: 1 }, /for dropout/],
    [{ epochs: 0 }, /for epochs/],
    [{ batchSize: 1.5 }, /for batchSize/],
    [{ learningRate: 0 }, /for learningRate/],
    [{ l2: -1 }, /for l2/],
    [{ classWeights: 'equal' }, /for classWeights/],
    [{ seed: -1 }, /for seed/],
    [{ callbacks: new Checkpoint('c.safetensors') }, /for callbacks/],
    [{ resume: 1 }, /string for resume/],
    [{ signal: {} }, /AbortSignal for signal/],
    [{ onProgress: 'yes' }, /function for onProgress/],
    [{ delimiter: 5 }, /for delimiter/],
    [{ types: { plan: 'text' } }, /for types\['plan'\]/],
  ])('%j is refused before anything is trained', async (wrong, message) => {
    let told = 0
    const listening = { onProgress: ({ stage }: TableProgress) => (told += Number(stage === 'training')) }
    await expect(
      trainTable(at('customers.csv'), { ...short, ...listening, ...wrong } as TrainTableOptions),
    ).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringMatching(message) })
    expect(told).toBe(0)
  })

  test.each([
    [{ target: 'lfet' }, "Expected a column 'lfet' but there is none"],
    [{ keep: ['paln'] }, "Expected a column 'paln'"],
    [{ scaling: { fees: 'quantile' } }, "Expected a column 'fees'"],
    [{ ignore: ['contry'] }, "Expected a column 'contry'"],
  ])('%j names a column that is not there', async (wrong, message) => {
    for (const source of [at('customers.csv'), customers(40), Table.fromRows(customers(40))]) {
      await expect(trainTable(source, { ...short, ...wrong } as TrainTableOptions)).rejects.toMatchObject({
        code: 'ERR_DEEPBLAS_DATA',
        message: expect.stringContaining(message),
      })
    }
  })

  test('class weights for values', async () => {
    await expect(
      trainTable(at('flats.csv'), { preset: 'fast', target: 'price', classWeights: 'balanced' }),
    ).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining("classes for classWeights but the target 'price' has values"),
    })
    expect(
      (
        await deepblas([
          'train',
          '--preset',
          'fast',
          at('flats.csv'),
          '--target',
          'price',
          '--class-weights',
          'balanced',
        ])
      ).stderr,
    ).toContain(
      "Expected classes for --class-weights but the target 'price' has values. Leave --class-weights out, or give --task classification.",
    )
  })

  test('a test without the target, or with a label that the training had not', async () => {
    const later = customers(20, 2)
    const without = later.map(({ left: _, ...row }) => row)
    await expect(trainTable(at('customers.csv'), { ...short, test: without })).rejects.toThrow("a column 'left'")
    const perhaps = later.map((row) => ({ ...row, left: 'perhaps' }))
    await expect(trainTable(at('customers.csv'), { ...short, test: perhaps })).rejects.toThrow(/^the rows: .*'perhaps'/)
  })

  test('a test is read as the training was, of the columns that it has', async () => {
    await writeFile(at('codes.csv'), `code,x,extra,y\n${'007,"1,5",1,a\n008,"2,5",2,b\n'.repeat(20)}`)
    await writeFile(at('codes-test.csv'), 'y,code,x\na,7,"1,5"\nb,8,"2,5"\n')
    const { test: tested, model } = await trainTable(at('codes.csv'), {
      ...{ target: 'y', epochs: 1, hidden: [4], test: at('codes-test.csv') },
      ...{ types: { code: 'category' }, decimal: { x: ',', extra: '.' }, ignore: ['extra'] },
    })
    expect(tested!.rows).toBe(2)
    expect(model.encoder!.types).toEqual({ code: 'category', x: 'number' })
  })
})

test('tells what it does, in order', async () => {
  const rows = customers(200).map((row, i) => (i % 4 === 0 ? { ...row, left: '' } : row))
  await writeCsv(at('gaps.csv'), rows)
  const told: TableProgress[] = []
  const { profile, model } = await trainTable(at('gaps.csv'), {
    ...short,
    test: at('later.csv'),
    onProgress: (progress) => told.push(progress),
  })
  expect(told.filter(({ stage }) => stage !== 'reading')).toMatchObject([
    { stage: 'read', of: 'source', withoutTarget: 50 },
    { stage: 'read', of: 'test', withoutTarget: 0 },
    { stage: 'profiled' },
    { stage: 'encoded', rows: 127, heldOut: 23, notHeldOut: [] },
    { stage: 'training', settings: { hidden: [4], epochs: 2, batchSize: 16 }, unlike: { rows: 120 } },
  ])
  expect(profile.rows).toBe(150)
  expect(profile.classes!.reduce((sum, one) => sum + one.rows, 0)).toBe(150)
  expect(profile.suspicious).toMatchObject([
    { column: 'customer', kind: 'identifier', leftOut: true },
    { column: 'country', kind: 'constant', leftOut: true },
  ])
  expect(model.encoder!.dropped.map(({ name }) => name)).toEqual(['customer', 'country'])
})

describe('an aborted signal ends it with its reason', () => {
  const reason = new Error('enough')
  const stages = ['reading', 'read', 'profiled', 'encoded', 'training'] as const
  test.each(stages)('at %s', async (stage) => {
    const controller = new AbortController()
    const seen: string[] = []
    const running = trainTable(at('customers.csv'), {
      ...short,
      signal: controller.signal,
      onProgress(progress) {
        seen.push(progress.stage)
        if (progress.stage === stage) controller.abort(reason)
      },
    })
    await expect(running).rejects.toBe(reason)
    expect(seen.at(-1)).toBe(stage)
  })

  test('before it begins, in mid-training, and while a stream has nothing to give', async () => {
    await expect(trainTable('/no/such.csv', { ...short, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

    const controller = new AbortController()
    let epochs = 0
    const stopping = { onEpochEnd: () => void (++epochs === 3 && controller.abort(reason)) }
    const long = { ...short, epochs: 100, callbacks: [stopping], signal: controller.signal }
    await expect(trainTable(at('customers.csv'), long)).rejects.toBe(reason)
    expect(epochs).toBe(3)

    for (const first of ['fee,left\n', { fee: 1, left: 'a' }]) {
      const waiting = new AbortController()
      async function* silent() {
        yield first
        setImmediate(() => waiting.abort(reason))
        await new Promise(() => undefined)
      }
      await expect(trainTable(silent() as never, { ...short, signal: waiting.signal })).rejects.toBe(reason)
    }
  })
})

describe('the model keeps how it was made', () => {
  test('until it is trained further; save and load carry it', async () => {
    const { model, epoch } = await trainTable(customers(100), short)
    expect(model.made).toMatchObject({ epoch, data: { rows: 100, columns: 6 }, options: { target: 'left', seed: 0 } })
    await model.save(at('made.safetensors'))
    expect((await Sequential.load(at('made.safetensors'))).made).toEqual(model.made)
    expect((await deepblas(['inspect', at('made.safetensors')])).stdout).toContain('from 100 rows and 6 columns\n')
    model.made = { by: 'hand' }
    expect(model.made).toEqual({ by: 'hand' })
    expect(() => {
      model.made = 5 as never
    }).toThrow(/plain object for made/)
  })
})

describe('profileTable', () => {
  test('counts, ranges, classes, columns to be wary of', () => {
    const table = Table.fromRows(
      Array.from({ length: 40 }, (_, i) => ({
        id: `R${i}`,
        n: i % 10 === 0 ? null : i % 4,
        when: new Date(Date.UTC(2024, 0, 1 + (i % 3))),
        y: i % 8 === 0 ? 'b' : 'a',
      })),
    )
    expect(profileTable(table, { target: 'y' })).toMatchObject({
      rows: 40,
      target: 'y',
      task: 'classification',
      columns: [
        { name: 'id', type: 'category', missing: 0, different: 40 },
        { name: 'n', type: 'number', missing: 4, different: 4, min: 0, max: 3, mean: 56 / 36 },
        { name: 'when', type: 'date', missing: 0, different: 3, min: Date.UTC(2024, 0, 1), max: Date.UTC(2024, 0, 3) },
        {
          ...{ name: 'y', type: 'category', missing: 0, different: 2 },
          levels: [
            { label: 'a', rows: 35 },
            { label: 'b', rows: 5 },
          ],
        },
      ],
      classes: [
        { label: 'a', rows: 35 },
        { label: 'b', rows: 5 },
      ],
      suspicious: [{ column: 'id', kind: 'identifier', leftOut: true }],
      advice: [{ kind: 'rareClasses' }],
    })
    const kept = profileTable(table, { target: 'n', task: 'classification', keep: ['id'] })
    expect(kept.suspicious).toMatchObject([{ column: 'id', leftOut: false, asked: true }])
    expect(profileTable(table.select([0, 1, 2, 3]), { target: 'n', task: 'regression' })).toMatchObject({ rows: 3 })
    expect(profileTable(table, { target: 'n', task: 'regression' })).not.toHaveProperty('classes')
  })

  test('more than a thousand numbers are not counted', () => {
    const table = Table.fromRows(Array.from({ length: 1500 }, (_, i) => ({ x: i / 7, y: i % 2 })))
    expect(profileTable(table, { target: 'y' }).columns[0]).toMatchObject({ different: undefined, min: 0 })
  })

  test('what is wrong is named', () => {
    const table = Table.fromRows([{ x: 1, y: 2 }])
    expect(() => profileTable([] as never, { target: 'y' })).toThrow(/Table for table/)
    expect(() => profileTable(table, {} as never)).toThrow(/string for target/)
    expect(() => profileTable(table, { target: 'z' })).toThrow("a column 'z'")
    expect(() => profileTable(table, { target: 'y', keep: ['z'] })).toThrow("a column 'z'")
  })
})

test('evaluateTable wants a model of a table, with a target', async () => {
  await expect(evaluateTable({} as never, [])).rejects.toThrow(/Sequential or TableModel for model/)
  const { Dense } = await import('../../../lib/index.js')
  const bare = new Sequential([new Dense(1)], { inputs: 2 })
  await expect(evaluateTable(bare, customers(10))).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_ARGUMENT',
    message: expect.stringContaining('trained on a table for model'),
  })
  const { model } = await trainTable(customers(100), short)
  await expect(evaluateTable(model, customers(10), { tpyes: {} } as never)).rejects.toThrow("Did you mean 'types'")
  const without = customers(10).map(({ left: _, ...row }) => row)
  await expect(evaluateTable(model, without)).rejects.toThrow("a column 'left'")
})

test('no rows at all', async () => {
  await expect(trainTable([], { preset: 'fast', target: 'y' })).rejects.toThrow(
    "Expected a column 'y' but there is none; the table has no columns.",
  )
})
