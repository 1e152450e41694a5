import { expect, test } from 'vitest'
import { Dataset } from '../../../../lib/index.js'
import { devGroups } from '../../../../lib/strategy/experiments/dev-groups.js'

/** Rows that know their number, of a class each. */
const dataOf = (classes: readonly (number | string)[]) =>
  Dataset.from({ x: classes.map((_, row) => [row]), y: [...classes] as number[] })
const rowsOf = (group: Dataset) => Array.from({ length: group.rows }, (_, at) => group.row(at)[0]!)

test('every row is in one group, and groups and classes differ by one row at most', () => {
  const data = dataOf(Array.from({ length: 103 }, (_, row) => (row < 17 ? 1 : row % 5 === 0 ? 2 : 0)))
  const groups = devGroups(data, 10, 1, true)
  expect(groups.flatMap(rowsOf).sort((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, row) => row))
  const sizes = groups.map(({ rows }) => rows)
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
  for (const label of [0, 1, 2]) {
    const counts = groups.map(
      (group) =>
        Array.from({ length: group.rows }, (_, at) => group.target(at)[0]!).filter((one) => one === label).length,
    )
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  }
})

test('left out, a group is what the other rows are not', () => {
  const data = dataOf(Array.from({ length: 53 }, (_, row) => row % 2))
  const [groups, rests] = [false, true].map((leftOut) => devGroups(data, 6, 1, true, leftOut).map(rowsOf))
  expect(rests).toHaveLength(6)
  for (const [at, rest] of rests!.entries()) {
    expect([...rest, ...groups![at]!].sort((a, b) => a - b)).toEqual(Array.from({ length: 53 }, (_, row) => row))
  }
})

test('the seed deals, and the same seed deals alike', () => {
  const data = dataOf(Array.from({ length: 60 }, (_, row) => row % 2))
  const dealt = (seed: number) => devGroups(data, 6, seed, true).map(rowsOf)
  expect(dealt(1)).toEqual(dealt(1))
  expect(dealt(1)).not.toEqual(dealt(2))
})

test.each([
  [100, 10],
  [49, 9],
  [12, 2],
  [9, 1],
  [1, 1],
])('of %d rows there are %d groups', (rows, count) => {
  const data = dataOf(Array.from({ length: rows }, (_, row) => row / 7))
  expect(devGroups(data, 10, 1, false)).toHaveLength(count)
})

test('a class with fewer rows than there are groups, and a single class, are dealt too', () => {
  const rare = dataOf(Array.from({ length: 50 }, (_, row) => (row < 2 ? 'rare' : 'usual')))
  expect(devGroups(rare, 10, 1, true).map(({ rows }) => rows)).toEqual(Array(10).fill(5))
  expect(devGroups(dataOf(Array(20).fill(0)), 4, 1, true)).toHaveLength(4)
})
