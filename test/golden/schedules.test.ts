import { expect, test } from 'vitest'
import { cosine, exponentialDecay, oneCycle, polynomial, type Schedule, stepDecay, warmUp } from '../../lib/index.js'
import { golden, worstError } from '../helpers/golden.js'

const file = golden<{ initial_lr: number; lr_at_step: Record<string, number[]> }>('schedules')

// Rates are float64 on both sides.
const BOUND = 1e-9
const learningRate = file.initial_lr
const schedules: Record<string, Schedule> = {
  'step(every=5, factor=0.5)': stepDecay({ learningRate, every: 5, factor: 0.5 }),
  'exponential(factor=0.9)': exponentialDecay({ learningRate, factor: 0.9 }),
  'cosine(steps=24, minimum=0.001)': cosine({ learningRate, steps: 24, minimum: 0.001 }),
  'linear warm-up from 0.1x over 6': warmUp(learningRate, { steps: 6, from: 0.1 }),
  'oneCycle(max=0.5, steps=24, cosine, pct_start=0.3, div=25, final_div=1e4)': oneCycle({
    learningRate: 0.5,
    steps: 24,
    rise: 0.3,
    startDivisor: 25,
    endDivisor: 1e4,
  }),
  'polynomial(steps=24, power=2)': polynomial({ learningRate, steps: 24, power: 2 }),
}

test('every schedule of the file is compared', () => {
  expect(Object.keys(file.lr_at_step).sort()).toEqual(Object.keys(schedules).sort())
})

test.each(Object.entries(schedules))('schedule: %s', (name, schedule) => {
  const expected = file.lr_at_step[name]!
  const actual = expected.map((_, step) => schedule.rate(step))
  expect(worstError(actual, expected)).toBeLessThanOrEqual(BOUND)
  for (const [step, rate] of actual.entries()) {
    expect(Math.abs(rate - expected[step]!)).toBeLessThanOrEqual(1e-7 * expected[step]!)
  }
})
