// The splitter by itself: the work that a text costs, and that it does not matter how the text comes.
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dialect } from '../../../../../lib/data/readers/csv/record.js'
import { RecordSplitter } from '../../../../../lib/data/readers/csv/records.js'

const plain: Dialect = { delimiter: ',', quote: '"', escape: '', comment: '' }
const backslash: Dialect = { ...plain, escape: '\\' }

interface Split {
  readonly rows: { fields: readonly string[]; line: number; blanks: number }[]
  readonly bad: { line: number; reason: string }[]
  readonly scanned: number
}

function split(pieces: Iterable<string>, dialect: Dialect, longest?: number): Split {
  const splitter = new RecordSplitter(dialect, 1, longest)
  const rows: Split['rows'] = []
  const bad: Split['bad'] = []
  const take = (batches: ReturnType<RecordSplitter['add']>) => {
    for (const batch of batches) {
      rows.push(...batch.records)
      bad.push(...batch.bad)
    }
  }
  for (const piece of pieces) take(splitter.add(piece))
  take(splitter.end())
  return { rows, bad, scanned: splitter.scanned }
}

function* cut(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

const repeated = (line: string) => (count: number) => line.repeat(count)

describe('work is in proportion to the text', () => {
  test.each<[string, (count: number) => string, Dialect]>([
    ['plain rows', repeated('1,2,x\n'), plain],
    ['quoted rows', repeated('"1","2 ""x""","y"\n'), plain],
    ['escaped quotes that are not known to be', repeated('1,"a \\"big\\" one",0\n'), plain],
    ['escaped quotes', repeated('1,"a \\"big\\" one",0\n'), backslash],
    ['text behind quotes', repeated('1,"a"b\n'), plain],
    ['a quote that opens in every line', repeated('1,"a\n'), plain],
    ['quotes that leave every line open', repeated('a","b\n'), plain],
    ['the same behind an open quote', (count) => `"x\n${'a","b\n'.repeat(count)}`, plain],
    ['the same, then a bad row', (count) => `${'a","b\n'.repeat(count)}x"y\n`, plain],
    ['quotes behind blanks that close nowhere', repeated('a, "b" c, "d\n'), plain],
    ['pairs of quotes behind an open one', (count) => `"x\n${'"",""\n'.repeat(count)}`, plain],
    ['an open quote above plain rows', (count) => `1,"x\n${'1,2\n'.repeat(count)}`, plain],
    ['a long field', (count) => `1,"${'x\n'.repeat(count)}"\n`, plain],
    ['a row of many quoted fields', (count) => `${'"x",'.repeat(count)}y\n`, plain],
    ['a row of many fields of many lines', (count) => `${'"x\n",'.repeat(count)}y\n`, plain],
    ['one quoted field a row', repeated('"x"\n'), plain],
    ['blank lines', repeated('\n'), plain],
    ['backslashes', (count) => `1,"${'\\\\'.repeat(count)}"\n`, backslash],
    ['escaped line ends', (count) => `1,${'x\\\n'.repeat(count)}y\n`, { ...backslash, quote: '' }],
    ['NUL in every line', repeated('1,"\0"\n'), plain],
    ['runs of blanks', repeated('  1   2 "x y" \n'), { ...plain, delimiter: 'blanks' }],
    ['halves of delimiters', repeated('a:b::"c":\n'), { ...plain, delimiter: '::' }],
    ['comments', repeated('# "x\n'), { ...plain, comment: '#' }],
  ])('%s', (_, textOf, dialect) => {
    for (const size of [Number.POSITIVE_INFINITY, 1000, 1]) {
      for (const count of size === 1 ? [500, 2000] : [2000, 20_000]) {
        const text = textOf(count)
        const { scanned } = split(cut(text, Math.min(size, text.length)), dialect)
        // A row of n characters that comes in pieces is tried at 1, 2, 4 … n: twice as often in all.
        expect(scanned / text.length).toBeLessThan(40)
      }
    }
  })

  test('with rows longer than the longest', () => {
    for (const text of ['a","b\n'.repeat(20_000), `"${'1,2\n'.repeat(20_000)}`, `${'"x\n",'.repeat(20_000)}`]) {
      const { scanned } = split(cut(text, 500), plain, 10_000)
      expect(scanned / text.length).toBeLessThan(40)
    }
  })
})

describe('rows', () => {
  const rowsOf = (text: string, dialect: Dialect) => split([text], dialect).rows.map(({ fields }) => fields)

  test.each<[string, string, Partial<Dialect>, string[][]]>([
    ['blanks before and behind quotes', '1, "x, 1" ,\t"y"\n', {}, [['1', 'x, 1', 'y']]],
    ['blanks before a quote that quotes nothing', 'a, "b" c, d\n', {}, [['a', ' "b" c', ' d']]],
    ['tabs between quotes', '"a"\t"b"\t \n', { delimiter: '\t' }, [['a', 'b', ' ']]],
    ['several characters', 'a::"b::c"::d:\n', { delimiter: '::' }, [['a', 'b::c', 'd:']]],
    [
      'blanks',
      ' 1 \t2  "x y" \n\n3 4 z\n',
      { delimiter: 'blanks' },
      [
        ['1', '2', 'x y'],
        ['3', '4', 'z'],
      ],
    ],
    ['no quotes', '"a,5" x,"\n', { quote: '' }, [['"a', '5" x', '"']]],
    ['escaped quotes', '"a \\"b\\" \\\\",c\\d\n', { escape: '\\' }, [['a "b" \\', 'c\\d']]],
    ['escaped delimiters', 'a\\,b,c\\\nd\n', { escape: '\\', quote: '' }, [['a,b', 'c\nd']]],
    [
      'comments',
      '# x\na,b\n#c,"\n"#d",e\n',
      { comment: '#' },
      [
        ['a', 'b'],
        ['#d', 'e'],
      ],
    ],
    ['single quotes', "'it''s',\"x\"\n", { quote: "'" }, [["it's", '"x"']]],
    ['a Ctrl-Z at the end', 'a,b\n\u001a', {}, [['a', 'b']]],
    ['separators that end no line', 'a\u2028b,c\u0085d\u000c\n', {}, [['a\u2028b', 'c\u0085d\u000c']]],
  ])('%s', (_, text, dialect, rows) => {
    expect(rowsOf(text, { ...plain, ...dialect })).toEqual(rows)
  })

  test('longer than the longest are bad, and no row is cut', () => {
    const text = `"1,2\n${'34,56\n'.repeat(5000)}78,9\n`
    const { rows, bad } = split(cut(text, 777), plain, 10_000)
    expect(bad).toEqual([{ line: 1, reason: expect.stringContaining('does not end with one within 10000 characters') }])
    expect(rows.length).toBe(5001)
    expect(new Set(rows.map(({ fields }) => fields.join()))).toEqual(new Set(['34,56', '78,9']))
    const long = split(cut(`a,b\n${'x'.repeat(50_000)}\n1,2\n`, 777), plain, 10_000)
    expect(long.bad).toEqual([{ line: 2, reason: 'it has more than 10000 characters' }])
    expect(long.rows.map(({ fields, line }) => [line, ...fields])).toEqual([
      [1, 'a', 'b'],
      [3, '1', '2'],
    ])
  })
})

const soup = fc.string({
  unit: fc.constantFrom('a', '"', '""', ',', ':', '::', '\n', ' ', '\\', '#', '\0', "'", '\t', '\u001a'),
  maxLength: 60,
})
const dialects = fc.record({
  delimiter: fc.constantFrom(',', '::', 'blanks', '\t', ' '),
  quote: fc.constantFrom('"', "'", ''),
  escape: fc.constantFrom('', '\\'),
  comment: fc.constantFrom('', '#', '::'),
})

test('any text gives the same rows however it is cut', () => {
  fc.assert(
    fc.property(soup, dialects, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (text, dialect, sizes) => {
      const pieces: string[] = []
      for (let at = 0, i = 0; at < text.length; i++) {
        const size = sizes[i % sizes.length]!
        pieces.push(text.slice(at, at + size))
        at += size
      }
      const [whole, parts] = [split([text], dialect), split(pieces, dialect)]
      expect({ rows: parts.rows, bad: parts.bad }).toEqual({ rows: whole.rows, bad: whole.bad })
      // Every line is in a row, is bad, is blank or is a comment; none is in two.
      const lines = [...whole.rows, ...whole.bad].map(({ line }) => line).sort((a, b) => a - b)
      expect(new Set(lines).size).toBe(lines.length)
    }),
    {
      numRuns: 3000,
      examples: [
        ['"\n"\u001a', plain, [3, 1]],
        ["'\na'\u001a", { ...plain, quote: "'" }, [1]],
        ['\\\n::""\u001a', { ...backslash, delimiter: '::' }, [1]],
      ],
    },
  )
})

test.each([
  ['"a\nb"\u001a', [['a\nb']]],
  ['1,"x"\u001a', [['1', 'x']]],
  ['1,"x"\n\u001a\n2,y', [['1', 'x'], ['\u001a'], ['2', 'y']]],
  ['1,x\u001a\u001a', [['1', 'x\u001a']]],
])('a Ctrl-Z ends the file and is no text behind a quote: %j', (text, rows) => {
  for (const size of [1, 2, 100])
    expect(split(cut(text, size), plain)).toMatchObject({ rows: rows.map((fields) => ({ fields })), bad: [] })
})

interface Oracle {
  parse(text: string, options: object): { data: string[][]; errors: unknown[] }
}

test('well-formed text gives the rows that Papa Parse gives', () => {
  const oracle = createRequire(import.meta.url)('papaparse') as Oracle
  const field = fc.string({ unit: fc.constantFrom('a', '1', '"', ',', '\n', "'", 'é', '\\'), maxLength: 6 })
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(table, (rows) => {
      const written = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\n')
      const { data, errors } = oracle.parse(written, { delimiter: ',', newline: '\n' })
      expect(errors).toEqual([])
      expect(split([written], plain).rows.map(({ fields }) => fields)).toEqual(data)
      expect(data).toEqual(rows)
    }),
  )
})

describe('rows longer than a batch are taken with pauses', () => {
  /** A field and how a file may write it. */
  const fieldOf = (dialect: Dialect) => {
    const written = (text: string) => {
      const inside = dialect.escape === '' ? text.replaceAll('"', '""') : text.replaceAll(/["\\]/g, '\\$&')
      return `"${inside}"`
    }
    const quoted = fc
      .tuple(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\\', ' '), maxLength: 12 }), fc.nat(2000))
      .map(([text, times]) => text.repeat(times))
      .map((text) => ({ text, written: written(text) }))
    const bare = fc
      .tuple(fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 5 }), fc.nat(2000))
      .map(([text, times]) => text.repeat(times + 1))
      .map((text) => ({ text, written: text }))
    return fc.oneof(quoted, bare)
  }

  test.each([plain, backslash])('and give the fields that were written, %j', (dialect) => {
    const rows = fc.array(fc.array(fieldOf(dialect), { minLength: 2, maxLength: 40 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(rows, (given) => {
        const text = given.map((row) => `${row.map(({ written }) => written).join(',')}\n`).join('')
        const { rows: found, bad } = split([text], dialect)
        expect(bad).toEqual([])
        expect(found.map(({ fields }) => fields)).toEqual(given.map((row) => row.map(({ text: field }) => field)))
        let line = 1
        for (const [i, row] of given.entries()) {
          expect(found[i]!.line).toBe(line)
          line += row
            .map(({ written }) => written)
            .join(',')
            .split('\n').length
        }
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    ['a field of doubled quotes', `a,"${'b""'.repeat(700_000)}"\n`],
    ['quoted fields', `${'"a",'.repeat(500_000)}1\n`],
    ['quoted fields of two lines', `${'"a\nb",'.repeat(300_000)}1\n`],
    ['fields without quotes', `${'a,'.repeat(1_000_000)}1\n`],
    ['a bad one', `a,"${'b""'.repeat(700_000)}"x\n1,2\n`],
  ])('%s', (_, text) => {
    const splitter = new RecordSplitter(plain)
    const parts = [...splitter.add(text), ...splitter.end()]
    // Batches are of 64 Ki characters.
    expect(parts.length).toBeGreaterThanOrEqual(Math.floor(text.length / 65_536))
    expect(splitter.scanned).toBeLessThan(8 * text.length)
  })
})
