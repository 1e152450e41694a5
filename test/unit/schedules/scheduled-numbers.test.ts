/*
 * Numbers other than the learning rate that change from update to update: weight decay, the rate of dropout, label
 * smoothing. Everywhere the number of an update is the schedule's, by the updates of a member's own training.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  binaryCrossEntropy,
  type Callback,
  Checkpoint,
  cosine,
  coslog,
  crossEntropy,
  Dataset,
  Dense,
  Dropout,
  flatCosine,
  type Layer,
  LBFGS,
  Lion,
  Population,
  Residual,
  Scale,
  type Schedule,
  Sequential,
  SGD,
  stepDecay,
  warmUp,
} from '../../../lib/index.js'
import { waves } from '../../helpers/reference-network.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const x = waves(48, 5)
const classes = x.map(([a, b]) => (a! > 0.3 ? 2 : b! > 0 ? 1 : 0))
const data = Dataset.from({ x, y: classes })
const base = { loss: 'crossEntropy', epochs: 4, batchSize: 16 } as const
const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data: values }) => [name, ...values])
const build = (layers: readonly Layer[] = [new Dense(8, { activation: 'tanh' })], seed = 3) =>
  new Sequential([...layers, new Dense(3, { activation: 'softmax' })], { inputs: 5, seed })

/** Numbers of updates by a list: the second half of a training otherwise than the first. */
const listed = (numbers: readonly number[]): Schedule => ({
  name: 'listed',
  learningRate: numbers[0]!,
  rate: (step) => numbers[Math.min(step, numbers.length - 1)]!,
})

describe('weight decay', () => {
  test.each([
    ['decoupled', (weightDecay: number | Schedule) => new SGD({ learningRate: 0.1, weightDecay, decoupled: true })],
    ['coupled', (weightDecay: number | Schedule) => new SGD({ learningRate: 0.1, weightDecay })],
    [
      'coupled, clipped',
      (weightDecay: number | Schedule) => new SGD({ learningRate: 0.1, weightDecay, clipNorm: 0.5 }),
    ],
  ])('%s: every update has its own', async (_name, make) => {
    const decays = [0.5, 0.001, 0.1, 0.02]
    const model = build()
    const byUpdate = decays.flatMap((decay) => [decay, decay, decay])
    await model.fit(data, { ...base, shuffle: false, optimizer: make(listed(byUpdate)) })
    const whole = build()
    for (const decay of decays) await whole.fit(data, { ...base, shuffle: false, epochs: 1, optimizer: make(decay) })
    // Without momentum a fit is as good as the next epoch of one.
    expect(weightsOf(model)).toEqual(weightsOf(whole))
  })

  test('a constant one is the number itself, to the bit, for every rule', async () => {
    for (const make of [
      (weightDecay: number | Schedule) => new AdamW({ weightDecay }),
      (weightDecay: number | Schedule) => new Adam({ weightDecay, amsgrad: true }),
      (weightDecay: number | Schedule) => new Lion({ weightDecay, accumulate: 2 }),
    ]) {
      const [scheduled, plain] = [build(), build()]
      await scheduled.fit(data, { ...base, optimizer: make(stepDecay({ learningRate: 0.3, every: 1000 })) })
      await plain.fit(data, { ...base, optimizer: make(0.3) })
      expect(weightsOf(scheduled)).toEqual(weightsOf(plain))
    }
  })

  test('two schedules of one name and other numbers are two', async () => {
    const [first, second] = [build(), build()]
    for (const [model, decay] of [
      [first, 0.5],
      [second, 0.001],
    ] as const) {
      await model.fit(data, { ...base, optimizer: new SGD({ weightDecay: listed([0.2, decay]) }) })
    }
    expect(weightsOf(first)).not.toEqual(weightsOf(second))
    // And of one network, whose programs are kept.
    const one = build()
    const start = one.getWeights()
    const results: unknown[] = []
    for (const decay of [0.5, 0.001]) {
      one.setWeights(start)
      await one.fit(data, { ...base, optimizer: new SGD({ weightDecay: listed([0.2, decay]) }) })
      results.push(weightsOf(one))
    }
    expect(results).toEqual([weightsOf(first), weightsOf(second)])
  })

  test('one per member', async () => {
    const schedule = (learningRate: number | readonly number[]) => flatCosine({ learningRate, steps: 12 })
    for (const decoupled of [true, false]) {
      const layers = [new Dense(8, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })]
      const many = new Population(layers, { inputs: 5, members: 2, seed: 3 })
      const optimizer = (weightDecay: Schedule) => new AdamW({ weightDecay, decoupled, learningRate: 0.01 })
      await many.fit(data, { ...base, optimizer: optimizer(schedule([0.5, 0.1])) })
      for (const [member, decay] of [0.5, 0.1].entries()) {
        const alone = build(undefined, 3 + member)
        await alone.fit(data, { ...base, optimizer: optimizer(schedule(decay)) })
        expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
      }
    }
    const wrong = build().fit(data, { ...base, optimizer: new AdamW({ weightDecay: schedule([0.1, 0.2]) }) })
    await expect(wrong).rejects.toThrow(/weightDecay\.learningRate/)
  })

  test('what is no decay is an error', async () => {
    expect(() => new AdamW({ weightDecay: cosine({ learningRate: 0.1, steps: 0 }) })).toThrow(/steps/)
    const run = build().fit(data, { ...base, optimizer: new AdamW({ weightDecay: listed([0.1, -1]) }) })
    await expect(run).rejects.toThrow(/at least 0 for rate\(1\) of the schedule 'listed' but received -1/)
    const coupled = build().fit(data, { ...base, optimizer: new SGD({ weightDecay: listed([0.1, Number.NaN]) }) })
    await expect(coupled).rejects.toThrow(/rate\(1\) of the schedule 'listed' but received NaN/)
    expect(() => new AdamW({ weightDecay: { name: 'listed' } as never })).toThrow(/weightDecay\.name/)
  })
})

describe('the rate of Dropout', () => {
  /** Ones and weights that start at 0: the change of a weight at a step says whether its feature was dropped. */
  async function sharesDropped(rate: number | Schedule, more: { accumulate?: number } = {}): Promise<number[]> {
    const features = 4000
    const model = new Sequential([new Dropout(rate), new Dense(1, { bias: false, initializer: 'zeros' })], {
      inputs: features,
    })
    const ones = Dataset.from({
      x: { data: new Float32Array(4 * features).fill(1), shape: [4, features] },
      y: new Float32Array(4).fill(0.5),
    })
    const shares: number[] = []
    let before = new Float32Array(features)
    const watching: Callback = {
      needs: 'step',
      onStepEnd: () => {
        const now = model.getWeights()[0]!.data
        shares.push(now.reduce((sum, value, i) => sum + Number(value === before[i]), 0) / features)
        before = now.slice()
      },
    }
    const optimizer = new SGD({ learningRate: 1e-4, ...more })
    await model.fit(ones, { loss: 'meanSquaredError', optimizer, epochs: 2, batchSize: 1, callbacks: [watching] })
    return shares
  }

  test('every step drops the share of its update', async () => {
    const rates = [0.5, 0.1, 0, 0.9, 0.3, 0.3, 0, 0.7]
    const shares = await sharesDropped(listed(rates))
    expect(shares).toHaveLength(8)
    // Five standard deviations.
    for (const [i, rate] of rates.entries()) {
      expect(Math.abs(shares[i]! - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / 4000) + 1e-9)
    }
  })

  test('epochs are as many updates as they have', async () => {
    const shares = await sharesDropped(stepDecay({ learningRate: 0.8, every: 1, factor: 0.25, unit: 'epoch' }))
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(i < 4 ? 0.8 : 0.2, 1)
  })

  test('a constant schedule is the number itself, to the bit', async () => {
    const layers = (rate: number | Schedule) => [new Dense(8, { activation: 'relu' }), new Dropout(rate)]
    const [scheduled, plain] = [build(layers(stepDecay({ learningRate: 0.3, every: 1000 }))), build(layers(0.3))]
    for (const model of [scheduled, plain]) await model.fit(data, base)
    expect(weightsOf(scheduled)).toEqual(weightsOf(plain))
  })

  test('predictions, evaluations and gradients drop nothing', async () => {
    const layers = [new Dense(8, { activation: 'relu' }), new Dropout(flatCosine({ learningRate: 0.9, steps: 9 }))]
    const [model, without] = [build(layers), build([layers[0]!])]
    expect([...model.predictSync(x).data]).toEqual([...without.predictSync(x).data])
    expect((await model.evaluate(data, { loss: 'crossEntropy' })).loss).toBe(
      (await without.evaluate(data, { loss: 'crossEntropy' })).loss,
    )
    const gradients = await model.gradients(data, { loss: 'crossEntropy' })
    expect(gradients[0]!.data).toEqual((await without.gradients(data, { loss: 'crossEntropy' }))[0]!.data)
    expect(model.explain({ batchSize: 16 })).toContain('Dropout')
  })

  test('members of a population have their own, and files hold them', async () => {
    const rate = (learningRate: number | readonly number[]) =>
      warmUp(flatCosine({ learningRate, steps: 8 }), { steps: 4, from: 0 })
    const layers = (own: Schedule) => [
      new Dense(8, { activation: 'relu' }),
      new Residual([new Dense(8), new Dropout(own)]),
      new Dense(3, { activation: 'softmax' }),
    ]
    const many = new Population(layers(rate([0.5, 0.2, 0])), { inputs: 5, members: 3, seed: 3 })
    await many.fit(data, base)
    const path = join(folder, 'population.safetensors')
    await many.save(path)
    const loaded = await Population.load(path)
    for (const [member, share] of [0.5, 0.2, 0].entries()) {
      const alone = new Sequential(layers(rate(share)), { inputs: 5, seed: 3 + member })
      await alone.fit(data, base)
      expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
      expect(many.member(member).layers[1]!.options()).toEqual(alone.layers[1]!.options())
      const file = join(folder, `member-${member}.safetensors`)
      await loaded.member(member).save(file)
      const one = await Sequential.load(file)
      expect(one.layers[1]!.options()).toEqual(alone.layers[1]!.options())
      // What it is trained further to is the same too.
      await one.fit(data, base)
      await alone.fit(data, base)
      expect(weightsOf(one)).toEqual(weightsOf(alone))
    }
    expect(() => new Sequential([new Dropout(rate([0.1, 0.2]))], { inputs: 5 })).toThrow(/the rate of Dropout warmUp/)
  })

  test.each([
    ['coslog', coslog({ learningRate: 0.4, steps: 10, cycles: 2, unit: 'epoch' })],
    ['warmUp', warmUp(stepDecay({ learningRate: 0.4, every: 3 }), { steps: 2 })],
  ])('a model keeps it in its file and in its copies: %s', async (name, schedule) => {
    const model = build([new Dropout(schedule)])
    const path = join(folder, `${name}.safetensors`)
    await model.save(path)
    for (const other of [await Sequential.load(path), model.clone()]) {
      const dropout = other.layers[0] as Dropout
      expect(dropout.describe()).toBe(`Dropout ${name}`)
      const own = dropout.rate as Schedule
      for (const step of [0, 1, 5, 30])
        expect(own.rate(step, { stepsPerEpoch: 7 })).toBe(schedule.rate(step, { stepsPerEpoch: 7 }))
    }
  })

  test('one of your own runs, and a file with it is refused', async () => {
    const model = build([new Dropout(listed([0.5, 0.1]))])
    await model.fit(data, base)
    const save = model.save(join(folder, 'own.safetensors'))
    await expect(save).rejects.toThrow(/schedule 'listed' of Dropout is your own, and a file holds no code/)
  })

  test('what is no rate is an error', async () => {
    expect(() => new Dropout(cosine({ learningRate: 1, steps: 10 }))).toThrow(/less than 1\) for rate\.learningRate/)
    expect(() => new Dropout({ name: 'cosin' } as never)).toThrow(/Did you mean 'cosine'\?/)
    const run = build([new Dropout(listed([0.5, 1]))]).fit(data, base)
    await expect(run).rejects.toThrow(/less than 1\) for rate\(1\) of the schedule 'listed' but received 1/)
  })
})

describe('label smoothing', () => {
  const binary = Dataset.from({ x, y: classes.map((one) => Number(one > 0)) })
  const sigmoid = () =>
    new Sequential([new Dense(6, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
      inputs: 5,
      seed: 2,
    })
  const cases = [
    ['crossEntropy', crossEntropy, build, data],
    ['binaryCrossEntropy', binaryCrossEntropy, sigmoid, binary],
  ] as const

  test.each(cases)('%s: every update has its own', async (_name, loss, make, rows) => {
    const shares = [0.4, 0, 0.1, 0.2]
    const optimizer = new SGD({ learningRate: 0.1 })
    const options = { ...base, shuffle: false, optimizer }
    const model = make()
    const { epochs } = await model.fit(rows, {
      ...options,
      loss: loss({ labelSmoothing: listed(shares.flatMap((share) => [share, share, share])) }),
      validation: rows,
    })
    const whole = make()
    for (const [epoch, labelSmoothing] of shares.entries()) {
      const one = await whole.fit(rows, { ...options, epochs: 1, loss: loss({ labelSmoothing }) })
      expect(epochs[epoch]!.loss).toBeCloseTo(one.epochs[0]!.loss, 6)
      // A validation is of the targets as they are.
      expect(epochs[epoch]!.validation!.loss).toBeCloseTo((await whole.evaluate(rows, { loss: loss() })).loss, 6)
    }
    for (const [i, { data: values }] of model.getWeights().entries()) {
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(whole.getWeights()[i]!.data[j]!, 6)
    }
  })

  test.each(cases)('%s: a constant schedule is the number itself', async (_name, loss, make, rows) => {
    const [scheduled, plain] = [make(), make()]
    const schedule = stepDecay({ learningRate: 0.25, every: 1000 })
    await scheduled.fit(rows, { ...base, loss: loss({ labelSmoothing: schedule }) })
    await plain.fit(rows, { ...base, loss: loss({ labelSmoothing: 0.25 }) })
    for (const [i, { data: values }] of scheduled.getWeights().entries()) {
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(plain.getWeights()[i]!.data[j]!, 5)
    }
  })

  test('evaluate, gradients and trace know of none', async () => {
    const model = build()
    const scheduled = crossEntropy({ labelSmoothing: cosine({ learningRate: 0.3, steps: 10 }) })
    expect((await model.evaluate(data, { loss: scheduled })).loss).toBe(
      (await model.evaluate(data, { loss: 'crossEntropy' })).loss,
    )
    expect(await model.gradients(data, { loss: scheduled })).toEqual(
      await model.gradients(data, { loss: 'crossEntropy' }),
    )
    expect((await model.trace(data, { loss: scheduled })).layers).toEqual(
      (await model.trace(data, { loss: 'crossEntropy' })).layers,
    )
  })

  test('a file keeps a schedule of ours with the loss, of one of your own the name', async () => {
    const path = join(folder, 'loss.safetensors')
    const schedule = flatCosine({ learningRate: 0.2, steps: 10 })
    const model = build()
    await model.fit(data, { ...base, loss: crossEntropy({ labelSmoothing: schedule }) })
    await model.save(path)
    const loaded = await Sequential.load(path)
    expect((await loaded.evaluate(data)).loss).toBe((await model.evaluate(data)).loss)
    await loaded.partialFit(data)
    await model.fit(data, { ...base, loss: crossEntropy({ labelSmoothing: listed([0.2]) }) })
    await model.save(path)
    const own = await Sequential.load(path)
    await expect(own.evaluate(data)).rejects.toThrow(/a loss of its own, of which a file keeps the name only/)
  })

  test('members of a population share it', async () => {
    const loss = crossEntropy({ labelSmoothing: flatCosine({ learningRate: 0.3, steps: 8 }) })
    const layers = () => [new Dense(8, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })]
    const many = new Population(layers(), { inputs: 5, members: 2, seed: 3 })
    await many.fit([data, data.take(32)], { ...base, loss })
    for (const [member, rows] of [data, data.take(32)].entries()) {
      const alone = build(undefined, 3 + member)
      await alone.fit(rows, { ...base, loss })
      expect(weightsOf(many.member(member))).toEqual(weightsOf(alone))
    }
    const lists = flatCosine({ learningRate: [0.1, 0.2], steps: 8 })
    expect(() => crossEntropy({ labelSmoothing: lists })).toThrow(/one share, or a schedule of one, for all members/)
  })

  test('what is no share is an error, and LBFGS wants a number', async () => {
    expect(() => crossEntropy({ labelSmoothing: cosine({ learningRate: 1, steps: 2 }) })).toThrow(
      /labelSmoothing\.learningRate/,
    )
    expect(() => binaryCrossEntropy({ labelSmoothing: 1 })).toThrow(/labelSmoothing/)
    const loss = crossEntropy({ labelSmoothing: cosine({ learningRate: 0.1, steps: 2 }) })
    await expect(build().fit(data, { loss, epochs: 2, optimizer: new LBFGS() })).rejects.toThrow(
      /numbers that stay the same for LBFGS.*the schedule 'cosine'/,
    )
  })
})

test('a resumed training is the one that was not interrupted, to the same bits', async () => {
  const layers = () => [
    new Dense(8, { activation: 'tanh' }),
    new Dropout(flatCosine({ learningRate: 0.4, steps: 6, unit: 'epoch' })),
  ]
  const options = (decay = 0.2) => ({
    ...base,
    epochs: 6,
    loss: crossEntropy({ labelSmoothing: cosine({ learningRate: 0.2, steps: 18 }) }),
    optimizer: new AdamW({
      learningRate: coslog({ learningRate: 0.02, steps: 6, unit: 'epoch' }),
      weightDecay: flatCosine({ learningRate: decay, steps: 18 }),
      accumulate: 2,
    }),
  })
  const whole = build(layers())
  const expected = await whole.fit(data, options())
  const path = join(folder, 'resume.safetensors')
  const crash: Callback = {
    needs: 'step',
    onStepEnd: ({ totalStep }) => {
      if (totalStep === 11) throw new Error('crash')
    },
  }
  const callbacks = [new Checkpoint(path, { every: { steps: 4 } }), crash]
  await expect(build(layers()).fit(data, { ...options(), callbacks })).rejects.toThrow('crash')
  const resumed = build(layers())
  const history = await resumed.fit(data, { ...options(), resume: path })
  expect(weightsOf(resumed)).toEqual(weightsOf(whole))
  expect(history.epochs.map(({ loss }) => loss)).toEqual(expected.epochs.map(({ loss }) => loss))
  const other = build(layers()).fit(data, { ...options(0.1), resume: path })
  await expect(other).rejects.toThrow(/optimizer\.weightDecay\.learningRate is 0\.2 there and 0\.1 here/)
  const changed = { ...options(0.1), resume: path, resumeChanges: ['weightDecay'] } as const
  expect((await build(layers()).fit(data, changed)).epochs).toHaveLength(6)
})

test('a population is resumed to the same bits too, with learning rate factors beside', async () => {
  const layers = () => [
    new Scale({ learningRateFactor: 6 }),
    new Dense(8, { activation: 'tanh', biasLearningRateFactor: 0.1, parametrization: 'neuralTangent' }),
    new Dropout(flatCosine({ learningRate: [0.5, 0.1, 0], steps: 6, unit: 'epoch' })),
    new Dense(3, { activation: 'softmax' }),
  ]
  const many = () => new Population(layers(), { inputs: 5, members: 3, seed: 1 })
  const options = () => ({
    ...base,
    epochs: 6,
    loss: crossEntropy({ labelSmoothing: cosine({ learningRate: 0.2, steps: 18 }) }),
    optimizer: new AdamW({ learningRate: 0.01, weightDecay: flatCosine({ learningRate: [0.3, 0.2, 0.1], steps: 18 }) }),
  })
  const sets = [data, data.take(32), data.slice(8)]
  const whole = many()
  await whole.fit(sets, options())
  const path = join(folder, 'many.safetensors')
  const crash: Callback = {
    needs: 'epoch',
    onEpochEnd: ({ epoch }) => {
      if (epoch === 4) throw new Error('crash')
    },
    forMember: () => crash,
  }
  await expect(many().fit(sets, { ...options(), callbacks: [new Checkpoint(path), crash] })).rejects.toThrow('crash')
  const resumed = many()
  await resumed.fit(sets, { ...options(), resume: path })
  for (const member of [0, 1, 2]) expect(weightsOf(resumed.member(member))).toEqual(weightsOf(whole.member(member)))
})

test.each([
  [{ name: 'stretched', of: { name: 'cosine', learningRate: 0.1, steps: 3 }, times: 'x' }, /for times/],
  [{ name: 'stretched', of: 3, times: 2 }, /plain object for of/],
  [{ name: 'warmUp', before: { name: 'cosine' }, steps: 2 }, /for steps|learningRate/],
  [
    { name: 'withUpdatesPerEpoch', of: { name: 'cosine', learningRate: 0.1, steps: 3 }, updatesPerEpoch: 0 },
    /updatesPerEpoch/,
  ],
  [{ name: 'cosine', learningRate: 0.1, steps: 3, more: 1 }, /option 'more'/],
  [{ name: 'constructor' }, /one of .* for rate\.name/],
])('what a file holds in place of a schedule is checked (%#)', (description, message) => {
  expect(() => new Dropout(description as never)).toThrow(message)
})

test('a stream whose epochs have no known length cannot follow schedules by epochs', async () => {
  async function* batches() {
    for (let from = 0; from < 48; from += 16) yield data.slice(from, from + 16)
  }
  const byEpoch = flatCosine({ learningRate: 0.2, steps: 3, unit: 'epoch' })
  const options = { loss: 'crossEntropy', epochs: 2 } as const
  const refused = /stepsPerEpoch/
  await expect(build([new Residual([new Dense(5), new Dropout(byEpoch)])]).fit(batches, options)).rejects.toThrow(
    refused,
  )
  const optimizer = new AdamW({ weightDecay: byEpoch })
  await expect(build().fit(batches, { ...options, optimizer })).rejects.toThrow(refused)
  const loss = crossEntropy({ labelSmoothing: byEpoch })
  await expect(build().fit(batches, { ...options, loss })).rejects.toThrow(refused)
  const streamed = build([new Dropout(byEpoch)])
  await streamed.fit(batches, { ...options, loss, optimizer, stepsPerEpoch: 3 })
  const whole = build([new Dropout(byEpoch)])
  await whole.fit(data, { ...options, loss, optimizer, batchSize: 16, shuffle: false })
  expect(weightsOf(streamed)).toEqual(weightsOf(whole))
})
