// Numbers that are names, marks of missing values, and booleans: what a column's texts mean.
import { describe, expect, test } from 'vitest'
import { type CsvOptions, Encoder, missingInValues, missingTexts, readCsv, Table } from '../../../../lib/index.js'

async function* inPieces(text: string) {
  yield text
}

const read = (text: string, options?: CsvOptions) => readCsv(inPieces(text), options)

async function column(texts: readonly string[], options?: CsvOptions) {
  const table = await read(`n|c\n${texts.map((text) => `${text}|x\n`).join('')}`, options)
  const notes = table.notes.map(({ kind, text }) => `${kind}: ${text}`)
  return { type: table.column('n').type, values: texts.map((_, row) => table.cell(row, 'n')), notes }
}

describe('numbers that are names', () => {
  test.each<[string, readonly string[]]>([
    ['two digits', ['01', '02', '11']],
    ['both spellings', ['1', '01', '2']],
    ['zip codes', ['01234', '90210']],
    ['a rare one of the same width', [...Array(99).fill('90210'), '07001']],
    ['ids beyond 2^53', ['1180000000000000001', '1180000000000000002']],
    ['ids that float64 happens to have', ['1152921504606846976', '2305843009213693952']],
    ['ids of all widths', ['7', '123', '9007199254740993']],
    ['negative ids', ['-9007199254740993', '5']],
    ['telephone numbers', ['+436641234567', '+4915112345678']],
  ])('%s stay as they are', async (_, texts) => {
    const { type, values, notes } = await column(texts)
    expect({ type, values }).toEqual({ type: 'category', values: texts })
    expect(notes).toEqual([expect.stringMatching(/^text: kept as texts: .*types: \{ 'n': 'number' \}$/)])
    expect((await column(texts, { types: { n: 'number' } })).values).toEqual(texts.map(Number))
    const rows = Table.fromRows(texts.map((n) => ({ n })))
    expect(texts.map((_, row) => rows.cell(row, 'n'))).toEqual(texts)
  })

  test('zeros and decimals are no names', async () => {
    expect((await column(['0', '0.5', '-0.25'])).values).toEqual([0, 0.5, -0.25])
    expect((await column(['00.5', '11.25'])).values).toEqual([0.5, 11.25])
    expect((await column(['1.0', '1', '2'])).values).toEqual([1, 1, 2])
    expect((await column(['9007199254740991', '1'])).values).toEqual([9007199254740991, 1])
    expect((await column(['12345678901234567890.5', '1.5'])).type).toBe('number')
  })

  test('BigInts of objects', () => {
    const large = Table.fromRows([{ id: 9007199254740993n }, { id: 9007199254740992n }, { id: 5n }])
    expect([0, 1, 2].map((row) => large.cell(row, 'id'))).toEqual(['9007199254740993', '9007199254740992', '5'])
    expect(Table.fromRows([{ id: 7n }, { id: 5n }]).cell(0, 'id')).toBe(7)
  })

  test('labels come back as they were written', async () => {
    const ids = ['1180000000000000001', '1180000000000000002', '1180000000000000777']
    for (const labels of [ids, ['01', '02', '10'], ['1', '2', '3']]) {
      const lines = Array.from({ length: 60 }, (_, i) => `${i % 3},${labels[i % 3]}\n`)
      const table = await read(`hour,channel\n${lines.join('')}`)
      const encoder = Encoder.fitSync(table, { target: 'channel' })
      expect(encoder.labels).toEqual(labels)
      expect(encoder.decode({ data: [0, 0, 1], shape: [1, 3] })).toEqual([labels[2]])
    }
    const rows = Array.from({ length: 40 }, (_, i) => ({ x: i, id: 9007199254740992n + BigInt(i % 2) }))
    expect(Encoder.fitSync(Table.fromRows(rows), { target: 'id' }).labels).toEqual([
      '9007199254740992',
      '9007199254740993',
    ])
  })
})

describe('marks of missing values', () => {
  const all = [...missingTexts, ...missingInValues]

  test.each(all)('%s among numbers, dates and booleans', async (mark) => {
    expect(await column(['1.5', mark, '2'])).toEqual({
      type: 'number',
      values: [1.5, undefined, 2],
      notes: [`missing: '${mark}' (1 row) is read as missing`],
    })
    const date = new Date('2024-02-29')
    expect(await column(['2024-02-29', mark])).toMatchObject({ type: 'date', values: [date, undefined] })
    expect(await column(['true', mark, 'FALSE'])).toMatchObject({ type: 'boolean', values: [true, undefined, false] })
    expect(Table.fromRows([{ n: mark }, { n: '7' }, { n: 8 }]).row(0)).toEqual({ n: undefined })
  })

  test('words stay values of a category, and that is told; other marks are missing', async () => {
    for (const mark of missingTexts) expect((await column(['a', mark])).values).toEqual(['a', undefined])
    for (const mark of missingInValues) {
      const { values, notes } = await column(['a', mark, mark])
      expect(values).toEqual(['a', mark, mark])
      expect(notes).toContain(
        `word: '${mark}' (2 rows) is kept as a value (if it stands for nothing, give alsoMissing: ['${mark}'])`,
      )
      expect((await column(['a', mark], { alsoMissing: [mark] })).values).toEqual(['a', undefined])
    }
  })

  test('a column of such words alone is one of texts', async () => {
    expect((await column(['unknown', 'unknown'])).type).toBe('category')
    expect((await column(['NA', '?', ''])).type).toBe('number')
  })

  test('options: in place of the marks, beside them, and without some; by column', async () => {
    const texts = ['NA', '-999', 'SA', '']
    expect((await column(texts)).values).toEqual([undefined, '-999', 'SA', undefined])
    expect((await column(texts, { missing: ['-999'] })).values).toEqual(['NA', undefined, 'SA', undefined])
    expect((await column(texts, { missing: { n: ['-999'] } })).values).toEqual(['NA', undefined, 'SA', undefined])
    expect((await column(texts, { missing: { c: ['-999'] } })).values).toEqual([undefined, '-999', 'SA', undefined])
    expect((await column(texts, { alsoMissing: ['-999'] })).values).toEqual([undefined, undefined, 'SA', undefined])
    expect((await column(texts, { notMissing: ['NA'] })).values).toEqual(['NA', '-999', 'SA', undefined])
    expect((await column(texts, { notMissing: { n: ['NA'] } })).values).toEqual(['NA', '-999', 'SA', undefined])
    expect((await column(['5', 'NA', '-999'], { alsoMissing: ['-999'] })).values).toEqual([5, undefined, undefined])
  })

  test('an encoder keeps the marks that options changed', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, i) => `${i % 5 === 0 ? -999 : i},${i % 2 === 0 ? 'NA' : 'SA'},${i % 2}\n`,
    )
    const table = await read(`n,region,y\n${lines.join('')}`, {
      missing: { n: ['-999'] },
      notMissing: { region: ['NA'] },
    })
    const encoder = Encoder.fromJSON(JSON.parse(JSON.stringify(Encoder.fitSync(table, { target: 'y' }).toJSON())))
    const encoded = (row: Record<string, unknown>) => [...encoder.encodeFeatures([row]).data]
    expect(encoded({ n: '-999', region: 'NA' })).toEqual(encoded({ n: null, region: 'NA' }))
    expect(encoded({ n: 1, region: 'NA' })).not.toEqual(encoded({ n: 1, region: null }))
    expect(() => encoded({ n: 'NA', region: 'SA' })).toThrow("received 'NA'")
    const again = await read('region,n\nNA,-999\n', { types: encoder.types, readings: encoder.readings })
    expect(again.row(0)).toEqual({ region: 'NA', n: undefined })
  })
})

describe('booleans', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ ok: i % 2 === 0, lift: i % 4 < 2 ? 'yes' : 'no', y: i % 2 }))
  const encoder = Encoder.fitSync(Table.fromRows(rows), { target: 'y', task: 'classification' })
  const encoded = (ok: unknown, lift: unknown) => [...encoder.encodeFeatures([{ ok, lift }]).data]

  test.each([true, 'true', 'TRUE', ' True ', 'yes', 'Y', 't', 1, '1', 1n])('%s is true', (value) => {
    expect(encoded(value, 'yes')).toEqual(encoded(true, 'yes'))
  })

  test.each([false, 'false', 'FALSE', 'no', 'n', 'F', 0, '0', 0n])('%s is false', (value) => {
    expect(encoded(value, 'yes')).toEqual(encoded(false, 'yes'))
  })

  test('true among categories of yes and no is yes', () => {
    expect(encoded(true, true)).toEqual(encoded(true, 'yes'))
    expect(encoded(true, false)).toEqual(encoded(true, 'no'))
  })

  test('a mark is missing, anything else an error', () => {
    expect(encoded('unknown', 'yes')).toEqual(encoded(null, 'yes'))
    for (const value of ['maybe', 2, 'ja', 2n]) expect(() => encoded(value, 'yes')).toThrow("column 'ok'")
  })
})
