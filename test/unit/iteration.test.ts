import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { batches, Dataset, Dense, Encoder, readCsv, Sequential, Table } from '../../lib/index.js'

const model = () => new Sequential([new Dense(1)], { inputs: 2, seed: 1 })
const options = { loss: 'meanSquaredError' } as const
const batch = { x: [[0, 1]], y: [1] }
const any = (value: unknown) => value as never

const uses = {
  fit: (source: unknown) => model().fit(any(source), options),
  'fit with a function': (source: unknown) =>
    model().fit(
      any(() => source),
      { ...options, epochs: 1 },
    ),
  batches: async (source: unknown) => {
    for await (const _ of batches(any(source), { size: 1, x: () => [1] })) return
  },
  'Table.fromRowStream': (source: unknown) => Table.fromRowStream(any(source)),
  'Encoder.fit': (source: unknown) => Encoder.fit(any(source)),
  readCsv: (source: unknown) => readCsv(any(source)),
}

describe.each(Object.entries(uses))('%s', (_, use) => {
  test.each([
    ['null', null],
    ['a number', 5],
    ['a text of no file', '/no such file'],
    ['a WeakMap', new WeakMap()],
    ['a date', new Date()],
    ['no method', { [Symbol.asyncIterator]: 5 }],
    ['no iterator', { [Symbol.asyncIterator]: () => 5 }],
    ['an iterator without next', { [Symbol.asyncIterator]: () => ({}) }],
    ['results that are no objects', { [Symbol.asyncIterator]: () => ({ next: () => 5 }) }],
    ['a class', class Rows {}],
    ['a Map', new Map([['x', [1]]])],
    ['a Map without entries', new Map()],
  ])('%s is an error that says what was expected', async (_, source) => {
    await expect(use(source)).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_DEEPBLAS_(ARGUMENT|FILE)$/),
      message: expect.stringMatching(/^(Expected .+ for .+ but received |Cannot read the file)/),
    })
  })

  test('an error that a source throws comes out as it is', async () => {
    const thrown = new Error('the connection is gone')
    const throwing = {
      [Symbol.asyncIterator]: () => ({
        next() {
          throw thrown
        },
      }),
    }
    // A reader of files says which file, and keeps the error.
    const error = (await Promise.resolve(use(throwing)).catch((reason: unknown) => reason)) as Error
    expect([error, error.cause]).toContain(thrown)
  })
})

test('a Map is no stream of its entries: the message says what to make of it', async () => {
  for (const source of [new Map(), new Map([[1, batch]])]) {
    await expect(uses.fit(source)).rejects.toThrow(
      /^Expected Dataset for train but received Map\(\d\) of type Map\. Make one with Dataset\.from/,
    )
    for (const call of [uses['fit with a function'], uses.batches]) {
      await expect(call(source)).rejects.toThrow(/received Map\(\d\) of type Map\. .*\[\.\.\.map\.values\(\)\]/)
    }
  }
})

test('iterators of one kind that say they have none of the other are read', async () => {
  const source = { [Symbol.asyncIterator]: undefined, [Symbol.iterator]: () => [batch][Symbol.iterator]() }
  const { epochs } = await model().fit(any(source), options)
  expect(epochs).toHaveLength(1)
  const rows: number[][] = []
  for await (const { x } of batches(any(source), { size: 1, x: () => [1] })) rows.push([...x.shape])
  expect(rows).toEqual([[1, 1]])
})

test('a source whose end fails does not hide why the fit ended, nor that it ended well', async () => {
  const source = (values: unknown[]) => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: values.length === 0, value: values.shift() }),
      return() {
        throw new Error('the end failed')
      },
    }),
  })
  await expect(model().fit(any(source([batch, { x: 3 }])), options)).rejects.toThrow(/^Batch 2 of the stream/)
  expect(
    (await model().fit(any(source([batch, batch])), { ...options, stepsPerEpoch: 1, epochs: 1 })).epochs,
  ).toHaveLength(1)
})

test('a stream that is opened after the abort is closed', async () => {
  const controller = new AbortController()
  const stream = Readable.from([batch])
  let open: (stream: Readable) => void = () => {}
  const opening = new Promise<Readable>((resolve) => {
    open = resolve
  })
  const fit = model().fit(() => any(opening), { ...options, epochs: 1, signal: controller.signal })
  setImmediate(() => controller.abort(new Error('enough')))
  await expect(fit).rejects.toThrow('enough')
  open(stream)
  await new Promise((resolve) => setImmediate(resolve))
  expect(stream.destroyed).toBe(true)
})

test('rows that never end, of a generator that does not wait, let the event loop turn', async () => {
  function* rows() {
    for (;;) yield { x: 1, y: 2 }
  }
  const controller = new AbortController()
  setImmediate(() => controller.abort(new Error('enough')))
  const endless = batches(rows(), { size: Number.MAX_SAFE_INTEGER, x: ({ x }) => [x, x], y: ({ y }) => y })
  await expect(model().fit(endless, { ...options, signal: controller.signal })).rejects.toThrow('enough')
})

test('a batch takes memory for the rows that there are', async () => {
  const sizes: number[] = []
  const rows = Array.from({ length: 3000 }, (_, i) => ({ a: i }))
  for await (const { x } of batches(rows, { size: 2 ** 45, x: ({ a }) => [a, -a] })) {
    sizes.push(x.data.buffer.byteLength)
    expect(x.shape).toEqual([3000, 2])
    expect([...x.data]).toEqual(rows.flatMap(({ a }) => [a, -a]))
  }
  expect(sizes).toHaveLength(1)
  expect(sizes[0]).toBeLessThan(4 * 3000 * 2 * 8)
})

test('a Proxy around an object of deepblas is an error that says so', async () => {
  const data = Dataset.from({ x: [[0, 1]], y: [1] })
  const table = Table.fromRows([{ a: 1 }, { a: 2 }])
  const calls: [string, () => unknown][] = [
    ['fit', () => model().fit(new Proxy(data, {}), options)],
    ['validation', () => model().fit(data, { ...options, validation: new Proxy(data, {}) })],
    ['evaluate', () => model().evaluate(new Proxy(data, {}), options)],
    ['predict', () => model().predict(new Proxy(data, {}))],
    ['concat', () => data.concat(new Proxy(data, {}))],
    ['Encoder.fitSync', () => Encoder.fitSync(new Proxy(table, {}))],
    ['Table.concat', () => Table.concat([table, new Proxy(table, {})])],
  ]
  for (const [name, call] of calls) {
    const error = await (async () => call())().catch((reason: unknown) => reason)
    expect(error, name).toMatchObject({ code: expect.stringMatching(/^ERR_DEEPBLAS_/) })
    expect((error as Error).message, name).toMatch(/It is a Proxy/)
  }
  expect(new Proxy(data, {})).not.toBeInstanceOf(Dataset)
  expect(Object.create(Dataset.prototype)).not.toBeInstanceOf(Dataset)
  class Own extends Sequential {}
  expect(model()).not.toBeInstanceOf(Own)
  expect(new Own([new Dense(1)], { inputs: 2 })).toBeInstanceOf(Sequential)
})
