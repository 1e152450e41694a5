import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Dataset,
  type DuckdbConnection,
  duckdbQuery,
  Encoder,
  queryChunks,
  readCsv,
  readQuery,
  type Table,
  trainTable,
} from '../../../../lib/index.js'

let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
})

function rowsOf(table: Table): Record<string, unknown>[] {
  return Array.from({ length: table.rows }, (_, row) => table.row(row))
}

async function only(sql: string, options?: object): Promise<unknown> {
  const table = await readQuery(connection, sql, options)
  return rowsOf(table)[0]![table.names[0]!]
}

describe('types', () => {
  test.each([
    ['true', true],
    ['1::TINYINT', 1],
    ['-5::BIGINT', -5],
    ['9007199254740991::BIGINT', 9007199254740991],
    ['7::UBIGINT', 7],
    ['-7::HUGEINT', -7],
    ['1.5::FLOAT', 1.5],
    ['0.1::DOUBLE', 0.1],
    ["'nan'::DOUBLE", undefined],
    ['1.25::DECIMAL(10, 2)', 1.25],
    ['-0.07::DECIMAL(4, 2)', -0.07],
    ['12345678901234.5678::DECIMAL(18, 4)', Number('12345678901234.5678')],
    ['3::DECIMAL(20, 0)', 3],
    ["'Wien'", 'Wien'],
    ["'b'::ENUM('a', 'b')", 'b'],
    ["'11111111-2222-3333-4444-555555555555'::UUID", '11111111-2222-3333-4444-555555555555'],
    ["DATE '2024-02-29'", new Date('2024-02-29')],
    ["DATE '0044-03-15'", new Date('0044-03-15')],
    ["TIMESTAMP '2024-02-29 12:30:15.123456'", new Date('2024-02-29T12:30:15.123Z')],
    ["TIMESTAMPTZ '2024-02-29 12:30:15+02'", new Date('2024-02-29T10:30:15Z')],
    ["TIMESTAMP_S '2024-02-29 12:30:15'", new Date('2024-02-29T12:30:15Z')],
    ["TIMESTAMP_MS '2024-02-29 12:30:15.5'", new Date('2024-02-29T12:30:15.500Z')],
    ["TIMESTAMP_NS '2024-02-29 12:30:15.987654321'", new Date('2024-02-29T12:30:15.987Z')],
    ["TIME '12:30:15.25'", 45_015.25],
    ['NULL', undefined],
    ['NULL::VARCHAR', undefined],
    ['NULL::DATE', undefined],
  ])('%s', async (sql, value) => {
    expect(await only(`SELECT ${sql} AS x`)).toEqual(value)
  })

  test('what a table cannot hold is an error that names the column, and can be left out', async () => {
    const sql = 'SELECT 1 AS a, [1, 2] AS list'
    await expect(readQuery(connection, sql)).rejects.toThrow(
      /^Cannot read what the query finds: its column 'list' is of type INTEGER\[\], which a table cannot hold: name it in ignore$/,
    )
    expect(rowsOf(await readQuery(connection, sql, { ignore: ['list'] }))).toEqual([{ a: 1 }])
  })

  test.each([
    ["DATE 'infinity'", /row 0 of its column 'due' holds infinity in place of a date\. Leave such rows out/],
    [
      "TIMESTAMP '-infinity'",
      /holds infinity in place of a date\. Leave such rows out in the query, or make them NULL/,
    ],
    ["DATE '300000-01-01'", /holds 300000-01-01, which is too far for a date/],
  ])('%s is an error that says what to do', async (sql, message) => {
    await expect(readQuery(connection, `SELECT ${sql} AS due`)).rejects.toThrow(message)
    const advised = `SELECT CASE WHEN abs(year(due)) < 10000 THEN due END AS due FROM (SELECT ${sql} AS due)`
    expect(await only(advised)).toBeUndefined()
  })

  test('a type that is asked for', async () => {
    expect(await only('SELECT 5::BIGINT AS zip', { types: { zip: 'category' } })).toBe('5')
    expect(await only("SELECT '1.5' AS price", { types: { price: 'number' } })).toBe(1.5)
    await expect(readQuery(connection, "SELECT 'x' AS price", { types: { price: 'number' } })).rejects.toThrow(
      "row 0 of its column 'price' holds x, which is no number",
    )
  })
})

describe('whole numbers beyond 2^53', () => {
  const sql = 'SELECT range * 3 + CASE WHEN range >= 4000 THEN 9007199254740992 ELSE 0 END AS id FROM range(5000)'

  test('make texts of all, also of those that came before, and a note says so', async () => {
    const table = await readQuery(connection, sql)
    expect(table.column('id').type).toBe('category')
    expect([0, 1, 3999, 4000, 4001].map((row) => table.cell(row, 'id'))).toEqual([
      '0',
      '3',
      '11997',
      '9007199254752992',
      '9007199254752995',
    ])
    expect(table.notes.map(({ text }) => text).join()).toContain('whole numbers beyond 2^53, kept as texts')
  })

  test('are numbers where that is asked for', async () => {
    const table = await readQuery(connection, sql, { types: { id: 'number' } })
    expect(table.column('id').type).toBe('number')
  })

  test('are an error in chunks, of which earlier ones have numbers', async () => {
    const read = async () => {
      for await (const table of queryChunks(connection, sql)) expect(table.rows).toBe(0)
    }
    await expect(read()).rejects.toThrow(/column 'id' holds whole numbers beyond 2\^53.*types: { 'id': 'category' }/)
  })
})

describe('rows', () => {
  test('of several chunks, with parameters by place and by name', async () => {
    const byPlace = await readQuery(connection, 'SELECT range AS n FROM range($1)', { values: [5000] })
    expect(byPlace.rows).toBe(5000)
    expect(byPlace.cell(4999, 'n')).toBe(4999)
    const byName = await readQuery(connection, 'SELECT $city AS city', { values: { city: "O'Fallon" } })
    expect(byName.cell(0, 'city')).toBe("O'Fallon")
  })

  test('none: the columns are known', async () => {
    const table = await readQuery(connection, 'SELECT 1 AS a, true AS b WHERE false')
    expect([table.rows, table.names]).toEqual([0, ['a', 'b']])
  })

  test('in tables of as many as are asked for', async () => {
    const rows: number[] = []
    let next = 0
    for await (const table of queryChunks(connection, 'SELECT range AS n FROM range(7000)', { rowsPerChunk: 3000 })) {
      rows.push(table.rows)
      for (let row = 0; row < table.rows; row++) expect(table.cell(row, 'n')).toBe(next++)
    }
    expect(rows).toEqual([3000, 3000, 1000])
  })

  test('texts that stand for nothing, as in other readers', async () => {
    const sql = "SELECT unnest(['Wien', 'NA', 'x']) AS city"
    expect(rowsOf(await readQuery(connection, sql)).map(({ city }) => city)).toEqual(['Wien', undefined, 'x'])
    expect(rowsOf(await readQuery(connection, sql, { missing: ['x'] })).map(({ city }) => city)).toEqual([
      'Wien',
      'NA',
      undefined,
    ])
  })

  test('are those of the same file as CSV', async () => {
    const csv = async function* () {
      yield 'day,city,price\n2024-01-05,Wien,10.5\n2024-02-06,,7\n,Graz,\n'
    }
    const values = `(DATE '2024-01-05', 'Wien', 10.5::DOUBLE), (DATE '2024-02-06', NULL, 7), (NULL, 'Graz', NULL)`
    const table = await readQuery(connection, `SELECT * FROM (VALUES ${values}) AS t(day, city, price)`)
    expect(rowsOf(table)).toEqual(rowsOf(await readCsv(csv())))
  })
})

describe('errors', () => {
  test.each<[string, unknown, unknown, object | undefined, RegExp]>([
    ['no connection', undefined, 'SELECT 1', undefined, /connection of the package @duckdb\/node-api for connection/],
    ['an instance', {}, 'SELECT 1', undefined, /connection of the package @duckdb\/node-api for connection/],
    ['no query', 'connection', '  ', undefined, /query that is not empty for sql/],
    ['a query that is no text', 'connection', 5, undefined, /string for sql/],
    ['values that are none', 'connection', 'SELECT $1', { values: 5 }, /list of values, or values by name for values/],
    ['an unknown option', 'connection', 'SELECT 1', { value: [1] }, /values/],
    ['two columns of a name', 'connection', 'SELECT 1 AS a, 2 AS a', undefined, /two columns named 'a'.*SELECT … AS …/],
    ['an unknown column', 'connection', 'SELECT 1 AS a', { ignore: ['b'] }, /'b'/],
    ["DuckDB's own", 'connection', 'SELECT * FROM nowhere', undefined, /nowhere/],
    ["DuckDB's own, among the rows", 'connection', "SELECT error('stop') AS a FROM range(9)", undefined, /stop/],
  ])('%s', async (_, given, sql, options, message) => {
    const used = given === 'connection' ? connection : given
    await expect(readQuery(used as DuckdbConnection, sql as string, options)).rejects.toThrow(message)
  })

  test('a connection of the older package', async () => {
    const old = { stream: () => (async function* () {})() } as unknown as DuckdbConnection
    await expect(readQuery(old, 'SELECT 1')).rejects.toThrow(
      'The older package duckdb has connections of another kind.',
    )
  })
})

describe('training', () => {
  const sql = `SELECT range % 7 AS a, ['x', 'y', 'z'][range % 3 + 1] AS b, (range % 7) * 2.0 + (range % 3) AS price FROM range(300)`

  test('a data set, and another one by its encoder', async () => {
    const train = await Dataset.fromQuery(connection, sql, { target: 'price' })
    expect([train.rows, train.encoder!.target]).toEqual([300, 'price'])
    const more = await Dataset.fromQuery(connection, `${sql} LIMIT 10`, { encoder: train.encoder })
    expect(more.rows).toBe(10)
  })

  test('an encoder and batches of a stream', async () => {
    const encoder = await Encoder.fit(queryChunks(connection, sql, { rowsPerChunk: 64 }), { target: 'price' })
    let rows = 0
    const encoded = async function* () {
      for await (const table of queryChunks(connection, sql, { rowsPerChunk: 64 })) yield encoder.encode(table)
    }
    for await (const data of encoded()) rows += data.rows
    expect(rows).toBe(300)
  })

  test('trainTable reads the query', async () => {
    const options = { target: 'price', epochs: 2, ignore: ['b'] }
    const { model } = await trainTable(duckdbQuery(connection, sql), options)
    expect(model.encoder?.columns.map(({ name }) => name)).toEqual(['a'])
  })
})
