// Text files as people have them: what is recognised, what an option says, and what is told.
import { describe, expect, test } from 'vitest'
import { type CsvOptions, csvChunks, readCsv, Table } from '../../../../lib/index.js'

async function* pieces(...parts: (string | Uint8Array)[]) {
  yield* parts
}

const read = (text: string | Uint8Array, options?: CsvOptions) => readCsv(pieces(text), options)

function rowsOf(table: Table): Record<string, unknown>[] {
  return Array.from({ length: table.rows }, (_, row) => table.row(row))
}

const abc = [
  { a: 1, b: 'x', c: 2.5 },
  { a: 3, b: 'y', c: 4.5 },
]

const fileNotes = ({ notes }: Table) => notes.filter(({ kind }) => kind === 'file').map(({ text }) => text)

describe('recognised', () => {
  test.each<[string, string, RegExp | undefined]>([
    ['blanks before quotes', '"a", "b", "c"\n1, "x", 2.5\n3, "y" , 4.5\n', undefined],
    ['a line that names the delimiter', 'sep=;\r\na;b;c\r\n1;x;2.5\r\n3;y;4.5\r\n', /Line 1, 'sep=;'/],
    ['the same in quotes', '"sep=|"\na|b|c\n1|x|2.5\n3|y|4.5\n', /names the delimiter/],
    ['the same of a tab', '\ufeffSEP=\\t\na\tb\tc\n1\tx\t2.5\n3\ty\t4.5\n', /names the delimiter/],
    [
      'comments at the start',
      '# of 2024, by us\n#\na,b,c\n1,x,2.5\n3,y,4.5\n',
      /Lines 1 to 2 begin with # and are left out/,
    ],
    ['one comment', '# of 2024\na,b,c\n1,x,2.5\n3,y,4.5\n', /Line 1 begins with # and is left out as a comment/],
    ['delimiters at the ends of lines', 'a,b,c,\n1,x,2.5,\n3,y,4.5,\n', /Every line ends with a delimiter/],
    ['the same in the rows alone', 'a,b,c\n1,x,2.5,\n3,y,4.5,\n', /Every line ends with a delimiter/],
    ['backslashes before quotes', 'a,b,c\n1,"x",2.5\n3,"y",4.5\n', undefined],
    ['two colons', 'a::b::c\n1::x::2.5\n3::y::4.5\n', undefined],
    ['blanks', '  a  b  c\n 1  x  2.5\n 3  y  4.5\n', undefined],
    ['blanks and quotes', '"a" "b" "c"\n1 "x" 2.5\n3 "y" 4.5\n', undefined],
    ['line ends doubled by Windows', 'a,b,c\r\r\n1,x,2.5\r\r\n3,y,4.5\r\r\n', undefined],
    ['a Ctrl-Z at the end', 'a,b,c\r\n1,x,2.5\r\n3,y,4.5\r\n\u001a', undefined],
    ['form feeds between pages', 'a,b,c\n1,x,2.5\n\f\n3,y,4.5\n\f', undefined],
  ])('%s', async (_, text, note) => {
    const table = await read(text)
    expect(rowsOf(table)).toEqual(abc)
    if (note === undefined) expect(fileNotes(table)).toEqual([])
    else expect(fileNotes(table).join('\n')).toMatch(note)
    // Parts of a file are told it once.
    const parts: (readonly string[])[] = []
    for await (const part of csvChunks(pieces(...text), { rowsPerChunk: 1 })) parts.push(fileNotes(part))
    expect(parts).toEqual([fileNotes(table), []])
  })

  test('backslashes before quotes, where nothing else makes sense of the rows', async () => {
    const text = Array.from({ length: 30 }, (_, i) => `${i},"a \\"big\\" one, \\\\ and \\d",${i % 2}`).join('\n')
    const table = await read(`id,text,y\n${text}\n`)
    expect(table.rows).toBe(30)
    expect(table.cell(7, 'text')).toBe('a "big" one, \\ and \\d')
    expect(fileNotes(table)).toEqual([expect.stringContaining("give escape: ''")])
    await expect(read(`id,text,y\n${text}\n`, { escape: '' })).rejects.toThrow(
      "if it is written with a backslash, give escape: '\\\\'",
    )
    // A path that ends with a backslash is no escape.
    expect(rowsOf(await read('p,n\n"C:\\dir\\",1\n"D:\\",2\n'))).toEqual([
      { p: 'C:\\dir\\', n: 1 },
      { p: 'D:\\', n: 2 },
    ])
  })

  test('names of rows, as R writes them', async () => {
    const table = await read('"mpg" "cyl" "kind"\n"Mazda RX4" 21 6 "a"\n"Fiat 128" 32.4 4 "b"\n"Valiant" 18.1 6 "a"\n')
    expect(table.names).toEqual(['row.names', 'mpg', 'cyl', 'kind'])
    expect(table.row(1)).toEqual({ 'row.names': 'Fiat 128', mpg: 32.4, cyl: 4, kind: 'b' })
    expect(fileNotes(table)).toEqual([
      "The rows have a field more than the header: the first column is named 'row.names'.",
    ])
    // Names stand once each: rows that begin alike are rows with a field too many.
    await expect(read('a,b\n1,2,3\n1,5,6\n')).rejects.toThrow('line 2: it has 3 fields where the header has 2 fields')
  })

  test('a header that begins with #, and comments of numpy', async () => {
    expect((await read('#chrom\tstart\tend\nchr1\t5\t9\nchr2\t6\t8\n')).names).toEqual(['#chrom', 'start', 'end'])
    const table = await read('# made by us\n#a,b\n1,2\n3,4\n')
    expect(table.names).toEqual(['#a', 'b'])
    expect(fileNotes(table)).toEqual(['Line 1 begins with # and is left out as a comment.'])
    expect((await read('#x\n1\n2\n')).names).toEqual(['#x'])
  })

  test('not two words a row as two columns', async () => {
    expect((await read('city\nNew York\nLos Angeles\nSan Jose\nEl Paso\n')).names).toEqual(['city'])
  })

  test('not the empty last column of a header that rows fill', async () => {
    const table = await read('a,b,\n1,2,\n3,4,z\n')
    expect(table.row(1)).toEqual({ a: 3, b: 4, column3: 'z' })
  })

  test('a blank line of a file of one column as a row without a value', async () => {
    const table = await read('n\n1\n\n3\n""\n5\n\n')
    expect(rowsOf(table)).toEqual([{ n: 1 }, { n: undefined }, { n: 3 }, { n: undefined }, { n: 5 }])
    expect(fileNotes(table)).toEqual(['1 blank line is a row without a value, since there is one column.'])
    expect((await read('\n\na,b\n\n1,2\n\n3,4\n')).rows).toBe(2)
  })
})

describe('said by an option', () => {
  test.each<[string, string, CsvOptions]>([
    ['lines to skip', 'Report, of, 2024, and more\n"\na,b,c\n1,x,2.5\n3,y,4.5\n', { skipRows: 2 }],
    ['comments anywhere', '% z\na,b,c\n%\n1,x,2.5\n%,,\n3,y,4.5\n', { comment: '%' }],
    ['a longer mark of comments', 'a,b,c\n// no\n1,x,2.5\n3,y,4.5\n', { comment: '//' }],
    ['single quotes', "'a','b','c'\n1,'x',2.5\n3,'y',4.5\n", { quote: "'" }],
    ['a delimiter of several characters', 'a<->b<->c\n1<->x<->2.5\n3<->"y"<->4.5\n', { delimiter: '<->' }],
    ['blanks', 'a b c\n1  x\t2.5 \n  3 y 4.5\n', { delimiter: 'blanks' }],
    ['a single blank', 'a b c\n1 x 2.5\n3 y 4.5\n', { delimiter: ' ' }],
  ])('%s', async (_, text, options) => {
    expect(rowsOf(await read(text, options))).toEqual(abc)
    expect(rowsOf(await readCsv(pieces(...text), options))).toEqual(abc)
  })

  test('no quotes at all', async () => {
    const table = await read('size,n\n5" pipe,1\n"open,2\n', { quote: '' })
    expect(rowsOf(table)).toEqual([
      { size: '5" pipe', n: 1 },
      { size: '"open', n: 2 },
    ])
    await expect(read('size,n\n5,1\n"open,2\n')).rejects.toThrow(
      'line 3: a field begins with " and does not end with one (if',
    )
  })

  test('# is text where comments are not wanted', async () => {
    expect((await read('#a,b\n#1,2\n', { comment: '', header: true })).row(0)).toEqual({ '#a': '#1', b: 2 })
  })
})

describe('told', () => {
  test('a title', async () => {
    await expect(read('Report of 2024\n\na,b\n1,2\n3,4\n')).rejects.toThrow(
      'if the lines above line 3 are no rows, such as a title, give skipRows: 2',
    )
    expect((await read('Report of 2024\n\na,b\n1,2\n3,4\n', { skipRows: 2 })).line(1)).toBe(5)
  })

  test('a comment among the rows', async () => {
    await expect(read('a,b\n1,2\n# 3\n')).rejects.toThrow(
      "line 3: it has 1 field where the header has 2 fields (if it is a comment, give comment: '#')",
    )
  })

  test.each([
    ['{"a":1}\n{"a":2}\n', 'it is not CSV but JSON lines'],
    ['{\n  "rows": []\n}', 'it is not CSV but JSON'],
    ['[{"a":1,"b":2},\n{"a":3,"b":4}]', 'it is not CSV but JSON'],
    ['\ufeff [\n  {\n "a": 1 }]', 'it is not CSV but JSON'],
    ['<!DOCTYPE html>\n<html></html>', 'it is not CSV but HTML'],
    ['<?xml version="1.0"?>\n<a/>', 'it is not CSV but HTML or XML'],
  ])('%s', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })

  test('the line of every row, also of those selected, shuffled, concatenated', async () => {
    const table = await read('a,b\n\n1,"x\ny"\n2,z\n# 1\n3,w\n', { comment: '#' })
    expect([0, 1, 2].map((row) => table.line(row))).toEqual([3, 5, 7])
    expect([0, 1].map((row) => table.select([2, 0]).line(row))).toEqual([7, 3])
    const [most, one] = table.without(['b']).split(0.34, { seed: 3 })
    expect([most.line(0), most.line(1), one.line(0)].sort()).toEqual([3, 5, 7])
    expect(Table.concat([table.without(['b']), one]).line(3)).toBe(one.line(0))
    expect(Table.fromRows([{ a: 1 }]).line(0)).toBeUndefined()
  })
})

describe('encodings', () => {
  test.each<[string, number[], string]>([
    ['shift_jis', [0x83, 0x5c, 0x94, 0x5c], 'ソ能'],
    ['Shift_JIS', [0x83, 0x5c], 'ソ'],
    ['euc-jp', [0xa5, 0xbd], 'ソ'],
    ['gbk', [0xd6, 0xd0], '中'],
    ['GB18030', [0xd6, 0xd0], '中'],
    ['big5', [0xa4, 0xa4], '中'],
    ['euc-kr', [0xc7, 0xd1], '한'],
    ['koi8-r', [0xf1], 'Я'],
    ['windows-1251', [0xdf], 'Я'],
    ['cp1251', [0xdf], 'Я'],
    ['iso-8859-2', [0xb1], 'ą'],
    ['iso-8859-15', [0xa4], '€'],
    ['ISO-8859-1', [0x80], '€'],
    ['ascii', [0xe9], 'é'],
    ['macintosh', [0x8e], 'é'],
    ['utf8', [0xc3, 0xa9], 'é'],
  ])('%s', async (encoding, bytes, text) => {
    const all = Buffer.concat([Buffer.from('a,b\n1,"'), Buffer.from(bytes), Buffer.from('"\n2,z\n')])
    expect((await read(all, { encoding })).cell(0, 'b')).toBe(text)
    const single = Array.from(all, (byte) => Uint8Array.of(byte))
    expect((await readCsv(pieces(...single), { encoding })).cell(0, 'b')).toBe(text)
  })

  test('utf-16be without a mark', async () => {
    expect((await read(Buffer.from('a,b\n1,ü\n', 'utf16le').swap16(), { encoding: 'utf-16be' })).cell(0, 'b')).toBe('ü')
  })

  test('that there are not are answered with those there are', async () => {
    await expect(read('a', { encoding: 'cp437' })).rejects.toThrow(/for encoding .*'cp437'|such as 'utf-8'.*'big5'/)
    await expect(read(Buffer.of(0x61, 0x0a, 0x81, 0xff), { encoding: 'shift_jis' })).rejects.toThrow(
      'it is not SHIFT_JIS throughout',
    )
  })
})
