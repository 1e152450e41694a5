// Errors of an encoder name the line of the file, not only a row of what was selected, split or shuffled from it.
import { expect, test } from 'vitest'
import { Encoder, readCsv, type Table } from '../../../../lib/index.js'

async function* pieces(text: string) {
  yield text
}

const lines = Array.from({ length: 60 }, (_, i) => `${i},k${i % 3},${i % 2}`)
const text = `a,b,y\n\n${lines.join('\n')}\n`

/** The row whose `a` is the number, last of a few others. */
function lastOf(table: Table, a: number): Table {
  const row = Array.from({ length: table.rows }, (_, i) => i).find((i) => String(table.cell(i, 'a')) === String(a))!
  return table.select([3, 1, 4, row])
}

test.each([
  [
    'a text among numbers',
    text.replace('42,k0,0', 'many,k0,0'),
    { a: 'category' },
    'many',
    "column 'a', row 3 (line 45 of the file)",
  ],
  [
    'an unknown label',
    text.replace('42,k0,0', '42,k0,new'),
    { y: 'category' },
    42,
    "target 'y' in row 3 (line 45 of the file)",
  ],
  ['a missing target', text.replace('42,k0,0', '42,k0,'), {}, 42, "target 'y' in row 3 (line 45 of the file)"],
] as const)('%s', async (_, changed, types, a, place) => {
  const encoder = Encoder.fitSync(await readCsv(pieces(text), { types: 'y' in types ? types : {} }), { target: 'y' })
  const other = lastOf(await readCsv(pieces(changed), { types }), a as number)
  expect(() => encoder.encode(other)).toThrow(place)
  await expect(encoder.encodeAsync(other)).rejects.toThrow(place)
})
