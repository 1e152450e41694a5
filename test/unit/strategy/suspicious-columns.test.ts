import { describe, expect, test } from 'vitest'
import { suspiciousColumns, Table } from '../../../lib/index.js'

const rows = Array.from({ length: 200 }, (_, i) => i)
const noise = (i: number) => ((i * 7919) % 101) / 101

function found(columns: Readonly<Record<string, (row: number) => unknown>>, classes = true) {
  const target = classes ? (i: number) => (noise(i) > 0.5 ? 'yes' : 'no') : (i: number) => 10 * noise(i)
  const table = Table.fromRows(
    rows.map((i) => ({
      ...Object.fromEntries(Object.entries(columns).map(([name, of]) => [name, of(i)])),
      y: target(i),
    })),
  )
  const task = classes ? 'classification' : 'regression'
  return suspiciousColumns(table, { target: 'y', task }).map(({ column, kind, leftOut }) => ({ column, kind, leftOut }))
}

describe('identifiers', () => {
  test('texts that all differ, numbers of the rows, and names that say so', () => {
    expect(
      found({
        code: (i) => `K${i}`,
        line: (i) => 1000 + ((i * 7) % 200),
        id: (i) => 13 * i + (i % 3),
        customerID: (i) => 17 * i,
        account_id: (i) => 19 * i,
        other: (i) => Math.sin(i),
      }),
    ).toEqual(
      ['code', 'line', 'id', 'customerID', 'account_id'].map((column) => ({
        column,
        kind: 'identifier',
        leftOut: true,
      })),
    )
  })

  test('whole numbers that all differ are told, and kept', () => {
    expect(found({ income: (i) => 13 * ((i * 7) % 200) + (i % 3) })).toEqual([
      { column: 'income', kind: 'identifier', leftOut: false },
    ])
  })

  test('not: fractions, repeated values, few rows, a name that only ends alike', () => {
    expect(found({ weight: (i) => i + 0.5, group: (i) => `G${i % 50}`, paid: (i) => i % 150 })).toEqual([])
  })
})

test('constants, with missing values or not', () => {
  const columns = { one: () => 1, text: () => 'a', gaps: (i: number) => (i % 2 === 0 ? 5 : null), none: () => null }
  expect(found({ ...columns, other: (i) => Math.sin(i) })).toEqual([
    { column: 'one', kind: 'constant', leftOut: true },
    { column: 'text', kind: 'constant', leftOut: true },
    { column: 'gaps', kind: 'constant', leftOut: true },
    { column: 'none', kind: 'missing', leftOut: true },
  ])
})

describe('leaks', () => {
  test('of classes: levels or numbers that tell them apart', () => {
    expect(
      found({
        answer: (i) => (noise(i) > 0.5 ? 'J' : 'N'),
        flag: (i) => noise(i) > 0.5,
        score: (i) => noise(i) * 3 + 0.25,
      }),
    ).toEqual(['answer', 'flag', 'score'].map((column) => ({ column, kind: 'leak', leftOut: false })))
  })

  test('of values: a straight line of them, or their mean in every level', () => {
    expect(found({ cents: (i) => 1000 * noise(i) + 3, other: (i) => Math.sin(i) }, false)).toEqual([
      { column: 'cents', kind: 'leak', leftOut: false },
    ])
  })

  test('not: a column that is only related', () => {
    expect(
      found({ hint: (i) => (noise(i) > 0.5 && i % 20 !== 0 ? 'J' : 'N'), part: (i) => noise(i) + noise(i + 1) }),
    ).toEqual([])
  })
})

describe('what looks like an identifier or a constant and yet tells of the target is kept, and told', () => {
  const named = (columns: readonly string[]) => columns.map((column) => ({ column, kind: 'leak', leftOut: false }))
  const of = (columns: Readonly<Record<string, (row: number) => unknown>>, target: (row: number) => unknown) => {
    const all = { ...columns, other: (i: number) => Math.sin(i * 3), y: target }
    const table = Table.fromRows(
      rows.map((i) => Object.fromEntries(Object.entries(all).map(([name, at]) => [name, at(i)]))),
    )
    const task = typeof target(0) === 'string' ? 'classification' : 'regression'
    return suspiciousColumns(table, { target: 'y', task }).map(({ column, kind, leftOut }) => ({
      column,
      kind,
      leftOut,
    }))
  }

  test('a year that decides, with noise or without', () => {
    expect(of({ year: (i) => 1850 + i }, (i) => -0.4 + 0.012 * i)).toEqual(named(['year']))
    expect(of({ year: (i) => 1850 + i }, (i) => 0.01 * i + noise(i))).toEqual(named(['year']))
    expect(of({ year: (i) => 1850 + 5 * i }, (i) => 3 * i)).toEqual(named(['year']))
    expect(of({ seconds: (i) => 1.7e9 + 3600 * i }, (i) => i + 10 * noise(i))).toEqual(named(['seconds']))
  })

  test('the number of a row, or an id, in a file that is sorted by class', () => {
    const sorted = (i: number) => ['a', 'b', 'c'][Math.floor(i / 67)]
    expect(of({ line: (i) => i, id: (i) => 13 * i }, sorted)).toEqual(named(['line', 'id']))
    expect(of({ line: (i) => i }, (i) => (i < 160 === i % 7 > 0 ? 'a' : 'b'))).toEqual(named(['line']))
  })

  test('a column of one value whose gaps tell', () => {
    expect(of({ closed: (i) => (noise(i) > 0.4 ? 'closed' : null) }, (i) => (noise(i) > 0.5 ? 'yes' : 'no'))).toEqual(
      named(['closed']),
    )
  })

  test('whatever is the only one', () => {
    for (const x of [(i: number) => i, (i: number) => 2000 + ((i * 7) % 200)]) {
      const table = Table.fromRows(rows.map((i) => ({ x: x(i), one: 1, y: noise(i) })))
      expect(suspiciousColumns(table, { target: 'y' })).toEqual([
        {
          column: 'x',
          kind: 'leak',
          reason: 'numbers the rows, and there is no other column to learn from',
          leftOut: false,
          asked: false,
        },
        expect.objectContaining({ column: 'one', leftOut: true }),
      ])
    }
  })

  test('not: an id of noise, however the rows lie (a thousand draws)', () => {
    let state = 7
    const random = () => {
      state = (state * 48271) % 2147483647
      return state / 2147483647
    }
    for (let draw = 0; draw < 1000; draw++) {
      const size = 20 + Math.floor(random() * 100)
      const classes = draw % 2 === 0
      const y = () => (classes ? (random() < 0.2 ? 'yes' : 'no') : random())
      const lines = Array.from({ length: size }, (_, id) => ({ id, x: random(), y: y() }))
      const task = classes ? 'classification' : 'regression'
      const [id] = suspiciousColumns(Table.fromRows(lines), { target: 'y', task })
      expect(id).toMatchObject({ column: 'id', kind: 'identifier', leftOut: true })
    }
  })
})

test('keep keeps, and tells that it was asked', () => {
  const table = Table.fromRows(rows.map((i) => ({ code: `K${i}`, one: 1, x: Math.sin(i), y: noise(i) })))
  expect(suspiciousColumns(table, { target: 'y', keep: ['code', 'x'] })).toEqual([
    { column: 'code', kind: 'identifier', reason: 'has another text in every row', leftOut: false, asked: true },
    { column: 'one', kind: 'constant', reason: 'has the same value in all rows', leftOut: true, asked: false },
  ])
  expect(() => suspiciousColumns(table, { target: 'y', keep: ['cod'] })).toThrow("Did you mean 'code'?")
})
