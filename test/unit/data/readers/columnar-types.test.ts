import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as arrow from 'apache-arrow'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, test } from 'vitest'
import { type ArrowTable, parquetChunks, readArrow, readParquet, type Table } from '../../../../lib/index.js'

const folder = mkdtempSync(join(tmpdir(), 'deepblas-columnar-types-'))
afterAll(() => rmSync(folder, { recursive: true }))

const cellsOf = (table: Table, name: string) => Array.from({ length: table.rows }, (_, row) => table.cell(row, name))
let files = 0

async function parquet(element: object, data: readonly unknown[], options: object = {}): Promise<string> {
  const path = join(folder, `${files++}.parquet`)
  const schema = [
    { name: 'root', num_children: 1 },
    { name: 'v', repetition_type: 'OPTIONAL', ...element },
  ]
  const columnData = [{ name: 'v', data: [...data] }]
  await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData, schema, ...options } as never)))
  return path
}

const memory = (values: readonly unknown[], type: arrow.DataType) =>
  new arrow.Table({ v: arrow.vectorFromArray(values as never, type) }) as unknown as ArrowTable

const LARGE = [9007199254740993n, 9007199254740992n, null, -9007199254740993n]
const TEXTS = ['9007199254740993', '9007199254740992', undefined, '-9007199254740993']

/** Words of 32 bits, the least first, as Arrow keeps decimals. */
function words(value: bigint): Uint32Array {
  return Uint32Array.from([0n, 32n, 64n, 96n], (shift) => Number((value >> shift) & 0xffffffffn))
}

describe('whole numbers beyond 2^53', () => {
  const decimal = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, converted_type: 'DECIMAL', precision: 38, scale: 0 }
  const sources: readonly (readonly [string, () => Promise<Table>, () => Promise<Table>])[] = [
    [
      'int64 of Parquet',
      async () => readParquet(await parquet({ type: 'INT64' }, LARGE)),
      async () => readParquet(await parquet({ type: 'INT64' }, LARGE), { types: { v: 'number' } }),
    ],
    [
      'int64 of Parquet, without statistics',
      async () => readParquet(await parquet({ type: 'INT64' }, LARGE, { statistics: false })),
      async () => readParquet(await parquet({ type: 'INT64' }, LARGE), { types: { v: 'number' } }),
    ],
    [
      'decimal of Parquet',
      async () => readParquet(await parquet(decimal, LARGE)),
      async () => readParquet(await parquet(decimal, LARGE), { types: { v: 'number' } }),
    ],
    [
      'int64 of Arrow',
      () => readArrow(memory(LARGE, new arrow.Int64())),
      () => readArrow(memory(LARGE, new arrow.Int64()), { types: { v: 'number' } }),
    ],
    [
      'decimal of Arrow',
      () =>
        readArrow(
          memory(
            LARGE.map((value) => (value === null ? null : words(value))),
            new arrow.Decimal(0, 38, 128),
          ),
        ),
      () => readArrow(memory(LARGE, new arrow.Int64()), { types: { v: 'number' } }),
    ],
  ]
  test.each(sources)('%s: texts, and told', async (_, read, asNumbers) => {
    const table = await read()
    expect(cellsOf(table, 'v')).toEqual(TEXTS)
    expect(table.notes).toMatchObject([
      { column: 'v', kind: 'text', text: expect.stringContaining("types: { 'v': 'number' }") },
    ])
    expect((await asNumbers()).column('v').type).toBe('number')
  })

  test('every row group is read as the whole column is', async () => {
    for (const statistics of [true, false]) {
      const path = await parquet({ type: 'INT64' }, [1n, 2n, 2n ** 60n, 4n], { rowGroupSize: 2, statistics })
      const cells: unknown[] = []
      for await (const table of parquetChunks(path)) cells.push(...cellsOf(table, 'v'))
      expect(cells).toEqual(['1', '2', '1152921504606846976', '4'])
    }
  })

  test('up to 2^53 they are numbers, without a note', async () => {
    const values = [2n ** 53n - 1n, -1n]
    for (const table of [
      await readParquet(await parquet({ type: 'INT64' }, values)),
      await readArrow(memory(values, new arrow.Int64())),
    ]) {
      expect([cellsOf(table, 'v'), table.notes]).toEqual([values.map(Number), []])
    }
    const unsigned = await readArrow(memory([2n ** 64n - 1n], new arrow.Uint64()))
    expect(cellsOf(unsigned, 'v')).toEqual(['18446744073709551615'])
  })
})

describe('decimals', () => {
  test('are the numbers that their digits write', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 12 }),
        async (digits, scale) => {
          const expected = digits.map((value) => Number(`${value}e-${scale}`))
          const element = {
            type: 'FIXED_LEN_BYTE_ARRAY',
            type_length: 16,
            converted_type: 'DECIMAL',
            precision: 38,
            scale,
          }
          expect(cellsOf(await readParquet(await parquet(element, digits)), 'v')).toEqual(expected)
          const type = new arrow.Decimal(scale, 38, 128)
          expect(cellsOf(await readArrow(memory(digits.map(words), type)), 'v')).toEqual(expected)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('of 32 and 64 bits', async () => {
    for (const type of ['INT32', 'INT64']) {
      const path = await parquet({ type, converted_type: 'DECIMAL', precision: 9, scale: 2 }, [1.15, null, -0.07])
      expect(cellsOf(await readParquet(path), 'v')).toEqual([1.15, undefined, -0.07])
    }
  })
})

describe('dates and times', () => {
  const day = new Date('2024-12-31')
  const time = new Date('1969-12-31T23:59:58.123Z')
  test.each([
    ['date', { type: 'INT32', converted_type: 'DATE' }, day],
    ['milliseconds', { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }, time],
    ['microseconds', { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' }, time],
    [
      'nanoseconds',
      { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' } },
      time,
    ],
  ])('Parquet: %s', async (_, element, value) => {
    expect(cellsOf(await readParquet(await parquet(element, [value, null])), 'v')).toEqual([value, undefined])
  })

  test.each([
    ['date32', new arrow.DateDay(), day],
    ['date64', new arrow.DateMillisecond(), day],
    ['seconds', new arrow.TimestampSecond(), new Date('2024-12-31T14:05:33Z')],
    ['milliseconds', new arrow.TimestampMillisecond(), time],
    ['microseconds', new arrow.TimestampMicrosecond(), time],
    ['nanoseconds', new arrow.TimestampNanosecond(), time],
    ['a zone', new arrow.Timestamp(arrow.TimeUnit.MILLISECOND, 'Europe/Vienna'), time],
  ])('Arrow: %s', async (_, type, value) => {
    const source = memory([value.getTime(), null], type)
    expect(cellsOf(await readArrow(source), 'v')).toEqual([value, undefined])
    expect(cellsOf(await readArrow(source, { types: { v: 'category' } }), 'v')).toEqual([
      value.toISOString(),
      undefined,
    ])
  })

  test('times of day and durations of Arrow are numbers, and their unit is told', async () => {
    const times = await readArrow(memory([5000000n, null], new arrow.TimeMicrosecond()))
    expect([cellsOf(times, 'v'), times.notes]).toEqual([
      [5000000, undefined],
      [{ column: 'v', kind: 'date', text: 'times of day as numbers, in microseconds' }],
    ])
    const durations = await readArrow(memory([5000n], new arrow.DurationMillisecond()))
    expect(durations.notes[0]!.text).toBe('durations as numbers, in milliseconds')
  })

  test('texts and whole numbers are dates by the format that is given', async () => {
    const dateFormats = { v: 'dd.MM.yyyy' }
    const texts = await parquet({ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, ['31.12.2024', null])
    expect(cellsOf(await readParquet(texts, { dateFormats }), 'v')).toEqual([day, undefined])
    expect(cellsOf(await readArrow(memory(['31.12.2024', null], new arrow.Utf8()), { dateFormats }), 'v')).toEqual([
      day,
      undefined,
    ])
    for (const value of [20241231, 20241231n]) {
      const type = typeof value === 'bigint' ? new arrow.Int64() : new arrow.Int32()
      expect(cellsOf(await readArrow(memory([value], type), { dateFormats: { v: 'yyyyMMdd' } }), 'v')).toEqual([day])
    }
    await expect(readParquet(texts, { types: { v: 'date' } })).rejects.toThrow(
      "row 0 of its column 'v' holds 31.12.2024, which is no date: say how its dates are written, dateFormats: { 'v': 'dd.MM.yyyy' }",
    )
    await expect(readParquet(texts, { dateFormats: { v: 'MM/dd/yyyy' } })).rejects.toThrow(
      'which is no date as MM/dd/yyyy',
    )
    await expect(readParquet(texts, { dates: 'dayFirst' })).rejects.toThrow("the option 'dates'")
  })
})

describe('what a table cannot hold names its column', () => {
  test.each([
    [
      'bytes of Parquet',
      async () =>
        readParquet(await parquet({ type: 'BYTE_ARRAY' }, [new Uint8Array([255, 254]), new Uint8Array([255, 253])])),
    ],
    [
      'fixed bytes of Parquet',
      async () =>
        readParquet(await parquet({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2 }, [new Uint8Array([255, 254])])),
    ],
    [
      'JSON of Parquet',
      async () => readParquet(await parquet({ type: 'BYTE_ARRAY', converted_type: 'JSON' }, [{ a: 1 }])),
    ],
    ['bytes of Arrow', () => readArrow(memory([new Uint8Array([1])], new arrow.Binary()))],
    ['lists of Arrow', () => readArrow(memory([[1]], new arrow.List(new arrow.Field('x', new arrow.Int32()))))],
    [
      'structs of Arrow',
      () => readArrow(memory([{ a: 1 }], new arrow.Struct([new arrow.Field('a', new arrow.Int32())]))),
    ],
  ])('%s', async (_, read) => {
    await expect(read()).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    await expect(read()).rejects.toThrow(/column 'v' .*name it in ignore/)
  })

  test('columns of nothing are numbers that are missing', async () => {
    expect(cellsOf(await readArrow(memory([null, null], new arrow.Null())), 'v')).toEqual([undefined, undefined])
    expect(cellsOf(await readParquet(await parquet({ type: 'INT64' }, [null, null])), 'v')).toEqual([
      undefined,
      undefined,
    ])
  })

  test('dictionaries of texts and of numbers', async () => {
    const texts = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8())
    expect(cellsOf(await readArrow(memory(['b', 'a', null, 'b'], texts)), 'v')).toEqual(['b', 'a', undefined, 'b'])
    const wholes = new arrow.Dictionary(new arrow.Int64(), new arrow.Int8())
    expect(cellsOf(await readArrow(memory([9007199254740993n, 9007199254740992n], wholes)), 'v')).toEqual(
      TEXTS.slice(0, 2),
    )
  })
})
