import { expect, test } from 'vitest'
import { type ChooseThresholdOptions, chooseThreshold, metrics } from '../../../lib/index.js'
import { RandomStream } from '../../../lib/random/stream.js'

interface Rows {
  readonly targets: number[]
  readonly probabilities: number[]
  readonly sampleWeights: number[]
}

/** Probabilities in steps, so that many rows are equal. */
function rowsOf(seed: number, rows: number, steps: number): Rows {
  const random = new RandomStream(seed, 5)
  const targets = Array.from({ length: rows }, (_, row) => (row < 2 ? row : Number(random.uniform() < 0.3)))
  const probabilities = targets.map((target) => {
    const value = Math.min(1, Math.max(0, random.uniform() * 0.7 + 0.3 * target))
    return Math.round(value * steps) / steps
  })
  return { targets, probabilities, sampleWeights: targets.map((_, row) => (row < 2 ? 1 : row % 4)) }
}

/** Precision, recall and mean cost of every cut, by counting. */
function everyCut({ targets, probabilities, sampleWeights }: Rows, cost = { falsePositive: 1, falseNegative: 1 }) {
  const ends = [-1, ...new Set(probabilities)]
  return ends.map((end) => {
    const predicted = probabilities.map((one) => Number(one > end))
    const weights = { sampleWeights }
    const [[, fp], [fn]] = metrics.confusion(targets, predicted, { ...weights, classes: 2 }) as [number[], number[]]
    const sum = sampleWeights.reduce((all, one) => all + one, 0)
    return {
      precision: metrics.precision(targets, predicted, { ...weights, average: 'binary' }),
      recall: metrics.recall(targets, predicted, { ...weights, average: 'binary' }),
      cost: (fp! * cost.falsePositive + fn! * cost.falseNegative) / sum,
    }
  })
}

const largest = (values: readonly number[]) =>
  values.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY)

test('no cut between rows does better, on many rows with ties and weights', () => {
  for (let seed = 0; seed < 120; seed++) {
    const rows = rowsOf(seed, 4 + (seed % 37), [3, 10, 1000][seed % 3]!)
    const { targets, probabilities, sampleWeights } = rows
    const cost = { falsePositive: 1 + (seed % 5), falseNegative: 1 + (seed % 7) }
    const cuts = everyCut(rows, cost)
    const chosen = (goal: ChooseThresholdOptions) => {
      const one = chooseThreshold(targets, probabilities, { ...goal, sampleWeights })
      // What it says of the threshold is what the threshold does.
      const predicted = probabilities.map((value) => Number(value > one.threshold))
      const weights = { sampleWeights }
      expect(one.precision).toBeCloseTo(metrics.precision(targets, predicted, { ...weights, average: 'binary' }), 12)
      expect(one.recall).toBeCloseTo(metrics.recall(targets, predicted, { ...weights, average: 'binary' }), 12)
      expect(one.accuracy).toBeCloseTo(metrics.accuracy(targets, predicted, weights), 12)
      return one
    }
    const byCost = chosen({ cost })
    expect(byCost.cost).toBeCloseTo(Math.min(...cuts.map((cut) => cut.cost)), 12)
    const precision = 0.9 * largest(cuts.map((cut) => cut.precision))
    const enough = cuts.filter((cut) => cut.precision >= precision)
    expect(chosen({ precision }).precision).toBeGreaterThanOrEqual(precision)
    expect(chosen({ precision }).recall).toBeCloseTo(largest(enough.map((cut) => cut.recall)), 12)
    const recall = 0.1 + (seed % 10) / 10
    const found = cuts.filter((cut) => cut.recall >= recall)
    expect(chosen({ recall }).recall).toBeGreaterThanOrEqual(recall)
    expect(chosen({ recall }).precision).toBeCloseTo(largest(found.map((cut) => cut.precision)), 12)
  }
})

test('by hand', () => {
  const targets = [0, 0, 1, 0, 1, 1]
  const probabilities = [0.1, 0.2, 0.3, 0.4, 0.5, 0.9]
  const balanced = chooseThreshold(targets, probabilities, { cost: { falsePositive: 1, falseNegative: 1 } })
  // One error above 0.4 (the 0.3) and one above 0.2 (the 0.4): the cut nearer to 0.5 is taken.
  expect(balanced).toEqual({
    threshold: 0.45,
    precision: 1,
    recall: 2 / 3,
    accuracy: 5 / 6,
    cost: 1 / 6,
    counts: { truePositive: 2, falsePositive: 0, trueNegative: 3, falseNegative: 1 },
    ties: 1,
  })
  expect(chooseThreshold(targets, probabilities, { precision: 1 })).toMatchObject({ threshold: 0.45, ties: 0 })
  expect(chooseThreshold(targets, probabilities, { precision: 0.75 })).toMatchObject({ threshold: 0.25, recall: 1 })
  expect(chooseThreshold(targets, probabilities, { recall: 1 })).toMatchObject({ threshold: 0.25, precision: 0.75 })
  expect(chooseThreshold(targets, probabilities, { recall: 0.3 })).toMatchObject({ threshold: 0.45, precision: 1 })
  expect(chooseThreshold(targets, probabilities, { recall: 1 })).not.toHaveProperty('cost')
})

test('all or no rows may count as class 1', () => {
  const targets = [0, 1, 0, 1]
  const none = chooseThreshold(targets, [0.9, 0.2, 0.8, 0.1], { cost: { falsePositive: 9, falseNegative: 1 } })
  expect(none).toMatchObject({ threshold: 1, precision: 0, recall: 0, cost: 0.5 })
  const all = chooseThreshold(targets, [0.9, 0.2, 0.8, 0.1], { cost: { falsePositive: 1, falseNegative: 9 } })
  expect(all).toMatchObject({ threshold: 0.05, recall: 1, precision: 0.5 })
  // Rows of one probability cannot be parted; below 0 there is room, above 1 no need.
  const zeros = chooseThreshold(targets, [0, 0, 0, 0], { recall: 1 })
  expect(zeros.threshold).toBeLessThan(0)
  expect(zeros).toMatchObject({ recall: 1, precision: 0.5 })
  const ones = chooseThreshold(targets, [1, 1, 1, 1], { cost: { falsePositive: 2, falseNegative: 1 } })
  expect(ones).toMatchObject({ threshold: 1, recall: 0 })
})

test('a threshold parts neighbors among the numbers', () => {
  const above = 0.5 + Number.EPSILON / 2
  const { threshold, accuracy } = chooseThreshold([0, 1], [0.5, above], { recall: 1 })
  expect(accuracy).toBe(1)
  expect(0.5 > threshold).toBe(false)
  expect(above > threshold).toBe(true)
})

test('a precision that cannot be had is told, with the highest there is', () => {
  const call = () => chooseThreshold([0, 1, 1, 0], [0.9, 0.8, 0.7, 0.1], { precision: 0.9 })
  expect(call).toThrow(
    expect.objectContaining({
      code: 'ERR_DEEPBLAS_DATA',
      message: expect.stringMatching(/at most 0\.6666 \(with a recall of 1\), but received 0\.9/),
    }),
  )
})

const cost = { falsePositive: 1, falseNegative: 1 }
test.each<[() => unknown, string, RegExp]>([
  [() => chooseThreshold([0, 1], [0.1, 0.2], {} as never), 'ARGUMENT', /one of cost, precision and recall/],
  [() => chooseThreshold([0, 1], [0.1, 0.2], undefined as never), 'ARGUMENT', /For example \{ cost/],
  [() => chooseThreshold([0, 1], [0.1, 0.2], { cost, recall: 1 } as never), 'ARGUMENT', /one of cost, precision/],
  [() => chooseThreshold([0, 1], [0.1, 0.2], { precison: 1 } as never), 'ARGUMENT', /Did you mean 'precision'/],
  [() => chooseThreshold([0, 1], [0.1, 0.2], { precision: 0 }), 'ARGUMENT', /greater than 0 .*for precision/],
  [() => chooseThreshold([0, 1], [0.1, 0.2], { recall: 2 }), 'ARGUMENT', /at most 1 for recall|recall/],
  [
    () => chooseThreshold([0, 1], [0.1, 0.2], { cost: { falsePositive: 1 } as never }),
    'ARGUMENT',
    /cost.falseNegative/,
  ],
  [
    () => chooseThreshold([0, 1], [0.1, 0.2], { cost: { falsePositive: 0, falseNegative: 0 } }),
    'ARGUMENT',
    /at least one cost above 0/,
  ],
  [() => chooseThreshold([0, 1], [0.1, 0.2], { cost: 3 as never }), 'ARGUMENT', /plain object for cost/],
  [() => chooseThreshold([0, 1], [0.1], { cost }), 'SHAPE', /2 rows for probabilities/],
  [() => chooseThreshold([0, 2], [0.1, 0.2], { cost }), 'ARGUMENT', /0 or 1 for targets\[1\]/],
  [() => chooseThreshold([0, Number.NaN], [0.1, 0.2], { cost }), 'ARGUMENT', /0 or 1 for targets\[1\]/],
  [() => chooseThreshold([0, 1], [0.1, Number.NaN], { cost }), 'DATA', /probabilities\[1\] but received NaN/],
  [() => chooseThreshold([0, 1], [0.1, -2], { cost }), 'DATA', /from 0 to 1 for probabilities\[1\]/],
  [() => chooseThreshold([0, 0], [0.1, 0.2], { cost }), 'DATA', /all 2 rows are of class 0/],
  [() => chooseThreshold([1], [0.1], { cost }), 'DATA', /all 1 rows are of class 1/],
  [() => chooseThreshold([], [], { cost }), 'ARGUMENT', /at least one number for targets/],
  [() => chooseThreshold('ab' as never, [1], { cost }), 'ARGUMENT', /for targets/],
  [
    () => chooseThreshold([0, 1], [0.1, 0.2], { cost, sampleWeights: [1, 0] }),
    'DATA',
    /of a weight above 0 are of class 0/,
  ],
  [() => chooseThreshold([0, 1], [0.1, 0.2], { cost, sampleWeights: [1, -1] }), 'ARGUMENT', /sampleWeights\[1\]/],
])('%s', (call, code, message) => {
  expect(call).toThrow(
    expect.objectContaining({ code: `ERR_DEEPBLAS_${code}`, message: expect.stringMatching(message) }),
  )
})
