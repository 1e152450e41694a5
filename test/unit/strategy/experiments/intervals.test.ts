import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../lib/random/stream.js'
import { meanOf, sampleDeviation } from '../../../../lib/statistics.js'
import {
  compare,
  differencesOf,
  intervalOf,
  judge,
  type SeedsByGroups,
  valuesOf,
} from '../../../../lib/strategy/experiments/intervals.js'
import { studentQuantile } from '../../../../lib/strategy/experiments/student.js'
import type { TrialResult } from '../../../../lib/strategy/experiments/trial.js'

interface Spread {
  readonly seeds: number
  readonly groups: number
  /** Standard deviations: between seeds, between groups of rows, of a single cell. */
  readonly ofSeed: number
  readonly ofRows: number
  readonly ofCell: number
}

/** Differences as experiments give them: a part of the seed, a part of the rows, and a rest. */
function simulated(random: RandomStream, change: number, spread: Spread): SeedsByGroups {
  const normals = (count: number, deviation: number) => Array.from({ length: count }, () => deviation * random.normal())
  const ofRows = normals(spread.groups, spread.ofRows)
  const groups = normals(spread.seeds, spread.ofSeed).map((ofSeed) =>
    ofRows.map((ofGroup) => change + ofSeed + ofGroup + spread.ofCell * random.normal()),
  )
  return { whole: groups.map(meanOf), groups }
}

const EXPERIMENTS = 2000

describe('the interval holds the true difference in about 95 of 100 experiments', () => {
  const both = { seeds: 5, groups: 10, ofSeed: 0.01, ofRows: 0.02, ofCell: 0.02 }
  // Bounds: never less than 95 % by more than chance and the approximation of the degrees of freedom, and not so wide
  // that nothing would ever be decided.
  test.each([
    ['seeds and rows', both, 0.94, 0.985],
    ['as few seeds as there may be', { ...both, seeds: 2 }, 0.94, 1],
    ['many seeds', { ...both, seeds: 20 }, 0.935, 0.975],
    ['seeds alone', { ...both, ofRows: 0 }, 0.94, 0.985],
    ['rows alone', { ...both, ofSeed: 0 }, 0.94, 0.985],
    ['rows far more than seeds', { ...both, ofRows: 0.2 }, 0.935, 0.97],
    ['seeds far more than rows', { ...both, ofSeed: 0.2 }, 0.935, 0.97],
    ['a single group', { ...both, groups: 1 }, 0.93, 0.97],
    ['nothing but cells', { ...both, ofSeed: 0, ofRows: 0 }, 0.95, 1],
  ] as const)('%s', (_, spread, least, most) => {
    const random = new RandomStream(1, 9)
    let held = 0
    for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
      // A single group has no variance of rows that could be seen.
      const known = spread.groups === 1 ? { ...spread, ofRows: 0 } : spread
      const [low, high] = intervalOf(compare(simulated(random, 0.03, known)))
      if (low <= 0.03 && 0.03 <= high) held++
    }
    expect(held / EXPERIMENTS).toBeGreaterThanOrEqual(least)
    expect(held / EXPERIMENTS).toBeLessThanOrEqual(most)
  })
})

test('where no lever does anything, at most one experiment in twenty says that one does', () => {
  const random = new RandomStream(2, 9)
  const spread = { seeds: 5, groups: 10, ofSeed: 0.01, ofRows: 0.02, ofCell: 0.02 }
  let wrong = 0
  for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
    const levers = Array.from({ length: 8 }, () => compare(simulated(random, 0, spread)))
    if (judge(levers).some(({ verdict }) => verdict !== 'tie')) wrong++
  }
  expect(wrong / EXPERIMENTS).toBeLessThanOrEqual(0.05)
  // Without the correction it would be far more.
  expect(wrong).toBeGreaterThan(0)
})

test('a null lever beside levers that help and hurt is called neither in 19 of 20 experiments', () => {
  const random = new RandomStream(3, 9)
  const spread = { seeds: 5, groups: 10, ofSeed: 0.01, ofRows: 0.02, ofCell: 0.02 }
  let wrong = 0
  let found = 0
  for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
    const comparisons = [0.1, 0, -0.1].map((change) => compare(simulated(random, change, spread)))
    const [helps, nothing, hurts] = judge(comparisons)
    if (nothing!.verdict !== 'tie') wrong++
    if (helps!.verdict === 'helps' && hurts!.verdict === 'hurts') found++
  }
  expect(wrong / EXPERIMENTS).toBeLessThanOrEqual(0.05)
  expect(found / EXPERIMENTS).toBeGreaterThan(0.95)
})

describe('by hand', () => {
  test('two seeds and two groups', () => {
    // Means of seeds 2 and 6, of groups 3 and 5, grand mean 4; residuals ±1.
    const groups = [
      [2, 2],
      [4, 8],
    ]
    const { change, standardError, degreesOfFreedom, pValue } = compare({ whole: [2.5, 6], groups })
    expect(change).toBe(4.25)
    // Parts: seeds 8 / 2 = 4, groups 2 / 2 = 1, cells 4 / 1 / 4 = 1.
    expect(standardError).toBeCloseTo(Math.sqrt(4 + 1 - 1), 12)
    expect(degreesOfFreedom).toBe(1)
    // Student's t of one degree of freedom is Cauchy's distribution.
    expect(pValue).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(4.25 / 2), 12)
  })

  test('one group: the interval of a mean', () => {
    const whole = [0.1, 0.3, 0.2, 0.6]
    const [low, high] = intervalOf(compare({ whole, groups: whole.map((one) => [one]) }))
    const half = (studentQuantile(0.025, 3) * sampleDeviation(whole)) / 2
    expect([low, high]).toEqual([expect.closeTo(0.3 - half, 12), expect.closeTo(0.3 + half, 12)])
  })

  test('a group without a figure is left out', () => {
    const whole = [1, 2, 4]
    const groups = [
      [1, 2, 0],
      [2, 2, 3],
      [5, 3, 4],
    ]
    const holed = groups.map(([one, two, three], seed) => [one!, seed === 1 ? Number.NaN : 7, two!, three!])
    expect(compare({ whole, groups: holed })).toEqual(compare({ whole, groups }))
  })

  test('one seed says nothing of others', () => {
    const comparison = compare({ whole: [0.5], groups: [[0.5, 0.5]] })
    expect(comparison).toEqual({ change: 0.5, standardError: Number.POSITIVE_INFINITY, degreesOfFreedom: 0, pValue: 1 })
    expect(intervalOf(comparison)).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(judge([comparison])[0]!.verdict).toBe('tie')
    expect(() => compare({ whole: [], groups: [] })).toThrow('Expected at least one seed for whole')
  })

  test('no difference at all is a tie', () => {
    const same = compare({ whole: [0, 0, 0], groups: [0, 0, 0].map(() => [0, 0]) })
    expect(same).toMatchObject({ change: 0, standardError: 0, pValue: 1 })
    expect(judge([same])[0]).toEqual({ verdict: 'tie', interval: [0, 0], level: 0.95 })
  })

  test("Holm's steps: levels rise, and all after the first tie are ties of its level", () => {
    const at = (change: number) => ({ change, standardError: 1, degreesOfFreedom: 1000, pValue: 0 })
    const withChance = (change: number) => ({ ...at(change), pValue: Math.exp(-Math.abs(change)) })
    const judged = judge([2.1, -5, 3.5, 2.0].map(withChance))
    expect(judged.map(({ verdict }) => verdict)).toEqual(['tie', 'hurts', 'helps', 'tie'])
    expect(judged.map(({ level }) => level)).toEqual([0.05 / 2, 0.05 / 4, 0.05 / 3, 0.05 / 2].map((one) => 1 - one))
    for (const { verdict, interval } of judged) expect(interval[0] > 0 || interval[1] < 0).toBe(verdict !== 'tie')
    expect(judge([])).toEqual([])
  })
})

test('pairs go by place; those that miss or failed are left out', () => {
  const result = (value: number, groups: number[], failed?: string): TrialResult => ({
    key: '',
    value,
    groups,
    trainLoss: [],
    devLoss: [],
    devValue: [],
    seconds: 0,
    ...(failed !== undefined && { failed }),
  })
  const lever = [result(0.75, [0.5, 1]), result(Number.NaN, [], 'It failed.'), result(0.5, [0.5, 0.5]), undefined]
  const baseline = [result(0.5, [0.25, 0.75]), result(0.5, [0.5, 0.5]), undefined, result(0.5, [0.5, 0.5])]
  expect(differencesOf(lever, baseline)).toEqual({ whole: [0.25], groups: [[0.25, 0.25]] })
  expect(valuesOf(lever)).toEqual({
    whole: [0.75, 0.5],
    groups: [
      [0.5, 1],
      [0.5, 0.5],
    ],
  })
})
