import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { NumberRecords } from '../../../lib/files/number-records.js'
import {
  Activation,
  Adam,
  AdamW,
  BatchNorm,
  type Callback,
  Checkpoint,
  cosine,
  Dataset,
  Dense,
  Dropout,
  datasets,
  EarlyStopping,
  type EpochResult,
  type FitOptions,
  type Layer,
  type NamedWeights,
  ParametricActivation,
  type PartialFitOptions,
  Population,
  ReduceOnPlateau,
  RMSProp,
  readSafetensors,
  Scale,
  type Schedule,
  Sequential,
  SGD,
  warmUp,
  writeSafetensors,
} from '../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
const newPath = () => join(folder, `${files++}.safetensors`)

const [train, held] = Dataset.from(datasets.moons({ samples: 150, noise: 0.3, seed: 4 })).split(0.3)
const layers = (): Layer[] => [
  new Dense(12, { activation: 'relu' }),
  new Dropout(0.3),
  new Dense(1, { activation: 'sigmoid' }),
]
const model = (own = layers(), seed = 5) => new Sequential(own, { inputs: 2, seed })
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  loss: 'binaryCrossEntropy',
  optimizer: new Adam({ learningRate: 0.02 }),
  epochs: 10,
  batchSize: 16,
  metrics: ['accuracy'],
  validation: held,
  ...more,
})
const bits = (weights: readonly NamedWeights[]) =>
  weights.map(({ name, data }) => [name, [...new Uint32Array(data.buffer)]])
const scores = ({ epochs, ...rest }: { epochs: readonly EpochResult[] }) => ({
  ...rest,
  epochs: epochs.map(({ seconds: _, ...scores }) => scores),
})

/** Ends a fit as a crash would: after its epoch, or after its step. */
const crash = (at: { epoch?: number; step?: number }): Callback => ({
  needs: 'step',
  onStepEnd: ({ totalStep }) => {
    if (totalStep === at.step) throw new Error('crash')
  },
  onEpochEnd: ({ epoch }) => {
    if (epoch === at.epoch) throw new Error('crash')
  },
})

describe('a resumed training is the one that was not interrupted, to the same bits', () => {
  test.each([
    ['after an epoch', { every: 4 }, { epoch: 6 }],
    ['in mid-epoch', { every: { steps: 24 } }, { step: 30 }],
    ['after the first step', { every: { steps: 1 } }, { step: 2 }],
  ] as const)('%s', async (_, every, at) => {
    const whole = model()
    const expected = await whole.fit(train, options())
    const path = newPath()
    const callbacks = [new Checkpoint(path, every), crash(at)]
    await expect(model().fit(train, options({ callbacks }))).rejects.toThrow('crash')
    const resumed = model(layers(), 5)
    const history = await resumed.fit(train, options({ resume: path }))
    expect(scores(history)).toEqual(scores(expected))
    expect(history.epochs).toHaveLength(10)
    expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
  })

  test.each<[string, () => Partial<FitOptions>, () => Layer[]]>([
    [
      'accumulated gradients, clipping, an average of the weights and a schedule',
      () => ({
        optimizer: new AdamW({
          learningRate: warmUp(cosine({ learningRate: 0.05, steps: 10, unit: 'epoch' }), { steps: 9 }),
          accumulate: 3,
          clipNorm: 0.5,
          averageDecay: 0.9,
        }),
      }),
      layers,
    ],
    [
      'a rate that a plateau has lowered',
      () => ({ callbacks: [new ReduceOnPlateau({ patience: 0, threshold: 0.05 })] }),
      layers,
    ],
    [
      'learning rate factors',
      () => ({ optimizer: new AdamW({ learningRate: 0.01, beta2: 0.95 }) }),
      () => [
        new Scale({ learningRateFactor: 6 }),
        new Dense(12, { parametrization: 'neuralTangent', biasLearningRateFactor: 0.1 }),
        new ParametricActivation('selu', { learningRateFactor: 0.1 }),
        new Dense(1, { activation: 'sigmoid' }),
      ],
    ],
    [
      'running statistics',
      () => ({ optimizer: new RMSProp({ learningRate: 0.01, momentum: 0.5, centered: true }) }),
      () => [new Dense(12), new BatchNorm(), new Activation('relu'), new Dense(1, { activation: 'sigmoid' })],
    ],
  ])('with %s', async (_, more, own) => {
    const whole = model(own())
    const expected = await whole.fit(train, options(more()))
    for (const every of [4, { steps: 22 }]) {
      const path = newPath()
      const callbacks = [...(more().callbacks ?? []), new Checkpoint(path, { every }), crash({ step: 30 })]
      await expect(model(own()).fit(train, options({ ...more(), callbacks }))).rejects.toThrow('crash')
      const resumed = model(own())
      const history = await resumed.fit(train, options({ ...more(), resume: path }))
      expect(scores(history)).toEqual(scores(expected))
      expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
    }
  })

  test('with fitSync, momentum, shuffle: false and a full batch', () => {
    for (const more of [{ shuffle: false }, { batchSize: 'full' }] as const) {
      const own = { ...more, optimizer: new SGD({ learningRate: 0.1, momentum: 0.9 }) }
      const whole = model()
      const expected = whole.fitSync(train, options(own))
      const path = newPath()
      const callbacks = [new Checkpoint(path, { every: 3 })]
      model().fitSync(train, options({ ...own, epochs: 4, callbacks }))
      const resumed = model()
      expect(scores(resumed.fitSync(train, options({ ...own, resume: path })))).toEqual(scores(expected))
      expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
    }
  })

  test('with the state of early stopping, its best weights too', async () => {
    const stopping = () => new EarlyStopping({ patience: 4 })
    const slow = { optimizer: new Adam({ learningRate: 0.2 }), epochs: 200 }
    const whole = model()
    const expected = await whole.fit(train, options({ ...slow, callbacks: [stopping()] }))
    expect(expected.stopped).toBe('early')
    const last = expected.epochs.length
    // In the middle of the patience, and after the decision to stop.
    for (const every of [last - 2, last]) {
      const path = newPath()
      // Given first, and still told last.
      const callbacks = [new Checkpoint(path, { every }), stopping()]
      await model().fit(train, options({ ...slow, callbacks }))
      const resumed = model()
      const history = await resumed.fit(train, options({ ...slow, callbacks: [stopping()], resume: path }))
      expect(scores(history)).toEqual(scores(expected))
      expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
    }
  })

  test.each<[string, number, () => Callback[], Partial<FitOptions>]>([
    ['a plateau', 7, () => [new ReduceOnPlateau({ monitor: 'loss', patience: 1, threshold: 0.9 })], {}],
    ['early stopping', 7, () => [new EarlyStopping({ monitor: 'loss', patience: 2, minimumDelta: 0.01 })], {}],
    ['full batches', 1, () => [new EarlyStopping({ monitor: 'loss', minimumDelta: 0.01 })], { batchSize: 'full' }],
    ['every step', 7, () => [new EarlyStopping({ monitor: 'loss', minimumDelta: 0.01 })], {}],
  ])('with a checkpoint at the last step of an epoch: %s', async (what, stepsOfEpoch, callbacks, more) => {
    const every = { steps: what === 'every step' ? 1 : stepsOfEpoch }
    const whole = model()
    const expected = await whole.fit(train, options({ ...more, callbacks: callbacks() }))
    for (const epochs of [1, 2, 3]) {
      const path = newPath()
      const saving = [...callbacks(), crash({ step: epochs * stepsOfEpoch + 1 }), new Checkpoint(path, { every })]
      await expect(model().fit(train, options({ ...more, callbacks: saving }))).rejects.toThrow('crash')
      const resumed = model()
      const history = await resumed.fit(train, options({ ...more, callbacks: callbacks(), resume: path }))
      expect(scores(history)).toEqual(scores(expected))
      expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
    }
  })

  test.each([undefined, 4])('a stream at the last step of an epoch, stepsPerEpoch %s', async (stepsPerEpoch) => {
    const source = () => train.batch(27)
    const given = (callbacks: Callback[], resume?: string) => ({
      loss: 'binaryCrossEntropy' as const,
      optimizer: new Adam({ learningRate: 0.02 }),
      epochs: 6,
      metrics: ['accuracy' as const],
      callbacks: [new EarlyStopping({ monitor: 'loss', minimumDelta: 0.01 }), ...callbacks],
      ...(stepsPerEpoch && { stepsPerEpoch }),
      ...(resume && { resume }),
    })
    const whole = model()
    const expected = await whole.fit(source, given([]))
    const path = newPath()
    const saving = [crash({ step: 5 }), new Checkpoint(path, { every: { steps: 4 } })]
    await expect(model().fit(source, given(saving))).rejects.toThrow('crash')
    const resumed = model()
    expect(scores(await resumed.fit(source, given([], path)))).toEqual(scores(expected))
    expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
  })

  test('a population: every member, also those that have stopped', async () => {
    const many = () => new Population(layers(), { inputs: 2, members: 3, seed: 8 })
    const own = () =>
      options({
        optimizer: new Adam({ learningRate: [0.001, 0.1, 0.3] }),
        epochs: 30,
        callbacks: [new EarlyStopping({ patience: 3 })],
      })
    const whole = many()
    const expected = await whole.fit(train, own())
    const lengths = expected.members.map(({ epochs }) => epochs.length)
    expect(new Set(lengths).size).toBeGreaterThan(1)
    const middle = Math.ceil((Math.min(...lengths) + Math.max(...lengths)) / 2)
    for (const every of [middle, { steps: middle * 7 - 3 }]) {
      const path = newPath()
      const callbacks = [...(own().callbacks ?? []), new Checkpoint(path, { every })]
      await many().fit(train, { ...own(), epochs: middle, callbacks })
      const resumed = many()
      const history = await resumed.fit(train, { ...own(), resume: path })
      expect(history.members.map(scores)).toEqual(expected.members.map(scores))
      for (const member of [0, 1, 2]) {
        expect(bits(resumed.member(member).getWeights())).toEqual(bits(whole.member(member).getWeights()))
      }
    }
  })

  test('after partialFit the checkpoint counts its updates', async () => {
    const start = async () => {
      const one = model()
      await one.fit(train, options({ epochs: 1, validation: 0.5 }))
      return one
    }
    const path = newPath()
    const whole = await start()
    const { epochs: _, ...rest } = options()
    await whole.partialFit(train, { ...rest, callbacks: [new Checkpoint(path, { every: { steps: 3 } })] })
    const resumed = await start()
    await resumed.fit(train, options({ epochs: 2, resume: path }))
    expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
  })
})

test('a checkpoint is a model', async () => {
  const path = newPath()
  const one = model()
  await one.fit(train, options({ epochs: 2, callbacks: [new Checkpoint(path)] }))
  const loaded = await Sequential.load(path)
  expect(bits(loaded.getWeights())).toEqual(bits(one.getWeights()))
  expect(await loaded.evaluate(held)).toEqual(await one.evaluate(held))
  const many = new Population(layers(), { inputs: 2, members: 2 })
  await many.fit(train, options({ epochs: 1, callbacks: [new Checkpoint(path)] }))
  expect((await Population.load(path)).member(1).getWeights()).toEqual(many.member(1).getWeights())
})

test('of averaged weights a checkpoint is the model that the fit would end with', async () => {
  const path = newPath()
  const one = model()
  const optimizer = new SGD({ learningRate: 0.1, averageDecay: 0.95 })
  const { epochs } = await one.fit(train, options({ epochs: 2, optimizer, callbacks: [new Checkpoint(path)] }))
  const loaded = await Sequential.load(path)
  expect(bits(loaded.getWeights())).toEqual(bits(one.getWeights()))
  expect((await loaded.evaluate(held)).loss).toBe(epochs[1]!.validation!.loss)
})

test('bestOnly keeps the best epoch, whatever comes after', async () => {
  const path = newPath()
  const saved: number[] = []
  class Told extends Checkpoint {
    override onEpochEnd(...[result, training]: Parameters<Checkpoint['onEpochEnd']>) {
      const save = (file: string) => {
        saved.push(result.epoch)
        return training.saveCheckpoint(file)
      }
      return super.onEpochEnd(result, { ...training, saveCheckpoint: save } as typeof training)
    }
  }
  const callbacks = [new Told(path, { bestOnly: true })]
  const { epochs } = await model().fit(train, options({ optimizer: new Adam({ learningRate: 0.3 }), callbacks }))
  const losses = epochs.map(({ validation }) => validation!.loss)
  const records = losses.flatMap((loss, i) => (losses.slice(0, i).every((other) => loss < other) ? [i + 1] : []))
  expect(saved).toEqual(records)
  expect(records.length).toBeLessThan(10)
  const best = await Sequential.load(path)
  expect((await best.evaluate(held)).loss).toBe(Math.min(...losses))
})

describe('a checkpoint of another training is refused, and the model is as it was', () => {
  const path = () => join(folder, 'refused.safetensors')
  beforeAll(() => model().fit(train, options({ epochs: 2, callbacks: [new Checkpoint(path())] })))
  /** The last row's target is another one. */
  const otherTargets = () => {
    let row = 0
    return train.map((_, target) => ({ y: ++row === train.rows ? 1 - Number(target) : Number(target) }))
  }

  test.each<[string, () => Sequential, () => [Dataset, Partial<FitOptions>], RegExp]>([
    [
      'other units',
      () => model([new Dense(13, { activation: 'relu' }), new Dropout(0.3), new Dense(1, { activation: 'sigmoid' })]),
      () => [train, {}],
      /layers\[0\]\.options\.units is 12 there and 13 here/,
    ],
    [
      'another rate of dropout',
      () => model([new Dense(12, { activation: 'relu' }), new Dropout(0.4), new Dense(1, { activation: 'sigmoid' })]),
      () => [train, {}],
      /layers\[1\]\.options\.rate is 0\.3 there and 0\.4 here/,
    ],
    [
      'another optimizer',
      model,
      () => [train, { optimizer: new SGD() }],
      /optimizer\.name is 'Adam' there and 'SGD' here/,
    ],
    [
      'another learning rate',
      model,
      () => [train, { optimizer: new Adam({ learningRate: 0.5 }) }],
      /optimizer\.learningRate is 0\.02 there and 0\.5 here/,
    ],
    ['other rows', model, () => [held, {}], /rows\[0\] is 105 there and 45 here/],
    ['another batch size', model, () => [train, { batchSize: 32 }], /batchSize is 16 there and 32 here/],
    ['another seed', () => model(layers(), 6), () => [train, {}], /seeds\[0\] is 5 there and 6 here/],
    ['no shuffle', model, () => [train, { shuffle: false }], /shuffle is true there and false here/],
    ['other metrics', model, () => [train, { metrics: [] }], /metrics\[0\] is 'accuracy' there and absent here/],
    [
      'other targets',
      model,
      () => [otherTargets(), {}],
      /^[^;]* targets is 'checksum \w{8}' there and 'checksum \w{8}' here\. Give/,
    ],
    [
      'sample weights',
      model,
      () => [train.withSampleWeights(new Float32Array(train.rows).fill(2)), {}],
      /^[^;]* sampleWeights times classWeights is 'none' there and 'checksum \w{8}' here\. Give/,
    ],
    [
      'class weights',
      model,
      () => [train, { classWeights: [1, 9] }],
      /^[^;]* sampleWeights times classWeights is 'none' there and 'checksum \w{8}' here\. Give/,
    ],
    [
      'another validation',
      model,
      () => [train, { validation: train }],
      /^[^;]* validation\.targets is 'checksum \w{8}' there and 'checksum \w{8}' here\. Give/,
    ],
    ['fewer epochs', model, () => [train, { epochs: 1 }], /epochs more than the 2 .* received 1/],
    [
      'a frozen layer',
      () => {
        const one = model()
        one.layers[0]!.trainable = false
        return one
      },
      () => [train, {}],
      /trainable\[0\] is true there and false here/,
    ],
  ])('%s', async (_, make, given, message) => {
    const one = make()
    const before = bits(one.getWeights())
    const [data, more] = given()
    await expect(one.fit(data, options({ ...more, resume: path() }))).rejects.toThrow(message)
    expect(bits(one.getWeights())).toEqual(before)
  })

  test('other weights of classes, also where the training has ended', async () => {
    const own = newPath()
    const given = (classWeights: readonly number[]) => options({ epochs: 2, classWeights })
    await model().fit(train, { ...given([1, 4]), callbacks: [new Checkpoint(own)] })
    const { epochs } = await model().fit(train, { ...given([1, 4]), resume: own })
    expect(epochs).toHaveLength(2)
    await expect(model().fit(train, { ...given([1, 5]), resume: own })).rejects.toThrow(/classWeights is 'checksum/)
    expect(() => model().fitSync(train, options({ resume: own }))).toThrow(
      /classWeights is 'checksum.* and 'none' here/,
    )
  })

  test('other weights of one member', async () => {
    const own = newPath()
    const many = () => new Population(layers(), { inputs: 2, members: 2, seed: 8 })
    const heavy = train.withSampleWeights(new Float32Array(train.rows).fill(2))
    await many().fit(train, options({ epochs: 1, callbacks: [new Checkpoint(own)] }))
    // The same for both is the same training.
    await many().fit([train, train], options({ epochs: 2, resume: own }))
    const refused = many().fit([train, heavy], options({ epochs: 2, resume: own }))
    await expect(refused).rejects.toThrow(/sampleWeights times classWeights is 'none' there and \['none', 'checksum/)
    await many().fit([train, heavy], options({ epochs: 1, callbacks: [new Checkpoint(own)] }))
    await many().fit([train, heavy], options({ epochs: 2, resume: own }))
    await expect(many().fit([heavy, heavy], options({ epochs: 2, resume: own }))).rejects.toThrow(/'checksum/)
  })

  test('the same targets in another form are the same training', async () => {
    const { x, y } = datasets.moons({ samples: 40, seed: 4 })
    const own = newPath()
    const given = options({ epochs: 1, validation: 0.25 })
    await model().fit(Dataset.from({ x, y }), { ...given, callbacks: [new Checkpoint(own)] })
    const again = Dataset.from({ x, y: Array.from(y as ArrayLike<number>) })
    const { epochs } = await model().fit(again, { ...given, epochs: 2, resume: own })
    expect(epochs).toHaveLength(2)
  })

  test('all that differs is named at once', async () => {
    const given = options({ batchSize: 8, shuffle: false, resume: path() })
    await expect(model().fit(train, given)).rejects.toThrow(/batchSize is 16.*shuffle is true/)
  })

  test('early stopping that has watched something else', async () => {
    const own = newPath()
    const watching = (monitor: string) => new EarlyStopping({ monitor })
    await model().fit(train, options({ epochs: 2, callbacks: [watching('loss'), new Checkpoint(own)] }))
    const given = options({ callbacks: [watching('validation.loss')], resume: own })
    await expect(model().fit(train, given)).rejects.toThrow(/'loss', which EarlyStopping has monitored before/)
  })

  test('a damaged one says what is wrong', async () => {
    const [own, damaged] = [newPath(), newPath()]
    const callbacks = [new Checkpoint(own, { every: { steps: 3 } })]
    await model().fit(train, options({ epochs: 1, callbacks }))
    const { tensors, metadata } = await readSafetensors(own)
    type Tensors = typeof tensors
    const one = model()
    const before = bits(one.getWeights())
    const told = async (change: (all: Tensors) => Tensors, text = metadata['deepblas.checkpoint']!) => {
      await writeSafetensors(damaged, {
        tensors: change(tensors),
        metadata: { ...metadata, 'deepblas.checkpoint': text },
      })
      const error = await one.fit(train, options({ resume: damaged })).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
      expect(bits(one.getWeights())).toEqual(before)
      return (error as Error).message
    }
    const without = (name: string) => (all: Tensors) => all.filter((tensor) => tensor.name !== name)
    expect(await told(without('checkpoint.accumulators'))).toMatch(/its place is missing or wrong/)
    expect(await told(without('checkpoint.state.firstMoment.layers.0.bias'))).toMatch(/'firstMoment.layers.0.bias'/)
    expect(await told(without('layers.2.bias'))).toMatch(/'layers.2.bias' is missing/)
    const shorter = (all: Tensors): Tensors => [
      ...without('checkpoint.accumulators')(all),
      { name: 'checkpoint.accumulators', dtype: 'F64', shape: [2], data: Float64Array.of(1, 1) },
    ]
    expect(await told(shorter)).toMatch(/its place is missing or wrong/)
    const foreign = (all: Tensors): Tensors => [
      ...all,
      { name: 'checkpoint.other', dtype: 'F32', shape: [1], data: Float32Array.of(1) },
    ]
    expect(await told(foreign)).toMatch(/'checkpoint.other' is unknown/)
    expect(await told((all) => all, '{"formatVersion":1')).toMatch(/not valid JSON/)
    expect(await told((all) => all, '{"formatVersion":3}')).toMatch(/checkpoint format is 3/)
    expect(await told((all) => all, '{"formatVersion":1}')).toMatch(/settings/)
  })

  test('a model that is no checkpoint, and no file at all', async () => {
    const plain = newPath()
    await model().save(plain)
    await expect(model().fit(train, options({ resume: plain }))).rejects.toThrow(/a model file, not a checkpoint/)
    await expect(model().fit(train, options({ resume: newPath() }))).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_FILE',
    })
    await expect(model().fit(train, options({ resume: 3 as never }))).rejects.toThrow(/string for resume/)
  })
})

test('writing leaves nothing but the file, and a folder that is not there rejects the fit', async () => {
  const own = await mkdtemp(join(folder, 'own-'))
  await model().fit(train, options({ epochs: 3, callbacks: [new Checkpoint(join(own, 'a.safetensors'))] }))
  expect(await readdir(own)).toEqual(['a.safetensors'])
  const nowhere = [new Checkpoint(join(own, 'no', 'a.safetensors'))]
  await expect(model().fit(train, options({ callbacks: nowhere }))).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_FILE' })
  expect(() => model().fitSync(train, options({ callbacks: nowhere }))).toThrow(/Cannot write/)
})

test('options of Checkpoint', () => {
  expect(() => new Checkpoint('')).toThrow(/path/)
  expect(() => new Checkpoint('a', { every: 0 })).toThrow(/positive integer for every/)
  expect(() => new Checkpoint('a', { every: {} as never })).toThrow(/either \{ epochs \} or \{ steps \}/)
  expect(() => new Checkpoint('a', { every: { steps: 2 }, bestOnly: true })).toThrow(/epochs with bestOnly/)
  expect(() => new Checkpoint('a', { bestOnly: true, monitor: 'mine' }).onFitStart()).toThrow(/'min' or 'max'/)
})

describe('what may change, where it is named', () => {
  const saved = async (more: Partial<FitOptions> = {}, callbacks: Callback[] = []) => {
    const path = newPath()
    await model().fit(train, options({ epochs: 3, ...more, callbacks: [...callbacks, new Checkpoint(path)] }))
    return path
  }
  const sgd = (learningRate: number | Schedule) => new SGD({ learningRate, momentum: 0.9 })
  const rates = ({ epochs }: { epochs: readonly EpochResult[] }) => epochs.map(({ learningRate }) => learningRate)

  test('the learning rate: as if it had been set then, to the same bits', async () => {
    const path = await saved({ optimizer: sgd(0.5) })
    const resumed = model()
    const history = await resumed.fit(
      train,
      options({ optimizer: sgd(0.125), epochs: 6, resume: path, resumeChanges: ['learningRate'] }),
    )
    expect(rates(history)).toEqual([0.5, 0.5, 0.5, 0.125, 0.125, 0.125])
    const whole = model()
    const quarter: Callback = {
      needs: 'epoch',
      onEpochEnd({ epoch }, training) {
        if (epoch === 3) training.learningRateFactor = 0.25
      },
    }
    await whole.fit(train, options({ optimizer: sgd(0.5), epochs: 6, callbacks: [quarter] }))
    expect(bits(resumed.getWeights())).toEqual(bits(whole.getWeights()))
  })

  test('a number for a schedule, and a schedule for a number, which counts the steps of the whole training', async () => {
    const path = await saved({ optimizer: sgd(0.5) })
    const schedule = () => cosine({ learningRate: 0.4, steps: 100 })
    const on = (optimizer: SGD, resume: string) =>
      model().fit(train, options({ optimizer, epochs: 4, resume, resumeChanges: ['learningRate'] }))
    const stepsPerEpoch = Math.ceil(train.rows / 16)
    expect(rates(await on(sgd(schedule()), path)).at(-1)).toBeCloseTo(
      schedule().rate(4 * stepsPerEpoch - 1, { stepsPerEpoch }),
      10,
    )
    const scheduled = await saved({ optimizer: sgd(schedule()) })
    expect(rates(await on(sgd(0.01), scheduled)).at(-1)).toBe(0.01)
  })

  test('the rate given is the rate: reductions of the old one are over, those to come are not', async () => {
    const plateau = () => new ReduceOnPlateau({ monitor: 'loss', patience: 0, threshold: 0.999, factor: 0.5 })
    const path = await saved({ optimizer: sgd(0.5) }, [plateau()])
    const more = { epochs: 5, resume: path, callbacks: [plateau()] }
    const named = { ...more, resumeChanges: ['learningRate'] as const }
    const changed = await model().fit(train, options({ ...named, optimizer: sgd(0.0625) }))
    expect(rates(changed)).toEqual([0.5, 0.5, 0.25, 0.0625, 0.03125])
    // Named, but the same: nothing has happened.
    for (const one of [more, named]) {
      const same = await model().fit(train, options({ ...one, callbacks: [plateau()], optimizer: sgd(0.5) }))
      expect(rates(same)).toEqual([0.5, 0.5, 0.25, 0.125, 0.0625])
    }
  })

  test('of members and of streams', async () => {
    const many = () => new Population(layers(), { inputs: 2, members: 2, seed: 8 })
    const path = newPath()
    const own = (learningRate: number[], more: object) => options({ optimizer: new SGD({ learningRate }), ...more })
    await many().fit(train, own([0.1, 0.2], { epochs: 2, callbacks: [new Checkpoint(path)] }))
    const more = { epochs: 3, resume: path, resumeChanges: ['learningRate'] }
    const { members } = await many().fit(train, own([0.1, 0.4], more))
    expect(members.map(rates)).toEqual([
      [0.1, 0.1, 0.1],
      [0.2, 0.2, 0.4],
    ])

    const stream = newPath()
    const given = (rate: number, rest: object) => ({
      loss: 'binaryCrossEntropy' as const,
      optimizer: new SGD({ learningRate: rate }),
      ...rest,
    })
    await model().fit(() => train.batch(27), given(0.1, { epochs: 2, callbacks: [new Checkpoint(stream)] }))
    const history = await model().fit(() => train.batch(27), given(0.2, { ...more, resume: stream }))
    expect(rates(history)).toEqual([0.1, 0.1, 0.2])
  })

  test('the batch size, but not in mid-epoch; weight decay and clipping', async () => {
    const path = await saved()
    const changes = { resume: path, epochs: 5, batchSize: 32, resumeChanges: ['batchSize'] as const }
    expect((await model().fit(train, options(changes))).epochs).toHaveLength(5)
    const middle = newPath()
    const saving = [new Checkpoint(middle, { every: { steps: 5 } })]
    await model().fit(train, options({ epochs: 1, callbacks: saving }))
    const refused = model().fit(train, options({ ...changes, resume: middle }))
    await expect(refused).rejects.toThrow('written after step 5 of epoch 1')

    const optimizer = () => new Adam({ learningRate: 0.02, weightDecay: 0.1, clipNorm: 1 })
    const regularized = { resume: path, epochs: 5, resumeChanges: ['weightDecay', 'clipNorm'] as const }
    const history = await model().fit(train, options({ ...regularized, optimizer: optimizer() }))
    expect(history.epochs).toHaveLength(5)
  })

  test('nothing else, and nothing that is not named', async () => {
    const path = await saved()
    const again = (more: object) => model().fit(train, options({ epochs: 5, ...more }))
    const faster = new Adam({ learningRate: 0.5 })
    await expect(again({ resume: path, optimizer: faster })).rejects.toThrow(
      "say so: fit(data, { resume, resumeChanges: ['learningRate'] })",
    )
    const both = { resume: path, optimizer: faster, batchSize: 8, resumeChanges: ['learningRate'] }
    await expect(again(both)).rejects.toThrow(
      /^[^;]*batchSize is 16 there and 8 here\. .*\['learningRate', 'batchSize'\]/,
    )
    const other = { resume: path, optimizer: new SGD(), resumeChanges: ['learningRate'] }
    await expect(again(other)).rejects.toThrow(
      /optimizer\.name is 'Adam' there and 'SGD' here.* Give fit the model, data/,
    )
    await expect(again({ resume: path, resumeChanges: ['lerningRate'] })).rejects.toThrow(
      "Did you mean 'learningRate'?",
    )
    await expect(again({ resumeChanges: ['learningRate'] })).rejects.toThrow('path of a checkpoint with resumeChanges')
    const partial = { resumeChanges: ['learningRate'] } as unknown as PartialFitOptions
    await expect(model().partialFit(train, { loss: 'binaryCrossEntropy', ...partial })).rejects.toThrow('resumeChanges')
  })
})

test('a checkpoint takes over the results since the one before, and after a resume none of those it came from', async () => {
  const [path, later] = [newPath(), newPath()]
  const taken = vi.spyOn(NumberRecords.prototype, 'push')
  try {
    await model().fit(train, options({ epochs: 6, callbacks: [new Checkpoint(path)] }))
    expect(taken).toHaveBeenCalledTimes(6)
    taken.mockClear()
    const resumed = await model().fit(train, options({ resume: path, epochs: 9, callbacks: [new Checkpoint(later)] }))
    expect(taken.mock.calls.map(([result]) => (result as EpochResult).epoch)).toEqual([7, 8, 9])
    const again = await model().fit(train, options({ resume: later, epochs: 9 }))
    expect(again.epochs).toEqual(resumed.epochs)
  } finally {
    taken.mockRestore()
  }
})
