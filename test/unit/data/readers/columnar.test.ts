import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as arrow from 'apache-arrow'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { optionalPackage } from '../../../../lib/data/readers/columnar/optional-package.js'
import { type ArrowTable, Dataset, parquetChunks, readArrow, readParquet, type Table } from '../../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-columns-'))
})
afterAll(() => rm(folder, { recursive: true }))

function rowsOf(table: Table): Record<string, unknown>[] {
  return Array.from({ length: table.rows }, (_, row) => table.row(row))
}

const day = new Date('2024-05-06T07:08:09.010Z')
const expected = [
  { n: 1.5, i: 1, big: 4, s: 'a', yes: true, when: day },
  { n: undefined, i: 2, big: undefined, s: undefined, yes: undefined, when: undefined },
  { n: -2, i: 3, big: 6, s: '7', yes: false, when: new Date(0) },
]

describe('Parquet', () => {
  const columnData = [
    { name: 'n', data: [1.5, null, -2], type: 'DOUBLE' as const, nullable: true },
    { name: 'i', data: [1, 2, 3], type: 'INT32' as const },
    { name: 'big', data: [4n, null, 6n], type: 'INT64' as const, nullable: true },
    { name: 's', data: ['a', null, '7'], type: 'STRING' as const, nullable: true },
    { name: 'yes', data: [true, null, false], type: 'BOOLEAN' as const, nullable: true },
    { name: 'when', data: [day, null, new Date(0)], type: 'TIMESTAMP' as const, nullable: true },
  ]
  const write = async (name: string, options: object = {}) => {
    const path = join(folder, name)
    await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData, ...options })))
    return path
  }

  test('types are those of the file', async () => {
    const table = await readParquet(await write('plain.parquet'))
    expect(table.columns.map(({ type }) => type)).toEqual(['number', 'number', 'number', 'category', 'boolean', 'date'])
    expect(rowsOf(table)).toEqual(expected)
  })

  test('compressed pages', async () => {
    const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) }
    expect(rowsOf(await readParquet(await write('snappy.parquet', { codec: 'SNAPPY' })))).toEqual(expected)
    expect(rowsOf(await readParquet(await write('gzip.parquet', { codec: 'GZIP', compressors })))).toEqual(expected)
    const zstd = await write('zstd.parquet', { codec: 'ZSTD', compressors: { ZSTD: (bytes: Uint8Array) => bytes } })
    await expect(readParquet(zstd)).rejects.toThrow('compressed with Zstandard. Run: npm install hyparquet-compressors')
  })

  test('a table for every row group', async () => {
    const path = await write('groups.parquet', { rowGroupSize: 2 })
    const tables: Table[] = []
    for await (const table of parquetChunks(path)) tables.push(table)
    expect(tables.map(({ rows }) => rows)).toEqual([2, 1])
    expect(tables.flatMap(rowsOf)).toEqual(expected)
    expect(rowsOf(await readParquet(path))).toEqual(expected)
  })

  test('types, ignore and missing', async () => {
    const path = await write('options.parquet')
    const table = await readParquet(path, {
      types: { i: 'category' },
      ignore: ['n', 'big', 'yes', 'when'],
      missing: ['a'],
    })
    expect(rowsOf(table)).toEqual([
      { i: '1', s: undefined },
      { i: '2', s: undefined },
      { i: '3', s: '7' },
    ])
    await expect(readParquet(path, { ignore: ['m'] })).rejects.toThrow("Expected a column 'm'")
    await expect(readParquet(path, { types: { s: 'number' } })).rejects.toThrow(
      `Cannot read the file '${path}': row 0 of its column 's' holds a, which is no number`,
    )
  })

  test('lists are refused by name', async () => {
    const path = join(folder, 'json.parquet')
    const data = [{ name: 'x', data: [{ a: 1 }], type: 'JSON' as const }]
    await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData: data })))
    await expect(readParquet(path)).rejects.toThrow(
      "its column 'x' is of type JSON, which a table cannot hold: name it in",
    )
    await expect(readParquet(path, { ignore: ['x'] })).rejects.toThrow('no column that is not ignored')
  })

  test('damaged files', async () => {
    const bytes = await readFile(await write('whole.parquet'))
    const path = join(folder, 'cut.parquet')
    await writeFile(path, bytes.subarray(0, bytes.length - 20))
    await expect(readParquet(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    await expect(readParquet(join(folder, 'none.parquet'))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  })

  test('as a data set', async () => {
    const data = await Dataset.fromParquet(await write('set.parquet'), { target: 'i', ignore: ['when'] })
    expect([data.rows, data.hasTargets]).toEqual([3, true])
  })
})

describe('Arrow', () => {
  const table = new arrow.Table({
    n: arrow.vectorFromArray([1.5, null, -2], new arrow.Float64()),
    i: arrow.vectorFromArray([1, 2, 3], new arrow.Int32()),
    big: arrow.vectorFromArray([4n, null, 6n], new arrow.Int64()),
    s: arrow.vectorFromArray(['a', null, '7']),
    yes: arrow.vectorFromArray([true, null, false]),
    when: arrow.vectorFromArray([day, null, new Date(0)], new arrow.TimestampMillisecond()),
  })
  const memory = table as unknown as ArrowTable

  test('a table in memory', async () => {
    const read = await readArrow(memory)
    expect(read.columns.map(({ type }) => type)).toEqual(['number', 'number', 'number', 'category', 'boolean', 'date'])
    expect(rowsOf(read)).toEqual(expected)
  })

  test.each(['file', 'stream'] as const)('an IPC %s, as bytes and as a path', async (kind) => {
    const bytes = arrow.tableToIPC(table, kind)
    const path = join(folder, `${kind}.arrow`)
    await writeFile(path, bytes)
    expect(rowsOf(await readArrow(bytes))).toEqual(expected)
    expect(rowsOf(await readArrow(path))).toEqual(expected)
  })

  test('plain strings, days, decimals and half precision', async () => {
    const other = new arrow.Table({
      text: arrow.vectorFromArray(['x', null], new arrow.Utf8()),
      day: arrow.vectorFromArray([new Date('2024-05-06'), null], new arrow.DateDay()),
      price: arrow.vectorFromArray([new Uint32Array([1999, 0, 0, 0]), null], new arrow.Decimal(2, 10, 128)),
      micro: arrow.vectorFromArray([5, null], new arrow.TimestampMicrosecond()),
    })
    expect(rowsOf(await readArrow(other as unknown as ArrowTable))).toEqual([
      { text: 'x', day: new Date('2024-05-06'), price: 19.99, micro: new Date(5) },
      { text: undefined, day: undefined, price: undefined, micro: undefined },
    ])
  })

  test('lists, and what is none of Arrow, are refused', async () => {
    const list = new arrow.List(new arrow.Field('item', new arrow.Int32()))
    const lists = new arrow.Table({ x: arrow.vectorFromArray([[1, 2]], list) }) as unknown as ArrowTable
    await expect(readArrow(lists)).rejects.toThrow("its column 'x' is of type List<Int32>, which a table cannot hold")
    const path = join(folder, 'no.arrow')
    await writeFile(path, 'this is no arrow file at all')
    await expect(readArrow(path)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
    await expect(readArrow(join(folder, 'none.arrow'))).rejects.toThrow('ENOENT')
    // @ts-expect-error no source
    await expect(readArrow(5)).rejects.toThrow('Expected path, bytes (Uint8Array) or Arrow table for source')
  })

  test('as a data set', async () => {
    const good = await Dataset.fromArrow(memory, { target: 'i' })
    expect([good.rows, good.encoder?.target]).toEqual([3, 'i'])
  })
})

test('a package that is not installed is named, with what to do', async () => {
  await expect(optionalPackage('deepblas-no-such-package', 'to read this')).rejects.toMatchObject({
    code: 'ERR_DEEPBLAS_LOAD',
    message:
      'The package deepblas-no-such-package is needed to read this and is not installed. Run: npm install deepblas-no-such-package',
  })
})
