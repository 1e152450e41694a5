import { describe, expect, test } from 'vitest'
import { csvChunks, Dataset, Encoder, readCsv, Table } from '../../../../../lib/index.js'

async function* text(content: string) {
  yield content
}

const rowsOf = (values: readonly string[]) => values.map((answer, x) => ({ answer, x }))
const told = (values: readonly string[]) =>
  Table.fromRows(rowsOf(values)).notes.filter(({ kind }) => kind === 'spelling')

describe('spellings that may be one', () => {
  test.each([
    [
      'capitals',
      ['Maybe', 'maybe', 'MAYBE', 'maybe'],
      "'maybe' 2, 'Maybe' 1, 'MAYBE' 1: one category written three ways?",
    ],
    ['double blanks', ['New York', 'New  York'], "'New York' 1, 'New  York' 1"],
    ['no-break blanks', ['New York', 'New\u00a0York'], "'New York' 1, 'New\\u00a0York' 1"],
    ['Unicode forms', ['Caf\u00e9', 'Cafe\u0301'], "'Café' 1, 'Cafe\\u0301' 1"],
  ])('%s: kept apart, and told', async (_, values, note) => {
    const table = Table.fromRows(rowsOf(values))
    expect(table.column('answer')).toMatchObject({ type: 'category', levels: [...new Set(values)] })
    expect(told(values)[0]).toMatchObject({ column: 'answer', text: expect.stringContaining(note) })
    expect(told(values)[0]!.text).toContain('ignoreCase: true')
    const read = await readCsv(text(`answer\n${values.join('\n')}\nother\n`))
    expect(read.notes.filter(({ kind }) => kind === 'spelling')).toHaveLength(1)
  })

  test('are not told of texts that differ', () => {
    expect(told(['Yes', 'No', 'yes!', 'Straße', 'Strasse'])).toEqual([])
  })

  test('true, TRUE and True are booleans, in files and in rows', async () => {
    const values = ['true', 'TRUE', 'False', 'false']
    expect(Table.fromRows(rowsOf(values)).column('answer').type).toBe('boolean')
    const yes = ['yes', 'YES', 'No', 'nO', 'Y', 'f']
    const options = { types: { answer: 'boolean' } } as const
    const file = await readCsv(text(`answer\n${yes.join('\n')}\n`), options)
    const rows = Table.fromRows(rowsOf(yes), options)
    const cells = yes.map((_, row) => file.cell(row, 'answer'))
    expect(cells).toEqual([true, true, false, false, true, false])
    expect(yes.map((_, row) => rows.cell(row, 'answer'))).toEqual(cells)
    const encoder = Encoder.fitSync(file)
    expect(encoder.encodeFeatures(yes.map((answer) => ({ answer }))).data).toEqual(encoder.encodeFeatures(file).data)
  })

  test('a data set tells of its labels', async () => {
    const data = Dataset.from({ x: [[1], [2], [3]], y: ['Yes', 'yes', 'no'] })
    expect(data.labels).toEqual(['Yes', 'no', 'yes'])
    expect(data.notes).toMatchObject([{ column: 'y', kind: 'spelling', text: expect.stringContaining("'Yes', 'yes'") }])
    expect(Dataset.from({ x: [[1], [2]], y: [0, 1] }).notes).toEqual([])
    const rows = rowsOf(['Yes', 'yes', 'no', 'Yes', 'yes', 'no'])
    const encoded = await Dataset.fromRows(rows, { target: 'answer' })
    expect(encoded.notes).toMatchObject([{ column: 'answer', kind: 'spelling' }])
  })
})

describe('ignoreCase', () => {
  const values = ['Yes', 'no', 'yes', 'YES', 'No', 'y\u00e9s', 'ye\u0301s']

  test('unites them in lower case, in one column or in all', async () => {
    for (const ignoreCase of [true, ['answer']]) {
      const table = Table.fromRows(rowsOf(values), { ignoreCase })
      expect(table.column('answer')).toMatchObject({
        levels: ['yes', 'no', 'y\u00e9s'],
        codes: Int32Array.of(0, 1, 0, 0, 1, 2, 2),
      })
      expect(table.notes).toEqual([])
      expect((await readCsv(text(`answer\n${values.join('\n')}\n`), { ignoreCase })).column('answer')).toMatchObject({
        levels: ['yes', 'no', 'y\u00e9s'],
      })
    }
    const other = Table.fromRows(
      [
        { a: 'X', b: 'X' },
        { a: 'x', b: 'x' },
      ],
      { ignoreCase: ['b'] },
    )
    expect([other.column('a'), other.column('b')]).toMatchObject([{ levels: ['X', 'x'] }, { levels: ['x'] }])
    expect(() => Table.fromRows(rowsOf(values), { ignoreCase: ['anwser'] })).toThrow("Did you mean 'answer'?")
    expect(() => Table.fromRows(rowsOf(values), { ignoreCase: 'answer' as never })).toThrow('ignoreCase')
  })

  test('goes with the encoder: later rows and files are read the same way', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      city: ['Wien', 'WIEN', 'graz', 'Graz'][i % 4]!,
      y: ['Yes', 'yes', 'NO', 'no'][i % 4]!,
    }))
    const data = await Dataset.fromRows(rows, { target: 'y', ignoreCase: true })
    const encoder = Encoder.fromJSON(JSON.parse(JSON.stringify(data.encoder)))
    expect(encoder.labels).toEqual(['no', 'yes'])
    expect(encoder.columns).toMatchObject([{ name: 'city', levels: ['graz', 'wien'] }])
    const known = encoder.encodeFeatures([{ city: 'wien' }]).data
    expect(encoder.encodeFeatures([{ city: ' WiEn ' }]).data).toEqual(known)
    const later = await Dataset.fromCSV(text('city,y\nwIEN,YES\nGRAZ,nO\n'), { encoder })
    expect([...later.row(0)]).toEqual([...known])
    expect([...later.target(0), ...later.target(1)]).toEqual([1, 0])
  })

  test('a stream of tables gives the encoder of one table', async () => {
    const content = `answer,x\n${values.map((value, i) => `${value},${i}`).join('\n')}\n`
    const whole = await Encoder.fit(await readCsv(text(content), { ignoreCase: true }))
    const parts = await Encoder.fit(csvChunks(text(content), { ignoreCase: true, rowsPerChunk: 2 }))
    expect(parts.toJSON()).toEqual(whole.toJSON())
  })
})
