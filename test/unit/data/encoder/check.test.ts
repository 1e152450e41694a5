import { describe, expect, test } from 'vitest'
import { joinChecks } from '../../../../lib/data/encoding/check-rows.js'
import { Encoder, Table } from '../../../../lib/index.js'

const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + i))
const rows = Array.from({ length: 200 }, (_, i) => ({
  age: 20 + (i % 60),
  fare: 10 * (i % 11),
  city: ['Wien', 'Graz', 'Linz'][i % 3],
  shop: `shop ${i % 20}`,
  open: i % 2 === 0,
  when: day(i % 100),
  y: i % 7,
}))
const encoder = Encoder.fitSync(Table.fromRows(rows), { target: 'y', scaling: { fare: 'quantile' } })
const usual = rows[0]!

describe('rows that are like those of the training', () => {
  test('the training rows themselves, as table and as objects; missing values', () => {
    const nothing = { rows: 200, unknown: [], outside: [] }
    expect(encoder.check(Table.fromRows(rows))).toEqual(nothing)
    expect(encoder.check(rows)).toEqual(nothing)
    const gaps = { ...usual, age: null, fare: undefined, city: null, shop: '', when: null }
    expect(encoder.check([gaps])).toEqual({ ...nothing, rows: 1 })
  })

  test('a little beyond the ends is not far', () => {
    // The ages are 20 to 79: a quarter of 59 is 14.75.
    for (const age of [5.3, 93.7]) expect(encoder.check([{ ...usual, age }]).outside).toEqual([])
    for (const age of [5.2, 93.8, -1e9, 1e300]) expect(encoder.check([{ ...usual, age }]).outside).toHaveLength(1)
  })
})

describe('others are counted by column, with an example', () => {
  const strange = [
    { ...usual, city: 'Paris', age: 2200 },
    { ...usual, city: 'Rom', age: -300, fare: '1e6' },
    { ...usual, city: 'Paris', shop: 'kiosk', when: new Date('2030-01-01') },
    { ...usual, note: { anything: true } },
  ]
  const expected = {
    rows: 4,
    unknown: [
      { column: 'city', rows: 3, examples: ['Paris', 'Rom'] },
      { column: 'shop', rows: 1, examples: ['kiosk'] },
    ],
    outside: [
      { column: 'age', rows: 2, example: 2200, min: 20, max: 79 },
      { column: 'fare', rows: 1, example: 1e6, min: 0, max: 100 },
      { column: 'when', rows: 1, example: new Date('2030-01-01'), min: day(0), max: day(99) },
    ],
  }

  test('as objects, as a table, in pieces, and by an encoder from a file', () => {
    expect(encoder.check(strange)).toEqual(expected)
    const plain = strange.map((row) => ({ ...row, note: 'n' in row ? 1 : 2, fare: Number(row.fare) }))
    expect(encoder.check(Table.fromRows(plain))).toEqual(expected)
    expect(joinChecks(strange.map((row) => encoder.check([row])))).toEqual(expected)
    const again = Encoder.fromJSON(JSON.parse(JSON.stringify(encoder.toJSON())))
    expect(again.check(strange)).toEqual(expected)
    expect(again.equals(encoder)).toBe(true)
  })

  test('an encoder of before ranges were kept loads, and tells of texts alone', () => {
    const json = JSON.parse(JSON.stringify(encoder.toJSON())) as { columns: Record<string, unknown>[] }
    const columns = json.columns.map(({ min: _, max: __, ...rest }) => rest)
    expect(Encoder.fromJSON({ ...json, columns }).check(strange)).toEqual({ ...expected, outside: [] })
    for (const wrong of [{ min: 3 }, { max: 3 }, { min: 4, max: 3 }, { min: 'a', max: 3 }]) {
      const bad = columns.map((column, i) => (i === 0 ? { ...column, ...wrong } : column))
      expect(() => Encoder.fromJSON({ ...json, columns: bad })).toThrow(/encoder\.columns\[0\]\.m(in|ax)/)
    }
  })
})

test('mistakes are told as encode tells them', () => {
  expect(() => encoder.check([{ ...usual, age: 'old' }])).toThrow(/'age'.*'old'/)
  const { city: _, ...without } = usual
  expect(() => encoder.check([without])).toThrow(/'city'/)
  expect(() => encoder.check([3 as never])).toThrow(/rows\[0\]/)
})
