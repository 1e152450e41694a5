/*
 * Shares of functions that are known: the sums are done by hand, or by the plain means over a grid.
 */
import { expect, test } from 'vitest'
import { choice, type Distribution, logUniform, uniform } from '../../lib/index.js'
import { RandomStream } from '../../lib/random/stream.js'
import { decompose } from '../../lib/strategy/search/functional-anova.js'
import { importanceOf } from '../../lib/strategy/search/importance.js'
import { growTree } from '../../lib/strategy/search/regression-tree.js'
import type { SearchTrial } from '../../lib/strategy/search/result.js'
import { type Configuration, randomConfigurations } from '../../lib/strategy/search/space.js'
import { atOnce } from '../../lib/turns.js'

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** A function on a grid of cells, decomposed by the definition: means of slices, squared. */
function byDefinition(sizes: readonly [number, number, number], at: (a: number, b: number, c: number) => number) {
  const cells = Array.from({ length: sizes[0] }, (_, a) =>
    Array.from({ length: sizes[1] }, (_, b) => Array.from({ length: sizes[2] }, (_, c) => [a, b, c] as const)),
  ).flat(2)
  const value = (cell: readonly number[]) => at(cell[0]!, cell[1]!, cell[2]!)
  const all = mean(cells.map(value))
  const variance = mean(cells.map((cell) => (value(cell) - all) ** 2))
  const marginal = (fixed: readonly number[], of: readonly number[]) =>
    mean(cells.filter((cell) => fixed.every((dimension) => cell[dimension] === of[dimension])).map(value)) - all
  const single = [0, 1, 2].map((dimension) => mean(cells.map((cell) => marginal([dimension], cell) ** 2)))
  const pairs = (
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const
  ).map((pair) => mean(cells.map((cell) => marginal(pair, cell) ** 2)) - single[pair[0]]! - single[pair[1]]!)
  return {
    cells,
    value,
    variance,
    single: single.map((one) => one / variance),
    pairs: pairs.map((one) => one / variance),
  }
}

test('a whole grid is decomposed as the definition says, whatever its values', () => {
  for (let seed = 0; seed < 10; seed++) {
    const random = new RandomStream(seed, 15)
    const sizes = [2 + random.integer(4), 2 + random.integer(3), 1 + random.integer(4)] as const
    const table = Array.from({ length: 125 }, () => random.normal())
    const known = byDefinition(sizes, (a, b, c) => table[25 * a + 5 * b + c]!)
    const points = known.cells.map((cell) => ({
      at: cell.map((one, dimension) => (one + 0.5) / sizes[dimension]!),
      value: known.value(cell),
    }))
    const boxes = atOnce(growTree(points, { cells: sizes, fewest: 1, share: 1, random }))
    const found = decompose(boxes)
    expect(found.variance).toBeCloseTo(known.variance, 10)
    for (const [at, share] of known.single.entries()) expect(found.single[at]).toBeCloseTo(share, 10)
    for (const [at, share] of known.pairs.entries()) expect(found.pairs[at]).toBeCloseTo(share, 10)
  }
})

test('boxes of a tree fill the cube, and points lie in their own', () => {
  const random = new RandomStream(4, 15)
  const points = Array.from({ length: 200 }, () => {
    const at = [random.uniform(), random.uniform(), (random.integer(3) + 0.5) / 3]
    return { at, value: at[0]! * at[1]! + at[2]! }
  })
  const boxes = atOnce(growTree(points, { cells: [0, 0, 3], fewest: 2, share: 1, random }))
  const volume = boxes.reduce((sum, { low, high }) => sum + high.reduce((all, one, d) => all * (one - low[d]!), 1), 0)
  expect(volume).toBeCloseTo(1, 10)
  for (const { at } of points) {
    expect(boxes.filter(({ low, high }) => at.every((one, d) => one >= low[d]! && one < high[d]!))).toHaveLength(1)
  }
})

/** Trials of a function of the configuration, as a search would find them. */
function trialsOf(
  space: Readonly<Record<string, Distribution>>,
  count: number,
  seed: number,
  of: (configuration: Configuration) => number,
): SearchTrial[] {
  const from = randomConfigurations(space, seed)
  return Array.from({ length: count }, () => {
    const configuration = from.next().value!
    const value = of(configuration)
    return { configuration, epochs: 1, value, values: [value], seconds: 0 }
  })
}

/*
 * f = 3 x + 2 g + c, x uniform on 0..1, g = log10 of a logUniform on 1e-3..1 (uniform on -3..0, divided by 3), c one of
 * 0, 1, 2 divided by 2. Variances: 9/12, 4/12, and (2/3)/4 = 1/6: shares 0.6, 0.2667, 0.1333.
 */
test('a forest on an additive function tells its shares within 0.06, and at most 0.08 of pairs', async () => {
  const space = { x: uniform(0, 1), g: logUniform(1e-3, 1), c: choice(['a', 'b', 'c']) }
  const additive = ({ x, g, c }: Configuration) =>
    3 * (x as number) + (2 * Math.log10(g as number)) / 3 + ['a', 'b', 'c'].indexOf(c as string) / 2
  for (const seed of [1, 2, 3]) {
    const { options, pairs, higher } = await importanceOf(space, trialsOf(space, 300, seed, additive), true, seed)
    const share = new Map(options.map((one) => [one.option, one.share]))
    const total = 9 / 12 + 4 / 12 + 1 / 6
    expect(Math.abs(share.get('x')! - 9 / 12 / total)).toBeLessThan(0.06)
    expect(Math.abs(share.get('g')! - 4 / 12 / total)).toBeLessThan(0.06)
    expect(Math.abs(share.get('c')! - 1 / 6 / total)).toBeLessThan(0.06)
    expect(pairs.reduce((sum, one) => sum + one.share, higher)).toBeLessThan(0.08)
  }
})

test('a product is told as a pair, and an option that does nothing has next to no share', async () => {
  const space = { x: uniform(-1, 1), y: uniform(-1, 1), nothing: uniform(0, 1) }
  const product = ({ x, y }: Configuration) => (x as number) * (y as number)
  const { options, pairs } = await importanceOf(space, trialsOf(space, 400, 5, product), true, 1)
  expect(pairs[0]!.options).toEqual(['x', 'y'])
  expect(pairs[0]!.share).toBeGreaterThan(0.6)
  expect(options.find(({ option }) => option === 'nothing')!.share).toBeLessThan(0.05)
})

test('less is better turns nothing, one diverged trial does not hide the others, and a failed one counts as the worst', async () => {
  const space = { x: uniform(0, 1), y: uniform(0, 1) }
  const slope = ({ x, y }: Configuration) => (x as number) + 0.2 * (y as number)
  const trials = trialsOf(space, 100, 2, slope)
  const plain = await importanceOf(space, trials, true, 1)
  expect(plain.options[0]!.option).toBe('x')
  const late = await importanceOf(space, trials, true, 1, { isLate: () => true })
  expect([plain.trees, late.trees, late.options[0]!.option]).toEqual([48, 8, 'x'])
  const [first, second, ...others] = trials
  const odd = [
    { ...first!, value: -1e9, values: [-1e9] },
    { ...second!, value: Number.NaN, failed: 'It failed.' },
    ...others,
  ]
  const told = await importanceOf(space, odd, true, 1)
  expect(told.options[0]!.option).toBe('x')
  expect(told.options[0]!.share).toBeGreaterThan(0.4)
  const negative = trials.map((trial) => ({ ...trial, value: -trial.value }))
  const turned = await importanceOf(space, negative, false, 1)
  expect(turned).toEqual(plain)
})
