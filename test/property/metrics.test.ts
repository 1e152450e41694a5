/*
 * Metrics by their plain definitions, whatever the numbers are.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metrics } from '../../lib/index.js'

/** Few distinct scores, so that many are equal. */
const rows = fc.array(
  fc.record({
    y: fc.constantFrom(0, 1),
    score: fc.integer({ min: 0, max: 6 }).map((value) => value / 6),
    weight: fc.integer({ min: 0, max: 5 }),
  }),
  { minLength: 2, maxLength: 40 },
)

test('rocAuc is the share of pairs in the right order, equal ones counting one half', () =>
  fc.assert(
    fc.property(rows, (all) => {
      let right = 0
      let pairs = 0
      for (const one of all.filter(({ y }) => y === 1)) {
        for (const other of all.filter(({ y }) => y === 0)) {
          const weight = one.weight * other.weight
          pairs += weight
          right += weight * (one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0)
        }
      }
      const area = metrics.rocAuc(
        all.map(({ y }) => y),
        all.map(({ score }) => score),
        { sampleWeights: all.map(({ weight }) => weight) },
      )
      if (pairs === 0) expect(area).toBeNaN()
      else expect(area).toBeCloseTo(right / pairs, 12)
    }),
  ))

test('a weight is that many equal rows', () =>
  fc.assert(
    fc.property(rows, (all) => {
      const repeated = all.flatMap((row) => new Array<typeof row>(row.weight).fill(row))
      fc.pre(repeated.length > 1)
      const names = [
        'accuracy',
        'precision',
        'recall',
        'f1',
        'rocAuc',
        'averagePrecision',
        'logLoss',
        'brier',
        'matthews',
        'meanSquaredError',
        'rootMeanSquaredError',
        'meanAbsoluteError',
        'medianAbsoluteError',
        'r2',
      ] as const
      const hard = ['accuracy', 'precision', 'recall', 'f1', 'matthews']
      for (const name of names) {
        const of = (given: typeof all, options?: object) =>
          (metrics[name] as (y: number[], p: number[], options?: object) => number)(
            given.map(({ y }) => y),
            given.map(({ score }) => (hard.includes(name) ? Number(score > 0.5) : score)),
            options,
          )
        const weighted = of(all, { sampleWeights: all.map(({ weight }) => weight) })
        const plain = of(repeated)
        if (Number.isNaN(plain)) expect(weighted).toBeNaN()
        else expect(weighted).toBeCloseTo(plain, 10)
      }
    }),
  ))

test('micro averages of classes are the accuracy', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), { minLength: 1 }),
      (pairs) => {
        const [y, p] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)]
        const accuracy = metrics.accuracy(y, p)
        for (const name of ['precision', 'recall', 'f1'] as const) {
          expect(metrics[name](y, p, { average: 'micro' })).toBeCloseTo(accuracy, 12)
        }
        expect(metrics.recall(y, p, { average: 'weighted' })).toBeCloseTo(accuracy, 12)
      },
    ),
  ))
