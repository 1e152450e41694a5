import { describe, expect, test } from 'vitest'
import { Table, targetAdvice } from '../../../lib/index.js'

const advice = (values: readonly unknown[], task?: 'classification' | 'regression') =>
  targetAdvice(Table.fromRows(values.map((y, i) => ({ x: i % 9, y }))), {
    target: 'y',
    ...(task === undefined ? {} : { task }),
  })
const kinds = (...given: Parameters<typeof advice>) => advice(...given).map(({ kind }) => kind)
const of = (count: number, value: (i: number) => unknown) => Array.from({ length: count }, (_, i) => value(i))

describe('a target that cannot be learnt', () => {
  test.each([
    ['prices that are texts', of(300, (i) => `about ${i - (i % 299 === 0 ? i : 0)}`)],
    ['identifiers', of(60, (i) => `C-${i}`)],
    ['some repeated', of(100, (i) => (i < 40 ? 'a' : `b${i}`))],
  ])('%s', (_, values) => {
    const [found, ...more] = advice(values)
    expect(more).toEqual([])
    expect(found!.kind).toBe('unlearnable')
    expect(found!.text).toMatch(/classes in \d+ rows.*identifier.*types: \{ 'y': 'number' \}/)
  })

  test('numbers as classes', () => {
    const values = of(300, (i) => i * 3)
    expect(advice(values, 'classification')[0]).toMatchObject({
      kind: 'unlearnable',
      text: expect.stringContaining("task: 'regression'"),
    })
    expect(kinds(values)).toEqual([])
    expect(kinds(values, 'regression')).toEqual([])
  })
})

test('few rows for each of many classes; some classes of a few rows', () => {
  expect(kinds(of(90, (i) => `a${i % 30}`))).toEqual(['manyClasses'])
  expect(kinds(of(90, (i) => (i < 3 ? 'rare' : ['a', 'b'][i % 2])))).toEqual(['rareClasses'])
})

test('one class that nearly all rows have: its accuracy is told', () => {
  const found = advice(of(300, (i) => (i % 60 === 0 ? 'yes' : 'no')))
  expect(found.map(({ kind }) => kind)).toEqual(['rareClasses', 'imbalance'])
  expect(found[0]!.text).toContain("'yes' (5)")
  expect(found[1]!.text).toMatch(/98\.3 % of the rows are 'no'.*accuracy 0\.9833.*classWeights: 'balanced'/)
  expect(kinds(of(3000, (i) => i % 20 === 0))).toEqual(['imbalance'])
})

test('nothing of a target as most are, with missing values or not', () => {
  expect(kinds(of(100, (i) => ['a', 'b', 'c'][i % 3]))).toEqual([])
  expect(kinds(of(100, (i) => (i % 5 === 0 ? null : i % 2 === 0)))).toEqual([])
  expect(kinds(of(100, (i) => i / 7))).toEqual([])
  expect(() => targetAdvice(Table.fromRows([{ a: 1 }]), { target: 'b' })).toThrow("'b'")
})
