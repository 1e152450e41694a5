/*
 * A result of `improve` as it could be, made up: what a page shows of it is known beforehand.
 */
import { type ImproveResult, type LeverName, type LeverResult, leverNames } from '../../lib/strategy/improve/result.js'
import { seeded } from './command-line.js'

/** What each lever does, on average; the rest is not tried. */
const effects: Partial<Record<LeverName, number>> = {
  learningRate: 0.021,
  moreData: 0.012,
  longer: 0.001,
  scale: 0.034,
  bigger: 0.004,
  smaller: -0.019,
  deeper: -0.002,
  hiddenUnits: 0.003,
  dropout: 0.009,
  l2: 0.0065,
  activation: -0.031,
  optimizer: 0.0005,
}

/** A result of 13 levers with `seeds` judging seeds: some help, some hurt, most are ties, one was not tried. */
export function improveResult(seeds = 8): ImproveResult {
  const random = seeded(7)
  const noise = () => 0.008 * (random() + random() - 1)
  const values = Array.from({ length: seeds }, () => 0.86 + noise())
  const levers = leverNames.map((name) => lever(name, seeds, noise))
  const ranking = levers
    .filter(({ change }) => change !== null)
    .sort((one, other) => other.change! - one.change!)
    .map(({ name }) => name)
  const epochs = Array.from({ length: 60 }, (_, epoch) => epoch + 1)
  return {
    metric: 'accuracy',
    higherIsBetter: true,
    baseline: {
      value: mean(values),
      interval: [0.853, 0.867],
      values,
      curves: {
        trainLoss: epochs.map((epoch) => 0.11 + 0.55 * epoch ** -0.8),
        devLoss: epochs.map((epoch) => 0.31 + 0.4 * epoch ** -0.9 + 0.0012 * epoch),
        devValue: epochs.map((epoch) => 0.87 - 0.3 * epoch ** -0.9),
      },
    },
    tuned: {
      rateFactor: 3,
      value: mean(values) + 0.021,
      interval: [0.875, 0.887],
      values: [...values.slice(1).map((value) => value + 0.021 + noise()), null],
      settings: [0.3, 1, 3, 10].map((rateFactor) => setting('as given', rateFactor, random)),
    },
    levers,
    ranking,
    recommendation:
      'Scale the inputs: accuracy rises by 3.4 points (2.6 to 4.2). Dropout 0.2 and more data help as well.',
    combined: {
      levers: ['scale', 'dropout'],
      best: 'scaled inputs, dropout 0.2, learning rate × 3',
      value: 0.921,
      change: 0.04,
      interval: [0.032, 0.048],
      seeds,
      tries: 2 * seeds,
      seconds: 14.2,
    },
    confirmed: {
      levers: ['scale', 'dropout'],
      best: 'scaled inputs, dropout 0.2, learning rate × 3',
      value: 0.917,
      baseline: 0.879,
      given: 0.868,
      change: 0.038,
      changeFromGiven: 0.049,
      interval: null,
      intervalFromGiven: null,
      seeds: 1,
    },
    tries: 412,
    devRows: 600,
    seeds,
    stopped: 'budget',
    seconds: 118.4,
    text: 'lever     change\nscale     +3.4 points\n',
  }
}

function lever(name: LeverName, seeds: number, noise: () => number): LeverResult {
  const effect = effects[name]
  const none = { name, best: null, value: null, change: null, interval: null, seconds: 0, perMinute: null, tries: 0 }
  if (effect === undefined) {
    const reason = 'The rows are no pictures.'
    return { ...none, verdict: 'notTried', reason, missingSeconds: 41, seeds: 0, changes: [], settings: [] }
  }
  const changes = Array.from({ length: seeds }, () => effect + noise())
  const change = mean(changes)
  const half = 0.0062
  const random = seeded(name.length)
  return {
    name,
    best: `${name} 0.2, learning rate × 3`,
    value: 0.881 + change,
    change,
    interval:
      name === 'optimizer' ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] : [change - half, change + half],
    verdict: change > half ? 'helps' : change < -half ? 'hurts' : 'tie',
    seconds: 9.3,
    perMinute: change / (9.3 / 60),
    tries: 3 * seeds,
    seeds,
    changes,
    settings: [0.1, 0.2, 0.5].map((value) => setting(`${name} ${value}`, 3, random)),
    ...(name === 'moreData' && { curve: rowsCurve(noise) }),
    ...(name === 'longer' && { curve: epochsCurve(noise) }),
  }
}

function rowsCurve(noise: () => number): NonNullable<LeverResult['curve']> {
  const points = [250, 500, 1000, 2000, 4000].map((at) => point(at, 0.9 - 2.4 * at ** -0.5, noise))
  return { over: 'rows', points, ahead: { at: 8000, value: 0.878, band: [0.868, 0.888] } }
}

function epochsCurve(noise: () => number): NonNullable<LeverResult['curve']> {
  const points = [10, 20, 30, 40, 50, 60].map((at) => point(at, 0.87 - 0.3 * at ** -0.9, noise))
  return { over: 'epochs', points, ahead: { at: 120, value: 0.868, band: [0.861, 0.876] } }
}

function point(at: number, value: number, noise: () => number) {
  return { at, value, values: [value + noise(), value, value + noise()] }
}

function setting(name: string, rateFactor: number, random: () => number) {
  return { setting: name, rateFactor, values: [0.86 + 0.02 * random(), 0.86 + 0.02 * random(), null] }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
