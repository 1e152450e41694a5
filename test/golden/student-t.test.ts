// Student's t distribution, by SciPy: test/golden/values/student_t.py.
import { describe, expect, test } from 'vitest'
import { studentQuantile, studentTail } from '../../lib/strategy/experiments/student.js'
import { golden } from '../helpers/golden.js'

interface Case {
  readonly quantiles: readonly (readonly [tail: number, quantile: number])[]
  readonly tails: readonly (readonly [place: number, tail: number])[]
}
const { cases, normal } = golden<{ cases: ({ degreesOfFreedom: number } & Case)[]; normal: Case }>('student-t')

/** Relative; what SciPy gives as 0 is 0. */
const near = (actual: number, expected: number, bound: number) =>
  Math.abs(actual - expected) <= bound * Math.abs(expected)

describe.each([
  ...cases.map((one) => [one.degreesOfFreedom, one, 1e-9] as const),
  // A million stand for more, which the far tail shows.
  [Number.POSITIVE_INFINITY, { ...normal, tails: normal.tails.filter(([place]) => place <= 4) }, 1e-4] as const,
])('%d degrees of freedom', (degreesOfFreedom, { quantiles, tails }, bound) => {
  test.each(quantiles)('the quantile above which %d lies', (tail, expected) => {
    const actual = studentQuantile(tail, degreesOfFreedom)
    expect(near(actual, expected, bound), `${actual} where SciPy gives ${expected}`).toBe(true)
  })

  test.each(tails)('the tail above %d', (place, expected) => {
    const actual = studentTail(place, degreesOfFreedom)
    expect(near(actual, expected, bound), `${actual} where SciPy gives ${expected}`).toBe(true)
  })
})
