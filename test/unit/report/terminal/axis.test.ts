import { describe, expect, it } from 'vitest'
import { coveringTicks, wholeTicks } from '../../../../lib/report/terminal/axis.js'

describe('coveringTicks', () => {
  it.each([
    [0.05, 2.35, 6, [0, 0.5, 1, 1.5, 2, 2.5]],
    [0.91, 0.98, 5, [0.9, 0.92, 0.94, 0.96, 0.98]],
    [-3, 7, 4, [-5, 0, 5, 10]],
    [0, 300, 4, [0, 100, 200, 300]],
    [5, 5, 6, [2, 4, 6, 8]],
    [0, 0, 3, [-0.5, 0, 0.5]],
  ])('covers %d to %d with at most %i round numbers', (low, high, most, expected) => {
    const { values, decimals } = coveringTicks(low, high, most)
    expect(values.map((value) => Number(value.toFixed(decimals)) + 0)).toEqual(expected)
  })

  it.each([
    [1e-9, 3e-9],
    [1e300, 1.5e300],
    [-1e-3, 1e9],
    [0.1, 0.1000001],
    [-1e300, 1e300],
    [0, 5e-324],
    [1e-310, 1e-310],
    [1e16, 1e16 + 2],
  ])('ends for %d to %d', (low, high) => {
    const { values } = coveringTicks(low, high, 5)
    expect(values.length).toBeGreaterThan(1)
    expect(values.length).toBeLessThanOrEqual(5)
    const step = (values[1] ?? 0) - (values[0] ?? 0)
    expect(values[0]).toBeLessThanOrEqual(low + 1e-6 * step)
    expect(values.at(-1)).toBeGreaterThanOrEqual(high - 1e-6 * step)
  })
})

describe('wholeTicks', () => {
  it.each([
    [1, 40, 6, [1, 10, 20, 30, 40]],
    [1, 5, 10, [1, 2, 3, 4, 5]],
    [1, 1000, 5, [1, 500, 1000]],
    [1, 100, 2, [1, 100]],
    [7, 7, 5, [7]],
    [0, 4, 3, [0, 2, 4]],
  ])('marks %i to %i, about %i marks', (first, last, most, expected) => {
    expect(wholeTicks(first, last, most)).toEqual(expected)
  })
})
