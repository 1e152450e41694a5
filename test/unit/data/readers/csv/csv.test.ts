import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type BadRow,
  type CsvOptions,
  csvChunks,
  type ReadProgress,
  readCsv,
  type Table,
} from '../../../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function* pieces(...parts: (string | Uint8Array)[]) {
  yield* parts
}

async function read(text: string | Uint8Array, options?: CsvOptions): Promise<Table> {
  return await readCsv(pieces(text), options)
}

function rowsOf(table: Table): Record<string, unknown>[] {
  return Array.from({ length: table.rows }, (_, row) => table.row(row))
}

function typesOf(table: Table): string {
  return table.columns.map(({ name, type }) => `${name} ${type}`).join(', ')
}

describe('what is recognised', () => {
  test.each([
    [',', 'a,b,c\n1,2,x\n3,4,y\n'],
    [';', 'a;b;c\n1;2;x\n3;4;y\n'],
    ['tab', 'a\tb\tc\n1\t2\tx\n3\t4\ty\n'],
    ['|', 'a|b|c\n1|2|x\n3|4|y\n'],
    ['carriage returns and line feeds', 'a,b,c\r\n1,2,x\r\n3,4,y\r\n'],
    ['carriage returns alone', 'a,b,c\r1,2,x\r3,4,y'],
    ['no line end at the end', 'a,b,c\n1,2,x\n3,4,y'],
    ['blank lines', '\n\na,b,c\n\n1,2,x\n   \n3,4,y\n\n\n'],
    ['blanks around fields', 'a , b,c\n 1,2 ,x \n3, 4,  y\n'],
    ['quotes everywhere', '"a","b","c"\n"1","2","x"\n"3","4","y"\n'],
  ])('%s', async (_, text) => {
    const table = await read(text)
    expect(typesOf(table)).toBe('a number, b number, c category')
    expect(rowsOf(table)).toEqual([
      { a: 1, b: 2, c: 'x' },
      { a: 3, b: 4, c: 'y' },
    ])
  })

  test.each([
    [
      'semicolons where fields have commas',
      'a;b\n"x, y";1\nz, w;2\n',
      [
        { a: 'x, y', b: 1 },
        { a: 'z, w', b: 2 },
      ],
    ],
    [
      'semicolons where a row is bad',
      'a;b\n1;x\n2\n3;y\n',
      [
        { a: 1, b: 'x' },
        { a: 3, b: 'y' },
      ],
    ],
    ['a single column', 'a\n1\n2\n', [{ a: 1 }, { a: 2 }]],
    [
      'a single column, where a comma is one field too many',
      'a\nI came, and saw\nno\n\tyes\n',
      [{ a: 'no' }, { a: 'yes' }],
    ],
  ])('%s', async (_, text, rows) => {
    expect(rowsOf(await read(text, { skipBadRows: true }))).toEqual(rows)
  })

  test('a delimiter and a quote of the caller', async () => {
    const table = await read("a:b\n1:'x:''y'\n", { delimiter: ':', quote: "'" })
    expect(rowsOf(table)).toEqual([{ a: 1, b: "x:'y" }])
  })

  test('quoted delimiters, line ends and quotes', async () => {
    const table = await read('a,b\n"x, ""y""\r\nz",1\n"",2\n')
    expect(rowsOf(table)).toEqual([
      { a: 'x, "y"\nz', b: 1 },
      { a: undefined, b: 2 },
    ])
  })

  test('missing values', async () => {
    const table = await read('n,c,k\n?,NA,1\nN/A,?,2\nNaN,null,3\nnull,  ,4\n,"",5\n   ,x,6\n7,y,7\n')
    expect(typesOf(table)).toBe('n number, c category, k number')
    expect(Array.from({ length: 7 }, (_, row) => table.cell(row, 'n'))).toEqual([...Array(6).fill(undefined), 7])
    expect(Array.from({ length: 7 }, (_, row) => table.cell(row, 'c'))).toEqual([...Array(5).fill(undefined), 'x', 'y'])
    const own = await read('n,c\n-,NA\n1,x\n', { missing: ['-'] })
    expect(rowsOf(own)).toEqual([
      { n: undefined, c: 'NA' },
      { n: 1, c: 'x' },
    ])
    expect(rowsOf(await read('n\n-999\n1\n', { missing: ['-999'] }))).toEqual([{ n: undefined }, { n: 1 }])
  })

  test('numbers, and what looks like them', async () => {
    const table = await read('a,b,c,d,e,f\n-1,+2.5,1e3,0x10,Infinity,"1,000"\n.5,5.,-1E-2,0x11,1,"2,000"\n')
    expect(typesOf(table)).toBe('a number, b number, c number, d category, e number, f number')
    expect(table.row(0)).toMatchObject({ a: -1, b: 2.5, c: 1000, f: 1000 })
    expect(table.row(1)).toMatchObject({ a: 0.5, b: 5, c: -0.01 })
  })

  test.each(['Infinity', '-Infinity', 'inf', '-inf', '+Inf', 'INF', '1e999'])(
    '%s is a missing number',
    async (text) => {
      const table = await read(`n\n1\n${text}\n3\n`)
      expect(rowsOf(table)).toEqual([{ n: 1 }, { n: undefined }, { n: 3 }])
    },
  )

  test('a decimal comma is recognised where more numbers have one than a point', async () => {
    const german = 'a;b\n3,14;x\n-2,5;y\n'
    const expected = [
      { a: 3.14, b: 'x' },
      { a: -2.5, b: 'y' },
    ]
    expect(rowsOf(await read(german))).toEqual(expected)
    expect(rowsOf(await read(german, { decimal: ',' }))).toEqual(expected)
    expect(typesOf(await read(german, { decimal: '.' }))).toBe('a category, b category')
    expect(typesOf(await read('a;b\n3.14;1,5\n2.5;2,5\n'))).toBe('a number, b number')
    // Thousands, perhaps: 999 and 1,001 are not 999 and 1.001.
    await expect(read('a;b\n1,234;x\n999;y\n')).rejects.toThrow(
      "its column 'a' holds numbers such as '1,234' that may have a decimal point or thousands, and nothing tells which. " +
        "Give decimal: ',' for 1.234 or thousands: ',' for 1234, or types: { 'a': 'category' }",
    )
    expect(rowsOf(await read('a;b\n1,234;0,5\n999;1\n'))).toEqual([
      { a: 1.234, b: 0.5 },
      { a: 999, b: 1 },
    ])
    expect(rowsOf(await read('a,b\n"3,14",x\n"2,5",y\n'))).toEqual([
      { a: 3.14, b: 'x' },
      { a: 2.5, b: 'y' },
    ])
  })

  test('decimal commas between other delimiters, with a header or without', async () => {
    const none = await read('2,0;1,15;3,21\n5,1;7,25;1,55\n2,5;3,5;2,2\n4,0;4,5;3,0\n')
    expect(typesOf(none)).toBe('column1 number, column2 number, column3 number')
    expect(none.rows).toBe(4)
    const words = await read('4,22;5,96;Wien\n3,10;6,20;Graz\n5,50;5,10;Linz\n')
    expect(rowsOf(words)[0]).toEqual({ column1: 4.22, column2: 5.96, column3: 'Wien' })
    const units = await read('Umsatz, EUR;Menge, kg\n1,5;2,5\n2,5;3,50\n')
    expect(typesOf(units)).toBe('Umsatz, EUR number, Menge, kg number')
  })

  test('a number that a decimal comma would make one says so', async () => {
    const wrong = read('a;b\n3.5;x\n2,5;y\n1.5;z\n', { types: { a: 'number' } })
    await expect(wrong).rejects.toThrow(/line 3: .*'2,5' \(if its comma is a decimal point, give decimal: ','\)/)
  })

  test('a word above numbers is a name, and so are the years beside it', async () => {
    const table = await read('id,2019,2020,y\n1,1500,1400,3\n2,2100,2300,5\n3,1900,2020,8\n')
    expect(table.names).toEqual(['id', '2019', '2020', 'y'])
    expect((await read('NA,2,3\n1,2,4\n5,1,3\n')).names).toEqual(['column1', 'column2', 'column3'])
  })

  test('booleans and dates', async () => {
    const table = await read(
      'a,b,c,d\ntrue,2024-02-29,2024-01-01T12:30:00Z,2023-02-30\nFALSE,1969-12-31,2024-01-01 12:30:15.5+02:00,2023-01-01\n,,,\n',
    )
    expect(typesOf(table)).toBe('a boolean, b date, c date, d category')
    expect(rowsOf(table)).toEqual([
      { a: true, b: new Date('2024-02-29T00:00:00Z'), c: new Date('2024-01-01T12:30:00Z'), d: '2023-02-30' },
      { a: false, b: new Date('1969-12-31T00:00:00Z'), c: new Date('2024-01-01T10:30:15.500Z'), d: '2023-01-01' },
      { a: undefined, b: undefined, c: undefined, d: undefined },
    ])
  })

  test('types of the caller', async () => {
    const table = await read('zip,flag,x\n1010,yes,1\n1020,no,2\n', { types: { zip: 'category', flag: 'boolean' } })
    expect(rowsOf(table)).toEqual([
      { zip: '1010', flag: true, x: 1 },
      { zip: '1020', flag: false, x: 2 },
    ])
    await expect(read('zip,x\n1,1\n', { types: { zipp: 'category' } })).rejects.toThrow("Did you mean 'zip'?")
    await expect(read('zip,x\n1,1\n', { ignore: ['y'] })).rejects.toThrow("Expected a column 'y'")
    expect((await read('zip,x\n1,1\n', { ignore: ['zip'] })).names).toEqual(['x'])
    await expect(read('zip\n1\n', { ignore: ['zip'] })).rejects.toThrow('ignore leaves none of its columns')
  })
})

describe('the header', () => {
  test.each([
    ['numbers as below', '5.1,3.5,a\n4.9,3.6,b\n5.2,3.1,a\n', 3],
    ['names', 'x,y,z\n4.9,3.6,b\n5.2,3.1,a\n', 2],
    ['years over shares', 'land,2019,2020\nAT,0.5,0.6\nDE,0.7,0.8\n', 2],
    ['counted columns', '0,1,2\n0,5,1\n1,7,2\n', 2],
    ['texts throughout', 'colour,size\nred,large\nblue,small\n', 2],
    ['one row of numbers', '1.5,2.5\n', 1],
  ])('%s', async (_, text, rows) => {
    expect((await read(text)).rows).toBe(rows)
  })

  test('is said by the caller', async () => {
    expect((await read('a,b\nc,d\n', { header: false })).names).toEqual(['column1', 'column2'])
    expect((await read('1,2\n1,2\n', { header: true })).names).toEqual(['1', '2'])
    const named = await read('1,2\n3,4\n', { header: ['x', 'y'] })
    expect(rowsOf(named)).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ])
    await expect(read('1,2,3\n', { header: ['x', 'y'] })).rejects.toThrow(
      'line 1: it has 3 fields where header has 2 fields',
    )
  })

  test('without a name for a column', async () => {
    expect((await read(',a\n1,2\n')).names).toEqual(['column1', 'a'])
  })

  test('with a name twice', async () => {
    const text = 'price,size,price\n1,2,3\n'
    await expect(read(text)).rejects.toThrow(
      "line 1: its columns 1 and 3 are both named 'price'. Rename one, or give duplicateNames: 'number'",
    )
    expect((await read(text, { duplicateNames: 'number' })).names).toEqual(['price', 'size', 'price_2'])
    const taken = await read('a,a_2,a,a\n1,2,3,4\n', { duplicateNames: 'number' })
    expect(taken.names).toEqual(['a', 'a_2', 'a_3', 'a_4'])
  })

  test('alone is a table of no rows', async () => {
    const table = await read('a,b\n')
    expect([table.rows, table.names]).toEqual([0, ['a', 'b']])
  })

  test('of a file of one row', async () => {
    expect(rowsOf(await read('a,b\n1,x'))).toEqual([{ a: 1, b: 'x' }])
    expect(rowsOf(await read('x,1'))).toEqual([])
    expect(rowsOf(await read('x,1', { header: false }))).toEqual([{ column1: 'x', column2: 1 }])
  })

  test.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff'],
    ['blank lines', '\n \n\r\n'],
  ])('of %s is an error', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: 'Cannot read the bytes of a file: it is empty: expected rows of fields',
    })
  })
})

describe('bad rows', () => {
  const good = (count: number) => Array.from({ length: count }, (_, i) => `${i},x${i % 3}`)
  const file = (rows: readonly string[]) => `n,c\n${rows.join('\n')}\n`

  test.each([
    ['too few fields', '7', 'it has 1 field where the header has 2 fields'],
    ['too many fields', '7,x,y', 'it has 3 fields where the header has 2 fields'],
    [
      'a text among numbers',
      'seven,x',
      "the column 'n' holds numbers but here 'seven' (if that stands for nothing, name it",
    ],
    ['text behind a quote', '7,"x"y', 'text follows the " that ends a field'],
    ['an open quote', '7,"x', 'a field begins with " and does not end with one'],
    ['a NUL character', '7,x\0', 'it has a NUL character'],
  ])('%s', async (_, row, reason) => {
    const rows = good(40)
    rows[30] = row
    await expect(read(file(rows))).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining(`line 32: ${reason}`),
    })
    await expect(read(file(rows))).rejects.toThrow('or leave such rows out with skipBadRows: true')
    const told: BadRow[] = []
    const table = await read(file(rows), { skipBadRows: true, onBadRow: (bad) => told.push(bad) })
    expect(table.rows).toBe(39)
    expect(table.row(30)).toEqual({ n: 31, c: 'x1' })
    expect(told).toEqual([{ line: 32, reason: expect.stringContaining(reason) }])
    expect(table.skipped).toEqual({ rows: 1, first: told })
  })

  test('are named with the path and the line, lines within quotes counted', async () => {
    const path = join(folder, 'bad.csv')
    await writeFile(path, 'a,b\r\n"x\r\ny",1\r\n\r\nz\r\n')
    await expect(readCsv(path)).rejects.toThrow(
      `Cannot read the file '${path}': line 5: it has 1 field where the header has 2 fields`,
    )
  })

  test('beyond the rows that decide the types', async () => {
    const rows = Array.from({ length: 25_000 }, (_, i) => `${i},${i % 2}`)
    rows[24_000] = 'late,1'
    await expect(read(file(rows))).rejects.toThrow("line 24002: the column 'n' holds numbers but here 'late'")
    const table = await read(file(rows), { skipBadRows: true })
    expect(table.rows).toBe(24_999)
    expect(table.skipped.first.map(({ line }) => line)).toEqual([24_002])
  })

  test('by the type that the caller gave', async () => {
    await expect(read('a,b\n1,x\ny,z\n', { types: { a: 'number' } })).rejects.toThrow(
      "line 3: the column 'a' holds numbers",
    )
    await expect(read('a\nmaybe\n', { types: { a: 'boolean' } })).rejects.toThrow('holds booleans (true, false)')
    await expect(read('a\nlately\n', { types: { a: 'date' } })).rejects.toThrow('holds dates (2024-12-31')
  })

  test('take nothing of their fields along', async () => {
    const rows = good(40)
    rows[20] = 'new level,only here'
    const swapped = rows.map((row) => row.split(',').reverse().join(','))
    const table = await read(`c,n\n${swapped.join('\n')}`, { skipBadRows: true })
    expect(table.rows).toBe(39)
    expect(table.column('c')).toMatchObject({ levels: ['x0', 'x1', 'x2'] })
  })

  test('by the hundred are counted, the first hundred kept', async () => {
    const rows = good(300).map((row, i) => (i % 2 === 0 ? row : `${row},too,many`))
    const table = await read(file(rows), { skipBadRows: true })
    expect([table.rows, table.skipped.rows, table.skipped.first.length]).toEqual([150, 150, 100])
  })

  test('and no others are an error', async () => {
    await expect(read('a,b\n1\n2\n', { skipBadRows: true })).rejects.toThrow(
      'every one of its 2 rows is bad; line 2: it has 1 field',
    )
  })

  test('the first row is never skipped', async () => {
    await expect(read('"a"b,c\n1,2\n', { skipBadRows: true })).rejects.toThrow('line 1: text follows the "')
    await expect(read('a\0,c\n1,2\n', { skipBadRows: true })).rejects.toThrow('line 1: it has a NUL character')
  })

  test('a stray quote costs one line', async () => {
    const table = await read('a,b\n1,"x\n2,y\n3,"z"\n4,"w" w\n5,v\n', { skipBadRows: true })
    expect(table.skipped.first.map(({ line }) => line)).toEqual([2, 5])
    expect(rowsOf(table)).toEqual([
      { a: 2, b: 'y' },
      { a: 3, b: 'z' },
      { a: 5, b: 'v' },
    ])
  })

  test('a quote within an unquoted field is a character', async () => {
    expect(rowsOf(await read('a,b\n1,5" pipe\n'))).toEqual([{ a: 1, b: '5" pipe' }])
  })
})

describe('encodings', () => {
  const text = 'name,größe\nJürgen,1\nZoë,2\n'
  const rows = [
    { name: 'Jürgen', größe: 1 },
    { name: 'Zoë', größe: 2 },
  ]
  const utf16be = Buffer.from(`\ufeff${text}`, 'utf16le').swap16()

  test.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8 with its mark', Buffer.from(`\ufeff${text}`)],
    ['latin1', Buffer.from(text, 'latin1')],
    ['utf-16le with its mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf-16be with its mark', utf16be],
  ])('%s', async (_, bytes) => {
    expect(rowsOf(await read(bytes))).toEqual(rows)
    // However the bytes are cut.
    for (const size of [1, 2, 3, 7]) {
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      expect(rowsOf(await readCsv(pieces(...cut)))).toEqual(rows)
    }
  })

  test('windows-1252 has more than latin1', async () => {
    const table = await read(Uint8Array.of(...Buffer.from('a,b\n1,'), 0x80, 0x93, 0x9f))
    expect(table.cell(0, 'b')).toBe('€“Ÿ')
  })

  test('of the caller', async () => {
    expect(rowsOf(await read(Buffer.from(text, 'utf16le'), { encoding: 'utf-16le' }))).toEqual(rows)
    await expect(read(Buffer.from(text, 'latin1'), { encoding: 'utf-8' })).rejects.toThrow(
      "it is not UTF-8 throughout: give its encoding, such as 'latin1'",
    )
    await expect(read(Buffer.from(text, 'utf16le'))).rejects.toThrow("give encoding: 'utf-16le'")
  })

  test('an odd byte at the end is an error', async () => {
    await expect(read(Buffer.concat([Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), Buffer.of(0x41)]))).rejects.toThrow(
      'not UTF-16LE throughout',
    )
  })
})

describe('sources', () => {
  const text = `a,b\n${Array.from({ length: 1000 }, (_, i) => `${i},x${i % 7}`).join('\n')}\n`

  test('a path, packed or not; a stream; strings and bytes, however cut', async () => {
    const path = join(folder, 'plain.csv')
    const packed = join(folder, 'packed.csv.gz')
    await writeFile(path, text)
    await writeFile(packed, gzipSync(text))
    const expected = rowsOf(await read(text))
    expect(expected.length).toBe(1000)
    const bytes = Buffer.from(text)
    for (const source of [
      path,
      packed,
      Readable.from([bytes]),
      Readable.from(gzipSync(text)),
      pieces(...text),
      pieces(text.slice(0, 500), bytes.subarray(500)),
      pieces(gzipSync(text).subarray(0, 5), gzipSync(text).subarray(5)),
    ]) {
      expect(rowsOf(await readCsv(source))).toEqual(expected)
    }
  })

  test('carriage returns, quotes and characters cut between pieces', async () => {
    const quoted = 'a,b\r\n"x ""y""\r\nü","1"\r\n"z",2\r\n'
    for (let cut = 1; cut < quoted.length; cut++) {
      const table = await readCsv(pieces(quoted.slice(0, cut), quoted.slice(cut)))
      expect(rowsOf(table)).toEqual([
        { a: 'x "y"\nü', b: 1 },
        { a: 'z', b: 2 },
      ])
    }
  })

  test('that are not there, or something else', async () => {
    await expect(readCsv(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
      message: expect.stringContaining('ENOENT'),
    })
    await expect(readCsv(folder)).rejects.toThrow('it is a folder')
    await expect(read(Buffer.from('PK\u0003\u0004 and so on'))).rejects.toThrow('it is not a text but a zip file')
    await expect(read(Buffer.from('PAR1 and so on'))).rejects.toThrow('a Parquet file: use readParquet')
    await expect(read(gzipSync(text).subarray(0, 200))).rejects.toThrow('it is a damaged gzip file')
    // @ts-expect-error no source
    await expect(readCsv(5)).rejects.toThrow(
      'Expected path, stream or asynchronous iterable of strings or bytes for source',
    )
    // @ts-expect-error numbers are no bytes
    await expect(readCsv(pieces(1, 2))).rejects.toThrow('strings or bytes (Uint8Array) from the stream')
  })

  test("pass the caller's own errors on, and are closed", async () => {
    const own = new Error('my own')
    let closed = false
    async function* failing() {
      try {
        yield text
        throw own
      } finally {
        closed = true
      }
    }
    await expect(readCsv(failing())).rejects.toBe(own)
    expect(closed).toBe(true)
    closed = false
    const told = readCsv(failing(), {
      onProgress: () => {
        throw own
      },
    })
    await expect(told).rejects.toBe(own)
    expect(closed).toBe(true)
  })

  test('tell how far they are read', async () => {
    const path = join(folder, 'progress.csv')
    const long = `a,b\n${'12345,67890\n'.repeat(100_000)}`
    await writeFile(path, long)
    const told: ReadProgress[] = []
    await readCsv(path, { onProgress: (progress) => told.push(progress) })
    expect(told.length).toBeGreaterThan(2)
    expect(told.every(({ totalBytes }) => totalBytes === long.length)).toBe(true)
    expect(told.at(-1)).toEqual({ rows: 100_000, bytes: long.length, totalBytes: long.length })
    const rows = told.map((progress) => progress.rows)
    expect(rows).toEqual([...rows].sort((a, b) => a - b))
  })
})

describe('csvChunks', () => {
  const text = `a,b\n${Array.from({ length: 25 }, (_, i) => `${i},x${i}`).join('\n')}\n`

  test('gives tables of so many rows, of one schema', async () => {
    const tables: Table[] = []
    for await (const table of csvChunks(pieces(text), { rowsPerChunk: 10 })) tables.push(table)
    expect(tables.map(({ rows }) => rows)).toEqual([10, 10, 5])
    expect(tables.flatMap(rowsOf)).toEqual(rowsOf(await read(text)))
    expect(tables[2]!.column('b')).toMatchObject({ levels: ['x20', 'x21', 'x22', 'x23', 'x24'] })
    const even: number[] = []
    for await (const table of csvChunks(pieces(text), { rowsPerChunk: 5 })) even.push(table.rows)
    expect(even).toEqual([5, 5, 5, 5, 5])
  })

  test('counts what each table has skipped', async () => {
    const bad = text.replace('3,x3\n', '3\n').replace('14,x14\n', '14\n')
    const skipped: number[][] = []
    for await (const table of csvChunks(pieces(bad), { rowsPerChunk: 10, skipBadRows: true })) {
      skipped.push(table.skipped.first.map(({ line }) => line))
    }
    expect(skipped).toEqual([[5], [16], []])
  })

  test('gives a table of no rows for a header alone', async () => {
    const rows: number[] = []
    for await (const table of csvChunks(pieces('a,b\n'))) rows.push(table.rows)
    expect(rows).toEqual([0])
  })

  test('closes its source when it is left', async () => {
    let closed = false
    async function* endless() {
      try {
        yield 'a,b\n'
        for (;;) yield '1,2\n'.repeat(1000)
      } finally {
        closed = true
      }
    }
    for await (const table of csvChunks(endless(), { rowsPerChunk: 1000 })) {
      expect(table.rows).toBe(1000)
      break
    }
    expect(closed).toBe(true)
  })

  test('checks its options at the call', () => {
    expect(() => csvChunks(pieces(text), { rowsPerChunk: 0 })).toThrow('positive integer for rowsPerChunk')
    // @ts-expect-error no such option
    expect(() => csvChunks(pieces(text), { chunk: 1 })).toThrow("option 'chunk'")
  })
})

test('a field of ten megabytes', async () => {
  const field = 'long, text\n'.repeat(1_000_000)
  const path = join(folder, 'huge.csv')
  await writeFile(path, `a,b\n1,"${field}"\n2,x\n`)
  const table = await readCsv(path)
  expect(table.rows).toBe(2)
  expect(String(table.cell(0, 'b')).length).toBe(field.trim().length)
})

test('options are checked', async () => {
  await expect(read('a', { delimiter: ';\n' })).rejects.toThrow('text without line ends for delimiter')
  await expect(read('a', { quote: '""' })).rejects.toThrow("single character that is no line end, or '' for none")
  await expect(read('a', { delimiter: "'", quote: "'" })).rejects.toThrow('another character than the quote')
  await expect(read('a', { delimiter: ',', decimal: ',' })).rejects.toThrow("'.' beside the delimiter ','")
  await expect(read('a', { header: ['x', 'x'] })).rejects.toThrow('names that differ')
  await expect(read('a', { encoding: 'utf-7' })).rejects.toThrow("Did you mean 'utf-8'?")
  // @ts-expect-error no such type
  await expect(read('a', { types: { a: 'text' } })).rejects.toThrow("for types['a']")
  // @ts-expect-error no such option
  await expect(read('a', { seperator: ';' })).rejects.toThrow("option 'seperator'")
})

const shared = join(import.meta.dirname, '../../../../../../shared/data')

describe.each([
  ['bank-marketing/bank-full.csv', 45_211, 17, { job: 'category', balance: 'number', y: 'category' }],
  [
    'telco-churn/Telco-Customer-Churn.csv',
    7043,
    21,
    { TotalCharges: 'number', customerID: 'category', SeniorCitizen: 'number' },
  ],
  ['wine-quality/winequality-red.csv', 1599, 12, { pH: 'number', quality: 'number' }],
  ['iris/iris.csv', 150, 5, { column1: 'number', column5: 'category' }],
  ['breast-cancer-wdbc/wdbc.data', 569, 32, { column1: 'number', column2: 'category', column32: 'number' }],
] as const)('%s', (name, rows, columns, types) => {
  const path = join(shared, name)
  test.skipIf(!existsSync(path))(
    `${rows} rows of ${columns} columns (skipped where the file is not there)`,
    async () => {
      const table = await readCsv(path)
      expect([table.rows, table.columns.length]).toEqual([rows, columns])
      for (const [column, type] of Object.entries(types))
        expect([column, table.column(column).type]).toEqual([column, type])
      if (name.startsWith('telco')) {
        const { values } = table.column('TotalCharges') as { values: Float64Array }
        expect(values.filter(Number.isNaN).length).toBe(11)
      }
    },
  )
})
