import { describe, expect, test } from 'vitest'
import { suspiciousColumns } from '../../../lib/cli/suspicious.js'
import { Table } from '../../../lib/index.js'

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
  return suspiciousColumns(table, 'y', classes).map(({ column, kind, leftOut }) => ({ column, kind, leftOut }))
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
  expect(found({ one: () => 1, text: () => 'a', gaps: (i) => (i % 2 === 0 ? 5 : null), none: () => null })).toEqual(
    ['one', 'text', 'gaps', 'none'].map((column) => ({ column, kind: 'constant', leftOut: true })),
  )
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
