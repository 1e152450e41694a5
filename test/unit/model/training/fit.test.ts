import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import {
  Adam,
  Dataset,
  Dense,
  datasets,
  EarlyStopping,
  getThreads,
  Sequential,
  SGD,
  setThreads,
} from '../../../../lib/index.js'

const spirals = () => Dataset.from(datasets.spirals({ samples: 300, seed: 1 }))
const classifier = (units = 32, seed = 3) =>
  new Sequential([new Dense(units, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
    inputs: 2,
    seed,
  })
const weightsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...data])

test('fit lowers the loss, and evaluate agrees with predict', async () => {
  const data = spirals()
  const model = classifier()
  const history = await model.fit(data, {
    loss: 'crossEntropy',
    optimizer: new Adam({ learningRate: 0.02 }),
    epochs: 60,
    batchSize: 32,
    metrics: ['accuracy'],
  })
  expect(history.epochs).toHaveLength(60)
  expect(history.stopped).toBe('completed')
  expect(history.epochs.at(-1)!.loss).toBeLessThan(history.epochs[0]!.loss / 2)
  const { accuracy } = await model.evaluate(data)
  const guesses = await model.predictClasses(data)
  const right = guesses.filter((guess, row) => guess === data.target(row)[0]).length
  expect(accuracy).toBeCloseTo(right / data.rows, 12)
})

test('the same seed gives the same bits with one thread and two, synchronous or not, whatever the callbacks', async () => {
  const before = getThreads()
  const run = async (threads: number, form: 'fit' | 'fitSync', needs?: 'step' | 'epoch') => {
    setThreads(threads)
    const model = new Sequential(
      [
        new Dense(700, { activation: 'gelu' }),
        new Dense(700, { activation: 'tanh' }),
        new Dense(3, { activation: 'softmax' }),
      ],
      { inputs: 2, seed: 5 },
    )
    await model[form](spirals(), {
      loss: 'crossEntropy',
      epochs: 2,
      batchSize: 100,
      callbacks: needs === undefined ? [] : [{ needs }],
    })
    return weightsOf(model)
  }
  try {
    const expected = await run(1, 'fit')
    expect(await run(2, 'fit')).toEqual(expected)
    expect(await run(2, 'fitSync')).toEqual(expected)
    expect(await run(2, 'fit', 'epoch')).toEqual(expected)
    expect(await run(4, 'fit', 'step')).toEqual(expected)
  } finally {
    setThreads(before)
  }
})

test('an aborted fit rejects with the reason and leaves a usable model', async () => {
  const model = classifier(256)
  const abort = new AbortController()
  const reason = new Error('enough')
  const callbacks = [{ onProgress: () => abort.abort(reason) }]
  const fit = model.fit(spirals(), { loss: 'crossEntropy', epochs: 1_000_000, signal: abort.signal, callbacks })
  await expect(fit).rejects.toBe(reason)
  expect(weightsOf(model).flat().every(Number.isFinite)).toBe(true)
  await model.fit(spirals(), { loss: 'crossEntropy', epochs: 1 })
})

test('early stopping ends the fit and restores the best epoch', async () => {
  const model = classifier()
  const history = await model.fit(spirals(), {
    loss: 'crossEntropy',
    optimizer: new Adam({ learningRate: 0.3 }),
    epochs: 500,
    validation: 0.3,
    callbacks: [new EarlyStopping({ patience: 3 })],
  })
  expect(history.stopped).toBe('early')
  expect(history.epochs.length).toBe(history.best!.epoch + 3)
})

test('300 child processes spawned during a fit do not hang', async () => {
  const model = classifier(512)
  const abort = new AbortController()
  const fit = model.fit(spirals(), { loss: 'crossEntropy', epochs: 10_000_000, signal: abort.signal })
  for (let started = 0; started < 300; started += 10) {
    await Promise.all(
      Array.from({ length: 10 }, () => new Promise((done) => spawn('true').on('exit', done).on('error', done))),
    )
  }
  abort.abort()
  await expect(fit).rejects.toThrow()
})

test('a loss that explodes stops the fit before the update and names step and layer', async () => {
  const model = new Sequential([new Dense(1)], { inputs: 1 })
  const data = Dataset.from({ x: [[1e10], [2e10]], y: [1, 2] })
  await expect(
    model.fit(data, { loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 1e-5 }), epochs: 50 }),
  ).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_NOT_FINITE', message: expect.stringContaining('epoch') })
  expect(weightsOf(model).flat().every(Number.isFinite)).toBe(true)
})

test('a second fit, and a prediction, while one runs are refused; clone serves', async () => {
  const model = classifier()
  const other = model.clone()
  const fit = model.fit(spirals(), { loss: 'crossEntropy', epochs: 200 })
  await expect(model.fit(spirals(), { loss: 'crossEntropy' })).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_BUSY' })
  expect(() => model.predictSync([[0, 0]])).toThrowError(expect.objectContaining({ code: 'ERR_DEEPBLAS_BUSY' }))
  expect(other.predictSync([[0, 0]]).shape).toEqual([1, 3])
  await fit
})
