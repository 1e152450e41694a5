import { describe, expect, test } from 'vitest'
import {
  meanOf,
  meanOver,
  RunningMoments,
  sampleDeviation,
  squaresAround,
  sumOf,
  weightedMean,
} from '../../lib/statistics.js'

describe('sums and means', () => {
  test('are of the numbers in their order', () => {
    // Float64 has no third of 1e16 + 1: the order is part of the answer.
    expect(sumOf([1e16, 1, -1e16])).toBe(0)
    expect(sumOf([1e16, -1e16, 1])).toBe(1)
    expect(meanOf([1, 2, 6])).toBe(3)
    expect(meanOver(3, (at) => [1, 2, 6][at]!)).toBe(3)
    expect(weightedMean(3, (row) => [1, 2, 6][row]!, Float64Array.of(1, 0, 3))).toBe(19 / 4)
    expect(weightedMean(3, (row) => [1, 2, 6][row]!, undefined)).toBe(3)
  })

  test('of none', () => {
    expect(sumOf([])).toBe(0)
    expect(meanOf([])).toBeNaN()
  })
})

describe('deviations', () => {
  test('of a sample are of one less than there are values', () => {
    expect(squaresAround(3, [1, 2, 6])).toBe(4 + 1 + 9)
    expect(sampleDeviation([1, 2, 6])).toBe(Math.sqrt(14 / 2))
    expect(sampleDeviation([5])).toBeNaN()
  })

  test('of numbers that come one by one are over all, and keep the digits of numbers far from 0', () => {
    const moments = new RunningMoments()
    expect(moments).toMatchObject({ mean: 0, deviation: 0 })
    for (const value of [1, 2, 6]) moments.add(1e9 + value)
    expect(moments.mean).toBe(1e9 + 3)
    expect(moments.deviation).toBeCloseTo(Math.sqrt(14 / 3), 7)
    // The textbook's difference of squares has none of these digits left.
    const squares = [1, 2, 6].reduce((sum, value) => sum + (1e9 + value) ** 2, 0) / 3 - (1e9 + 3) ** 2
    expect(Math.abs(squares - 14 / 3)).toBeGreaterThan(1)
  })
})
