import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv, type Table, targetAdvice } from '../../../../../lib/index.js'

async function* once(text: string) {
  yield text
}

const read = (values: readonly string[], options = {}, delimiter = ';'): Promise<Table> =>
  readCsv(once(`k${delimiter}x\n${values.map((value, i) => `r${i % 2}${delimiter}${value}`).join('\n')}\n`), options)

const notesOf = (table: Table) => table.notes.filter(({ column }) => column === 'x').map(({ text }) => text)

const numbers = Array.from({ length: 40 }, (_, i) => `${i}.5`)

describe('a column of numbers that is read as texts is told', () => {
  it('names any text that keeps it from being numbers, with advice that makes numbers of it', async () => {
    const word = fc
      .string({ unit: fc.constantFrom(...'abcxyzÄß#*~!% -'), minLength: 1, maxLength: 8 })
      .map((text) => text.trim())
    await fc.assert(
      fc.asyncProperty(
        word.filter((text) => text !== ''),
        fc.integer({ min: 3, max: 30 }),
        async (mark, rows) => {
          const values = [...numbers, ...Array.from({ length: rows }, () => mark)]
          const table = await read(values)
          if (table.column('x').type === 'number') {
            expect(notesOf(table)).toContain(`'${mark}' (${rows} rows) is read as missing`)
            return
          }
          expect(notesOf(table)[0]).toContain(`all its values but '${mark}' (${rows} rows) are numbers`)
          expect(notesOf(table)[0]).toContain(`alsoMissing: ['${mark}']`)
          const again = await read(values, { alsoMissing: [mark] })
          expect(again.column('x').type).toBe('number')
          expect(again.cell(39, 'x')).toBe(39.5)
          expect(again.cell(40, 'x')).toBeUndefined()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('names one word beside two or three numbers too', async () => {
    const flags = Array.from({ length: 60 }, (_, i) => ['0', '1', '****'][i % 3]!)
    expect(notesOf(await read(flags))[0]).toContain("all its values but '****' (20 rows) are numbers")
    expect(notesOf(await read(flags.map((text) => text.replace('****', '2+'))))).toEqual([])
  })

  it('says so where it is a target of as many classes as rows', async () => {
    const [advice] = targetAdvice(await read([...numbers, 'TBD', 'TBD', 'TBD']), { target: 'x' })
    expect(advice?.text).toMatch(
      /the column is kept as texts: all its values but 'TBD' \(3 rows\) are numbers; .* give alsoMissing: \['TBD'\]/,
    )
  })

  it('counts the others where there are many of them', async () => {
    const table = await read([...numbers, 'a', 'b', 'c', 'd', 'e'])
    expect(notesOf(table)).toEqual(["kept as texts: 5 of its 45 values, such as 'a', 'b', 'c', are no numbers"])
  })

  it('tells decimal commas beside decimal points', async () => {
    const table = await read([...numbers, ...numbers.map((text) => text.replace('.', ','))])
    expect(table.column('x').type).toBe('category')
    expect(notesOf(table)[0]).toMatch(/decimal comma, such as '0,5', and others a decimal point, such as '0\.5'/)
  })

  it.each(['Rp #.000', 'RM #.50', "'#", '="#"', '~#', 'S/. #.5', '$#.00CR', '1_0#0', '\u200e#'])(
    'tells numbers written as %s',
    async (pattern) => {
      const table = await read(
        numbers.map((_, i) => pattern.replace('#', String(i + 10))),
        { quote: '' },
      )
      expect(table.column('x').type).toBe('category')
      expect(notesOf(table)[0]).toMatch(/hold numbers in a way that is not recognized/)
    },
  )

  it.each(['C#', 'room #', 'user_#', '18-#', 'a# b'])('says nothing of names such as %s', async (pattern) => {
    const table = await read(numbers.map((_, i) => pattern.replace('#', String(i + 10))))
    expect(notesOf(table)).toEqual([])
  })

  it('tells times of day', async () => {
    const times = Array.from({ length: 9 }, (_, i) => `${i + 8}:${10 + i}`)
    expect(notesOf(await read(times))[0]).toMatch(/^kept as texts: its values, such as '8:10', are times of day/)
  })

  it.each([
    ['2024-01-', '', 'dates'],
    ['', '.12.2024', 'dates as dd.MM.yyyy'],
    ['', '-Mar-2024', 'dates as d-MMM-yyyy'],
  ])('tells the word that keeps %s..%s from being dates', async (before, behind, what) => {
    const dates = Array.from({ length: 19 }, (_, i) => `${before}${i + 10}${behind}`)
    for (const rows of [2, 6, 18]) {
      const values = [...dates, ...Array.from({ length: rows }, () => 'open')]
      const table = await read(values)
      expect(table.column('x').type).toBe('category')
      expect(notesOf(table)).toEqual([
        `texts: all its values but 'open' (${rows} rows) are ${what}; if it stands for nothing, give alsoMissing: ['open']`,
      ])
      expect((await read(values, { alsoMissing: ['open'] })).column('x').type).toBe('date')
    }
  })

  it('looks no further into long texts, whatever stands in them', async () => {
    for (const long of [
      `1${' '.repeat(50_000)}x`,
      `${'1 '.repeat(25_000)}x`,
      '$'.repeat(50_000),
      `${'('.repeat(25_000)}1`,
    ]) {
      const table = await read(Array.from({ length: 30 }, (_, i) => `${long}${i % 7}`))
      expect([table.column('x').type, table.rows, notesOf(table)]).toEqual(['category', 30, []])
    }
  })

  it('reads signs outside of brackets', async () => {
    const table = await read(['(5)%', '12.5%', '(0.5) %'])
    expect([0, 1, 2].map((row) => table.cell(row, 'x'))).toEqual([-5, 12.5, -0.5])
    const prices = await read(['(5) €', '12 €', '(1,50)€'])
    expect([0, 1, 2].map((row) => prices.cell(row, 'x'))).toEqual([-5, 12, -1.5])
  })
})

describe('points that may stand between thousands', () => {
  const thousands = Array.from({ length: 30 }, (_, i) => `${i + 1}.${100 + i}`)
  const wholes = Array.from({ length: 30 }, (_, i) => `${100 + i}`)

  it.each([',', ';', '\t'])('asks where all decimals have three digits or none, between %j', async (delimiter) => {
    const values = [...wholes, ...thousands]
    await expect(read(values, {}, delimiter)).rejects.toThrow(
      "Give decimal: '.' for 1.1 or thousands: '.' for 1100, or types: { 'x': 'category' }",
    )
    expect((await read(values, { thousands: '.' }, delimiter)).cell(30, 'x')).toBe(1100)
    expect((await read(values, { decimal: '.' }, delimiter)).cell(30, 'x')).toBe(1.1)
    expect((await read([...values, '0.5'], {}, delimiter)).cell(30, 'x')).toBe(1.1)
    // Whoever gives the type has plain numbers, such as those of a model.
    expect((await read(values, { types: { x: 'number' } }, delimiter)).cell(30, 'x')).toBe(1.1)
  })

  it('asks where all have three digits and zeros at their end, between semicolons', async () => {
    const values = Array.from({ length: 9 }, (_, i) => `${i + 1}.${(i + 10) * 10}`)
    await expect(read(values)).rejects.toThrow("Give decimal: '.' for 1.1 or thousands: '.' for 1100")
    expect(notesOf(await read(values, {}, ','))[0]).toMatch(/^'1\.100' is read as 1\.1, by its decimal point/)
    const shortest = Array.from({ length: 9 }, (_, i) => `${i + 1}.${101 + i * 10}`)
    expect(notesOf(await read(shortest))[0]).toMatch(/'1\.101' is read as 1\.101; if it is a thousand/)
  })

  it('tells how they were read behind the rows that decide', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `${100 + (i % 800)}`)
    const table = await read([...many, ...thousands], {}, ',')
    expect(notesOf(table)).toEqual([
      "'1.100' is read as 1.1, by its decimal point (30 such rows); if the points stand between thousands, " +
        "give thousands: '.'",
    ])
    expect(notesOf(await read([...many, ...thousands, '0.5'], {}, ','))).toEqual([])
  })
})
