import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../lib/random/stream.js'
import {
  type CurvePoint,
  errorAt,
  extrapolate,
  fitPowerLaw,
  type PowerLaw,
} from '../../../../lib/strategy/experiments/curves.js'

const places = [50, 100, 200, 400, 800]

function pointsOf(law: PowerLaw, seeds = 1, noise: () => number = () => 0): CurvePoint[] {
  return places.map((at) => ({ at, errors: Array.from({ length: seeds }, () => errorAt(law, at) + noise()) }))
}

describe.each([
  { a: 0.05, b: 2, c: 0.5 },
  { a: 0, b: 1.3, c: 0.35 },
  { a: 0.2, b: 20, c: 1.1 },
  { a: 0.1, b: 0, c: 1 },
  { a: 0, b: 3e4, c: 1 },
])('exact points of %o', (law) => {
  test('give the law back, and what follows', () => {
    const found = fitPowerLaw(pointsOf(law))
    for (const at of [...places, 1600, 6400]) {
      expect(Math.abs(errorAt(found, at) - errorAt(law, at))).toBeLessThan(2e-4 * errorAt(law, 50) + 1e-12)
    }
    const { value, band } = extrapolate(pointsOf(law, 3), 1600, { seed: 1 })
    expect(Math.abs(value - errorAt(law, 1600))).toBeLessThan(2e-4 * errorAt(law, 50) + 1e-12)
    expect(band[0]).toBeLessThanOrEqual(value)
    expect(band[1]).toBeGreaterThanOrEqual(value)
    expect(band[1] - band[0]).toBeLessThan(1e-3 * errorAt(law, 50) + 1e-12)
  })
})

test('the band of noisy points holds the true error in most experiments, and grows with the noise', () => {
  const law = { a: 0.05, b: 2, c: 0.5 }
  const random = new RandomStream(1, 9)
  const width = (deviation: number) => {
    let held = 0
    let sum = 0
    for (let experiment = 0; experiment < 100; experiment++) {
      const points = pointsOf(law, 5, () => deviation * random.normal())
      const { band } = extrapolate(points, 1600, { seed: experiment, resamples: 50 })
      if (band[0] <= errorAt(law, 1600) && errorAt(law, 1600) <= band[1]) held++
      sum += band[1] - band[0]
    }
    return { held, mean: sum / 100 }
  }
  const few = width(0.002)
  const more = width(0.01)
  expect(few.held).toBeGreaterThanOrEqual(85)
  expect(more.held).toBeGreaterThanOrEqual(85)
  expect(more.mean).toBeGreaterThan(2 * few.mean)
})

test('errors that rise are no power law: the flat line through their mean', () => {
  const rising = [1, 2, 3, 4].map((at) => ({ at, errors: [at] }))
  expect(fitPowerLaw(rising)).toMatchObject({ a: 2.5, b: 0 })
})

test('the same seed gives the same band', () => {
  const random = new RandomStream(4, 9)
  const points = pointsOf({ a: 0.1, b: 1, c: 0.7 }, 4, () => 0.01 * random.normal())
  expect(extrapolate(points, 1600, { seed: 3 })).toEqual(extrapolate(points, 1600, { seed: 3 }))
  expect(extrapolate(points, 1600, { seed: 3 }).band).not.toEqual(extrapolate(points, 1600, { seed: 4 }).band)
})

test('two points are too few', () => {
  const points = pointsOf({ a: 0, b: 1, c: 1 }).slice(0, 2)
  expect(() => extrapolate(points, 100, { seed: 1 })).toThrow('Expected at least 3 points of a curve for points')
})
