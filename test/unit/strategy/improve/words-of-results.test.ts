/*
 * What an improvement says of its results: made-up ones, so that the sentences follow from what is known.
 */
import { describe, expect, test } from 'vitest'
import {
  Adam,
  Dataset,
  Dense,
  type ImproveProgress,
  improve,
  type LeverResult,
  Sequential,
} from '../../../../lib/index.js'
import { recommendationOf } from '../../../../lib/strategy/improve/report.js'
import { improveText } from '../../../../lib/strategy/improve/text.js'
import { figure, interval, signed } from '../../../../lib/strategy/improve/words.js'
import { onStandingClock } from '../../../helpers/clock.js'
import { improveResult } from '../../../helpers/improve-result.js'

const lever = (own: Partial<LeverResult> & Pick<LeverResult, 'name'>): LeverResult => ({
  best: 'x',
  value: 0.8,
  change: 0.001,
  interval: [-0.01, 0.012],
  verdict: 'tie',
  seconds: 1,
  perMinute: 0.06,
  tries: 4,
  seeds: 5,
  changes: [],
  settings: [],
  ...own,
})
const unjudged = {
  seeds: 0,
  interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  missingSeconds: 9,
} as const
const needs = 'To judge all levers takes about 100 trainings.'

describe('the confirmation', () => {
  const result = improveResult()
  const verdictOf = (verdict: LeverResult['verdict']) => ({
    ...result,
    levers: result.levers.map((one) => (one.name === result.confirmed!.levers[0] ? { ...one, verdict } : one)),
  })

  test('of a lever that the dev rows do not tell from chance says so', () => {
    expect(improveText(verdictOf('tie'))).toContain(
      'do not tell scale, the likeliest lever, from chance. On the test rows',
    )
    expect(improveText(verdictOf('helps'))).not.toContain('the likeliest lever')
  })
})

describe('the recommendation', () => {
  test('of levers that nothing has judged says so, and what a judgement needs', () => {
    const levers = [lever({ name: 'bigger', ...unjudged }), lever({ name: 'l2', ...unjudged })]
    const told = recommendationOf(levers, ['bigger', 'l2'], 'accuracy', needs)
    expect(told).toContain('Nothing was judged')
    expect(told).toContain(needs)
    expect(told).not.toContain('leave the training as it is')
  })

  test('of some that were judged names the others', () => {
    const levers = [lever({ name: 'bigger' }), lever({ name: 'l2', ...unjudged })]
    const told = recommendationOf(levers, ['bigger', 'l2'], 'accuracy', needs)
    expect(told).toMatch(/levers that were judged \(bigger\), none .* Not judged: l2\./)
    expect(told).toContain(needs)
  })

  test('of judged ties is to leave the training as it is', () => {
    const told = recommendationOf([lever({ name: 'bigger' })], ['bigger'], 'accuracy', undefined)
    expect(told).toContain('leave the training as it is')
  })
})

describe('the text', () => {
  test('tells of as many seeds and levers as were judged', () => {
    const { text: _, combined: __, ...result } = improveResult()
    const levers = [
      lever({ name: 'bigger', seeds: 2 }),
      lever({ name: 'l2', seeds: 7 }),
      lever({ name: 'scale', ...unjudged }),
    ]
    const told = improveText({ ...result, levers, ranking: ['bigger', 'l2', 'scale'] })
    expect(told).toContain('on 2 to 7 other seeds')
    expect(told).toContain('2 levers were compared')
    const none = improveText({ ...result, levers: [lever({ name: 'scale', ...unjudged })], ranking: ['scale'] })
    expect(none).not.toContain('were compared')
    expect(none).not.toContain('Holm')
  })

  test('a combination that does less than its best lever alone is told so', () => {
    const { text: _, ...result } = improveResult()
    const levers = [lever({ name: 'bigger', change: 0.05 }), lever({ name: 'dropout', change: 0.01 })]
    const combined = { ...result.combined!, levers: ['bigger', 'dropout'] as const, change: 0.04 }
    const ranking = ['bigger', 'dropout'] as const
    expect(improveText({ ...result, levers, ranking, combined })).toContain('no more than bigger alone (+0.0500)')
    const better = improveText({ ...result, levers, ranking, combined: { ...combined, change: 0.06 } })
    expect(better).not.toContain('no more than')
  })

  test('figures without a sign of nothing, intervals where there are some', () => {
    expect(figure(-1.1e-16)).toBe('0.0000')
    expect(signed(-1.1e-16)).toBe('+0.0000')
    expect(signed(-0.25)).toBe('-0.2500')
    expect(interval([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe('-')
    const { text: _, ...result } = improveResult()
    const baseline = { ...result.baseline, interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const }
    expect(improveText({ ...result, baseline })).not.toContain('-inf')
  })
})

describe('an improvement', () => {
  const x = Array.from({ length: 120 }, (_, row) => [Math.sin(12.9898 * row), Math.cos(78.233 * row)])
  const data = Dataset.from({ x, y: x.map(([a, b]) => Number(a! * b! > 0)) })
  const model = () =>
    new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], { inputs: 2 })
  const fit = { loss: 'binaryCrossEntropy', epochs: 8, batchSize: 20 } as const

  test('whose first training does not fit in the budget compares nothing, and says how long one takes', async () => {
    const long = { ...fit, epochs: 2_000_000 }
    const result = await onStandingClock((pass) =>
      improve(model(), { train: data, dev: data }, { fit: long, budget: 400, onProgress: () => pass(100) }),
    )
    expect(result).toMatchObject({ tries: 0, ranking: [], stopped: 'budget' })
    expect(result.levers.every(({ verdict }) => verdict === 'notTried')).toBe(true)
    expect(result.recommendation).toMatch(
      /A training takes about .* (s|min); to judge all levers takes about \d+ of them/,
    )
  })

  test('of a budget for one training has the training as given', async () => {
    // An epoch takes a millisecond: a quarter of the budget, which the rates of the baseline have, holds no training.
    const some = { ...fit, epochs: 2000 }
    const result = await onStandingClock((pass) => {
      let before = 0
      const onProgress = ({ epoch = 0 }: ImproveProgress) => {
        pass(Math.max(0, epoch - before))
        before = epoch
      }
      return improve(model(), { train: data, dev: data }, { fit: some, budget: 6000, onProgress })
    })
    expect(result.stopped).toBe('budget')
    expect(result.baseline.value).not.toBeNull()
  })

  test('that keeps the rate as given tells one figure of it', async () => {
    const { baseline, tuned } = await improve(
      model(),
      { train: data, dev: data },
      {
        fit: { ...fit, epochs: 60, optimizer: new Adam({ learningRate: 0.081 }) },
        seeds: 2,
        levers: ['bigger', 'smaller', 'dropout', 'l2'],
      },
    )
    expect(tuned.rateFactor).toBe(1)
    expect(tuned.values.length).toBeGreaterThan(2)
    expect(baseline.values).toEqual(tuned.values)
  })
})
