// Rows written in any dialect are read back, whatever the encoding and however the bytes come.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from '../../lib/cli/csv-line.js'
import { BLANKS, type Dialect } from '../../lib/data/readers/csv/record.js'
import { readCsv } from '../../lib/index.js'

const dialects = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|', ':', '::', '<->', ' ', BLANKS),
    quote: fc.constantFrom('"', "'", ''),
    escape: fc.constantFrom('', '\\'),
    comment: fc.constantFrom('', '#', '//'),
  })
  // Without either nothing but plain texts can be written: the test below.
  .filter(({ quote, escape: mark }) => quote !== '' || mark !== '')

const text = fc
  .string({
    unit: fc.constantFrom(
      'a',
      'b',
      '7',
      '"',
      "'",
      ',',
      ';',
      '\t',
      '|',
      ':',
      '::',
      '<',
      '-',
      '>',
      ' ',
      '\\',
      '\n',
      '#',
      '/',
      'é',
    ),
    minLength: 1,
    maxLength: 8,
  })
  // Of a category blanks around it do not count.
  .map((value) => value.trim())
  .filter((value) => value !== '')

const rows = fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 8 })

function writable(row: readonly string[], { quote, comment }: Dialect): boolean {
  return quote !== '' || comment === '' || !row[0]!.startsWith(comment)
}

async function* cut(bytes: Uint8Array, sizes: readonly number[]) {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
  }
}

const encoders: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'utf-8': (value) => Buffer.from(value),
  'utf-16le': (value) => Buffer.from(value, 'utf16le'),
  'utf-16be': (value) => Buffer.from(value, 'utf16le').swap16(),
  latin1: (value) => Buffer.from(value, 'latin1'),
  // Letters beside é are those of ASCII.
  'iso-8859-2': (value) => Buffer.from(value, 'latin1'),
  ibm866: (value) => Buffer.from(value.replaceAll('é', 'e'), 'latin1'),
}

test('rows written in a dialect are read back', async () => {
  await fc.assert(
    fc.asyncProperty(
      dialects,
      rows,
      fc.constantFrom(...Object.keys(encoders)),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      async (dialect, written, encoding, sizes, newline, skipRows, remarks) => {
        const kept = written.filter((row) => writable(row, dialect))
        const lines = kept.map((row) => csvLine(row, dialect))
        const comment = remarks && dialect.comment !== '' ? `${dialect.comment} "x\n` : ''
        const content = `${'a "title, or so\n'.repeat(skipRows)}${comment}${lines.join(comment)}${comment}`
        const table = await readCsv(cut(encoders[encoding]!(content.replaceAll('\n', newline)), sizes), {
          ...dialect,
          encoding,
          skipRows,
          header: ['a', 'b', 'c'],
          types: { a: 'category', b: 'category', c: 'category' },
          missing: [],
        }).catch((error: Error) => {
          if (kept.length > 0) throw error
          return undefined
        })
        const read = Array.from({ length: table?.rows ?? 0 }, (_, row) => Object.values(table!.row(row)))
        const plain = encoding === 'ibm866' ? kept.map((row) => row.map((one) => one.replaceAll('é', 'e'))) : kept
        expect(read).toEqual(plain)
        expect(Array.from({ length: read.length }, (_, row) => table!.line(row)! > skipRows)).not.toContain(false)
      },
    ),
    { numRuns: 600 },
  )
})

test('a text that needs quotes where there are none is refused', () => {
  const none: Dialect = { delimiter: ';', quote: '', escape: '', comment: '' }
  expect(csvLine(['5" pipe', "it's"], none)).toBe('5" pipe;it\'s\n')
  expect(() => csvLine(['a;b'], none)).toThrow('texts that can be written without quotes')
})
