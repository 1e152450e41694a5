import { describe, expect, test } from 'vitest'
import { choice, integer, logUniform, uniform } from '../../../../lib/index.js'
import { RandomStream } from '../../../../lib/random/stream.js'
import { type Distribution, drawn, gridOf, placeOf, valueText } from '../../../../lib/strategy/search/distributions.js'
import {
  checkedSpace,
  configurationText,
  gridConfigurations,
  gridValues,
  randomConfigurations,
} from '../../../../lib/strategy/search/space.js'

const draws = (from: Distribution, count = 2000) => {
  const random = new RandomStream(7, 15)
  return Array.from({ length: count }, () => drawn(from, random))
}
const share = (values: readonly unknown[], is: (value: never) => boolean) =>
  values.filter((value) => is(value as never)).length / values.length

describe('draws', () => {
  test('of a uniform range are even, within it, and of few digits', () => {
    const values = draws(uniform(0.1, 0.5))
    expect(values.every((value) => (value as number) >= 0.1 && (value as number) <= 0.5)).toBe(true)
    expect(share(values, (value: number) => value < 0.2)).toBeCloseTo(0.25, 1)
    expect(Math.max(...values.map((value) => valueText(value).length))).toBeLessThanOrEqual(6)
  })

  test('of a range that is narrow beside its values still differ', () => {
    expect(new Set(draws(uniform(1000, 1001), 100)).size).toBeGreaterThan(90)
  })

  test('of a logarithmic range have every factor of ten alike', () => {
    const values = draws(logUniform(1e-4, 1e-1))
    for (const low of [1e-4, 1e-3, 1e-2]) {
      expect(share(values, (value: number) => value >= low && value < 10 * low)).toBeCloseTo(1 / 3, 1)
    }
  })

  test('of whole numbers have both ends', () => {
    const values = draws(integer(-1, 2))
    for (const one of [-1, 0, 1, 2]) expect(share(values, (value: number) => value === one)).toBeCloseTo(0.25, 1)
  })

  test('of a choice are its values', () => {
    const values = draws(choice([[32], [64, 64]]), 50)
    expect(new Set(values.map(valueText))).toEqual(new Set(['[32]', '[64,64]']))
  })
})

describe('a grid', () => {
  test('has the ends of ranges, factors of logarithmic ones, whole numbers once, all of a choice', () => {
    expect(gridOf(uniform(0, 1), 3)).toEqual([0, 0.5, 1])
    expect(gridOf(logUniform(1e-4, 1e-1), 4)).toEqual([0.0001, 0.001, 0.01, 0.1])
    expect(gridOf(integer(1, 3), 5)).toEqual([1, 2, 3])
    expect(gridOf(choice(['a', 'b']), 5)).toEqual(['a', 'b'])
    expect(gridOf(logUniform(0.01, 1), 1)).toEqual([0.1])
  })

  test('covers every combination once, in an order of the seed', () => {
    const space = { a: uniform(0, 1), b: choice(['x', 'y']), c: integer(1, 3) }
    const texts = (seed: number) => [...gridConfigurations(gridValues(space, 4), seed)].map(configurationText)
    expect(texts(1)).toHaveLength(4 * 2 * 3)
    expect(new Set(texts(1)).size).toBe(24)
    expect(texts(1)).toEqual(texts(1))
    expect(texts(2)).not.toEqual(texts(1))
    expect(texts(2).sort()).toEqual(texts(1).sort())
  })

  test('that is too large is refused before it is made', () => {
    const space = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`o${at}`, uniform(0, 1)]))
    expect(() => gridValues(space, 5)).toThrow(/at most 1,000,000 configurations for space/)
  })
})

describe('random configurations', () => {
  test('come each once, and end where the space has no others', () => {
    const space = { a: choice([1, 2, 3]), b: choice(['x', 'y']), c: integer(0, 1) }
    const all = [...randomConfigurations(space, 3)].map(configurationText)
    expect(all).toHaveLength(12)
    expect(new Set(all).size).toBe(12)
  })

  test('end where a range has no other numbers of few digits', () => {
    const number = [...randomConfigurations({ a: logUniform(1, 1.01) }, 3)].length
    expect(number).toBe(11)
  })

  test('do not depend on how many were drawn before', () => {
    const space = { a: uniform(0, 1), b: choice(['x', 'y']) }
    const first = (count: number) => {
      const from = randomConfigurations(space, 5)
      return Array.from({ length: count }, () => from.next().value)
    }
    expect(first(10).slice(0, 3)).toEqual(first(3))
  })
})

test('places are uniform: of single values the middles of their cells', () => {
  expect(placeOf(uniform(2, 4), 3)).toBe(0.5)
  expect(placeOf(logUniform(1e-4, 1), 1e-2)).toBeCloseTo(0.5, 12)
  expect(placeOf(integer(1, 4), 2)).toBe(0.375)
  expect(placeOf(choice([[32], [64, 64]]), [64, 64])).toBe(0.75)
})

test('texts of values are words without quotes, and tell 1 from its text', () => {
  expect(['relu', '1', 1, 'true', true, 'two words', [64, 32]].map(valueText)).toEqual([
    'relu',
    '"1"',
    '1',
    '"true"',
    'true',
    '"two words"',
    '[64,32]',
  ])
})

describe('wrong spaces', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['logUniform from 0', () => logUniform(0, 1), /greater than 0 for low .*uniform\(0, …\)/],
    ['logUniform upside down', () => logUniform(1, 0.1), /greater than 1 for high/],
    ['integer of fractions', () => integer(0.5, 2), /whole number for low/],
    ['integer upside down', () => integer(2, 1), /at least 2 for high/],
    ['choice of nothing', () => choice([]), /at least one value for values/],
    ['choice twice', () => choice([[1], [1]]), /not in the list yet for values\[1\]/],
    ['choice of a function', () => choice([(() => 1) as never]), /JSON can hold for values\[0\]/],
    ['choice of a NaN', () => choice([Number.NaN]), /JSON can hold/],
    ['uniform of a text', () => uniform(0, '1' as never), /finite number for high/],
    ['a list', () => checkedSpace({ hidden: [32, 64] }), /distribution for space\.hidden .*choice\(\[…\]\)/],
    ['a value', () => checkedSpace({ hidden: 'relu' }), /choice\(\[value\]\) for a fixed one/],
    ['another initializer', () => checkedSpace({ a: { name: 'zeros' } }), /one of 'uniform', 'logUniform'/],
    ['a range without width', () => checkedSpace({ a: uniform(1, 1) }), /choice\(\[1\]\)/],
    ['nothing', () => checkedSpace({}), /at least one option for space/],
    ['no object', () => checkedSpace(undefined), /plain object for space/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message)
  })
})
