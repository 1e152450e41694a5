/*
 * What the base class owns: decay, clipping, accumulation, averages, schedules.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  BatchNorm,
  Checkpoint,
  cosine,
  Dataset,
  Dense,
  EarlyStopping,
  type Element,
  maxNorm,
  type NamedWeights,
  Optimizer,
  Population,
  ReduceOnPlateau,
  RMSProp,
  Sequential,
  SGD,
  stepDecay,
} from '../../../lib/index.js'
import { waves } from '../../helpers/reference-network.js'

const x = waves(48, 4)
const data = Dataset.from({ x, y: x.map(([a, b]) => [a! * b!, a! - b!]) })
const modelOf = (seed = 2) => new Sequential([new Dense(6, { activation: 'tanh' }), new Dense(2)], { inputs: 4, seed })
const plain = { loss: 'meanSquaredError', batchSize: 8, shuffle: false } as const
const flat = (weights: readonly NamedWeights[]) => weights.flatMap(({ data: values }) => [...values])

async function trained(optimizer: Optimizer, epochs = 1, batchSize: number | 'full' = 8): Promise<number[]> {
  const model = modelOf()
  await model.fit(data, { ...plain, optimizer, epochs, batchSize })
  return flat(model.getWeights())
}

/** Largest difference, as a share of the largest value. */
function difference(a: readonly number[], b: readonly number[]): number {
  const largest = Math.max(...b.map(Math.abs))
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / largest
}

const start = flat(modelOf().getWeights())
const gradientOf = async () => flat(await modelOf().gradients(data, { loss: 'meanSquaredError' }))
const norm = (values: readonly number[]) => Math.hypot(...values)

describe('one step over all rows', () => {
  const step = async (optimizer: Optimizer) =>
    (await trained(optimizer, 1, 'full')).map((value, i) => start[i]! - value)

  test('clipNorm: the whole gradient, its layers together, no longer than that', async () => {
    const gradient = await gradientOf()
    for (const share of [0.3, 0.9]) {
      const limit = share * norm(gradient)
      const moved = await step(new SGD({ learningRate: 1, clipNorm: limit }))
      expect(norm(moved) / limit).toBeCloseTo(1, 4)
      expect(
        difference(
          moved,
          gradient.map((value) => value * share),
        ),
      ).toBeLessThan(1e-5)
    }
    expect(difference(await step(new SGD({ learningRate: 1, clipNorm: 2 * norm(gradient) })), gradient)).toBeLessThan(
      1e-5,
    )
  })

  test('clipValue, behind clipNorm where there are both', async () => {
    const gradient = await gradientOf()
    const limit = Math.max(...gradient.map(Math.abs)) / 3
    const clipped = gradient.map((value) => Math.max(-limit, Math.min(limit, value)))
    expect(difference(await step(new SGD({ learningRate: 1, clipValue: limit })), clipped)).toBeLessThan(1e-5)
    const both = gradient.map((value) => Math.max(-limit / 4, Math.min(limit / 4, value / 2)))
    const optimizer = new SGD({ learningRate: 1, clipNorm: norm(gradient) / 2, clipValue: limit / 4 })
    expect(difference(await step(optimizer), both)).toBeLessThan(1e-5)
  })

  test('weight decay: coupled goes into the gradient behind clipping, decoupled shrinks', async () => {
    const gradient = await gradientOf()
    const half = norm(gradient) / 2
    const coupled = gradient.map((value, i) => 0.1 * (value / 2 + 0.3 * start[i]!))
    const optimizer = new SGD({ learningRate: 0.1, weightDecay: 0.3, clipNorm: half })
    expect(difference(await step(optimizer), coupled)).toBeLessThan(1e-5)
    const decoupled = gradient.map((value, i) => 0.1 * value + 0.1 * 0.3 * start[i]!)
    for (const momentum of [0, 0.9]) {
      const shrinking = new SGD({ learningRate: 0.1, weightDecay: 0.3, decoupled: true, momentum })
      expect(difference(await step(shrinking), decoupled)).toBeLessThan(1e-5)
    }
    // AdamW is Adam with the option.
    expect(await step(new AdamW({ weightDecay: 0.3 }))).toEqual(
      await step(new Adam({ weightDecay: 0.3, decoupled: true })),
    )
  })
})

describe('accumulate', () => {
  const streamed = { loss: 'meanSquaredError' } as const
  async function* batchesOf(list: readonly Dataset[]) {
    yield* list
  }

  test('n batches are one batch of n times the rows', async () => {
    for (const make of [
      (accumulate: number) => new SGD({ learningRate: 0.1, momentum: 0.9, accumulate }),
      (accumulate: number) => new RMSProp({ learningRate: 0.01, accumulate, clipNorm: 0.2, averageDecay: 0.5 }),
    ]) {
      const expected = await trained(make(1), 5, 24)
      expect(difference(await trained(make(3), 5, 8), expected)).toBeLessThan(2e-5)
    }
  })

  test('what an epoch has left over makes a smaller update of its own', async () => {
    // Six batches an epoch: four, then two.
    const accumulated = await trained(new SGD({ learningRate: 0.1, accumulate: 4 }), 1, 8)
    const model = modelOf()
    for (const part of [data.slice(0, 32), data.slice(32, 48)]) {
      await model.fit(part, { ...plain, optimizer: new SGD({ learningRate: 0.1 }), epochs: 1, batchSize: 'full' })
    }
    expect(difference(accumulated, flat(model.getWeights()))).toBeLessThan(1e-5)
  })

  test('a stream must say how many batches an epoch has', async () => {
    const optimizer = new SGD({ learningRate: 0.1, accumulate: 4 })
    const stream = () => Array.from({ length: 6 }, (_, i) => data.slice(8 * i, 8 * i + 8))
    const model = modelOf()
    await expect(model.fit(batchesOf(stream()), { ...streamed, optimizer })).rejects.toThrow(/stepsPerEpoch/)
    await model.fit(batchesOf(stream()), { ...streamed, optimizer, stepsPerEpoch: 6, epochs: 1 })
    expect(flat(model.getWeights())).toEqual(await trained(optimizer))
  })

  test('bias corrections and schedules count updates, not batches', async () => {
    const learningRate = stepDecay({ learningRate: 0.1, every: 2, factor: 0.5 })
    const model = modelOf()
    // Two updates an epoch.
    const { epochs } = await model.fit(data, {
      ...plain,
      optimizer: new Adam({ learningRate, accumulate: 3 }),
      epochs: 3,
    })
    expect(epochs.map((epoch) => epoch.learningRate)).toEqual([0.1, 0.05, 0.025])
    const expected = await trained(new Adam({ learningRate }), 3, 24)
    expect(difference(flat(model.getWeights()), expected)).toBeLessThan(2e-5)
  })
})

describe('averageDecay', () => {
  const options = { ...plain, epochs: 3 }
  const decay = 0.8

  /** The parameters after every step, and their average. */
  async function averaged(layers = [new Dense(6, { activation: 'tanh' }), new Dense(2)]) {
    const model = new Sequential(layers, { inputs: 4, seed: 2 })
    let average: number[] | undefined
    const onStepEnd = () => {
      const now = flat(model.getWeights())
      average = average === undefined ? now : average.map((value, i) => decay * value + (1 - decay) * now[i]!)
    }
    await model.fit(data, {
      ...options,
      optimizer: new SGD({ learningRate: 0.1 }),
      callbacks: [{ needs: 'step', onStepEnd }],
    })
    return average!
  }

  test('fit leaves the average, which begins with the first update', async () => {
    const expected = await averaged()
    expect(difference(await trained(new SGD({ learningRate: 0.1, averageDecay: decay }), 3), expected)).toBeLessThan(
      1e-5,
    )
  })

  test('parameters within their constraints are averaged', async () => {
    const layers = () => [new Dense(6, { activation: 'tanh', constraint: maxNorm(0.5) }), new Dense(2)]
    const model = new Sequential(layers(), { inputs: 4, seed: 2 })
    await model.fit(data, { ...options, optimizer: new SGD({ learningRate: 0.1, averageDecay: decay }) })
    expect(difference(flat(model.getWeights()), await averaged(layers()))).toBeLessThan(1e-5)
  })

  test('it is what is validated, and what early stopping keeps', async () => {
    const model = modelOf()
    const optimizer = new SGD({ learningRate: 0.1, averageDecay: decay })
    const { epochs } = await model.fit(data, { ...options, optimizer, validation: data, metrics: ['r2'] })
    const scores = await model.evaluate(data, { loss: 'meanSquaredError', metrics: ['r2'] })
    expect(epochs.at(-1)!.validation).toEqual(scores)
    const stopping = modelOf()
    const history = await stopping.fit(data, {
      ...options,
      epochs: 60,
      optimizer: new SGD({ learningRate: 1.2, momentum: 0.5, averageDecay: decay }),
      validation: data,
      callbacks: [new EarlyStopping({ patience: 2 })],
    })
    const { loss } = await stopping.evaluate(data, { loss: 'meanSquaredError' })
    expect(loss).toBe(history.best!.value)
  })

  test('frozen layers and running statistics come with it', async () => {
    const layers = () => [new BatchNorm(), new Dense(6, { activation: 'tanh' }), new Dense(2)]
    const [model, other] = [0, 1].map(() => {
      const made = new Sequential(layers(), { inputs: 4, seed: 2 })
      made.layers[1]!.trainable = false
      return made
    }) as [Sequential, Sequential]
    await model.fit(data, { ...options, optimizer: new SGD({ averageDecay: decay }) })
    await other.fit(data, { ...options, optimizer: new SGD() })
    for (const name of ['layers.0.runningMean', 'layers.0.runningVariance', 'layers.1.weight']) {
      const of = (one: Sequential) => one.getWeights().find((weights) => weights.name === name)!.data
      expect(of(model)).toEqual(of(other))
    }
  })

  test('a resumed training has the same bits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      const path = join(folder, 'checkpoint.safetensors')
      const optimizer = new Adam({
        learningRate: cosine({ learningRate: 0.1, steps: 4, unit: 'epoch' }),
        averageDecay: decay,
        accumulate: 4,
        clipNorm: 1,
      })
      const rest = { ...plain, shuffle: true, optimizer, validation: 0.25 }
      const whole = modelOf()
      const history = await whole.fit(data, { ...rest, epochs: 4 })
      const first = modelOf()
      const controller = new AbortController()
      const stop = {
        onEpochEnd: ({ epoch }: { epoch: number }) => epoch === 2 && controller.abort(new Error('stop')),
        needs: 'epoch',
      }
      const interrupted = first.fit(data, {
        ...rest,
        epochs: 4,
        callbacks: [new Checkpoint(path), stop as never],
        signal: controller.signal,
      })
      await expect(interrupted).rejects.toThrow('stop')
      const resumed = modelOf(9)
      const second = await resumed.fit(data, { ...rest, epochs: 4, seed: 2, resume: path })
      const { epochs } = second
      expect(epochs.map(({ seconds: _, ...one }) => one)).toEqual(history.epochs.map(({ seconds: _, ...one }) => one))
      expect(flat(resumed.getWeights())).toEqual(flat(whole.getWeights()))
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('schedules in fit', () => {
  test('by epochs and by steps: history tells the rate of the last step', async () => {
    const rates = async (learningRate: ReturnType<typeof cosine>) => {
      const { epochs } = await modelOf().fit(data, { ...plain, optimizer: new SGD({ learningRate }), epochs: 4 })
      return epochs.map((epoch) => epoch.learningRate)
    }
    // Six steps an epoch.
    const byEpoch = cosine({ learningRate: 0.1, steps: 4, unit: 'epoch' })
    const bySteps = cosine({ learningRate: 0.1, steps: 24 })
    const expected = [5, 11, 17, 23].map((step) => bySteps.rate(step))
    for (const [i, rate] of (await rates(byEpoch)).entries()) expect(rate).toBeCloseTo(expected[i]!, 12)
    expect(await rates(bySteps)).toEqual(expected)
    expect(await rates(stepDecay({ learningRate: 0.1, every: 2, factor: 0.1, unit: 'epoch' }))).toEqual([
      0.1, 0.1, 0.010000000000000002, 0.010000000000000002,
    ])
  })

  test('one of the user, and one a member of a population', async () => {
    const own = {
      name: 'own',
      learningRate: [0.1, 0.2],
      rate: (step: number, { member = 0 } = {}) => (member + 1) / (step + 10),
    }
    const many = new Population([new Dense(2)], { inputs: 4, members: 2 })
    const { members } = await many.fit(data, { ...plain, optimizer: new SGD({ learningRate: own }), epochs: 2 })
    expect(members.map(({ epochs }) => epochs.map((epoch) => epoch.learningRate))).toEqual([
      [1 / 15, 1 / 21],
      [2 / 15, 2 / 21],
    ])
    await expect(modelOf().fit(data, { ...plain, optimizer: new SGD({ learningRate: own }) })).rejects.toThrow(
      /one number for learningRate\.learningRate but received 2/,
    )
    expect(() => new SGD({ learningRate: { name: 'own', rate: () => 1 } as never })).toThrow(
      /learningRate\.learningRate/,
    )
  })

  test('callbacks multiply it', async () => {
    const learningRate = stepDecay({ learningRate: 0.1, every: 12, factor: 0.5 })
    const plateau = new ReduceOnPlateau({ monitor: 'loss', factor: 0.1, patience: 0, threshold: 10 })
    const { epochs } = await modelOf().fit(data, {
      ...plain,
      optimizer: new SGD({ learningRate }),
      epochs: 4,
      callbacks: [plateau],
    })
    const rates = epochs.map((epoch) => epoch.learningRate)
    for (const [i, expected] of [0.1, 0.1, 0.005, 0.0005].entries()) expect(rates[i]).toBeCloseTo(expected, 12)
  })
})

test('a kept program is never one of other options', async () => {
  const makes: (() => Optimizer)[] = [
    () => new Adam(),
    () => new Adam({ beta1: 0.5 }),
    () => new Adam({ amsgrad: true }),
    () => new Adam({ weightDecay: 0.1 }),
    () => new Adam({ weightDecay: 0.2 }),
    () => new Adam({ weightDecay: 0.2, decoupled: true }),
    () => new Adam({ clipNorm: 0.1 }),
    () => new Adam({ clipNorm: 0.2 }),
    () => new Adam({ clipValue: 0.01 }),
    () => new Adam({ averageDecay: 0.9 }),
    () => new Adam({ accumulate: 2 }),
    () => new Adam({ accumulate: 3 }),
    () => new RMSProp(),
    () => new RMSProp({ centered: true }),
    () => new RMSProp({ centered: true, epsilon: 0.1 }),
  ]
  const model = modelOf()
  const weights = model.getWeights()
  const results: string[] = []
  for (const make of makes) {
    model.setWeights(weights)
    await model.fit(data, { ...plain, optimizer: make(), epochs: 2 })
    const result = flat(model.getWeights())
    expect(result).toEqual(await trained(make(), 2))
    results.push(result.join())
  }
  expect(new Set(results).size).toBe(makes.length)
})

describe("mistakes in an optimizer of one's own are told", () => {
  const fitted = (changed: {
    states?: string[]
    rate?: string
    rule?: (values: Record<string, Element>) => object
  }) => {
    class Own extends Optimizer {
      readonly name = 'Own'
      get ruleStates() {
        return changed.states ?? []
      }
      numbers(_step: number, learningRate: number) {
        return { [changed.rate ?? 'rate']: learningRate }
      }
      protected rule(values: Record<string, Element>) {
        const { parameter, gradient } = values
        return (changed.rule?.(values) ?? { parameter: parameter!.minus(gradient!) }) as { parameter: Element }
      }
    }
    return modelOf().fit(data, { ...plain, optimizer: new Own({}, { learningRate: 0.1 }) })
  }

  test.each([
    ['a state that it does not give', { states: ['mean'] }, /rule of Own to give parameter, mean but it gave no mean/],
    ['no parameter', { rule: () => ({}) }, /gave no parameter/],
    ['a number by the name of a state', { states: ['rate'] }, /for Own but received 'rate' twice/],
    ['a number named gradient', { rate: 'gradient' }, /received 'gradient' twice/],
    ['too many states', { states: ['a', 'b', 'c', 'd'], rule: (v: Record<string, Element>) => v }, /4 outputs/],
  ])('%s', async (_name, changed, message) => {
    await expect(fitted(changed)).rejects.toThrow(message)
  })
})
