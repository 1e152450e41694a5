// Tables that Python's csv module wrote and read in many dialects are read alike.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCsv } from '../../lib/index.js'

interface Case {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly text: string
  readonly rows: readonly (readonly string[])[]
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, './values/tables/csv-dialects.json'), 'utf8'),
) as readonly Case[]

async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

test.each(cases.map((one, number) => [number, one] as const))('table %i', async (_, { text, rows, ...dialect }) => {
  const names = rows[0]!.map((_, i) => `c${i}`)
  const types = Object.fromEntries(names.map((name) => [name, 'category'] as const))
  for (const size of [text.length, 5, 1]) {
    const table = await readCsv(pieces(text, size), { ...dialect, header: names, types, missing: [], comment: '' })
    const read = Array.from({ length: table.rows }, (_, row) => names.map((name) => table.cell(row, name) ?? ''))
    // Of a category blanks around it do not count, and all line ends are one.
    expect(read).toEqual(rows.map((row) => row.map((field) => field.replaceAll('\r\n', '\n').trim())))
  }
})
