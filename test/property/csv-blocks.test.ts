// Rows that native code reads many at once are the rows that are read one by one: the same values to the bit, texts,
// notes, lines and bad rows, whatever stands in them, in whatever pieces they come.
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { csvTables } from '../../lib/data/readers/csv/csv.js'
import type { CsvChunkOptions } from '../../lib/data/readers/csv/options.js'
import { BlockReader } from '../../lib/data/table/block-reader.js'
import type { Table } from '../../lib/data/table/table.js'

/** Rows from which types are inferred: with few of them, few rows are enough to be read in the other way. */
const SAMPLE = 30

const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer({ min: -99_999, max: 99_999 }).map((value) => (value / 100).toFixed(2)),
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 21n }), fc.integer({ min: 0, max: 24 })).map(([digits, point]) => {
    const text = String(digits).padStart(point + 1, '0')
    return `${text.slice(0, text.length - point)}.${text.slice(text.length - point)}`
  }),
  fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: -330, max: 330 })).map(([value, power]) => {
    return `${value / 1000}e${power}`
  }),
)
const oddNumbers = fc.constantFrom(
  '-0',
  '+5',
  '.5',
  '5.',
  '1e5',
  '1E-3',
  '1e',
  '1e999',
  '-1e999',
  '007',
  '0x1f',
  '1_000',
  'Infinity',
  '-inf',
  '9007199254740993',
  '9007199254740993.0',
  '123456789012345678901234567890',
  '0.000000000000000000000000000000123456789',
  '00000000000000000000000000000.5',
  ' 7 ',
  '\t7',
  '\u00a07',
  '7 8',
  '1,5',
  '1.234,5',
  '1.015',
  '$5',
  '5 %',
  '(5)',
  '-',
  '.',
  '1.2.3',
)
const marks = fc.constantFrom('', ' ', 'NA', 'nan', 'null', '-', 'None', 'unknown', '?', '\u3000', '0000-00-00')
const dates = fc.oneof(
  fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((day) => {
    return day.toISOString()
  }),
  fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((day) => {
    return day.toISOString().slice(0, 10)
  }),
  fc.constantFrom(
    '2024-02-29',
    '2023-02-29',
    '1900-02-29',
    '2000-02-29',
    '0000-02-29',
    '2024-13-01',
    '2024-1-1',
    '2024-01-01T12:30',
    '2024-01-01 12:30:15.5',
    '2024-01-01 12:30:15,123456789',
    '2024-01-01 12:30:15.',
    '2024-01-01 12:30 +01',
    '2024-01-01 12:30+0130',
    '2024-01-01T12:30:00-09:30',
    '2024-01-01T24:00',
    '2024-01-01 ',
    '2024-01-01Z',
    '2024-01-01T12:30 ',
  ),
)
const booleans = fc.constantFrom('true', 'false', 'TRUE', 'yes', 'no', 'T', 'f', '1', '0', 'maybe')
const texts = fc.oneof(
  fc.constantFrom(
    'Berlin',
    'Paris',
    'São Paulo',
    '東京',
    '😀',
    ' padded ',
    'Berlin ',
    'BERLIN',
    '\u2003wide\u2003',
    'a"b',
  ),
  fc.string({ unit: fc.constantFrom('a', 'B', '"', ',', ';', "'", ' ', 'é', '\n', '\\', '#', '.', '7'), maxLength: 6 }),
)
const kinds = { numbers, dates, booleans, texts }
/** By which it is clear what a column holds. */
const clear = {
  numbers: fc.integer({ min: -9999, max: 9999 }).map((value) => (value / 10).toFixed(1)),
  dates: fc.integer({ min: 10, max: 28 }).map((day) => `2024-02-${day}`),
  booleans: fc.constantFrom('true', 'false'),
  texts: fc.constantFrom('Berlin', 'Paris', '東京'),
}
/** Rows of a file that begin so; they may be fewer than the sample. */
const CLEAR = SAMPLE - 5

interface File {
  readonly text: string
  readonly options: CsvChunkOptions
}

const files: fc.Arbitrary<File> = fc
  .record({
    columns: fc.array(fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])), {
      minLength: 1,
      maxLength: 5,
    }),
    rows: fc.integer({ min: SAMPLE + 5, max: SAMPLE + 400 }),
    /** Of a hundred fields, about so many are odd. */
    odd: fc.constantFrom(0, 1, 10, 60),
    delimiter: fc.constantFrom(',', ';', '\t', '|', '\u0001', '::', ' '),
    quote: fc.constantFrom('"', "'", ''),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r', '\r\r\n'),
    trailing: fc.boolean(),
    options: fc.record(
      {
        skipBadRows: fc.constantFrom(true, true, true, false),
        rowsPerChunk: fc.constantFrom(7, 50, 1000),
        comment: fc.constantFrom('#', ''),
        missing: fc.constantFrom(['x'], ['-999', 'no', '2000-02-29'], ['', 'Paris']),
        alsoMissing: fc.constantFrom(['Berlin'], ['5.', '\ud800']),
        ignoreCase: fc.boolean(),
        decimal: fc.constantFrom('.' as const, ',' as const),
        header: fc.constantFrom(true, false),
      },
      { requiredKeys: ['rowsPerChunk', 'skipBadRows'] },
    ),
    seed: fc.integer(),
  })
  .chain((given) => {
    const { columns, rows, odd } = given
    const fields = columns.map((kind) => {
      const plain = fc.array(clear[kind], { minLength: CLEAR, maxLength: CLEAR })
      const others = fc.array(
        fc.oneof(
          { weight: 100 - odd, arbitrary: kinds[kind] },
          { weight: odd, arbitrary: fc.oneof(marks, oddNumbers, dates, texts) },
        ),
        { minLength: rows - CLEAR, maxLength: rows - CLEAR },
      )
      return fc.tuple(plain, others).map((parts) => parts.flat())
    })
    const faults = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: rows - 1 }),
        fc.constantFrom('short', 'long', 'blank', 'open', 'behind', 'nul', 'comment', 'blanks'),
      ),
      { maxLength: odd === 0 ? 1 : 6 },
    )
    return fc.record({ fields: fc.tuple(...fields), faults }).map((more) => ({ ...given, ...more }))
  })
  .map(({ columns, rows, delimiter, quote, lineEnd, trailing, options, fields, faults }) => {
    const written = (field: string) => {
      const needs = /["'\n\r]/.test(field) || field.includes(delimiter) || field.length % 5 === 4
      if (!needs) return field
      return quote === '' ? field.replaceAll(/[\n\r]/g, ' ') : quote + field.replaceAll(quote, quote + quote) + quote
    }
    const lines = [columns.map((_, i) => `c${i}`).join(delimiter)]
    for (let row = 0; row < rows; row++) {
      lines.push(fields.map((column) => written(column[row]!)).join(delimiter) + (trailing ? delimiter : ''))
    }
    for (const [row, fault] of faults) {
      const line = lines[row + 1]!
      lines[row + 1] = {
        short: line.slice(0, line.length >> 1),
        long: `${line}${delimiter}9${delimiter}9`,
        blank: `\n${line}`,
        open: `${quote || '"'}${line}`,
        behind: `${quote}x${quote}y${delimiter}${line}`,
        nul: `${line}\0`,
        comment: `#${line}`,
        blanks: `  ${line}`,
      }[fault]
    }
    const sized = { ...options, delimiter, quote }
    if (sized.decimal === ',' && delimiter === ',') delete sized.decimal
    return { text: lines.join(lineEnd), options: sized }
  })

async function* pieces(text: string, sizes: readonly number[], asBytes: boolean) {
  const all = asBytes ? Buffer.from(text) : text
  for (let at = 0, i = 0; at < all.length; i++) {
    const size = sizes[i % sizes.length]!
    yield typeof all === 'string' ? all.slice(at, at + size) : all.subarray(at, at + size)
    at += size
  }
}

/** All that a table says; numbers by their bits. */
function told(table: Table) {
  const bits = (values: Float64Array) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')
  return {
    rows: table.rows,
    notes: table.notes,
    skipped: table.skipped,
    lines: Array.from({ length: table.rows }, (_, row) => table.line(row)),
    columns: table.names.map((name) => {
      const column = table.column(name)
      return column.type === 'category'
        ? { ...column, codes: Array.from(column.codes) }
        : { ...column, values: bits(column.values as Float64Array) }
    }),
  }
}

async function outcome(source: AsyncIterable<string | Uint8Array>, options: CsvChunkOptions, inBlocks: boolean) {
  const tables: unknown[] = []
  const bad: unknown[] = []
  try {
    const onBadRow = (row: unknown) => bad.push(row)
    const given = options.skipBadRows === true ? { ...options, onBadRow } : options
    for await (const table of csvTables(source, given, { inBlocks, sampleRows: SAMPLE, portion: 100 }))
      tables.push(told(table))
    return { tables, bad }
  } catch (error) {
    return { tables, bad, error: (error as Error).message }
  }
}

const rounds = Number(process.env.DEEPBLAS_ROUNDS ?? 100)

test('rows read many at once are the rows that are read one by one', { timeout: 600_000 }, async () => {
  const adding = vi.spyOn(BlockReader.prototype, 'add')
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async ({ text, options }, sizes, asBytes) => {
        const many = await outcome(pieces(text, sizes, asBytes), options, true)
        expect(many).toEqual(await outcome(pieces(text, sizes, asBytes), options, false))
      },
    ),
    { numRuns: rounds },
  )
  // Otherwise nothing was compared. Some forty rows a round are usual; how many depends on what was drawn.
  const inBlocks = adding.mock.results.reduce((sum, { value }, i) => sum + value - adding.mock.calls[i]![0], 0)
  expect(inBlocks).toBeGreaterThan(10 * rounds)
})
