// Numbers as people write them, against what pandas reads when it is told how they are written.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readCsv } from '../../lib/index.js'

interface Golden {
  readonly tables: readonly { readonly csv: string; readonly values: readonly (number | null)[] }[]
  readonly missing: {
    readonly marks: readonly string[]
    readonly csv: string
    readonly values: readonly (number | null)[]
  }
  readonly ids: { readonly csv: string; readonly names: readonly string[] }
}

const golden = JSON.parse(
  readFileSync(new URL('./values/tables/written_numbers.json', import.meta.url), 'utf8'),
) as Golden

async function* inPieces(text: string) {
  yield text
}

async function columnOf(csv: string) {
  const table = await readCsv(inPieces(csv))
  return Array.from({ length: table.rows }, (_, row) => table.cell(row, 'n') ?? null)
}

test('every table has the numbers that pandas reads, to the last bit', async () => {
  expect(golden.tables.length).toBeGreaterThan(30)
  for (const { csv, values } of golden.tables) expect(await columnOf(csv)).toEqual(values)
})

test('every text that pandas takes for a missing value is one among numbers', async () => {
  expect(golden.missing.marks).toContain('None')
  expect(await columnOf(golden.missing.csv)).toEqual(golden.missing.values)
})

test('whole numbers that float64 cannot hold keep their digits', async () => {
  expect(await columnOf(golden.ids.csv)).toEqual(golden.ids.names)
})
