import { describe, expect, test } from 'vitest'
import { dateFormat } from '../../../../lib/data/table/dates/date-format.js'
import { csvChunks, Dataset, Encoder, readCsv, Table } from '../../../../lib/index.js'

const iso = (cell: unknown) => (cell as Date | undefined)?.toISOString()
const whenOf = (texts: readonly unknown[], options = {}) =>
  Table.fromRows(
    texts.map((when) => ({ when })),
    options,
  )

async function* text(content: string) {
  yield content
}

describe('formats that are recognised', () => {
  const cases: readonly (readonly [texts: readonly string[], format: string, first: string])[] = [
    [['31.12.2024', '1.2.2024'], 'dd.MM.yyyy', '2024-12-31T00:00:00.000Z'],
    [['31. 12. 2024'], 'dd. MM. yyyy', '2024-12-31T00:00:00.000Z'],
    [['12/31/2024', '1/2/2024'], 'MM/dd/yyyy', '2024-12-31T00:00:00.000Z'],
    [['31/12/2024'], 'dd/MM/yyyy', '2024-12-31T00:00:00.000Z'],
    [['31-12-2024'], 'dd-MM-yyyy', '2024-12-31T00:00:00.000Z'],
    [['2024/12/31', '2024/1/2'], 'yyyy/MM/dd', '2024-12-31T00:00:00.000Z'],
    [['2024.12.31'], 'yyyy.MM.dd', '2024-12-31T00:00:00.000Z'],
    [['31-Dec-2024'], 'd-MMM-yyyy', '2024-12-31T00:00:00.000Z'],
    [['31-DEC-24'], 'd-MMM-yy', '2024-12-31T00:00:00.000Z'],
    [['31DEC2024'], 'dMMMyyyy', '2024-12-31T00:00:00.000Z'],
    [['31 December 2024', '1 May 2024'], 'd MMM yyyy', '2024-12-31T00:00:00.000Z'],
    [['31st December 2024'], 'd MMM yyyy', '2024-12-31T00:00:00.000Z'],
    [['Dec 31, 2024'], 'MMM d, yyyy', '2024-12-31T00:00:00.000Z'],
    [['Sept. 30, 2024'], 'MMM d, yyyy', '2024-09-30T00:00:00.000Z'],
    [['12/31/24'], 'MM/dd/yy', '2024-12-31T00:00:00.000Z'],
    [['31.12.99'], 'dd.MM.yy', '1999-12-31T00:00:00.000Z'],
    [['31.12.2024 14:05'], 'dd.MM.yyyy', '2024-12-31T14:05:00.000Z'],
    [['31.12.2024 14:05:33,123', '31.12.2024'], 'dd.MM.yyyy', '2024-12-31T14:05:33.123Z'],
    [['12/31/2024, 2:05:33\u202fPM'], 'MM/dd/yyyy', '2024-12-31T14:05:33.000Z'],
    [['12/31/2024 12:05 a.m.'], 'MM/dd/yyyy', '2024-12-31T00:05:00.000Z'],
    [['2024-12-31 9:05'], 'yyyy-MM-dd', '2024-12-31T09:05:00.000Z'],
    [['Tue, 31 Dec 2024 14:05:33 +0100'], 'EEE, d MMM yyyy', '2024-12-31T13:05:33.000Z'],
    [['Tue, 31 Dec 2024 14:05:33 GMT'], 'EEE, d MMM yyyy', '2024-12-31T14:05:33.000Z'],
    [
      ['Tue Dec 31 2024 14:05:33 GMT+0100 (Central European Standard Time)'],
      'EEE MMM d yyyy',
      '2024-12-31T13:05:33.000Z',
    ],
    [['Tue Dec 31 14:05:33 2024'], 'EEE MMM d HH:mm:ss yyyy', '2024-12-31T14:05:33.000Z'],
    [['31/Dec/2024:14:05:33 -0500'], 'd/MMM/yyyy', '2024-12-31T19:05:33.000Z'],
    [['31. Dezember 2024', '1. März 2024'], 'd. MMM yyyy', '2024-12-31T00:00:00.000Z'],
    [['31 de diciembre de 2024'], "d 'de' MMM 'de' yyyy", '2024-12-31T00:00:00.000Z'],
    [['31 d\u00e9c. 2024', '1 fe\u0301vr. 2024'], 'd MMM yyyy', '2024-12-31T00:00:00.000Z'],
    [['31.12.2024 14.05 Uhr'], 'dd.MM.yyyy', '2024-12-31T14:05:00.000Z'],
    [['31/12/2024 14h05'], 'dd/MM/yyyy', '2024-12-31T14:05:00.000Z'],
    [['12/31/2024 2 PM'], 'MM/dd/yyyy', '2024-12-31T14:00:00.000Z'],
    [['2024-12-31T14:05:33+01:00[Europe/Vienna]'], 'yyyy-MM-dd', '2024-12-31T13:05:33.000Z'],
    [['20241231T140533Z'], 'yyyyMMddTHHmmssX', '2024-12-31T14:05:33.000Z'],
  ]
  test.each(cases)('%j', async (texts, format, first) => {
    for (const table of [
      whenOf(texts),
      await readCsv(text(`when|x\n${texts.map((one) => `"${one}"|1`).join('\n')}\n`)),
    ]) {
      expect(table.column('when')).toMatchObject({ type: 'date', format })
      expect(iso(table.cell(0, 'when'))).toBe(first)
      expect(table.notes).toEqual([{ column: 'when', kind: 'date', text: `dates as ${format}` }])
    }
  })

  test('ISO 8601 has no format and is nothing to tell', () => {
    const table = whenOf(['2024-12-31T14:05:33+0100', '2024-12-31'])
    expect(iso(table.cell(0, 'when'))).toBe('2024-12-31T13:05:33.000Z')
    expect(table.column('when')).not.toHaveProperty('format')
    expect(table.notes).toEqual([])
  })

  test('marks of missing values say nothing of the format', async () => {
    const texts = ['31.12.2024', '-', 'None', '0000-00-00', '00.00.0000', '00/00/0000', '', '1.2.2024']
    for (const table of [
      whenOf(texts),
      await readCsv(text(`when,x\n${texts.map((one) => `${one},1`).join('\n')}\n`)),
    ]) {
      expect(table.column('when')).toMatchObject({ type: 'date', format: 'dd.MM.yyyy' })
      expect(texts.map((_, row) => table.cell(row, 'when') !== undefined)).toEqual(texts.map((_, row) => row % 7 === 0))
    }
  })

  test('one value decides for all', () => {
    const texts = [...Array.from({ length: 500 }, (_, i) => `0${(i % 9) + 1}/03/2024`), '25/03/2024']
    expect(iso(whenOf(texts).cell(1, 'when'))).toBe('2024-03-02T00:00:00.000Z')
  })

  test('what is no date stays what it was', () => {
    for (const texts of [
      ['1.2.3', '1.10.12'],
      ['10-11'],
      ['may', 'june'],
      ['12:30'],
      ['3/4'],
      ['AB-12-2024'],
      ['2024'],
    ]) {
      expect(whenOf(texts).column('when')).not.toMatchObject({ type: 'date' })
    }
  })
})

describe('what is not guessed', () => {
  test.each([
    ['03/04/2024', "'dd/MM/yyyy'", "'MM/dd/yyyy'"],
    ['3-4-2024 10:00', "'dd-MM-yyyy'", "'MM-dd-yyyy'"],
    ['03.04.2024', "'dd.MM.yyyy'", "'MM.dd.yyyy'"],
    ['01/01/2024', "'dd/MM/yyyy'", "'MM/dd/yyyy'"],
    ['03/04/05', "'dd/MM/yy'", "'yy/MM/dd'"],
    ['31.12.24', "'dd.MM.yy'", "'yy.MM.dd'"],
  ])('%s is a question', async (one, ...formats) => {
    const source = text(`id;when\n1;${one}\n`)
    const asked = await readCsv(source).catch((error) => error)
    expect(asked.code).toBe('ERR_DEEPBLAS_FILE')
    for (const part of ["column 'when'", one, ...formats.map((format) => `dateFormats: { 'when': ${format} }`)]) {
      expect(asked.message).toContain(part)
      expect(() => whenOf([one, one])).toThrow(part)
    }
    expect(() => whenOf([one])).toThrow(expect.objectContaining({ code: 'ERR_DEEPBLAS_DATA' }))
  })

  test('the answers', () => {
    const texts = ['03/04/2024', '05/06/2024']
    expect(iso(whenOf(texts, { dates: 'dayFirst' }).cell(0, 'when'))).toBe('2024-04-03T00:00:00.000Z')
    expect(iso(whenOf(texts, { dates: 'monthFirst' }).cell(0, 'when'))).toBe('2024-03-04T00:00:00.000Z')
    expect(iso(whenOf(texts, { dateFormats: { when: 'd/M/yyyy' } }).cell(0, 'when'))).toBe('2024-04-03T00:00:00.000Z')
    expect(whenOf(texts, { types: { when: 'category' } }).cell(0, 'when')).toBe('03/04/2024')
    expect(whenOf(texts, { dates: 'iso' }).cell(0, 'when')).toBe('03/04/2024')
    expect(iso(whenOf(['03.04.24'], { dates: 'dayFirst' }).cell(0, 'when'))).toBe('2024-04-03T00:00:00.000Z')
  })

  test('an answer that the values contradict', () => {
    expect(() => whenOf(['12/31/2024'], { dates: 'dayFirst' })).toThrow(
      "'12/31/2024', which are month first where dates says 'dayFirst'",
    )
  })

  test('several formats in a column are told, and can be given', () => {
    const texts = ['31.12.2024', '2024-12-30']
    const told = whenOf(texts)
    expect(told.column('when').type).toBe('category')
    expect(told.notes[0]!.text).toMatch(
      /several formats: '31.12.2024' .* or '2024-12-30' \(ISO 8601\).*'dd.MM.yyyy\|ISO 8601'/,
    )
    const given = whenOf(texts, { dateFormats: { when: 'dd.MM.yyyy|ISO 8601' } })
    expect([iso(given.cell(0, 'when')), iso(given.cell(1, 'when'))]).toEqual([
      '2024-12-31T00:00:00.000Z',
      '2024-12-30T00:00:00.000Z',
    ])
    expect(whenOf(['31/12/2024', '12/31/2024']).notes[0]!.text).toContain('Some are day first and others month first')
  })

  test.each([
    '31.12.2024.',
    '12/31/2024 14:05 AM',
    '2023-02-30',
    '2024-12',
    '12/2024',
    'Tue 12/31/2024',
    '2024年12月31日',
  ])('%s stays a text, and that is told', (text) => {
    const table = whenOf([text, text])
    expect(table.cell(0, 'when')).toBe(text)
    expect(table.notes[0]!.text).toContain(`texts, though they look like dates, such as '${text}'`)
    expect(whenOf([text], { dates: 'iso' }).notes).toEqual([])
  })

  test('a date that may be read in two ways among those of another format', () => {
    expect(whenOf(['03/04/2024', '2024-12-31']).notes[0]!.text).toContain(
      "dateFormats: { 'when': 'dd/MM/yyyy|ISO 8601' } or dateFormats: { 'when': 'MM/dd/yyyy|ISO 8601' }",
    )
  })

  test('20241231 is a number unless it is asked for, and that is told', () => {
    const values = ['20241231', '20240101', '20240229']
    const told = whenOf(values)
    expect(told.cell(0, 'when')).toBe(20241231)
    expect(told.notes[0]!.text).toContain("dateFormats: { 'when': 'yyyyMMdd' }")
    for (const rows of [values, values.map(Number)]) {
      expect(iso(whenOf(rows, { dateFormats: { when: 'yyyyMMdd' } }).cell(2, 'when'))).toBe('2024-02-29T00:00:00.000Z')
    }
    expect(whenOf(['20241231', '20241301', '5']).notes).toEqual([])
  })

  test('a day that there is not is a bad value', async () => {
    const source = () => text('when\n01.12.2024\n31.02.2024\n30.11.2024\n')
    await expect(readCsv(source())).rejects.toThrow(
      "line 3: the column 'when' holds dates as dd.MM.yyyy but here '31.02.2024'",
    )
    expect((await readCsv(source(), { skipBadRows: true })).skipped.rows).toBe(1)
    expect(() => whenOf(['01.12.2024', '31.02.2024', '30.11.2024'])).toThrow(
      "date as dd.MM.yyyy, as most values of 'when' are, for rows[1]",
    )
  })
})

describe('formats that a user gives', () => {
  test.each([
    ['DD.MM.YYYY', 'Write dd in place of DD'],
    ['dd.MM.YYYY', 'Write yyyy in place of YYYY'],
    ['%d/%m/%Y %H:%M', "Write 'dd/MM/yyyy HH:mm'"],
    ['dd.MM', 'needs a year'],
    ['dd yyyy', 'needs a month'],
    ['yyyy-MM-dd hh:mm', 'hh needs an a'],
    ['yyyy yyyy', 'twice'],
    ["yyyy 'at", 'not closed'],
    ['', 'needs a year'],
  ])('%s is answered', (format, answer) => {
    expect(() => whenOf(['x'], { dateFormats: { when: format } })).toThrow(answer)
  })

  test.each([
    ["yyyy'y'MM", '2024y05', '2024-05-01T00:00:00.000Z'],
    ['yyyyMMddHHmmss', '20241231140533', '2024-12-31T14:05:33.000Z'],
    ['HH.mm dd.MM.yyyy', '14.05 31.12.2024', '2024-12-31T14:05:00.000Z'],
    ['yyyy-dd-MM', '2024-31-12', '2024-12-31T00:00:00.000Z'],
    ['dd/MM/yyyy hh:mm a', '31/12/2024 12:00 PM', '2024-12-31T12:00:00.000Z'],
    ["dd/MM/yy 'o''clock' HH", "01/02/69 o'clock 5", '1969-02-01T05:00:00.000Z'],
    ['dd/MM/yy', '01/02/68', '2068-02-01T00:00:00.000Z'],
  ])('%s reads %s', (format, written, expected) => {
    expect(iso(new Date(dateFormat('format', format).read(written)!))).toBe(expected)
  })

  test('only a column that is there, and of dates', () => {
    expect(() => whenOf(['x'], { dateFormats: { wen: 'yyyy' } })).toThrow("Did you mean 'when'?")
    expect(() => whenOf(['x'], { dateFormats: { when: 'yyyy' }, types: { when: 'number' } })).toThrow(
      "'date', since dateFormats",
    )
    expect(() => whenOf(['x'], { dates: 'day-first' })).toThrow("Did you mean 'dayFirst'?")
  })

  test.each(['25:00', '23:60', '13:00 PM', '0:30 AM', '23:59:60', '10:00 +2500'])('no clock shows %s', (time) => {
    expect(dateFormat('format', 'dd.MM.yyyy').read(`31.12.2024 ${time}`)).toBeUndefined()
  })
})

describe('a format goes with its column', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    when: `${(i % 28) + 1}.${(i % 12) + 1}.2023`,
    x: i % 5,
    y: i % 2 ? 'a' : 'b',
  }))

  test('through tables, the encoder and its JSON to rows and files read later', async () => {
    const table = Table.fromRows(rows)
    const [kept] = Table.concat([table, table]).without(['x']).split(0.2)
    expect(kept.column('when')).toMatchObject({ format: 'dd.MM.yyyy' })
    const encoder = Encoder.fromJSON(JSON.parse(JSON.stringify(await Encoder.fit(table, { target: 'y' }))))
    expect(encoder.dateFormats).toEqual({ when: 'dd.MM.yyyy' })
    const asDate = encoder.encodeFeatures([{ when: new Date('2024-04-03'), x: 1 }]).data
    expect(encoder.encodeFeatures([{ when: '03.04.2024', x: 1 }]).data).toEqual(asDate)
    const dataset = await Dataset.fromCSV(text('when,x\n03.04.2024,1\n'), { encoder })
    expect(Array.from(dataset.row(0))).toEqual(Array.from(asDate))
    expect(() => encoder.encodeFeatures([{ when: '2024-04-03', x: 1 }])).toThrow(
      "a text as dd.MM.yyyy, as the training rows had) in column 'when', row 0 but received '2024-04-03'",
    )
    expect(() => encoder.encodeFeatures([{ when: '31.02.2024', x: 1 }])).toThrow('31.02.2024')
    await expect(Dataset.fromCSV(text('when,x\n04/13/2024,1\n'), { encoder })).rejects.toThrow('dates as dd.MM.yyyy')
  })

  test('JSON from before formats loads, and means ISO 8601', async () => {
    const table = Table.fromRows(
      rows.map(({ when, ...row }) => ({ ...row, when: new Date(`2023-01-${when.split('.')[0]!.padStart(2, '0')}`) })),
    )
    const encoder = await Encoder.fit(table, { target: 'y' })
    expect(JSON.stringify(encoder)).not.toContain('format')
    expect(encoder.dateFormats).toEqual({ when: 'ISO 8601' })
    expect(() => encoder.encodeFeatures([{ when: '03.04.2024', x: 1 }])).toThrow('2024-05-31')
  })

  test('a stream decides by its first rows, and all its tables have the format', async () => {
    const lines = ['25/01/2024', ...Array.from({ length: 30 }, (_, i) => `0${(i % 9) + 1}/02/2024`)]
    const formats: unknown[] = []
    for await (const part of csvChunks(text(`when\n${lines.join('\n')}\n`), { rowsPerChunk: 10 })) {
      formats.push((part.column('when') as { format?: string }).format)
    }
    expect(formats).toEqual(Array(4).fill('dd/MM/yyyy'))
  })
})
