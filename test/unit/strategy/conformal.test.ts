/*
 * Conformal prediction, by counting: over many data sets of fixed seeds the mean coverage is the one that the theory gives,
 * k / (n + 1) with k = ⌈(n + 1) · coverage⌉, within four standard errors. They follow from the coverage of one calibration
 * being a beta variable of k and n + 1 - k, and from the number of rows that are counted.
 */
import { describe, expect, test } from 'vitest'
import {
  conformalizedQuantiles,
  conformalQuantile,
  conformalSets,
  metrics,
  predictionIntervals,
  predictionSets,
  splitConformal,
} from '../../../lib/index.js'
import { RandomStream } from '../../../lib/random/stream.js'

const SEEDS = 400
const NEW_ROWS = 50

/** Four standard errors of the mean coverage over all seeds. */
function boundOf(rows: number, place: number): number {
  const mean = place / (rows + 1)
  const ofCalibration = (mean * (1 - mean)) / (rows + 2)
  const ofCounting = (mean * (1 - mean)) / NEW_ROWS
  return 4 * Math.sqrt((ofCalibration + ofCounting) / SEEDS)
}

/** A value with a spread that grows, and a model that knows neither the mean nor the spread well. */
function valuesOf(rows: number, random: RandomStream) {
  const x = Float64Array.from({ length: rows }, () => random.uniform())
  const spread = x.map((a) => 0.2 + a)
  const targets = x.map((a, row) => 3 * a + spread[row]! * random.normal() ** 3)
  const predicted = x.map((a) => 2 * a + 0.5)
  return { targets, predicted, lower: x.map((a) => 1.5 * a - 1), upper: x.map((a) => 2 * a + 2) }
}

/** Three classes, and probabilities that are too sure and a little wrong. */
function classesOf(rows: number, random: RandomStream) {
  const targets: number[] = []
  const probabilities = Array.from({ length: rows }, () => {
    const z = [random.normal(), random.normal(), random.normal()]
    const share = softmax(z)
    const draw = random.uniform()
    targets.push(draw < share[0]! ? 0 : draw < share[0]! + share[1]! ? 1 : 2)
    return softmax(z.map((value) => 2 * value + 0.3 * random.normal()))
  })
  return { targets, probabilities }
}

function softmax(z: readonly number[]): number[] {
  const terms = z.map(Math.exp)
  const sum = terms.reduce((all, one) => all + one, 0)
  return terms.map((one) => one / sum)
}

/** The mean over all seeds. */
function meanCoverage(of: (random: RandomStream) => number): number {
  let sum = 0
  for (let seed = 0; seed < SEEDS; seed++) sum += of(new RandomStream(seed, 17))
  return sum / SEEDS
}

const settings: [coverage: number, rows: number, place: number][] = [
  [0.5, 9, 5],
  [0.8, 30, 25],
  [0.9, 9, 9],
  [0.9, 100, 91],
  [0.95, 199, 190],
]

describe.each(settings)('coverage of %d by %d rows', (coverage, rows, place) => {
  const expected = place / (rows + 1)

  test('split conformal', () => {
    const mean = meanCoverage((random) => {
      const known = valuesOf(rows, random)
      const next = valuesOf(NEW_ROWS, random)
      const calibration = splitConformal(known.targets, known.predicted, { coverage })
      expect(calibration).toEqual({ coverage, rows, margin: calibration.margin })
      return metrics.coverage(next.targets, predictionIntervals(calibration, next.predicted))
    })
    expect(Math.abs(mean - expected)).toBeLessThan(boundOf(rows, place))
  })

  test('conformalized quantiles', () => {
    const mean = meanCoverage((random) => {
      const known = valuesOf(rows, random)
      const { targets, lower, upper } = valuesOf(NEW_ROWS, random)
      const calibration = conformalizedQuantiles(
        known.targets,
        { lower: known.lower, upper: known.upper },
        { coverage },
      )
      return metrics.coverage(targets, predictionIntervals(calibration, { lower, upper }))
    })
    expect(Math.abs(mean - expected)).toBeLessThan(boundOf(rows, place))
  })

  test('sets of classes by a threshold', () => {
    const mean = meanCoverage((random) => {
      const known = classesOf(rows, random)
      const next = classesOf(NEW_ROWS, random)
      const calibration = conformalSets(known.targets, known.probabilities, { coverage })
      return metrics.coverage(next.targets, predictionSets(calibration, next.probabilities))
    })
    expect(Math.abs(mean - expected)).toBeLessThan(boundOf(rows, place))
  })

  test('adaptive sets of classes cover at least as much, and none is empty', () => {
    let smallest = Number.POSITIVE_INFINITY
    let classes = 0
    const mean = meanCoverage((random) => {
      const known = classesOf(rows, random)
      const next = classesOf(NEW_ROWS, random)
      const calibration = conformalSets(known.targets, known.probabilities, { coverage, method: 'adaptive' })
      const sets = predictionSets(calibration, next.probabilities)
      smallest = Math.min(smallest, ...sets.map(({ length }) => length))
      classes += sets.flat().length
      return metrics.coverage(next.targets, sets)
    })
    expect(mean).toBeGreaterThan(expected - boundOf(rows, place))
    expect(smallest).toBe(1)
    expect(classes / (SEEDS * NEW_ROWS)).toBeLessThan(coverage === 0.95 ? 2.8 : 2.6)
  })
})

test('the quantile is the ⌈(n + 1) · coverage⌉-th smallest score, where decimals are meant', () => {
  const scores = (count: number) => Array.from({ length: count }, (_, i) => ((i * 7) % count) + 1)
  // 7 and the count share no divisor, so the scores are 1 to count.
  for (const [count, coverage, place] of [
    [9, 0.9, 9],
    [99, 0.55, 55],
    [99, 0.9, 90],
    [99, 0.07, 7],
    [19, 0.95, 19],
    [999, 0.999, 999],
    [10, 0.85, 10],
    [1, 0.5, 1],
  ] as const) {
    expect(conformalQuantile(scores(count), { coverage })).toBe(place)
  }
  expect(conformalQuantile(scores(10))).toBe(10)
})

test.each<[number, number, number]>([
  [0.9, 8, 9],
  [0.95, 18, 19],
  [0.99, 50, 99],
  [0.5, 0, 1],
  [0.999, 998, 999],
])('coverage %d of %d rows is refused: it needs %d', (coverage, rows, fewest) => {
  const list = (count: number) => Array.from({ length: count }, (_, i) => i)
  if (rows > 0) {
    expect(() => conformalQuantile(list(rows), { coverage })).toThrow(
      expect.objectContaining({
        code: 'ERR_DEEPBLAS_DATA',
        message: expect.stringContaining(
          `Expected at least ${fewest} rows to calibrate on for a coverage of ${coverage} but received ${rows}.`,
        ),
      }),
    )
    const most = Number(/at most ([\d.]+)\.$/.exec(messageOf(() => conformalQuantile(list(rows), { coverage })))![1])
    expect(conformalQuantile(list(rows), { coverage: most })).toBe(rows - 1)
  }
  expect(conformalQuantile(list(fewest), { coverage })).toBe(fewest - 1)
})

function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

test('intervals: by hand', () => {
  const calibration = splitConformal([1, 2, 3, 4], [1.5, 2, 2, 4.25], { coverage: 0.8 })
  expect(calibration).toEqual({ coverage: 0.8, rows: 4, margin: 1 })
  expect(predictionIntervals(calibration, [0, 10])).toEqual({
    lower: Float64Array.of(-1, 9),
    upper: Float64Array.of(1, 11),
  })
  // Too wide by one on each side: the margin is negative, and a narrow one meets in its middle.
  const ends = { lower: [0, 0, 0, 0], upper: [10, 10, 10, 10] }
  const narrower = conformalizedQuantiles([1, 5, 9, 4], ends, { coverage: 0.8 })
  expect(narrower.margin).toBe(-1)
  expect(predictionIntervals(narrower, { lower: [0, 0], upper: [10, 1] })).toEqual({
    lower: Float64Array.of(1, 0.5),
    upper: Float64Array.of(9, 0.5),
  })
  expect(JSON.parse(JSON.stringify(narrower))).toEqual(narrower)
})

test('sets: by hand, by name, and of one column', () => {
  const probabilities = [
    [0.7, 0.2, 0.1],
    [0.1, 0.6, 0.3],
    [0.25, 0.25, 0.5],
  ]
  const byThreshold = conformalSets([0, 1, 0], probabilities, { coverage: 0.75 })
  expect(byThreshold).toEqual({ method: 'threshold', coverage: 0.75, rows: 3, score: 0.75 })
  expect(predictionSets(byThreshold, probabilities)).toEqual([[0], [1, 2], [2, 0, 1]])
  const labels = ['cat', 'dog', 'owl']
  const named = conformalSets(['cat', 'dog', 'cat'], probabilities, { coverage: 0.75, labels })
  expect(named).toEqual(byThreshold)
  expect(predictionSets(named, probabilities, { labels })).toEqual([['cat'], ['dog', 'owl'], ['owl', 'cat', 'dog']])
  expect(predictionSets(named, { data: Float32Array.from(probabilities[0]!), shape: [1, 3] })).toEqual([[0]])
  const two = conformalSets([0, 1, 1], [0.25, 0.5, 0.75], { coverage: 0.75 })
  expect(two.score).toBe(0.5)
  expect(predictionSets(two, Float32Array.of(0.125, 0.5, 1))).toEqual([[0], [0, 1], [1]])
  // Nothing is probable enough.
  expect(predictionSets({ ...byThreshold, score: 0.1 }, [probabilities[0]!])).toEqual([[]])
})

test('adaptive sets: nested in the order of the probabilities, and a row has its own whatever is beside it', () => {
  const random = new RandomStream(3, 17)
  const { targets, probabilities } = classesOf(300, random)
  const [small, large] = [0.6, 0.95].map((coverage) => {
    const calibration = conformalSets(targets, probabilities, { coverage, method: 'adaptive' })
    const sets = predictionSets(calibration, probabilities)
    for (const [row, of] of probabilities.entries()) {
      const order = [0, 1, 2].sort((a, b) => of[b]! - of[a]!)
      expect(sets[row]).toEqual(order.slice(0, sets[row]!.length))
      expect(predictionSets(calibration, [of])).toEqual([sets[row]])
      // The classes before the last one of the set have not reached the sum by themselves.
      const before = sets[row]!.slice(0, -1).reduce((sum, one) => sum + of[one]!, 0)
      if (before > 0) expect(before).toBeLessThanOrEqual(calibration.score)
    }
    return sets
  })
  expect(small!.every((set, row) => set.length <= large![row]!.length)).toBe(true)
  // Of two classes, one of which is nearly sure: mostly one is enough.
  const pairs = Float64Array.from({ length: 500 }, () => 0.9 + 0.1 * random.uniform())
  const drawn = pairs.map((one) => Number(random.uniform() < one))
  const ofTwo = predictionSets(conformalSets(drawn, pairs, { coverage: 0.9, method: 'adaptive' }), pairs)
  expect(ofTwo.filter(({ length }) => length === 1).length).toBeGreaterThan(400)
})

test('a class of probability 0 that was the true one stays coverable', () => {
  const rows = [
    [1, 0],
    [1, 0],
  ]
  for (const method of ['threshold', 'adaptive'] as const) {
    const calibration = conformalSets([1, 1], rows, { coverage: 0.6, method })
    expect(predictionSets(calibration, rows)).toEqual([
      [0, 1],
      [0, 1],
    ])
  }
})

const row = [[0.5, 0.5]]
const calibration = { coverage: 0.9, rows: 20, margin: 1 }
const sets = { method: 'threshold', coverage: 0.9, rows: 20, score: 0.5 } as const

test.each<[() => unknown, string, RegExp]>([
  [() => conformalQuantile([]), 'ARGUMENT', /at least one number for scores/],
  [() => conformalQuantile([1, Number.NaN]), 'DATA', /finite numbers for scores but received NaN in row 1/],
  [() => conformalQuantile('12' as never), 'ARGUMENT', /for scores/],
  [() => conformalQuantile([1], { coverage: 1 }), 'ARGUMENT', /less than 1 for coverage/],
  [() => conformalQuantile([1], { coverage: 95 }), 'ARGUMENT', /Write 0.95 for 95 %/],
  [() => conformalQuantile([1], { cover: 0.9 } as never), 'ARGUMENT', /Did you mean 'coverage'|cover/],
  [() => splitConformal([1, 2], [1]), 'SHAPE', /2 rows for predicted/],
  [() => splitConformal([1, Number.POSITIVE_INFINITY], [1, 2]), 'DATA', /targets but received Infinity in row 1/],
  [() => splitConformal([], []), 'ARGUMENT', /at least one number for targets/],
  [() => splitConformal([1], [1]), 'DATA', /at least 9 rows/],
  [() => splitConformal(undefined as never, [1]), 'ARGUMENT', /for targets/],
  [() => conformalizedQuantiles([1], [1] as never), 'ARGUMENT', /plain object for predicted .*\{ lower, upper \}/],
  [
    () => conformalizedQuantiles([1], { lower: [2], upper: [1] }),
    'ARGUMENT',
    /at least predicted.lower\[0\].*NonCrossing/,
  ],
  [() => conformalizedQuantiles([1, 2], { lower: [2], upper: [3] }), 'SHAPE', /2 rows for predicted.lower/],
  [() => predictionIntervals({} as never, [1]), 'ARGUMENT', /calibration.margin .* splitConformal/],
  [() => predictionIntervals(calibration, [[1]] as never), 'ARGUMENT', /predicted\[0\]/],
  [() => predictionIntervals(calibration, [Number.NaN]), 'DATA', /predicted but received NaN in row 0/],
  [() => predictionIntervals({ ...calibration, margin: -1 }, [1]), 'ARGUMENT', /\{ lower, upper \} for a calibration/],
  [() => conformalSets([0], [[0.5, 0.6]]), 'DATA', /rows that come to 1 .* a sum of 1.1 in row 0/],
  [() => conformalSets([0], [[2, -1]]), 'DATA', /from 0 to 1 .* 2 in row 0, column 0/],
  [() => conformalSets([0], [[Number.NaN, 1]]), 'DATA', /NaN in row 0, column 0/],
  [() => conformalSets([2], row), 'ARGUMENT', /class from 0 to 1 for targets\[0\]/],
  [() => conformalSets([0, 1], row), 'SHAPE', /2 rows for probabilities/],
  [() => conformalSets(['a'], row), 'ARGUMENT', /names of the classes in the order of the outputs for labels/],
  [() => conformalSets(['c'], row, { labels: ['a', 'b'] }), 'ARGUMENT', /one of the labels for targets\[0\]/],
  [() => conformalSets(['a'], row, { labels: ['a'] }), 'ARGUMENT', /2 names, one for each output, for labels/],
  [() => conformalSets([0], row, { method: 'aps' as never }), 'ARGUMENT', /'threshold', 'adaptive' for method/],
  [() => conformalSets([0], row), 'DATA', /at least 9 rows/],
  [() => predictionSets({ ...sets, method: 'x' as never }, row), 'ARGUMENT', /calibration.method/],
  [() => predictionSets({ ...sets, score: Number.NaN }, row), 'ARGUMENT', /calibration.score/],
  [() => predictionSets(sets, []), 'DATA', /at least one row/],
])('%s', (call, code, message) => {
  expect(call).toThrow(
    expect.objectContaining({ code: `ERR_DEEPBLAS_${code}`, message: expect.stringMatching(message) }),
  )
})
