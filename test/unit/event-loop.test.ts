// What runs asynchronously gives way: the event loop turns while it works, though nothing is waited for.
import { describe, expect, test } from 'vitest'
import { csvChunks, Dataset, Dense, Encoder, readCsv, Sequential, Table } from '../../lib/index.js'
import { inTurns, type Steps } from '../../lib/turns.js'

/** Turns of the event loop while something runs. */
async function turnsDuring(run: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let ended = false
  const turn = () => {
    if (ended) return
    turns++
    setImmediate(turn)
  }
  setImmediate(turn)
  await run()
  ended = true
  return turns
}

/** Of work that takes a second or so and is cut every 4 milliseconds; many times more on any machine. */
const SOME = 5

async function* once(text: string) {
  yield text
}

const ROWS = 200_000
const lines = Array.from(
  { length: ROWS },
  (_, i) => `${i % 977},${(i * 7) % 13 === 0 ? '' : (i % 31) / 4},c${i % 50},${i % 2}`,
)
const text = `a,b,c,y\n${lines.join('\n')}\n`
const objects = Array.from({ length: ROWS }, (_, i) => ({ a: i % 977, b: (i % 31) / 4, c: `c${i % 50}`, y: i % 2 }))

describe('the event loop turns during', () => {
  test('readCsv and csvChunks, of a text that is there whole', async () => {
    expect(await turnsDuring(() => readCsv(once(text)))).toBeGreaterThan(SOME)
    const all = async () => {
      for await (const table of csvChunks(once(text), { rowsPerChunk: 100_000 })) expect(table.rows).toBe(100_000)
    }
    expect(await turnsDuring(all)).toBeGreaterThan(SOME)
  })

  test('readCsv of nothing but bad rows, blank lines, comments, or one column', async () => {
    for (const [header, line] of [
      ['a,b\n1,2\n', '1,"x"y\n'],
      ['a,b\n1,2\n', '1,2,3\n'],
      ['a\n1\n', '\n'],
      ['a\n1\n', '2\n'],
    ] as const) {
      const read = () => readCsv(once(`${header}${line.repeat(500_000)}3\n`), { skipBadRows: true })
      expect(await turnsDuring(read)).toBeGreaterThan(SOME)
    }
  })

  test('readCsv of thousands of columns', async () => {
    const row = Array.from({ length: 20_000 }, (_, i) => i % 101).join(',')
    const names = Array.from({ length: 20_000 }, (_, i) => `g${i}`).join(',')
    const wide = `${names}\n${`${row}\n`.repeat(30)}`
    expect(
      await turnsDuring(async () => expect((await readCsv(once(wide))).columns.length).toBe(20_000)),
    ).toBeGreaterThan(SOME)
  })

  test('fitting an encoder and encoding', async () => {
    const table = await readCsv(once(text))
    const large = Table.concat([table, table, table, table])
    let encoder: Encoder | undefined
    const options = { target: 'y', scaling: 'quantile' } as const
    expect(await turnsDuring(async () => (encoder = await Encoder.fit(large, options)))).toBeGreaterThan(SOME)
    expect(encoder!.equals(Encoder.fitSync(large, options))).toBe(true)
    let data: Dataset | undefined
    expect(await turnsDuring(async () => (data = await encoder!.encodeAsync(large)))).toBeGreaterThan(SOME)
    const same = encoder!.encode(large)
    for (const row of [0, 1, 799_999]) expect(data!.row(row)).toEqual(same.row(row))
  })

  test('data sets of objects, and predictions for them', async () => {
    expect(await turnsDuring(() => Dataset.fromRows(objects, { target: 'y' }))).toBeGreaterThan(SOME)
    const few = await Dataset.fromRows(objects.slice(0, 500), { target: 'y', embeddings: false })
    const model = new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: few.encoder!.inputs, seed: 1 })
    await model.fit(few, { loss: 'binaryCrossEntropy', epochs: 1 })
    const expected = model.predictSync(objects)
    let predicted: Awaited<ReturnType<typeof model.predict>> | undefined
    const predict = async () => {
      const later = model.predict(objects)
      // The parameters are those of the call.
      model.setWeights(model.getWeights().map((one) => ({ ...one, data: one.data.map(() => 0) })))
      predicted = await later
    }
    expect(await turnsDuring(predict)).toBeGreaterThan(SOME)
    expect(predicted).toEqual(expected)
  })

  test('readCsv of one field of millions of quotes, and of a row of a million fields', async () => {
    const quotes = `a,b\n"${'abc"" '.repeat(2_000_000)}",1\n`
    expect(await turnsDuring(() => readCsv(once(quotes)))).toBeGreaterThan(SOME)
    const wide = `a,b\n1,2\n${'"1",'.repeat(1_000_000)}1\n`
    expect(await turnsDuring(() => readCsv(once(wide), { skipBadRows: true }))).toBeGreaterThan(SOME)
  })

  test('checks of many objects', async () => {
    const encoder = await Encoder.fit(Table.fromRows(objects.slice(0, 1000)), { target: 'y' })
    let checked: Awaited<ReturnType<typeof encoder.checkAsync>> | undefined
    expect(await turnsDuring(async () => (checked = await encoder.checkAsync(objects)))).toBeGreaterThan(SOME)
    expect(checked).toEqual(encoder.check(objects))
  })

  test('much work of pieces that are each too short to give way', async () => {
    function* short(): Steps<number> {
      const end = performance.now() + 3
      while (performance.now() < end);
      yield
      return 1
    }
    const many = async () => {
      for (let i = 0; i < 100; i++) await inTurns(short())
    }
    expect(await turnsDuring(many)).toBeGreaterThan(SOME)
  })

  test('Table.fromRowStream', async () => {
    async function* rows() {
      yield* objects
    }
    expect(await turnsDuring(() => Table.fromRowStream(rows()))).toBeGreaterThan(SOME)
  })
})
