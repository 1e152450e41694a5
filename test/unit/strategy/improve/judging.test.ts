/*
 * Verdicts on made-up results: what matters, what hurts, and what stands before what.
 */
import { describe, expect, test } from 'vitest'
import type { LeverResult } from '../../../../lib/index.js'
import type { TrialResult } from '../../../../lib/strategy/experiments/trial.js'
import { judgeAll, mayBeDecided } from '../../../../lib/strategy/improve/judging.js'
import { rankingOf } from '../../../../lib/strategy/improve/report.js'

/** Results of five seeds around a value, as even as the baseline's. */
const results = (value: number): TrialResult[] =>
  [-2, -1, 0, 1, 2].map((seed) => {
    const own = value + 0.0002 * seed * (value > 0.8 ? 1 : -1)
    const curves = { trainLoss: [], devLoss: [], devValue: [] }
    return { key: `${seed}`, value: own, groups: [own - 0.001, own + 0.001], seconds: 1, ...curves }
  })
const against = results(0.8)
const judged = (value: number, whenChosen?: number) =>
  judgeAll([{ lever: 'dropout', results: results(value), against, whenChosen }], 0, 0.005).get('dropout')!

describe('a verdict', () => {
  test('wants an interval without 0, and a change that matters', () => {
    expect(judged(0.8052).verdict).toBe('helps')
    const little = judged(0.8048)
    expect(little.interval[0]).toBeGreaterThan(0)
    expect(little.verdict).toBe('tie')
  })

  test('of harm wants the seeds that chose the setting to agree', () => {
    expect(judged(0.78)).toMatchObject({ verdict: 'hurts', settingHurts: false })
    expect(judged(0.78, -0.01)).toMatchObject({ verdict: 'hurts', settingHurts: false })
    const chosenByLuck = judged(0.78, 0.004)
    expect(chosenByLuck).toMatchObject({ verdict: 'tie', settingHurts: true })
    expect(mayBeDecided(chosenByLuck, 0.005)).toBe(false)
    expect(judged(0.81, 0.004)).toMatchObject({ verdict: 'helps', settingHurts: false })
  })
})

describe('the ranking', () => {
  const lever = (name: LeverResult['name'], change: number, atGivenRate?: number): LeverResult => {
    const figures = { value: 0.8, interval: null, perMinute: null, seconds: 1, tries: 1, seeds: 5, changes: [] }
    const at = atGivenRate === undefined ? {} : { changeAtGivenRate: atGivenRate }
    return { name, best: 'x', change, verdict: 'tie', settings: [], ...figures, ...at }
  }

  test('has what alone does more than the best rate before the rate', () => {
    const levers = [lever('learningRate', 0.4), lever('scale', 0.1, 0.08), lever('bigger', 0.2, -0.1)]
    expect(rankingOf(levers)).toEqual(['scale', 'learningRate', 'bigger'])
  })

  test('and never puts it lower for that', () => {
    const levers = [lever('learningRate', 0.003), lever('bigger', 0.24, 0.2), lever('activation', 0.07, -0.1)]
    expect(rankingOf(levers)).toEqual(['bigger', 'activation', 'learningRate'])
  })
})
