/*
 * A callback that goes by a number: the number is there, is a number, or the user hears of it.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import {
  Adam,
  type Callback,
  Checkpoint,
  Dataset,
  Dense,
  datasets,
  defineMetric,
  EarlyStopping,
  type FitOptions,
  LBFGS,
  Population,
  ReduceOnPlateau,
  Sequential,
  SGD,
} from '../../../../lib/index.js'

let folder = ''
let warned: MockInstance<typeof process.emitWarning>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(() => {
  warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
})
afterEach(() => warned.mockRestore())
const warnings = () => warned.mock.calls.map(([message]) => String(message))

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i)])
const mixed = Dataset.from({ x, y: x.map(([a]) => Number(a! > 0)) })
const train = mixed
const binary = (seed = 1) => new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed })
const fitWith = (callbacks: Callback[], more: Partial<FitOptions> = {}) =>
  binary().fit(train, {
    loss: 'binaryCrossEntropy',
    metrics: ['rocAuc'],
    epochs: 6,
    validation: mixed,
    callbacks,
    ...more,
  })

const every: Readonly<Record<string, (monitor: string) => Callback>> = {
  EarlyStopping: (monitor) => new EarlyStopping({ monitor }),
  ReduceOnPlateau: (monitor) => new ReduceOnPlateau({ monitor }),
  Checkpoint: (monitor) => new Checkpoint(join(folder, 'never.safetensors'), { bestOnly: true, monitor }),
  Own: (monitor) =>
    new (class Own implements Callback {
      readonly monitors = monitor
      onEpochEnd() {}
    })(),
}

describe('a number that the data can never have is an error after the first epoch', () => {
  const one = (label: number | string) =>
    Dataset.from({ x: x.slice(0, 5), y: new Array<number>(5).fill(label as number) })

  test.each(Object.keys(every))('%s on rows of one class', async (name) => {
    let epochs = 0
    const count = { onEpochEnd: () => void epochs++, needs: 'epoch' as const }
    await expect(fitWith([count, every[name]!('validation.rocAuc')], { validation: one(1) })).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_DATA',
      message: expect.stringMatching(
        new RegExp(
          `'validation.rocAuc', which ${name} monitors, .* NaN in every epoch: .* 1 is the class of all 5 rows of the validation .*stratified`,
        ),
      ),
    })
    expect(epochs).toBe(1)
    expect(existsSync(join(folder, 'never.safetensors'))).toBe(false)
  })

  test('several classes, of which one has no row, in the training data too', async () => {
    const y = x.map((_, i) => i % 2)
    const few = Dataset.from({ x, y })
    const three = new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2, seed: 1 })
    const run = three.fit(few, {
      loss: 'crossEntropy',
      metrics: ['rocAuc'],
      callbacks: [new EarlyStopping({ monitor: 'rocAuc' })],
    })
    await expect(run).rejects.toThrow(/0, 1 are the classes of the 40 rows of the training data/)
  })

  test('rows of weight 0, for loss and metric alike', async () => {
    const weightless = Dataset.from({
      x,
      y: x.map((_, i) => i % 2),
      sampleWeights: x.map((_, i) => Number(i < 30)),
    }).subset([30, 31, 32])
    for (const monitor of ['validation.loss', 'validation.accuracy', 'validation.rocAuc']) {
      const run = fitWith([new EarlyStopping({ monitor })], { validation: weightless, metrics: ['rocAuc', 'accuracy'] })
      await expect(run).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_DATA', message: expect.stringContaining('weight') })
    }
  })

  test('r2 of one row', async () => {
    const values = Dataset.from({ x, y: x.map(([a]) => a!) })
    const model = new Sequential([new Dense(1)], { inputs: 2, seed: 1 })
    const run = model.fit(values, {
      loss: 'meanSquaredError',
      metrics: ['r2'],
      validation: values.subset([0]),
      callbacks: [new EarlyStopping({ monitor: 'validation.r2' })],
    })
    await expect(run).rejects.toThrow(/r2 needs two rows, and there is 1 row of the validation data/)
  })

  test.each([
    ['averagePrecision', 0, 0],
    ['recall', 0, 0],
    ['f1', 0, 0],
    ['precision', 0, 0],
    ['matthews', 0, 0],
    ['averagePrecision', 1, 1],
    ['matthews', 1, 0],
  ] as const)(
    '%s of rows that are all of class %i, which is %i whatever is predicted',
    async (metric, label, value) => {
      const run = fitWith([new EarlyStopping({ monitor: `validation.${metric}` })], {
        validation: one(label),
        metrics: [metric],
      })
      await expect(run).rejects.toThrow(
        new RegExp(
          `it is ${value} in every epoch: ${metric} needs rows of every class, and ${label} is the class of all 5 rows`,
        ),
      )
    },
  )

  test.each(['accuracy', 'brier', 'logLoss'] as const)('not %s, which the predictions decide', async (metric) => {
    const mode = metric === 'accuracy' ? 'max' : 'min'
    const callbacks = [new EarlyStopping({ monitor: `validation.${metric}`, mode })]
    const { best } = await fitWith(callbacks, { validation: one(0), metrics: [metric] })
    expect(best?.value).not.toBeNaN()
  })

  test.each(['recall', 'precision', 'f1'] as const)('not %s of rows that are all of class 1', async (metric) => {
    const callbacks = [new EarlyStopping({ monitor: `validation.${metric}` })]
    const { best } = await fitWith(callbacks, { validation: one(1), metrics: [metric] })
    expect(best?.value).not.toBeNaN()
  })

  test('r2 of targets that are all equal, which no model meets to the last bit', async () => {
    const values = Dataset.from({ x, y: x.map(([a]) => a!) })
    const model = new Sequential([new Dense(1)], { inputs: 2, seed: 1 })
    const run = model.fit(values, {
      loss: 'meanSquaredError',
      metrics: ['r2'],
      validation: Dataset.from({ x, y: x.map(() => 3) }),
      callbacks: [new EarlyStopping({ monitor: 'validation.r2' })],
    })
    await expect(run).rejects.toThrow(
      /it is 0 in every epoch: r2 needs different targets, and all are equal in the 40 rows/,
    )
  })

  test('features that are all equal are no reason', async () => {
    const constant = Dataset.from({ x: x.map(() => [1, 1]), y: x.map((_, i) => i % 2) })
    const { stopped, best } = await fitWith([new EarlyStopping({ monitor: 'validation.rocAuc', patience: 2 })], {
      validation: constant,
    })
    expect([stopped, best]).toEqual(['early', { epoch: 1, value: 0.5 }])
  })

  test('a member of a population whose own validation has one class', async () => {
    const many = new Population([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, members: 2, seed: 1 })
    const run = many.fit(train, {
      loss: 'binaryCrossEntropy',
      metrics: ['rocAuc'],
      validation: [mixed, one(0)],
      callbacks: [new EarlyStopping({ monitor: 'validation.rocAuc' })],
    })
    await expect(run).rejects.toThrow(/0 is the class of all 5 rows/)
  })

  test('a stream is told of its validation', async () => {
    const run = binary().fit(
      async function* () {
        yield train
      },
      {
        loss: 'binaryCrossEntropy',
        metrics: ['rocAuc'],
        validation: one(0),
        epochs: 3,
        callbacks: [new EarlyStopping({ monitor: 'validation.rocAuc' })],
      },
    )
    await expect(run).rejects.toThrow(/0 is the class of all 5 rows/)
  })

  test('numbers that nobody monitors may be NaN', async () => {
    const { epochs } = await fitWith([], { validation: one(1) })
    expect(epochs.at(-1)!.validation!.rocAuc).toBeNaN()
    expect(warnings()).toEqual([])
  })
})

describe('a number that is NaN without the data telling why is a warning', () => {
  const sometimes = (isMissing: (call: number) => boolean) => {
    let call = 0
    // Training and validation are scored in turn.
    return defineMetric({ name: 'own', fromScores: () => (isMissing(Math.floor(call++ / 2) + 1) ? Number.NaN : call) })
  }

  test.each(Object.keys(every))('%s: in some epochs, once', async (name) => {
    const metrics = [sometimes((epoch) => epoch === 2 || epoch === 4)]
    const callback = name === 'Own' ? every.Own!('validation.own') : monitoring(name)
    const { epochs } = await fitWith([callback], { metrics })
    expect(epochs).toHaveLength(6)
    expect(warnings()).toEqual([
      expect.stringMatching(new RegExp(`'validation.own', which ${name} monitors, is NaN in epoch 2`)),
    ])
    expect(warned.mock.calls[0]![1]).toMatchObject({ code: 'DEEPBLAS_MONITOR_NAN' })
  })

  test('in every epoch: no best epoch, no file, and the user hears of it', async () => {
    const path = join(folder, 'nothing.safetensors')
    const best = new Checkpoint(path, { bestOnly: true, monitor: 'validation.own', mode: 'max' })
    const early = new EarlyStopping({ monitor: 'validation.own', mode: 'max', patience: 3 })
    const history = await fitWith([early, best], { metrics: [sometimes(() => true)] })
    expect(history).toMatchObject({
      stopped: 'early',
      reason: expect.stringContaining('has had no value for 3 epochs'),
    })
    expect(existsSync(path)).toBe(false)
    expect(warnings().filter((text) => text.includes('was NaN in every epoch'))).toHaveLength(2)
  })

  function monitoring(name: string): Callback {
    const monitor = 'validation.own'
    if (name === 'EarlyStopping') return new EarlyStopping({ monitor, mode: 'max' })
    if (name === 'ReduceOnPlateau') return new ReduceOnPlateau({ monitor, mode: 'max' })
    return new Checkpoint(join(folder, 'some.safetensors'), { bestOnly: true, monitor, mode: 'max' })
  }
})

describe('a number that no epoch will have is an error before the first step', () => {
  const cases: [monitor: string, mode: 'auto' | 'min', hint: string][] = [
    ['val_loss', 'auto', "Write 'validation.loss'"],
    ['val_accuracy', 'auto', "Write 'validation.accuracy'"],
    ['val_acc', 'auto', "Write 'validation.accuracy'"],
    ['valLoss', 'auto', "Write 'validation.loss'"],
    ['val/loss', 'auto', "Write 'validation.loss'"],
    ['val_auc', 'auto', "Write 'validation.rocAuc'"],
    ['val_mean_squared_error', 'auto', "Write 'validation.meanSquaredError'"],
    ['val_mae', 'min', "Write 'validation.meanAbsoluteError'"],
    ['train_loss', 'auto', "Write 'loss'"],
    ['acc', 'auto', "Write 'accuracy'"],
    ['lr', 'auto', "Write 'learningRate'"],
    ['validation.acc', 'auto', "Write 'validation.accuracy'"],
    ['val_loss', 'min', "Write 'validation.loss'"],
    ['validation.los', 'min', "Did you mean 'validation.loss'"],
    ['validation.f1', 'auto', "Ask for the metric: fit({ metrics: ['f1'] })"],
  ]
  test.each(cases)('%s (%s)', async (monitor, mode, hint) => {
    const told: string[] = []
    const run = async () => {
      const callbacks = [new EarlyStopping({ monitor, mode }), { onFitStart: () => void told.push('started') }]
      await fitWith(callbacks)
    }
    await expect(run()).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_ARGUMENT', message: expect.stringContaining(hint) })
    expect(told).toEqual([])
  })

  test('it lists the numbers there will be', async () => {
    const run = fitWith([new EarlyStopping({ monitor: 'speed', mode: 'max' })], { validation: 0.2 })
    const list = 'loss, rocAuc, validation.loss, validation.rocAuc, learningRate, seconds'
    await expect(run).rejects.toThrow(list)
  })
})

describe('history.reason', () => {
  const reason = async (callbacks: Callback[], more: Partial<FitOptions> = {}) =>
    (await fitWith(callbacks, more)).reason

  test('all epochs ran', async () => {
    expect(await reason([])).toBe('All 6 epochs ran.')
    expect(await reason([], { epochs: 1 })).toBe('All 1 epoch ran.')
  })

  test('a callback ended it, and why', async () => {
    const strict = new EarlyStopping({ monitor: 'validation.loss', minimumDelta: 100, patience: 2 })
    expect(await reason([strict])).toMatch(
      /^EarlyStopping ended the training after 3 epochs: validation.loss has not improved on \d\.\d+ for 2 epochs\.$/,
    )
    const stopping = (epoch: number, why?: string): Callback => ({
      needs: 'epoch',
      onEpochEnd: (result, training) => (result.epoch === epoch ? training.stop(why) : undefined),
    })
    expect(await reason([stopping(2, 'enough')])).toBe('A callback ended the training after 2 epochs: enough.')
    expect(await reason([stopping(2)])).toBe('A callback ended the training after 2 epochs: it gave no reason.')
    expect(await reason([stopping(6, 'enough')])).toBe(
      'All 6 epochs ran, and a callback asked for the end after the last one: enough.',
    )
  })

  test('a callback that is told of several epochs at once: the epoch after which it asked', async () => {
    const late: Callback = { onEpochEnd: ({ epoch }, training) => (epoch === 2 ? training.stop('enough') : undefined) }
    const { epochs, stopped, reason: told } = await fitWith([late], { epochs: 3, metrics: [] })
    // Three epochs are less than a chunk.
    expect([epochs.length, stopped]).toEqual([3, 'completed'])
    expect(told).toMatch(/^All 3 epochs ran, and a callback asked for the end after epoch 2: enough\. .*needs: 'epoch'/)
    const many = await fitWith([late], { epochs: 100_000, metrics: [] })
    expect(many.reason).toMatch(/^A callback ended the training after \d+ epochs: enough\. It asked after epoch 2/)
  })

  test('a callback that stops before the first step: nothing is trained, one by one, whole or as a stream', async () => {
    const before: Callback = { onFitStart: (_info, training) => training.stop('no time') }
    const ended = { stopped: 'early', reason: 'A callback ended the training after 0 epochs: no time.', epochs: [] }
    expect(await fitWith([before])).toMatchObject(ended)
    expect(await fitWith([before], { optimizer: new LBFGS(), batchSize: 'full' })).toMatchObject(ended)
    const model = binary()
    const weights = model.getWeights()
    const stream = async function* () {
      yield train
    }
    const history = await model.fit(stream, { loss: 'binaryCrossEntropy', epochs: 2, callbacks: [before] })
    expect(history).toMatchObject(ended)
    expect(model.getWeights()).toEqual(weights)
    const many = new Population([new Dense(1, { activation: 'sigmoid' })], {
      inputs: train.features,
      members: 3,
      seed: 1,
    })
    const one: Callback = {
      forMember: (member) => (member === 1 ? before : { onFitStart: () => undefined }),
    }
    const { members } = await many.fit(train, { loss: 'binaryCrossEntropy', epochs: 2, callbacks: [one] })
    expect(members.map((member) => member.epochs.length)).toEqual([2, 0, 2])
  })

  test('onFitEnd is told', async () => {
    const told: unknown[] = []
    await fitWith([{ onFitEnd: (history) => void told.push(history.reason) }])
    expect(told).toEqual(['All 6 epochs ran.'])
  })

  test('of every member of a population, one that failed too', async () => {
    const many = new Population([new Dense(1)], { inputs: 1, members: 3, seed: 1 })
    const rows = Dataset.from({ x: [[1], [2], [3]], y: [1, 2, 3] })
    const { members } = await many.fit(rows, {
      loss: 'meanSquaredError',
      optimizer: new SGD({ learningRate: [1e30, 1e-3, 0.1] }),
      epochs: 40,
      batchSize: 'full',
      callbacks: [new EarlyStopping({ monitor: 'loss', minimumDelta: 0.01, patience: 2 })],
    })
    expect(members.map(({ stopped }) => stopped)).toEqual(['failed', expect.any(String), 'early'])
    expect(members[0]!.reason).toMatch(/not finite|NaN or infinite/)
    expect(members[2]!.reason).toMatch(/^EarlyStopping ended the training after \d+ epochs/)
  })

  test('of LBFGS that has converged, and of a stream that has ended', async () => {
    const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
    const rows = Dataset.from({ x: [[1], [2], [3]], y: [1, 2, 3] })
    const whole = await model.fit(rows, { loss: 'meanSquaredError', optimizer: new LBFGS(), epochs: 100 })
    expect(whole).toMatchObject({ stopped: 'early', reason: expect.stringMatching(/^LBFGS ended the training after/) })
    async function* batches() {
      for (let i = 0; i < 5; i++) yield train
    }
    const short = await binary().fit(batches(), { loss: 'binaryCrossEntropy', stepsPerEpoch: 2, epochs: 10 })
    expect(short.reason).toBe('The stream ended after 3 of 10 epochs.')
  })

  test('is kept over a resume', async () => {
    const path = join(folder, 'resumed.safetensors')
    const options = (epochs: number): Partial<FitOptions> => ({ epochs, optimizer: new Adam() })
    const strict = () => new EarlyStopping({ monitor: 'validation.loss', minimumDelta: 100, patience: 2 })
    const first = await fitWith([strict(), new Checkpoint(path)], options(6))
    expect(first.stopped).toBe('early')
    const resumed = await fitWith([strict()], { ...options(6), resume: path })
    expect([resumed.stopped, resumed.reason]).toEqual([first.stopped, first.reason])
    // It asked for the end after the last epoch: more epochs are not run, and that is told.
    await fitWith([strict(), new Checkpoint(path)], options(3))
    const longer = await fitWith([strict()], { ...options(6), resume: path })
    expect(longer.epochs).toHaveLength(3)
    expect(longer).toMatchObject({
      stopped: 'early',
      reason: expect.stringContaining('EarlyStopping asked for the end'),
    })
  })
})

test('moons trains as before', async () => {
  const { stopped, reason } = await binary().fit(Dataset.from(datasets.moons()), {
    loss: 'binaryCrossEntropy',
    epochs: 2,
  })
  expect([stopped, reason]).toEqual(['completed', 'All 2 epochs ran.'])
})
