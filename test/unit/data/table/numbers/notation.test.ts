// Numbers as people write them: each column by all of its values, and what cannot be decided is told.
import { describe, expect, test } from 'vitest'
import { type CsvOptions, csvChunks, Encoder, readCsv, Table } from '../../../../../lib/index.js'

async function* inPieces(text: string) {
  yield text
}

const read = (text: string, options?: CsvOptions) => readCsv(inPieces(text), options)

/** A file of one column beside a category, with a delimiter that no number has. */
const column = (values: readonly string[], delimiter = '|') =>
  `n${delimiter}c\n${values.map((value) => `${quoted(value, delimiter)}${delimiter}x\n`).join('')}`
const quoted = (value: string, delimiter: string) => (value.includes(delimiter) ? `"${value}"` : value)

const numbers = async (values: readonly string[], options?: CsvOptions, delimiter?: string) => {
  const table = await read(column(values, delimiter), options)
  return table.column('n').type === 'number' ? values.map((_, row) => table.cell(row, 'n')) : table.column('n').type
}

describe('a column is written in one way', () => {
  test.each<[string, readonly string[], readonly number[]]>([
    ['thousands and a decimal point', ['1,234.50', '5', '1,234,567'], [1234.5, 5, 1_234_567]],
    ['points and a decimal comma', ['1.234,50', '5', '1.234.567'], [1234.5, 5, 1_234_567]],
    ['blanks', ['1 234', '5 000 000', '12,5'], [1234, 5_000_000, 12.5]],
    ['no-break blanks', ['1\u00a0234,5', '7'], [1234.5, 7]],
    ['narrow no-break blanks', ['1\u202f234', '7,25'], [1234, 7.25]],
    ['thin blanks', ['1\u2009234', '7.25'], [1234, 7.25]],
    ['straight apostrophes', ["1'234.5", '7'], [1234.5, 7]],
    ['curly apostrophes', ['1\u2019234.5', '7'], [1234.5, 7]],
    ['Indian groups', ['12,34,567', '1,000'], [1_234_567, 1000]],
    ['dollars', ['$1,234.50', '-$5', '$-6', '($7)', '$0.5'], [1234.5, -5, -6, -7, 0.5]],
    ['euros before', ['€ 5', '€1.234,5'], [5, 1234.5]],
    ['euros behind', ['5 €', '1.234,50\u00a0€'], [5, 1234.5]],
    ['pounds, one without', ['£3.20', '4'], [3.2, 4]],
    ['yen', ['¥1,200', '¥300'], [1200, 300]],
    ['rupees', ['₹12,34,567.5', '₹5'], [1_234_567.5, 5]],
    ['francs', ["CHF 1'234.50", 'CHF 5.–', 'CHF 5'], [1234.5, 5, 5]],
    ['codes behind', ['5 USD', '1,234.5 USD'], [5, 1234.5]],
    ['reais', ['R$ 1.234,56', 'R$ 7,5'], [1234.56, 7.5]],
    ['percent', ['12 %', '12.5%', '-3%', '0'], [12, 12.5, -3, 0]],
    ['percent with a comma', ['12,5 %', '3 %'], [12.5, 3]],
    ['accounting', ['(1,234)', '5', '(0.5)'], [-1234, 5, -0.5]],
    ['a minus behind', ['5-', '1,234.5-', '7'], [-5, -1234.5, 7]],
    ['minus signs of typography', ['\u22125', '\u20136', '-7', '8'], [-5, -6, -7, 8]],
    ['plus signs', ['+5', '-6', '+1,234.5'], [5, -6, 1234.5]],
    ['exponents with a comma', ['1,5e3', '2e-1', '7,25'], [1500, 0.2, 7.25]],
  ])('%s', async (_, texts, expected) => {
    expect(await numbers(texts)).toEqual(expected)
    expect(await numbers(texts, undefined, '\t')).toEqual(expected)
    expect(await numbers([...texts].reverse())).toEqual([...expected].reverse())
    const rows = Table.fromRows(texts.map((n) => ({ n })))
    expect([...(rows.column('n') as { values: Float64Array }).values]).toEqual(expected)
  })

  test.each<[string, readonly string[]]>([
    ['a unit', ['5 kg', '7.5 kg']],
    ['feet', ['5 ft', '7.5 ft']],
    ['currencies of two kinds', ['$5', '€7']],
    ['percent here and there', ['12%', '0.5']],
    ['ranges', ['1-5', '6-10']],
    ['what is left open above', ['5+', '10+']],
    ['a minus behind each', ['60-', '70-']],
    ['versions', ['1.2.3', '1.10.0']],
    ['IP addresses', ['192.168.1.10', '10.0.0.1']],
    ['lists', ['1,2,3', '4,5']],
    ['times', ['12:30', '8:15']],
    ['telephone numbers', ['+436641234567', '+4915112345678']],
    ['thousands in groups of two', ['1,23', '4,567', '8,90,12']],
    ['hexadecimal digits', ['0x10', '0x11']],
    ['currencies alone', ['$', '€']],
  ])('%s are texts', async (_, texts) => {
    expect(await numbers(texts)).toBe('category')
  })
})

describe('what one column does not settle', () => {
  const open = ['1,015', '23,400', '999,999']
  const asDecimals = [1.015, 23.4, 999.999]
  const asThousands = [1015, 23_400, 999_999]

  test('is a question, unless an option answers it', async () => {
    for (const delimiter of [';', '\t', '|']) {
      await expect(numbers(open, {}, delimiter)).rejects.toMatchObject({
        code: 'ERR_DEEPBLAS_FILE',
        message: expect.stringMatching(/'n'.*decimal: ',' for 1\.015 or thousands: ',' for 1015/),
      })
      expect(await numbers(open, { decimal: ',' }, delimiter)).toEqual(asDecimals)
      expect(await numbers(open, { decimal: { n: ',' } }, delimiter)).toEqual(asDecimals)
      expect(await numbers(open, { decimal: '.' }, delimiter)).toEqual(asThousands)
      expect(await numbers(open, { thousands: ',' }, delimiter)).toEqual(asThousands)
      expect(await numbers(open, { thousands: { n: ',' } }, delimiter)).toEqual(asThousands)
      expect(await numbers(open, { types: { n: 'category' } }, delimiter)).toBe('category')
      await expect(numbers(open, { types: { n: 'number' } }, delimiter)).rejects.toThrow("decimal: ','")
    }
    expect(() => Table.fromRows(open.map((n) => ({ n })))).toThrow(/The column 'n' holds numbers such as '1,015'/)
    expect(Table.fromRows([{ n: '1,015' }], { thousands: ',' }).cell(0, 'n')).toBe(1015)
  })

  test('is settled by one more value of the column', async () => {
    expect(await numbers([...open, '12,5'])).toEqual([...asDecimals, 12.5])
    expect(await numbers(['0,250', ...open])).toEqual([0.25, ...asDecimals])
    expect(await numbers([...open, '1234,567'])).toEqual([...asDecimals, 1234.567])
    expect(await numbers([...open, '1,234,567'])).toEqual([...asThousands, 1_234_567])
    expect(await numbers(['1,234.5', ...open])).toEqual([1234.5, ...asThousands])
  })

  test('is settled by the other columns, and by commas that delimit fields', async () => {
    const beside = (other: string) => read(`n;m\n${open.map((text) => `${text};${other}\n`).join('')}`)
    const n = async (other: string) => {
      const table = await beside(other)
      return open.map((_, row) => table.cell(row, 'n'))
    }
    expect(await n('2,5')).toEqual(asDecimals)
    expect(await n('2.5')).toEqual(asThousands)
    expect(await n('1.234,5')).toEqual(asDecimals)
    await expect(n('7')).rejects.toThrow("'n'")
    expect(await numbers(open, {}, ',')).toEqual(asThousands)
    expect(await numbers(open, { decimal: ',' }, ',')).toEqual(asDecimals)
    expect(await numbers(['$1,015', '$2,500'])).toEqual([1015, 2500])
    // Signs of two kinds that contradict each other.
    await expect(read('n;m\n$1,015;2,5\n')).rejects.toThrow("'n'")
    await expect(numbers(['€1,015', '€2,500'])).rejects.toThrow('thousands')
  })

  test('a point is a decimal point where nothing tells otherwise, as programs write it', async () => {
    expect(await numbers(['1.015', '23.400'])).toEqual([1.015, 23.4])
    expect(await numbers(['1.015', '23.400'], { decimal: ',' })).toEqual([1015, 23_400])
    const table = await read('n;m\n1.015;2,5\n23.400;3,5\n')
    expect([table.cell(0, 'n'), table.cell(1, 'n')]).toEqual([1015, 23_400])
  })

  test('options that exclude each other, and names of no column', async () => {
    await expect(read('a;b\n1;2\n', { decimal: ',', thousands: ',' })).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringContaining('another mark than the decimal point'),
    })
    await expect(read('a;b\n1;2\n', { thousands: 'x' as ',' })).rejects.toThrow('thousands')
    for (const option of ['decimal', 'thousands', 'missing', 'notMissing', 'alsoMissing']) {
      const value = option === 'decimal' ? '.' : option === 'thousands' ? 'none' : ['x']
      await expect(read('a;b\n1;2\n', { [option]: { c: value } })).rejects.toThrow("Expected a column 'c'")
    }
    expect((await read('a|b\n1,234|2\n', { thousands: 'none' })).cell(0, 'a')).toBe(1.234)
  })
})

describe('beyond the rows that decided', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => `${i % 900}`)
  const beyond = async (values: readonly string[], options?: CsvOptions) => {
    const table = await read(column([...rows, ...values]), options)
    return values.map((_, i) => table.cell(rows.length + i, 'n'))
  }

  test('another notation is an error that says what to give', async () => {
    await expect(beyond(['1,234'])).rejects.toThrow(/line 10002: .*'1,234' \(if its comma is .* thousands: ','\)/)
    expect(await beyond(['1,234'], { thousands: ',' })).toEqual([1234])
    await expect(beyond(['$5'])).rejects.toThrow("readings: { 'n': { notation: { currency: '$' } } }")
    expect(await beyond(['$5'], { readings: { n: { notation: { decimal: '.', currency: '$' } } } })).toEqual([5])
    await expect(beyond(['5%'])).rejects.toThrow('percent: true')
    expect(await beyond(['(5)', '\u22126', '7-'])).toEqual([-5, -6, -7])
  })

  test('a whole number that float64 cannot hold is no number', async () => {
    await expect(beyond(['1180000000000000001'])).rejects.toThrow("types: { 'n': 'category' }")
    expect(await beyond(['1180000000000000001'], { types: { n: 'number' } })).toEqual([Number('1180000000000000001')])
  })

  test('zeros that are lost are told', async () => {
    const table = await read(column([...rows, '007']))
    expect(table.notes.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^1 number has zeros before it that are lost, such as '007'/),
    ])
  })

  test('chunks are read as the first rows were', async () => {
    const text = column(['1.234,5', ...rows.map((value) => `${value},5`), '1.234,5'])
    let last: Table | undefined
    for await (const table of csvChunks(inPieces(text), { rowsPerChunk: 3000 })) last = table
    expect(last!.cell(last!.rows - 1, 'n')).toBe(1234.5)
  })
})

describe('what an encoder keeps', () => {
  const flats = Table.fromRows(
    Array.from({ length: 40 }, (_, i) => ({
      price: `€${(1000.5 + i * 37).toLocaleString('de-DE')}`,
      share: `${i % 10},5 %`,
      bought: i % 2 === 0 ? 'yes' : 'no',
    })),
  )
  const encoder = Encoder.fitSync(flats, { target: 'bought' })

  test('texts of objects are read as the table was', () => {
    const row = (price: unknown, share: unknown) => [...encoder.encodeFeatures([{ price, share }]).data]
    expect(row('€1.234', '2,5 %')).toEqual(row(1234, 2.5))
    expect(row('1.234,0', '2,5')).toEqual(row(1234, 2.5))
    for (const [price, share] of [
      ['$5', 1],
      ['1,234.5', 1],
      ['12.34', 1],
      [1, '2.5 %'],
      [1, '2,5 $'],
      ['five', 1],
    ]) {
      expect(() => row(price, share)).toThrow(/Expected a number.* in column '(price|share)', row 0 but received '/)
    }
    expect(row('None', '--')).toEqual(row(null, undefined))
  })

  test('it is kept in JSON, and an encoder without it loads', () => {
    const json = JSON.parse(JSON.stringify(encoder.toJSON()))
    expect(Encoder.fromJSON(json).readings).toEqual(encoder.readings)
    expect(encoder.readings).toEqual({
      price: { notation: { decimal: ',', thousands: '.', currency: '€' } },
      share: { notation: { decimal: ',', percent: true } },
    })
    for (const one of json.columns) delete one.notation
    expect(Encoder.fromJSON(json).readings).toEqual({})
    json.columns[0].notation = { decimal: ',', thousands: ',' }
    expect(() => Encoder.fromJSON(json)).toThrow('encoder.columns[0].notation.thousands')
  })

  test('a later file that does not settle its numbers is read as the training data', async () => {
    const { readings, types } = encoder
    const text = 'price;share\n€1.015;2,500 %\n€23.400;1,250 %\n'
    const table = await read(text, { readings, types })
    expect(table.row(0)).toEqual({ price: 1015, share: 2.5 })
    const other = await read('price;share\n1015.5;2.25\n23400.25;1.5\n', { readings, types })
    expect(other.row(0)).toEqual({ price: 1015.5, share: 2.25 })
    const typo = `price\tshare\n${'€1.015\t1,5 %\n'.repeat(99)}12.5\t1,5 %\n`
    await expect(read(typo, { readings, types })).rejects.toThrow(/line 101: .*'12.5'/)
  })

  test('a target with thousands is one of values', async () => {
    const text = `size,price\n${Array.from({ length: 60 }, (_, i) => `${i},"${(100_000 + 1234 * i).toLocaleString('en-US')}"\n`).join('')}`
    const table = await read(text)
    const own = Encoder.fitSync(table, { target: 'price' })
    expect(own.task).toBe('regression')
    expect(own.readings).toEqual({ price: { notation: { decimal: '.', thousands: ',' } } })
    const one = own.encode(await read('size;price\n3;103,702\n', { readings: own.readings }))
    expect(one.target(0)[0]! * own.targetScale!.deviation + own.targetScale!.mean).toBeCloseTo(103_702, 1)
  })
})

test('what was assumed is told', async () => {
  const text = 'a;b;c;d;e\n$1,234;5 %;(5);1.5 kg;1 000\n$5;6 %;6;2.5 kg;2 000\nNone;-;.;3 kg;#N/A\nnone;--;7;4 kg;1\n'
  expect((await read(text)).notes.map((note) => `${note.column}: ${note.text}`)).toEqual([
    "a: ',' between thousands: '$1,234' is read as 1234",
    "a: the currency $ is left off: '$1,234' is read as 1234",
    "a: 'None' (1 row), 'none' (1 row) are read as missing",
    "b: percent signs are left off: '5 %' is read as 5",
    "b: '-' (1 row), '--' (1 row) are read as missing",
    "c: signs: '(5)' is read as -5",
    "c: '.' (1 row) is read as missing",
    "d: kept as texts: its numbers have 'kg' behind them; if 'kg' is a unit, take it off to have numbers",
    "e: a blank between thousands: '1 000' is read as 1000",
    "e: '#N/A' (1 row) is read as missing",
  ])
  expect((await read('a,b\n1,x\n2.5,y\n')).notes).toEqual([])
})
