/*
 * Rows that native code reads many at once, where a block ends in an unusual way: the table is that of the other way.
 */
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { csvChunks, readCsv } from '../../../../../lib/index.js'

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test.each([
  ['short names', 60_000, (i: number) => `customer ${i}`],
  ['long names', 30_000, (i: number) => `https://example.org/${'directory/'.repeat(8)}${i}`],
])('a column of more texts than are numbered loses none: %s', async (_, count, nameOf) => {
  const text = `name,y\n${Array.from({ length: count }, (_, i) => `${nameOf(i)},${i}.5\n`).join('')}`
  const bytes = Buffer.from(text)
  const whole = await readCsv(pieces(bytes, 100_000))
  let row = 0
  for await (const table of csvChunks(pieces(bytes, 65_536), { rowsPerChunk: 20_000 })) {
    for (let at = 0; at < table.rows; at++, row++) {
      if (table.cell(at, 'name') !== nameOf(row) || table.cell(at, 'y') !== row + 0.5) expect.fail(`row ${row}`)
      if (whole.cell(row, 'name') !== nameOf(row)) expect.fail(`row ${row} of the whole`)
    }
  }
  expect([row, whole.rows]).toEqual([count, count])
})

test('a byte order mark amid the text is a character, wherever pieces are cut', async () => {
  const start = `a,b\n${Array.from({ length: 12_000 }, (_, i) => `${i},x\n`).join('')}`
  const bytes = Buffer.concat([Buffer.from(start), Buffer.from('\ufeff"7","q"\n8,é\n')])
  for (const cut of [start.length, start.length - 1, start.length + 3]) {
    const table = await readCsv(pieces(bytes, cut), { types: { a: 'category' } })
    expect(table.cell(12_000, 'a')).toBe('"7"')
    expect(table.cell(12_001, 'b')).toBe('é')
  }
})

test('UTF-8 with a wrong byte before it is an error in pieces of any size', async () => {
  const bytes = Buffer.concat([Buffer.from('a,b\n1,x'), Buffer.from([0xff]), Buffer.from(`\n${'2,é\n'.repeat(50)}`)])
  for (const size of [1000, 64, 10, 3, 1]) {
    await expect(readCsv(pieces(bytes, size))).rejects.toThrow(/line 2: it is UTF-8, but not here/)
  }
  // More that is not UTF-8 than is.
  const other = Buffer.from('a,b\n1,ÿ\n2,é\n3,ü\n4,Ã©\n', 'latin1')
  for (const size of [1000, 10, 1]) {
    const table = await readCsv(pieces(other, size))
    expect([table.cell(0, 'b'), table.cell(3, 'b')]).toEqual(['ÿ', 'Ã©'])
    expect(JSON.stringify(table.notes)).toContain('windows-1252')
  }
})

test('a packed text whose first piece is a single byte', async () => {
  const text = Buffer.from('\ufeffa,b\n1,2\n3,4\n', 'utf16le')
  const [first, rest] = [gzipSync(text.subarray(0, 1)), gzipSync(text.subarray(1))]
  const table = await readCsv(
    (async function* () {
      yield first
      await new Promise((done) => setImmediate(done))
      yield rest
    })(),
  )
  expect([table.names, table.cell(1, 'b')]).toEqual([['a', 'b'], 4])
})

test('a bad row counts for no note', async () => {
  const good = Array.from({ length: 12_000 }, (_, i) => `1.${100 + (i % 800)},31/12/2024\n`)
  const bad = Array.from({ length: 50 }, () => '2.015,not a day\n')
  const text = `x,y\n${[...good, ...bad].join('')}`
  for (const rows of [pieces(Buffer.from(text), 50_000), pieces(Buffer.from(text), 1e6)]) {
    const table = await readCsv(rows, { skipBadRows: true })
    expect(table.rows).toBe(12_000)
    expect(JSON.stringify(table.notes)).toContain('12000 such rows')
  }
})

test('a long row in small pieces is read as in one', async () => {
  const long = `"${'a line\n'.repeat(20_000)}"`
  const text = `a,b\n${'1,2\n'.repeat(10_100)}${`${long},3\n`.repeat(3)}4,5\n`
  const [small, whole] = await Promise.all([
    readCsv(pieces(Buffer.from(text), 512), { types: { a: 'category' } }),
    readCsv(pieces(Buffer.from(text), 1e7), { types: { a: 'category' } }),
  ])
  expect(small.rows).toBe(10_104)
  expect(small.cell(10_102, 'a')).toBe(whole.cell(10_102, 'a'))
  expect(small.cell(10_103, 'b')).toBe(5)
})
