import { describe, expect, test } from 'vitest'
import { type Column, Dataset, Table } from '../../../../lib/index.js'

const columns: Column[] = [
  { name: 'rooms', type: 'number', values: Float64Array.of(3, Number.NaN, 5) },
  { name: 'city', type: 'category', levels: ['Wien', 'Graz'], codes: Int32Array.of(1, 0, -1) },
  { name: 'lift', type: 'boolean', values: Float64Array.of(1, 0, Number.NaN) },
  { name: 'sold', type: 'date', values: Float64Array.of(0, 86_400_000, Number.NaN) },
]
const flats = Table.of(columns)

describe('a table', () => {
  test('has rows, columns and cells', () => {
    expect(flats.rows).toBe(3)
    expect(flats.names).toEqual(['rooms', 'city', 'lift', 'sold'])
    expect(flats.row(0)).toEqual({ rooms: 3, city: 'Graz', lift: true, sold: new Date(0) })
    expect(flats.row(1)).toEqual({ rooms: undefined, city: 'Wien', lift: false, sold: new Date(86_400_000) })
    expect(flats.row(2)).toEqual({ rooms: 5, city: undefined, lift: undefined, sold: undefined })
    expect(flats.has('rooms')).toBe(true)
    expect(flats.has('room')).toBe(false)
    expect(flats.skipped).toEqual({ rows: 0, first: [] })
  })

  test('says which columns there are when one is not', () => {
    expect(() => flats.column('room')).toThrow(
      "Expected a column 'room' but there is none; there are 'rooms', 'city', 'lift', 'sold'. Did you mean 'rooms'?",
    )
    expect(() => flats.without(['price'])).toThrow("Expected a column 'price'")
    expect(() => flats.cell(3, 'rooms')).toThrow('Expected row number from 0 to 2 for row but received 3')
  })

  test('selects rows in the order given, and leaves columns out', () => {
    const some = flats.select([2, 0, 0]).without(['lift', 'sold'])
    expect(some.names).toEqual(['rooms', 'city'])
    expect([0, 1, 2].map((row) => some.row(row))).toEqual([
      { rooms: 5, city: undefined },
      { rooms: 3, city: 'Graz' },
      { rooms: 3, city: 'Graz' },
    ])
    expect(flats.select([]).rows).toBe(0)
    expect(() => flats.select([3])).toThrow('row numbers from 0 to 2')
    expect(() => flats.without(flats.names)).toThrow('names that leave a column')
  })

  test('is joined with others by name, levels united', () => {
    const more = Table.fromRows([{ city: 'Linz', rooms: 1, sold: new Date(5), lift: true }])
    const all = Table.concat([flats, more, flats])
    expect(all.names).toEqual(flats.names)
    expect(all.rows).toBe(7)
    expect(all.row(3)).toEqual({ rooms: 1, city: 'Linz', lift: true, sold: new Date(5) })
    expect(all.row(4)).toEqual(flats.row(0))
    expect(all.column('city')).toMatchObject({ levels: ['Wien', 'Graz', 'Linz'] })
    expect(() => Table.concat([flats, flats.without(['lift'])])).toThrow('Expected 4 columns for tables[1]')
    const text = Table.fromRows([{ city: 'Linz', rooms: 'one', sold: new Date(5), lift: true }])
    expect(() => Table.concat([flats, text])).toThrow(
      "column of type number, as in the first table, for the column 'rooms'",
    )
    expect(() => Table.concat([])).toThrow('at least one table')
  })

  test('refuses columns that do not fit', () => {
    expect(() => Table.of([])).toThrow('at least one column')
    const short: Column = { name: 'short', type: 'number', values: new Float64Array(2) }
    expect(() => Table.of([columns[0]!, short])).toThrow(
      "Expected 3 rows for the column 'short', as 'rooms' has, but received 2",
    )
    expect(() => Table.of([columns[0]!, columns[0]!])).toThrow(
      "name of its own for columns[1].name but received 'rooms'",
    )
    const codes: Column = { name: 'city', type: 'category', levels: ['Wien'], codes: Int32Array.of(1) }
    expect(() => Table.of([codes])).toThrow('codes from -1 to 0 for columns[0].codes but received 1')
    // @ts-expect-error no such type
    expect(() => Table.of([{ ...short, type: 'numbers' }])).toThrow("Did you mean 'number'?")
  })
})

describe('split', () => {
  const many = Table.fromRows(
    Array.from({ length: 50 }, (_, i) => ({ id: i, kind: i % 5 === 0 ? 'rare' : 'common', x: i / 2 })),
  )
  const ids = (table: Table) => Array.from({ length: table.rows }, (_, row) => Number(table.cell(row, 'id')))

  test('takes the rows that Dataset.split takes', () => {
    const data = Dataset.from({ x: Array.from({ length: 50 }, (_, i) => [i]) })
    const [keptRows, heldRows] = data.split(0.3, { seed: 4 })
    const [kept, held] = many.split(0.3, { seed: 4 })
    expect(ids(kept)).toEqual(Array.from({ length: 35 }, (_, i) => keptRows.row(i)[0]))
    expect(ids(held)).toEqual(Array.from({ length: 15 }, (_, i) => heldRows.row(i)[0]))
  })

  test('keeps the shares of every value of a column', () => {
    const [kept, held] = many.split(0.2, { seed: 1, stratify: 'kind' })
    const rare = (table: Table) => ids(table).filter((id) => id % 5 === 0).length
    expect([rare(kept), rare(held)]).toEqual([8, 2])
    expect([...ids(kept), ...ids(held)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  test('wants rows on both sides', () => {
    expect(() => many.split(0.001)).toThrow('leaves rows on both sides')
    expect(() => many.split(1)).toThrow('less than 1')
    expect(() => many.split(0.5, { stratify: 'kinds' })).toThrow("Did you mean 'kind'?")
  })
})

describe('fromRows', () => {
  test('infers types, and takes keys that are not there for missing', () => {
    const table = Table.fromRows([
      { n: 1, big: 2n, text: 'a', yes: true, day: new Date(1), typed: '3', mixed: 1 },
      { n: null, text: 'NA', yes: undefined, day: new Date(Number.NaN), typed: ' 4 ', mixed: 'b', late: '2024-02-29' },
    ])
    expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'n number',
      'big number',
      'text category',
      'yes boolean',
      'day date',
      'typed number',
      'mixed category',
      'late date',
    ])
    expect(table.row(1)).toEqual({
      n: undefined,
      big: undefined,
      text: undefined,
      yes: undefined,
      day: undefined,
      typed: 4,
      mixed: 'b',
      late: new Date('2024-02-29T00:00:00Z'),
    })
    expect(table.cell(0, 'mixed')).toBe('1')
  })

  test('takes types, ignore and missing', () => {
    const table = Table.fromRows([{ zip: 1010, x: -999, id: 7 }], {
      types: { zip: 'category' },
      missing: ['-999'],
      ignore: ['id'],
    })
    expect(table.row(0)).toEqual({ zip: '1010', x: -999 })
    expect(Table.fromRows([{ x: '-999' }, { x: '1' }], { missing: ['-999'] }).column('x')).toMatchObject({
      type: 'number',
      values: Float64Array.of(Number.NaN, 1),
    })
  })

  test('names of columns that no row has are told', () => {
    expect(() => Table.fromRows([{ price: 1 }], { types: { prise: 'number' } })).toThrow(
      "Expected a column 'prise' but there is none; there are 'price'. Did you mean 'price'?",
    )
    expect(() => Table.fromRows([{ price: 1 }], { ignore: ['id'] })).toThrow("Expected a column 'id'")
  })

  test('infinity is a missing number', () => {
    const column = Table.fromRows([{ x: 1 }, { x: Infinity }, { x: '-inf' }]).column('x')
    expect(column).toMatchObject({ type: 'number', values: Float64Array.of(1, Number.NaN, Number.NaN) })
  })

  test('takes rows that come one by one', async () => {
    async function* rows() {
      yield { x: 1 }
      yield { x: 2 }
    }
    expect((await Table.fromRowStream(rows())).column('x')).toMatchObject({ values: Float64Array.of(1, 2) })
    await expect(Table.fromRowStream([])).rejects.toThrow('at least one row')
  })

  test('names the row and the key of a value that does not fit', () => {
    const rows = Array.from({ length: 60 }, (_, i): { x: unknown } => ({ x: i }))
    rows[30] = { x: 'many' }
    expect(() => Table.fromRows(rows)).toThrow(
      "Expected number, as most values of 'x' are, for rows[30]['x'] but received 'many' of type string. " +
        "Correct it, or give types: { 'x': 'category' }.",
    )
    expect(() => Table.fromRows([{ x: 'a' }], { types: { x: 'number' } })).toThrow(
      "as types asks for 'x', for rows[0]['x']",
    )
    expect(() => Table.fromRows([{ x: [1] }])).toThrow("for rows[0]['x'] but received [1] of type array")
    expect(() => Table.fromRows([])).toThrow('at least one row')
    expect(() => Table.fromRows([{}])).toThrow('at least one column')
    // @ts-expect-error no object
    expect(() => Table.fromRows([1])).toThrow('object with a value for every column for rows[0]')
    // @ts-expect-error no such option
    expect(() => Table.fromRows([{ x: 1 }], { type: {} })).toThrow("Did you mean 'types'?")
  })
})
