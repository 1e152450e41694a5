/*
 * The order of many scores: as a sort by comparisons has it, for all kinds of numbers, on both sides of the size from which
 * digits are counted.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { descendingOrder } from '../../lib/metrics/functions/descending-order.js'
import { atOnce } from '../../lib/turns.js'

const value = fc.oneof(
  fc.double({ noNaN: true }),
  fc.float({ noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 0.5, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, Infinity, -Infinity),
)

function byComparisons(values: Float64Array): Uint32Array {
  return Uint32Array.from(values, (_, at) => at).sort((a, b) => values[b]! - values[a]! || a - b)
}

test('few and many values are ordered as comparisons order them', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.constantFrom(1, 20_000), (some, times) => {
      const values = Float64Array.from({ length: some.length + times }, (_, i) => some[(i * 7) % some.length]!)
      expect(atOnce(descendingOrder(values))).toEqual(byComparisons(values))
    }),
    { numRuns: 60 },
  )
})
