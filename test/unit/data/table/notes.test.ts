// What a table tells of a file and of its columns, alone and of several parts together.
import { describe, expect, test } from 'vitest'
import { csvChunks, readCsv, Table } from '../../../../lib/index.js'

async function* pieces(text: string): AsyncGenerator<string> {
  yield text
}

const textsOf = ({ notes }: Table) =>
  notes.map(({ column, text }) => (column === undefined ? text : `${column}: ${text}`))

describe('one list', () => {
  const text = 'sep=;\nprice;rate\n1.234,50 €;12 %\n980 €;-\n'

  test('first of the file, then of each column', async () => {
    const { notes } = await readCsv(pieces(text))
    expect(notes[0]).toEqual({ kind: 'file', text: expect.stringContaining('names the delimiter') })
    expect(new Set(notes.map(({ column }) => column))).toEqual(new Set([undefined, 'price', 'rate']))
    expect(notes.every(({ kind, column }) => (kind === 'file') === (column === undefined))).toBe(true)
  })

  test('goes with the rows and the columns that are taken', async () => {
    const table = await readCsv(pieces(text))
    expect(table.select([1]).notes).toEqual(table.notes)
    expect(table.without(['rate']).notes).toEqual(table.notes.filter(({ column }) => column !== 'rate'))
  })
})

describe('parts together', () => {
  const part = (...values: string[]) => Table.fromRows(values.map((v) => ({ v, n: 1 })))

  test('notes of later parts are kept, those of one kind too', () => {
    const [first, second] = [part('a', 'None', 'b'), part('a', 'missing', 'b')]
    expect(textsOf(Table.concat([first, second]))).toEqual([...textsOf(first), ...textsOf(second)])
    expect(textsOf(second)).not.toEqual([])
  })

  test('rows that one note counts are added', () => {
    const table = Table.concat([part('a', 'NA', 'NA'), part('b', 'c'), part('NA', 'b')])
    expect(textsOf(table)).toEqual(["v: 'NA' (3 rows) is read as missing"])
  })

  test('parts that were one table say it once', () => {
    const whole = part('a', 'NA', 'b', 'NA', 'c')
    expect(textsOf(Table.concat([whole.select([0, 1]), whole.select([2, 3, 4])]))).toEqual(textsOf(whole))
  })

  test('spellings that meet in no part are told of all', () => {
    const [first, second] = [part('Yes', 'No', 'Yes'), part('yes', 'No', 'Yes')]
    expect(textsOf(Table.concat([first, part('yes', 'No')]))).toEqual([expect.stringContaining("'Yes' 2, 'yes' 1")])
    expect(textsOf(Table.concat([first, second]))).toEqual([expect.stringContaining("'Yes' 3, 'yes' 1")])
    const united = [['Yes'], ['yes']].map((values) =>
      Table.fromRows(
        values.map((v) => ({ v, n: 1 })),
        { ignoreCase: true },
      ),
    )
    expect(textsOf(Table.concat(united))).toEqual([])
  })

  test('pieces of a file tell what the file as a whole tells', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `${i % 3 === 0 ? 'NA' : i},${['Yes', 'yes', 'no'][i % 3]}\n`)
    const text = `n,answer\n${lines.join('')}`
    const parts: Table[] = []
    for await (const table of csvChunks(pieces(text), { rowsPerChunk: 7 })) parts.push(table)
    expect(parts.length).toBeGreaterThan(5)
    expect(textsOf(Table.concat(parts))).toEqual(textsOf(await readCsv(pieces(text))))
  })
})
