import { describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  accuracy,
  cosine,
  Dataset,
  Dense,
  Dropout,
  defineMetric,
  EarlyStopping,
  f1,
  GaussianNoise,
  type Layer,
  l2,
  logLoss,
  type Metric,
  meanSquaredError,
  ReduceOnPlateau,
  Residual,
  r2,
  rocAuc,
  SGD,
} from '../../../../lib/index.js'
import { metric as metricOf } from '../../../../lib/metrics/names.js'
import { Deadline } from '../../../../lib/strategy/experiments/deadline.js'
import { Experiment } from '../../../../lib/strategy/experiments/experiment.js'
import type { Trial, TrialResult } from '../../../../lib/strategy/experiments/trial.js'
import { described, dev, figuresOf, singleFit, small, train, trialOf } from './trials.js'

describe('the bits of single fits', () => {
  const deep = (rate: number, noise: number, strength: number) => [
    new GaussianNoise(noise),
    new Dense(6, { activation: 'relu', regularizer: l2(strength), biasRegularizer: l2(strength / 2) }),
    new Residual([new Dense(6, { activation: 'tanh' }), new Dropout(rate)]),
    new Dropout(rate),
    new Dense(1, { activation: 'sigmoid' }),
  ]
  const [half, third] = [train.take(60), train.take(41)]
  const schedule = new SGD({ learningRate: cosine({ learningRate: 0.2, steps: 20 }), momentum: 0.9 })
  const decayed = new AdamW({ learningRate: 0.01 })
  const plain = new Adam({ learningRate: 0.01 })

  /** Trials, each with the layers and the optimizer of its single fit. */
  const cases: readonly (readonly [Trial, readonly Layer[], Trial['optimizer']])[] = [
    [trialOf({ key: 'plain', optimizer: plain }), small(), plain],
    [trialOf({ key: 'rate', optimizer: plain, rateFactor: 3 }), small(), new Adam({ learningRate: 0.01 * 3 })],
    [trialOf({ key: 'seed', optimizer: plain, seed: 5, train: half }), small(), plain],
    [trialOf({ key: 'rows', optimizer: plain, seed: 5, train: third }), small(), plain],
    [
      trialOf({ key: 'schedule', optimizer: schedule, rateFactor: 0.5 }),
      small(),
      new SGD({ learningRate: cosine({ learningRate: 0.1, steps: 20 }), momentum: 0.9 }),
    ],
    [
      trialOf({ key: 'decay 0.1', optimizer: decayed, weightDecay: 0.1 }),
      small(),
      new AdamW({ learningRate: 0.01, weightDecay: 0.1 }),
    ],
    [
      trialOf({ key: 'decay 0', optimizer: decayed, weightDecay: 0, seed: 4 }),
      small(),
      new AdamW({ learningRate: 0.01, weightDecay: 0 }),
    ],
    ...[0, 0.2, 0.5].map((rate, at) => {
      const layers = () => deep(rate, rate / 2, rate / 10)
      return [
        trialOf({ key: `deep ${rate}`, layers: described(layers()), optimizer: plain, seed: at }),
        layers(),
        plain,
      ] as const
    }),
    [trialOf({ key: 'full', batchSize: 'full', optimizer: plain }), small(), plain],
    [trialOf({ key: 'full half', batchSize: 'full', optimizer: plain, train: half }), small(), plain],
    [trialOf({ key: 'weights', classWeights: [1, 3], optimizer: plain }), small(), plain],
    [trialOf({ key: 'in order', shuffle: false, optimizer: plain }), small(), plain],
    [
      trialOf({
        key: 'plateau',
        epochs: 12,
        rateFactor: 2,
        optimizer: plain,
        callbacks: [new ReduceOnPlateau({ patience: 0, factor: 0.5, threshold: 0.1 })],
      }),
      small(),
      new Adam({ learningRate: 0.02 }),
    ],
    ...[1, 2].map((seed) => {
      const stopping = { monitor: 'validation.loss', patience: 1, minimumDelta: 0.05 }
      const trial = trialOf({
        key: `stopping ${seed}`,
        epochs: 12,
        optimizer: plain,
        seed,
        callbacks: [new EarlyStopping(stopping)],
      })
      return [trial, small(), plain] as const
    }),
  ]

  test.each([1, 3])('of all options, in %d run(s)', async (parts) => {
    const experiment = new Experiment({ dev, metric: accuracy, seed: 1 })
    const results: (TrialResult | undefined)[] = []
    for (let part = 0; part < parts; part++) {
      results.push(...(await experiment.run(cases.map(([trial]) => trial).filter((_, at) => at % parts === part))))
    }
    expect(experiment.over).toBe(false)
    for (const [trial, layers, optimizer] of cases) {
      const result = results.find((one) => one!.key === trial.key)!
      expect(result.failed).toBeUndefined()
      expect(result).toMatchObject(await singleFit(trial, layers, optimizer, dev, accuracy))
      expect(result.groups).toHaveLength(10)
      expect(result.groups.reduce((sum, one) => sum + one, 0) / 10).toBeCloseTo(result.value, 1)
      expect(result.seconds).toBeGreaterThan(0)
    }
  })

  test.each([
    ['logLoss', logLoss, -1],
    ['rocAuc', rocAuc, 1],
  ])('with the metric %s, of which higher is better', async (_, metric, sign) => {
    const trials = [1, 2].map((seed) => trialOf({ key: `seed=${seed}`, seed, optimizer: plain }))
    const results = await new Experiment({ dev, metric, seed: 1 }).run(trials)
    for (const [at, trial] of trials.entries()) {
      expect(results[at]).toMatchObject(await singleFit(trial, small(), plain, dev, metric, sign))
    }
  })

  test('of a regression', async () => {
    const x = Array.from({ length: 80 }, (_, row) => [row / 40 - 1])
    const all = Dataset.from({ x, y: x.map(([one]) => one! ** 2) })
    const [some, rest] = all.split(0.3, { seed: 1 })
    const layers = () => [new Dense(8, { activation: 'tanh' }), new Dense(1)]
    const trials = [1, 2, 3].map((seed) =>
      trialOf({
        key: `seed=${seed}`,
        seed,
        layers: described(layers()),
        inputs: 1,
        loss: 'meanSquaredError',
        train: some,
        optimizer: plain,
      }),
    )
    for (const [metric, sign] of [[r2, 1] as const, [metricOf('metric', meanSquaredError), -1] as const]) {
      const results = await new Experiment({ dev: rest, metric, seed: 1 }).run(trials)
      for (const [at, trial] of trials.entries()) {
        expect(results[at]).toMatchObject(await singleFit(trial, layers(), plain, rest, metric, sign))
      }
    }
  })
})

test('the figures do not depend on what runs beside, in which order and how many', async () => {
  const dropouts = (rate: number) => described([new Dense(8, { activation: 'tanh' }), new Dropout(rate), ...small()])
  const trials = [1, 2, 3, 4, 5, 6, 7].flatMap((seed) => [
    trialOf({ key: `small ${seed}`, seed, rateFactor: seed }),
    trialOf({ key: `dropout ${seed}`, seed, layers: dropouts(seed / 10), train: train.take(60 + seed) }),
  ])
  const run = async (some: readonly Trial[], tries?: number) => {
    const options = { dev, metric: accuracy, seed: 3, ...(tries !== undefined && { tries }) }
    return figuresOf(await new Experiment(options).run(some))
  }
  const together = await run(trials)
  expect((await run([...trials].reverse())).reverse()).toEqual(together)
  const alone: unknown[] = []
  for (const trial of trials) alone.push(...(await run([trial])))
  expect(alone).toEqual(together)
  expect(await run(trials, 5)).toEqual(together.map((one, at) => (at < 5 ? one : undefined)))
})

test('tries count trials, over several runs', async () => {
  const trials = [1, 2, 3, 4].map((seed) => trialOf({ key: `seed=${seed}`, seed }))
  const seen: string[] = []
  const onTrial = ({ key }: { key: string }, trial: Trial) => {
    expect(trial.key).toBe(key)
    seen.push(key)
  }
  const experiment = new Experiment({ dev, metric: accuracy, seed: 1, tries: 3, onTrial })
  const first = await experiment.run(trials.slice(0, 2))
  expect([experiment.tried, experiment.over]).toEqual([2, false])
  const all = await experiment.run(trials)
  expect([experiment.tried, experiment.over]).toEqual([3, true])
  expect(all.slice(0, 2)).toEqual(first)
  expect(all.map((result) => result?.key)).toEqual(['seed=1', 'seed=2', 'seed=3', undefined])
  expect(seen).toEqual(['seed=1', 'seed=2', 'seed=3'])
})

test('tries that are kept back are there later', async () => {
  const trials = [1, 2, 3, 4].map((seed) => trialOf({ key: `seed=${seed}`, seed }))
  const experiment = new Experiment({ dev, metric: accuracy, seed: 1, tries: 3 })
  experiment.triesKeptBack = 2
  await experiment.run(trials.slice(0, 1))
  expect([experiment.tried, experiment.outOfTries]).toEqual([1, false])
  await experiment.run(trials)
  expect([experiment.tried, experiment.outOfTries]).toEqual([1, true])
  experiment.triesKeptBack = 0
  await experiment.run(trials)
  expect(experiment.tried).toBe(3)
})

describe('a metric of all scores', () => {
  const shareRight = defineMetric({
    name: 'shareRight',
    higherIsBetter: true,
    fromScores: ({ rows, scores, targets }) =>
      scores.reduce((sum, score, row) => sum + (score > 0.5 === (targets[row] === 1) ? 1 : 0), 0) / rows,
  })
  const even = dev.take(Math.floor(dev.rows / 10) * 10)
  const run = async (metric: Metric) =>
    (await new Experiment({ dev: even, metric, seed: 1 }).run([trialOf({ key: 'a' })]))[0]!

  test('has groups by leaving them out: those of a mean over rows where it is one', async () => {
    const [own, mean] = [await run(shareRight), await run(accuracy)]
    expect(own.value).toBeCloseTo(mean.value, 12)
    for (const [group, value] of own.groups.entries()) expect(value).toBeCloseTo(mean.groups[group]!, 10)
  })

  test('such as the area under the curve: as many groups, whose mean is near the figure of all rows', async () => {
    const { value, groups } = await run(rocAuc)
    expect(groups).toHaveLength(10)
    expect(groups.reduce((sum, one) => sum + one, 0) / 10).toBeCloseTo(value, 1)
  })
})

test.each([
  ['rocAuc', rocAuc],
  ['accuracy', accuracy],
  ['f1', f1],
])('a class with fewer rows than groups, and one class alone, with %s', async (_, metric) => {
  const positive = (row: number) => dev.target(row)[0] === 1
  const rows = Array.from({ length: dev.rows }, (_, row) => row)
  const rare = dev.subset([...rows.filter((row) => !positive(row)), ...rows.filter(positive).slice(0, 2)])
  const run = async (some: Dataset) =>
    (await new Experiment({ dev: some, metric, seed: 1 }).run([trialOf({ key: 'a' })]))[0]!
  const { value, groups } = await run(rare)
  expect(value).toBeGreaterThan(0)
  expect(groups).toHaveLength(10)
  const single = await run(dev.subset(rows.filter(positive)))
  if (metric === rocAuc) expect(single.failed).toBe('Its rocAuc on the dev rows is not a finite number.')
  else expect(single.value).toBeGreaterThan(0)
})

describe('trials that fail', () => {
  const failing = (seed: number) => trialOf({ key: `fails ${seed}`, seed, rateFactor: 1e42 })
  const fine = (seed: number) => trialOf({ key: `fine ${seed}`, seed })

  test.each([
    ['accuracy', accuracy],
    ['rocAuc', rocAuc],
    ['logLoss', logLoss],
  ])('are told and disturb no other, with %s', async (_, metric) => {
    const run = async (trials: readonly Trial[]) =>
      figuresOf(await new Experiment({ dev, metric: metric as Metric, seed: 1 }).run(trials))
    const mixed = await run([fine(1), failing(1), fine(2), failing(2)])
    expect(mixed[1]).toMatchObject({
      key: 'fails 1',
      value: Number.NaN,
      groups: [],
      failed: expect.stringMatching(/not finite|NaN or infinite/),
    })
    expect([...(await run([fine(1)])), ...(await run([fine(2)]))]).toEqual([mixed[0], mixed[2]])
    expect([...(await run([failing(1)])), ...(await run([failing(2)]))]).toEqual([mixed[1], mixed[3]])
  })

  test('also where the metric alone is no number', async () => {
    const nothing = defineMetric({ name: 'nothing', fromScores: () => Number.NaN, higherIsBetter: true })
    const [result] = await new Experiment({ dev, metric: nothing, seed: 1 }).run([fine(1)])
    expect(result).toMatchObject({ value: Number.NaN, failed: 'Its nothing on the dev rows is not a finite number.' })
  })
})

describe('what ends an experiment', () => {
  const trials = [1, 2, 3, 4, 5, 6].map((epochs) => trialOf({ key: `epochs=${epochs}`, epochs }))

  test('a deadline that has passed: nothing runs', async () => {
    let now = 0
    const deadline = new Deadline(10, () => now)
    now = 11
    const experiment = new Experiment({ dev, metric: accuracy, seed: 1, deadline })
    expect(await experiment.run(trials)).toEqual(trials.map(() => undefined))
    expect([experiment.tried, experiment.over]).toEqual([0, true])
  })

  test('a deadline that passes between two populations: what ran stays', async () => {
    let now = 0
    const all = figuresOf(await new Experiment({ dev, metric: accuracy, seed: 1 }).run(trials))
    const experiment = new Experiment({
      dev,
      metric: accuracy,
      seed: 1,
      deadline: new Deadline(1e9, () => now),
      onTrial: ({ key }) => {
        if (key === 'epochs=3') now = 1e9
      },
    })
    expect(figuresOf(await experiment.run(trials))).toEqual(all.map((one, at) => (at < 3 ? one : undefined)))
    expect(experiment.over).toBe(true)
  })

  test('a deadline that passes while a population runs: its trials are not tried', async () => {
    let now = 0
    const experiment = new Experiment({
      dev,
      metric: accuracy,
      seed: 1,
      deadline: new Deadline(1e9, () => now),
      onProgress: ([trial]) => {
        if (trial!.key === 'epochs=2') now = 1e9
      },
    })
    // The second trial is long enough to be told of.
    const long = trials.map((trial) => (trial.key === 'epochs=2' ? { ...trial, epochs: 100_000 } : trial))
    expect((await experiment.run(long)).map((result) => result?.key)).toEqual(['epochs=1', ...Array(5).fill(undefined)])
    expect(experiment.over).toBe(true)
  })

  test('a kind whose estimate does not fit is not begun', async () => {
    const now = 0
    const experiment = new Experiment({ dev, metric: accuracy, seed: 1, deadline: new Deadline(1e9, () => now) })
    await experiment.run([trialOf({ key: 'first' })])
    const many = Array.from({ length: 20 }, (_, seed) => trialOf({ key: `seed=${seed}`, seed }))
    const each = experiment.estimate([many[0]!])
    expect(each).toBeGreaterThan(0)
    expect(experiment.estimate(many)).toBeCloseTo(20 * each, 10)

    let late = 0
    const budget = 1e9
    const other = new Experiment({ dev, metric: accuracy, seed: 1, deadline: new Deadline(budget, () => late) })
    await other.run([trialOf({ key: 'first' })])
    late = budget - (1000 * other.estimate([many[0]!])) / 2
    expect(await other.run(many)).toEqual(many.map(() => undefined))
    expect([other.tried, other.over]).toEqual([1, true])
  })

  test('a signal', async () => {
    const abort = new AbortController()
    const experiment = new Experiment({
      dev,
      metric: accuracy,
      seed: 1,
      signal: abort.signal,
      onTrial: ({ key }) => {
        if (key === 'epochs=2') abort.abort()
      },
    })
    expect((await experiment.run(trials)).map((result) => result?.key)).toEqual([
      'epochs=1',
      'epochs=2',
      ...Array(4).fill(undefined),
    ])
    expect(experiment.over).toBe(true)
  })

  test('a signal while a population runs', async () => {
    const abort = new AbortController()
    const experiment = new Experiment({
      dev,
      metric: accuracy,
      seed: 1,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    expect(await experiment.run([trialOf({ key: 'long', epochs: 1_000_000 })])).toEqual([undefined])
    expect(experiment.over).toBe(true)
  })
})

describe('errors', () => {
  const run = (trials: readonly Trial[]) => new Experiment({ dev, metric: accuracy, seed: 1 }).run(trials)

  test('name the key of the trial', async () => {
    const wide = [{ type: 'Dense', options: { units: 3, inputs: 5 } }, ...described(small())]
    await expect(run([trialOf({ key: 'wide', layers: wide })])).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_SHAPE',
      message: expect.stringMatching(/^Trial 'wide': .*needs 5 inputs/),
    })
    const unknown = [{ type: 'Wave', options: {} }]
    await expect(run([trialOf({ key: 'wave', layers: unknown })])).rejects.toThrow(
      "Trial 'wave': Expected a known layer",
    )
    const loss = 'crossEntropies' as never
    await expect(run([trialOf({ key: 'a', loss }), trialOf({ key: 'b', loss })])).rejects.toThrow(
      "Trial 'a', or one of the 1 beside it: ",
    )
  })

  test('an optimizer of the user’s own has no other weight decay', async () => {
    class Own extends SGD {}
    const optimizer = new Own()
    await expect(run([trialOf({ key: 'own', optimizer, weightDecay: 0.1 })])).rejects.toThrow(
      "Trial 'own': Expected one of deepblas's optimizers beside a weightDecay for optimizer",
    )
  })

  test('two trials of one key, and trials that are none', async () => {
    await expect(run([trialOf({ key: 'a' }), trialOf({ key: 'a', seed: 2 })])).rejects.toThrow(
      "Expected key that no other trial has for trials[1].key but received 'a'",
    )
    await expect(run(3 as never)).rejects.toThrow('Expected array of trials for trials but received 3')
    await expect(run([trialOf({ key: 'a', rateFactor: -1 })])).rejects.toThrow(
      'for trials[0].rateFactor but received -1',
    )
    await expect(run([trialOf({ key: 'a', seed: 0.5 })])).rejects.toThrow('for trials[0].seed but received 0.5')
  })

  test.each([
    [{ dev: [] }, 'Expected Dataset for dev'],
    [{ metric: 'acuracy' }, "Did you mean 'accuracy'?"],
    [{ metric: metricOf('metric', 'confusion') }, 'Expected metric that says by higherIsBetter which way is better'],
    [{ seed: -1 }, 'for seed but received -1'],
    [{ groups: 0 }, 'for groups but received 0'],
    [{ tries: 0.5 }, 'for tries but received 0.5'],
    [{ signal: 3 }, 'Expected AbortSignal for signal'],
    [{ deadline: 1000 }, 'Write new Deadline(60_000) for a minute.'],
    [{ onTrial: 3 }, 'Expected function for onTrial'],
    [{ journals: 'a' }, "received the option 'journals'. Did you mean 'journal'?"],
  ])('options %o', (given, message) => {
    expect(() => new Experiment({ dev, metric: accuracy, seed: 1, ...given } as never)).toThrow(message)
  })
})
