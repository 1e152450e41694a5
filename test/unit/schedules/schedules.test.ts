import { expect, test } from 'vitest'
import {
  constantRate,
  cosine,
  coslog,
  exponentialDecay,
  flatCosine,
  oneCycle,
  polynomial,
  type Schedule,
  type ScheduleUnit,
  stepDecay,
  warmUp,
} from '../../../lib/index.js'
import { countsEpochs } from '../../../lib/schedules/schedule.js'

const learningRate = 0.1
const ratesOf = (schedule: Schedule, steps: number, stepsPerEpoch = 1) =>
  Array.from({ length: steps }, (_, step) => schedule.rate(step, { stepsPerEpoch }))
const near = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length)
  for (const [i, rate] of actual.entries()) expect(rate).toBeCloseTo(expected[i]!, 12)
}

const schedules: [
  name: string,
  make: (length: number, more: { unit?: ScheduleUnit; learningRate?: number | readonly number[] }) => Schedule,
][] = [
  ['stepDecay', (length, more) => stepDecay({ learningRate, every: length / 3, factor: 0.5, ...more })],
  ['cosine', (length, more) => cosine({ learningRate, steps: length, minimum: 0.01, ...more })],
  ['cosine with restarts', (length, more) => cosine({ learningRate, steps: length / 3, restarts: true, ...more })],
  ['coslog', (length, more) => coslog({ learningRate, steps: length, cycles: 3, ...more })],
  ['flatCosine', (length, more) => flatCosine({ learningRate, steps: length, flat: 0.4, minimum: 0.01, ...more })],
  ['oneCycle', (length, more) => oneCycle({ learningRate, steps: length, ...more })],
  ['polynomial', (length, more) => polynomial({ learningRate, steps: length, power: 2, minimum: 0.01, ...more })],
  [
    'warmUp before cosine',
    (length, more) =>
      warmUp(cosine({ learningRate, steps: length, ...more }), {
        steps: length / 3,
        ...(more.unit && { unit: more.unit }),
      }),
  ],
]

test.each(schedules)('%s: epochs are as many updates as they have', (_name, make) => {
  const stepsPerEpoch = 7
  const byEpoch = make(6, { unit: 'epoch' })
  near(ratesOf(byEpoch, 60, stepsPerEpoch), ratesOf(make(42, { unit: 'step' }), 60))
  near(ratesOf(make(42, {}), 60), ratesOf(make(42, { unit: 'step' }), 60))
})

test.each(schedules)('%s: every member has its own rates, and all are JSON', (_name, make) => {
  const many = make(12, { learningRate: [0.1, 0.2] })
  for (const [member, rate] of [0.1, 0.2].entries()) {
    const alone = make(12, { learningRate: rate })
    for (let step = 0; step < 20; step++) expect(many.rate(step, { member })).toBe(alone.rate(step))
  }
  expect(JSON.parse(JSON.stringify(many))).toMatchObject({ learningRate: [0.1, 0.2], name: many.name })
})

test('exponentialDecay by epochs falls by the factor in one', () => {
  const schedule = exponentialDecay({ learningRate, factor: 0.5, unit: 'epoch' })
  near(
    [0, 4, 8].map((step) => schedule.rate(step, { stepsPerEpoch: 4 })),
    [0.1, 0.05, 0.025],
  )
  near(ratesOf(constantRate({ learningRate }), 3), [0.1, 0.1, 0.1])
})

test('cosine with restarts: from the top again, each fall longer', () => {
  const half = (part: number) => 0.05 * (1 + Math.cos(Math.PI * part))
  near(ratesOf(cosine({ learningRate, steps: 2, restarts: true }), 5), [0.1, half(1 / 2), 0.1, half(1 / 2), 0.1])
  const longer = cosine({ learningRate, steps: 2, restarts: true, lengthen: 2 })
  near(ratesOf(longer, 15), [
    ...[0, 1 / 2].map(half),
    ...[0, 1 / 4, 2 / 4, 3 / 4].map(half),
    ...Array.from({ length: 8 }, (_, i) => half(i / 8)),
    0.1,
  ])
})

test('when the time is over the last rate stays', () => {
  near(ratesOf(cosine({ learningRate, steps: 4, minimum: 0.02 }), 8).slice(4), [0.02, 0.02, 0.02, 0.02])
  near(ratesOf(polynomial({ learningRate, steps: 4 }), 6).slice(3), [0.025, 0, 0])
  near(ratesOf(flatCosine({ learningRate, steps: 4, minimum: 0.02 }), 6), [0.1, 0.1, 0.1, 0.06, 0.02, 0.02])
  near(ratesOf(coslog({ learningRate, steps: 3, cycles: 1 }), 5).slice(3), [0, 0])
  near(
    ratesOf(oneCycle({ learningRate, steps: 4, startDivisor: 10, endDivisor: 10 }), 7).slice(4),
    [0.001, 0.001, 0.001],
  )
})

test('coslog rises from 0 and falls to 0 so often as it has cycles, each twice as long as the one before', () => {
  const rates = ratesOf(coslog({ learningRate, steps: 15 * 64 }), 15 * 64 + 1)
  near(
    [0, 1, 3, 7, 15].map((at) => rates[at * 64]!),
    [0, 0, 0, 0, 0],
  )
  const tops = rates.flatMap((rate, i) =>
    i > 0 && rate >= rates[i - 1]! && rate > (rates[i + 1] ?? 0) ? [i / 64] : [],
  )
  expect(tops).toHaveLength(4)
  for (const [i, top] of tops.entries()) expect(Math.abs(top - (2 ** i * Math.SQRT2 - 1))).toBeLessThan(1 / 32)
})

test('warmUp begins at its share, and what follows begins when it ends', () => {
  const schedule = warmUp(stepDecay({ learningRate, every: 2, factor: 0.5 }), { steps: 2, from: 0 })
  near(ratesOf(schedule, 7), [0, 0.05, 0.1, 0.1, 0.05, 0.05, 0.025])
  near(ratesOf(warmUp(learningRate, { steps: 2, from: 0.5 }), 4), [0.05, 0.075, 0.1, 0.1])
})

test.each([
  [() => stepDecay({ learningRate, every: 0 }), /greater than 0 for every but received 0/],
  [() => stepDecay({ learningRate, evry: 1 } as never), /Did you mean 'every'\?/],
  [() => cosine({ learningRate } as never), /for steps but received undefined/],
  [() => cosine({ learningRate, steps: 3, unit: 'epochs' as never }), /Did you mean 'epoch'\?/],
  [() => exponentialDecay({ learningRate: -1 }), /at least 0 for learningRate/],
  [() => oneCycle({ learningRate, steps: 3, rise: 1 }), /less than 1 for rise/],
  [() => coslog({ learningRate, steps: 3, cycles: 1.5 }), /positive integer for cycles but received 1.5/],
  [() => coslog({ learningRate } as never), /for steps but received undefined/],
  [() => flatCosine({ learningRate, steps: 3, flat: 1 }), /less than 1\) for flat but received 1/],
  [() => flatCosine({ learningRate, steps: 3, flt: 0.5 } as never), /Did you mean 'flat'\?/],
  [() => polynomial({ learningRate, steps: 3, power: 0 }), /greater than 0 for power/],
  [() => warmUp('slow' as never, { steps: 3 }), /for then but received 'slow'/],
  [() => constantRate({} as never), /for learningRate but received undefined/],
])('a message names argument and value: %#', (make, message) => {
  expect(make).toThrow(message)
})

test('a schedule by epochs is known as one, however long it stays the same', () => {
  for (const steps of [10, 101, 1000, 1e5]) {
    for (const unit of ['epoch', 'step'] as const) {
      const all = [
        stepDecay({ learningRate, every: steps, unit }),
        flatCosine({ learningRate, steps, unit }),
        warmUp(learningRate, { steps, unit }),
      ]
      for (const schedule of all)
        expect([schedule.name, countsEpochs(schedule)]).toEqual([schedule.name, unit === 'epoch'])
    }
  }
})
