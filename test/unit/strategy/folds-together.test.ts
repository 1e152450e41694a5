/*
 * When the folds of a cross-validation are trained side by side, when one after another, and what becomes of errors.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  Adam,
  type Callback,
  Checkpoint,
  type CrossValidateOptions,
  CSVLog,
  cosine,
  crossValidate,
  Dataset,
  Dense,
  Dropout,
  datasets,
  defineActivation,
  defineMetric,
  EarlyStopping,
  type FitOptions,
  LBFGS,
  l2,
  ReduceOnPlateau,
  type Schedule,
  Sequential,
  SGD,
} from '../../../lib/index.js'

afterEach(() => void vi.restoreAllMocks())

const data = Dataset.from(datasets.moons({ samples: 60, noise: 0.2, seed: 4 }))
const make = (fold: number) =>
  new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })], {
    inputs: 2,
    seed: fold,
  })
const options = { loss: 'binaryCrossEntropy', metrics: ['accuracy'], epochs: 3, folds: 3 } as const
const bitsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...new Uint32Array(data.slice().buffer)])

/** How many of the folds were trained by a fit of their own, and their models. */
async function counted(makeModel: (fold: number) => Sequential, more: Partial<CrossValidateOptions> = {}) {
  const models: Sequential[] = []
  const fit = vi.spyOn(Sequential.prototype, 'fit')
  const result = await crossValidate(
    (fold) => {
      models.push(makeModel(fold))
      return models.at(-1)!
    },
    data,
    { ...options, ...more } as CrossValidateOptions,
  ).catch((error: Error) => error)
  const alone = fit.mock.calls.length
  fit.mockRestore()
  return { alone, models, result }
}

const apart = (model: Sequential) => Object.defineProperty(model, 'fit', { value: model.fit.bind(model) })

describe('side by side', () => {
  test.each<[string, (fold: number) => Sequential, Partial<CrossValidateOptions>]>([
    ['networks of one architecture', make, {}],
    ['with our callbacks that members have copies of', make, { callbacks: [new EarlyStopping({ monitor: 'loss' })] }],
    [
      'with two of them',
      make,
      { callbacks: [new ReduceOnPlateau({ monitor: 'loss' }), new EarlyStopping({ monitor: 'loss' })] },
    ],
    ['with a validation of their own', make, { validation: 0.2 }],
    ['strengths and rates that differ', (fold) => withStrengths(fold * 1e-3), {}],
    [
      'a schedule of ours',
      () => new Sequential([new Dropout(cosine({ learningRate: 0.2, steps: 9 })), new Dense(1)], { inputs: 2 }),
      { loss: 'meanSquaredError', metrics: [] },
    ],
    ['an optimizer by name', make, { optimizer: 'sgd' }],
    ['a metric of all scores that is ours', make, { metrics: ['rocAuc'] }],
  ])('%s', async (_name, makeModel, more) => {
    const { alone, result } = await counted(makeModel, more)
    expect(result).toHaveProperty('scores')
    expect(alone).toBe(0)
  })

  const withStrengths = (strength: number) =>
    new Sequential([new Dropout(strength), new Dense(1, { activation: 'sigmoid', regularizer: l2(strength) })], {
      inputs: 2,
    })
})

describe('one after another', () => {
  class Own extends Sequential {}
  class OwnStopping extends EarlyStopping {}
  const square = defineActivation({
    name: 'square',
    forward: (x) => x.squared(),
    derivative: (x) => x.times(2),
  })

  test.each<[string, (fold: number) => Sequential, Partial<CrossValidateOptions>]>([
    ['a callback of the user', make, { callbacks: [{ onEpochEnd: () => undefined }] }],
    ['one that would have copies', make, { callbacks: [{ forMember: () => ({ onEpochEnd: () => undefined }) }] }],
    ['a class of the user that extends ours', make, { callbacks: [new OwnStopping({ monitor: 'loss' })] }],
    [
      'one with a method of its own',
      make,
      { callbacks: [Object.assign(new EarlyStopping({ monitor: 'loss' }), { onProgress: () => undefined })] },
    ],
    ['an optimizer that looks at all rows', make, { optimizer: new LBFGS() }],
    ['one of that kind by name', make, { optimizer: 'lbfgs' }],
    ['a metric of all scores of the user', make, { metrics: [defineMetric({ name: 'own', fromScores: () => 1 })] }],
    [
      'layers of other sizes',
      (fold) => new Sequential([new Dense(fold + 1), new Dense(1, { activation: 'sigmoid' })], { inputs: 2 }),
      {},
    ],
    [
      'other activations',
      (fold) =>
        new Sequential(
          [new Dense(2, { activation: fold === 1 ? 'relu' : 'tanh' }), new Dense(1, { activation: 'sigmoid' })],
          { inputs: 2 },
        ),
      {},
    ],
    ['a layer that is frozen in one of them', (fold) => frozen(make(fold), fold === 1), {}],
    ['a class of the user', () => new Own([new Dense(1, { activation: 'sigmoid' })], { inputs: 2 }), {}],
    ['a fit of its own', (fold) => apart(make(fold)), {}],
    [
      'an activation of the user',
      () =>
        new Sequential([new Dense(2, { activation: square }), new Dense(1, { activation: 'sigmoid' })], { inputs: 2 }),
      {},
    ],
    [
      'large networks',
      () => new Sequential([new Dense(9000), new Dense(3), new Dense(1, { activation: 'sigmoid' })], { inputs: 2 }),
      { epochs: 1 },
    ],
  ])('%s', async (_name, makeModel, more) => {
    const { alone, result } = await counted(makeModel, more)
    expect(result).toHaveProperty('scores')
    expect(alone).toBe(3)
  })

  const frozen = (model: Sequential, is: boolean) => {
    model.layers[0]!.trainable = !is
    return model
  }

  test('callbacks that write files have one for every fit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
    try {
      for (const callback of [new CSVLog(join(folder, 'log.csv')), new Checkpoint(join(folder, 'model.safetensors'))]) {
        expect((await counted(make, { callbacks: [callback] })).alone).toBe(3)
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

test('all models are made before the first is trained', async () => {
  const seen: number[] = []
  const told: number[] = []
  const callback: Callback = { onFitStart: () => void told.push(seen.length) }
  await crossValidate(
    (fold) => {
      seen.push(fold)
      return make(fold)
    },
    data,
    { ...options, callbacks: [callback] },
  )
  expect(seen).toEqual([0, 1, 2])
  expect(told).toEqual([3, 3, 3])
})

describe('what goes wrong is told as by fits one after another, and leaves the same models', () => {
  test.each<[string, Partial<CrossValidateOptions>, RegExp]>([
    ['an option', { epochs: -1 }, /epochs/],
    ['an unknown option', { epoch: 1 } as never, /option 'epoch'/],
    ['a loss', { loss: 'crossEntropy' }, /crossEntropy/],
    ['an optimizer', { optimizer: new SGD({ learningRate: [0.1, 0.2, 0.3] }) }, /one number for learningRate/],
    ['a callback', { callbacks: [new EarlyStopping({ monitor: 'loss', startFromEpoch: 9 })] }, /startFromEpoch/],
    ['a callback twice', { callbacks: Array(2).fill(new EarlyStopping({ monitor: 'loss' })) }, /callbacks\[1\]/],
    ['no list of callbacks', { callbacks: 3 as never }, /callbacks/],
    ['a callback that is null', { callbacks: [null] as never }, /callbacks\[0\]/],
    ['validation data for each', { validation: [data, data, data] as never }, /validation/],
    ['a signal', { signal: 3 as never }, /AbortSignal/],
    ['an optimizer that is null', { optimizer: null as never }, /optimizer/],
    ['a loss that is no longer finite', { optimizer: new SGD({ learningRate: 1e38 }), epochs: 200 }, /NaN or infinite/],
  ])('%s', async (_name, more, message) => {
    const together = await counted(make, more)
    const one = await counted((fold) => apart(make(fold)), more)
    expect(together.result).toBeInstanceOf(Error)
    expect((together.result as Error).message).toMatch(message)
    expect((together.result as Error).message).toBe((one.result as Error).message)
    expect(together.models.map(bitsOf)).toEqual(one.models.map(bitsOf))
  })

  test('a model that fits already', async () => {
    const busy = make(1)
    const ended = new AbortController()
    const running = busy.fit(data, { loss: 'binaryCrossEntropy', epochs: 1_000_000, signal: ended.signal })
    const { result } = await counted((fold) => (fold === 0 ? busy : make(fold)))
    expect(result).toMatchObject({ code: 'ERR_DEEPBLAS_BUSY' })
    ended.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
  })
})

test('while they train, the models are as busy as in a fit', async () => {
  const models: Sequential[] = []
  const ended = new AbortController()
  const running = crossValidate(
    (fold) => {
      models.push(make(fold))
      return models.at(-1)!
    },
    data,
    { ...options, epochs: 1_000_000, signal: ended.signal },
  )
  await new Promise((resolve) => setImmediate(resolve))
  const others = await Promise.allSettled(models.map((model) => model.predict([[1, 2]])))
  expect(others.map((other) => other.status === 'rejected' && other.reason.code)).toEqual(
    Array(3).fill('ERR_DEEPBLAS_BUSY'),
  )
  ended.abort()
  await expect(running).rejects.toBe(ended.signal.reason)
  expect((await models[2]!.predict([[1, 2]])).shape).toEqual([1, 1])
})

test('an abort rejects with the reason, and leaves the parameters of the last step', async () => {
  const ended = new AbortController()
  const reason = new Error('enough')
  const schedule: Schedule = {
    name: 'aborting',
    learningRate: 0.01,
    rate(step) {
      if (step === 3000) ended.abort(reason)
      return 0.01
    },
  }
  const optimizer = new SGD({ learningRate: schedule })
  const { alone, models, result } = await counted(make, { optimizer, epochs: 100_000, signal: ended.signal })
  expect(result).toBe(reason)
  // That of the first fold, which finds the signal raised.
  expect(alone).toBe(1)
  for (const [fold, model] of models.entries()) {
    expect(bitsOf(model)).not.toEqual(bitsOf(make(fold)))
    expect((await model.partialFit(data)).epochs[0]!.epoch).toBeGreaterThan(1)
  }
  const late = await counted(make, { signal: AbortSignal.abort(reason) })
  expect(late.result).toBe(reason)
  expect(late.models.map(bitsOf)).toEqual([0, 1, 2].map((fold) => bitsOf(make(fold))))
})

test('models know afterwards what they know after a fit of their own', async () => {
  const names = Dataset.from({
    x: Array.from({ length: 60 }, (_, i) => [i / 60, Math.sin(i)]),
    y: Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 'yes' : 'no')),
  })
  const given: FitOptions = { loss: 'binaryCrossEntropy', epochs: 3, optimizer: new Adam({ learningRate: 0.1 }) }
  const models: Sequential[] = []
  await crossValidate(
    (fold) => {
      models.push(make(fold))
      return models.at(-1)!
    },
    names,
    { ...given, folds: 3 },
  )
  for (const model of models) {
    expect([...model.labels!].sort()).toEqual(['no', 'yes'])
    expect((await model.predictClasses([[1, 2]]))[0]).toMatch(/yes|no/)
    expect(await model.evaluate(names)).toHaveProperty('loss')
  }
})

test('an update that leaves no finite parameters is an error, as of a fit alone', async () => {
  const few = Dataset.from(datasets.moons({ samples: 46, noise: 0.2, seed: 6 }))
  const growing = (fold: number) =>
    new Sequential([new Dense(16, { activation: 'relu' }), new Dense(16, { activation: 'relu' }), new Dense(1)], {
      inputs: 2,
      seed: fold,
    })
  const settings = (learningRate: number) =>
    ({ folds: 2, loss: 'meanSquaredError', epochs: 2, batchSize: 8, optimizer: new SGD({ learningRate }) }) as const
  let failed = 0
  // Rates at which the loss, or the last update alone, is no longer finite.
  for (let learningRate = 1; learningRate < 4; learningRate += 0.25) {
    const together = await crossValidate(growing, few, settings(learningRate)).catch((error: Error) => error)
    const alone = await crossValidate((fold) => apart(growing(fold)), few, settings(learningRate)).catch(
      (error: Error) => error,
    )
    expect(together instanceof Error).toBe(alone instanceof Error)
    if (!(alone instanceof Error)) continue
    failed++
    expect((together as Error).message).toBe(alone.message)
  }
  expect(failed).toBeGreaterThan(3)
})

test('metrics of all scores of many rows too', async () => {
  const many = Dataset.from(datasets.moons({ samples: 10_000, noise: 0.3, seed: 7 }))
  const given = { ...options, metrics: ['rocAuc', 'averagePrecision'], epochs: 1, validation: 0.2 } as const
  const fit = vi.spyOn(Sequential.prototype, 'fit')
  const together = await crossValidate(make, many, given)
  expect(fit).not.toHaveBeenCalled()
  fit.mockRestore()
  const alone = await crossValidate((fold) => apart(make(fold)), many, given)
  const numbersOf = ({ scores, histories }: typeof alone) => ({
    scores,
    epochs: histories.map(({ epochs }) => epochs.map(({ seconds: _, ...numbers }) => numbers)),
  })
  expect(numbersOf(together)).toEqual(numbersOf(alone))
})

test('an option that there is not is told with those that there are, before any model is made', async () => {
  const makeModel = vi.fn(make)
  const given = { ...options, folds: undefined, fold: 3 } as unknown as CrossValidateOptions
  await expect(crossValidate(makeModel, data, given)).rejects.toThrow(
    /folds, stratified, loss.* for crossValidate but received the option 'fold'\. Did you mean 'folds'\?/,
  )
  expect(makeModel).not.toHaveBeenCalled()
})

test('the callback that was given has the best epoch of the last fold', async () => {
  const bestOf = async (makeModel: (fold: number) => Sequential) => {
    const stopping = new EarlyStopping({ patience: 1 })
    const { histories } = await crossValidate(makeModel, data, {
      ...options,
      epochs: 30,
      validation: 0.3,
      callbacks: [stopping],
    })
    return { best: stopping.best, all: histories.map(({ best }) => best) }
  }
  const together = await bestOf(make)
  expect(together).toEqual(await bestOf((fold) => apart(make(fold))))
  expect(together.best).toEqual(together.all[2])
})
