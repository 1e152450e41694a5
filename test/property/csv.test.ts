// Tables written as CSV and read back, however they are written and cut.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ColumnType, csvChunks, readCsv, type Table } from '../../lib/index.js'

const runs = { numRuns: 150 }

interface Written {
  readonly rows: readonly (readonly (string | number | boolean | Date | undefined)[])[]
  readonly types: readonly ColumnType[]
  readonly delimiter: string
  readonly newline: string
  readonly quoteAll: boolean
  readonly lastNewline: boolean
}

// What a category keeps is the text without blanks around it, with one kind of line end; some texts are missing values.
const text = fc
  .string({
    unit: fc.constantFrom('a', 'B', '"', ',', ';', '\n', '\t', '|', ' ', 'ü', '😀', "'", '7'),
    minLength: 1,
    maxLength: 8,
  })
  .map((value) => value.trim())
  .filter((value) => value !== '')
const cells = {
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  category: text,
  boolean: fc.boolean(),
  date: fc.date({
    noInvalidDate: true,
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
  }),
} as const

const written: fc.Arbitrary<Written> = fc
  .array(fc.constantFrom<ColumnType>('number', 'category', 'boolean', 'date'), { minLength: 1, maxLength: 6 })
  .chain((types) =>
    fc.record({
      types: fc.constant(types),
      rows: fc.array(
        fc.tuple(
          ...types.map((type) =>
            fc.option(cells[type] as fc.Arbitrary<string | number | boolean | Date>, { nil: undefined, freq: 6 }),
          ),
        ),
        {
          maxLength: 12,
        },
      ),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      newline: fc.constantFrom('\n', '\r\n'),
      quoteAll: fc.boolean(),
      lastNewline: fc.boolean(),
    }),
  )

function textOf({ rows, types, delimiter, newline, quoteAll, lastNewline }: Written): string {
  const field = (value: unknown) => {
    const plain = value === undefined ? '' : value instanceof Date ? value.toISOString() : String(value)
    const quoted = quoteAll || /[",;\t|\n]/.test(plain)
    return quoted ? `"${plain.replaceAll('"', '""')}"` : plain
  }
  const header = types.map((_, i) => `c${i}`)
  // A row of one empty field is a blank line, unless something marks it as missing.
  const lines = [header, ...rows].map((row) =>
    row.length === 1 && row[0] === undefined ? 'NA' : row.map(field).join(delimiter),
  )
  return lines.join(newline) + (lastNewline ? newline : '')
}

function rowsOf(table: Table): unknown[][] {
  return Array.from({ length: table.rows }, (_, row) => table.names.map((name) => table.cell(row, name)))
}

async function* cut(bytes: Uint8Array, sizes: readonly number[]) {
  let from = 0
  for (let i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    yield bytes.subarray(from, from + size)
    from += size
  }
}

const typesOf = ({ types }: Written) => Object.fromEntries(types.map((type, i) => [`c${i}`, type]))

test('a table that was written is read back, however it is cut', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(written, sizes, async (table, pieces) => {
      const options = { types: typesOf(table), delimiter: table.delimiter, header: true, missing: ['NA'] }
      const bytes = Buffer.from(textOf(table))
      expect(rowsOf(await readCsv(cut(bytes, [bytes.length || 1]), options))).toEqual(table.rows)
      expect(rowsOf(await readCsv(cut(bytes, pieces), options))).toEqual(table.rows)
      const parts: unknown[][] = []
      for await (const part of csvChunks(cut(bytes, pieces), { ...options, rowsPerChunk: 3 }))
        parts.push(...rowsOf(part))
      expect(parts).toEqual(table.rows)
    }),
    runs,
  )
})

test('whatever is in a file, it is a table or an error that says so, and never part of one', async () => {
  const soup = fc.string({
    unit: fc.constantFrom('a', '1', '"', ',', ';', '\n', '\r', ' ', '\0', 'é', '-', '.'),
    maxLength: 60,
  })
  await fc.assert(
    fc.asyncProperty(soup, fc.boolean(), async (content, skipBadRows) => {
      const table = await readCsv(cut(Buffer.from(content), [7]), { skipBadRows }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
        return undefined
      })
      if (table === undefined) return
      if (!skipBadRows) expect(table.skipped.rows).toBe(0)
      for (const row of rowsOf(table)) expect(row.length).toBe(table.columns.length)
    }),
    { numRuns: 500 },
  )
})
