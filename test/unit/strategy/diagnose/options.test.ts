/*
 * What a diagnosis is asked for: wrong options, a training that is not known, an end before its time.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  Adam,
  Dataset,
  Dense,
  type DiagnoseOptions,
  type DiagnoseProgress,
  datasets,
  diagnose,
  EarlyStopping,
  type FitOptions,
  Sequential,
} from '../../../../lib/index.js'

const fit: FitOptions = { loss: 'binaryCrossEntropy', optimizer: new Adam({ learningRate: 0.01 }), epochs: 6 }
const train = Dataset.from(datasets.moons({ samples: 80, noise: 0.2, seed: 1 }))
const dev = Dataset.from(datasets.moons({ samples: 60, noise: 0.2, seed: 2 }))
const make = () =>
  new Sequential([new Dense(6, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
    inputs: 2,
    seed: 1,
  })

describe('a wrong option is named', () => {
  const wide = Dataset.from({ x: [[1, 2, 3]], y: [1] })
  test.each<[string, object, RegExp]>([
    ['an unknown one', { data: dev }, /only the options train, trainDev, dev.*received the option 'data'/],
    ['train', { train: [[1, 2]] }, /Expected Dataset for train but received/],
    ['dev', { dev: undefined }, /Expected Dataset for dev but received undefined/],
    ['trainDev', { trainDev: 'dev.csv' }, /Expected Dataset for trainDev but received 'dev.csv'/],
    ['rows without targets', { dev: Dataset.from({ x: [[1, 2]] }) }, /Expected targets \(y\) in dev/],
    ['rows of another width', { dev: wide }, /Expected 2 features for dev, as the model has, but received 3/],
    ['target', { target: 99 }, /Expected finite number at most 1 for target but received 99/],
    ['target of a text', { target: '0.9' }, /for target but received '0.9'.*Write 0.9 without quotes/],
    ['fit', { fit: 'adam' }, /plain object for the options of fit/],
    ['fit without a loss', { fit: { epochs: 3 } }, /fit.loss/],
    ['fit.loss', { fit: { loss: 'mse?' } }, /for fit.loss but received 'mse\?'/],
    ['fit.optimizer', { fit: { ...fit, optimizer: 3 } }, /for optimizer but received 3/],
    ['fit.epochs', { fit: { ...fit, epochs: 0 } }, /Expected positive integer for fit.epochs but received 0/],
    ['fit.batchSize', { fit: { ...fit, batchSize: 'all' } }, /for fit.batchSize but received 'all'/],
    ['fit.shuffle', { fit: { ...fit, shuffle: 1 } }, /Expected boolean for fit.shuffle but received 1/],
    ['fit.rate', { fit: { ...fit, rate: 1 } }, /received the option 'rate'/],
    ['budget', { budget: 0 }, /Expected finite number at least 1 for budget but received 0/],
    ['budget of a text', { budget: '2m' }, /for budget but received '2m'/],
    ['onProgress', { onProgress: 'shown' }, /Expected function for onProgress but received 'shown'/],
    ['signal', { signal: true }, /Expected AbortSignal for signal but received true/],
    ['seed', { seed: -1 }, /Expected non-negative integer for seed but received -1/],
  ])('%s', async (_, wrong, message) => {
    await expect(diagnose(make(), { train, dev, fit, ...wrong } as DiagnoseOptions)).rejects.toThrow(message)
  })

  test('no model, no options', async () => {
    await expect(diagnose({} as Sequential, { train, dev, fit })).rejects.toThrow(/Expected Sequential for model/)
    await expect(diagnose(make(), undefined as unknown as DiagnoseOptions)).rejects.toThrow(/Give \{ train, dev \}/)
  })
})

test('without fit it is that of the last training, up to the epoch that was kept', async () => {
  const model = make()
  await model.fit(train, { ...fit, epochs: 60, validation: dev, callbacks: [new EarlyStopping({ patience: 5 })] })
  const { figures } = await diagnose(model, { train, dev })
  expect(figures.learningCurve.epochs.length).toBeGreaterThan(6)
  // The clone knows it too.
  expect((await diagnose(model.clone(), { train, dev })).figures.train).toEqual(figures.train)
})

test('a model from a file needs fit', async () => {
  const model = make()
  await model.fit(train, fit)
  const path = join(await mkdtemp(join(tmpdir(), 'deepblas-')), 'model.safetensors')
  await model.save(path)
  const loaded = await Sequential.load(path)
  await expect(diagnose(loaded, { train, dev })).rejects.toThrow(/Expected fit, the options of the training/)
  const found = await diagnose(loaded, { train, dev, fit })
  expect(found.figures.train).toEqual((await diagnose(model, { train, dev })).figures.train)
})

test('the model stays as it is; one that no fit has changed is trained as a clone', async () => {
  const model = make()
  const before = model.getWeights()
  const untrained = await diagnose(model, { train, dev, fit })
  expect(model.getWeights()).toEqual(before)
  await model.fit(train, fit)
  const trained = model.getWeights()
  const found = await diagnose(model, { train, dev, fit })
  expect(model.getWeights()).toEqual(trained)
  expect(found.figures.train).toEqual(untrained.figures.train)
})

test('the same seed gives the same, another seed other trainings', async () => {
  const model = make()
  await model.fit(train, fit)
  const [first, second, other] = [
    await diagnose(model, { train, dev, seed: 3 }),
    await diagnose(model, { train, dev, seed: 3 }),
    await diagnose(model, { train, dev, seed: 4 }),
  ]
  expect(second).toEqual(first)
  expect(other.figures.probes).not.toEqual(first.figures.probes)
  expect(other.figures.dev).toEqual(first.figures.dev)
})

test('a budget: what it has no room for is told, and what was tried has the same figures', async () => {
  const model = make()
  await model.fit(train, fit)
  const whole = await diagnose(model, { train, dev })
  expect(whole.figures.leftOut).toEqual([])
  const nothing = await diagnose(model, { train, dev, budget: 1 })
  const { figures, text } = nothing
  expect(figures.leftOut.length).toBeGreaterThan(0)
  expect([nothing.stopped, whole.stopped]).toEqual(['budget', 'completed'])
  expect(figures.leftOut.slice(-2)).toEqual(['changes of the training', 'learning curves'])
  expect(text).toContain(`Left out, for want of budget: ${figures.leftOut.join('; ')}.`)
  expect([figures.train, figures.dev, figures.layers]).toEqual([
    whole.figures.train,
    whole.figures.dev,
    whole.figures.layers,
  ])
  // Without the networks for comparison what can be reached is not known, unless it is said.
  expect([figures.attainable, figures.bias, nothing.findings.filter(({ kind }) => kind === 'bias')]).toEqual([
    undefined,
    undefined,
    [],
  ])
  expect(text).toContain('attainable not known')
  const wanted = await diagnose(model, { train, dev, budget: 1, target: 1 })
  expect(wanted.figures.attainable).toMatchObject({ value: 0, given: true })
  expect(wanted.figures.bias!.value).toBe(figures.train.value)
  expect(wanted.findings.map(({ evidence }) => evidence).join()).not.toContain('that was tried closes it')
  const some = await diagnose(model, { train, dev, budget: 60 })
  for (const probe of some.figures.probes) expect(whole.figures.probes).toContainEqual(probe)
  const enough = await diagnose(model, { train, dev, budget: 10 ** 12 })
  expect(enough).toEqual(whole)
})

test('experiments are told before they are made, all that take part in the figures', async () => {
  const told: string[] = []
  const onProgress = ({ experiments }: DiagnoseProgress) => told.push(...experiments)
  const { figures } = await diagnose(make(), { train, dev, fit, onProgress })
  for (const { change } of figures.probes) expect(told).toContain(change)
  expect(told.slice(0, 2)).toEqual(['the training as given', 'the training itself, repeated'])
})

test('learning curves: over the rows with what twice as many would give, and over time for both kinds of rows', async () => {
  const { figures } = await diagnose(make(), { train, dev, fit })
  const { rows, twice, epochs } = figures.curves
  expect(rows.map((point) => point.rows)).toEqual([10, 20, 40, 80])
  expect(twice!.rows).toBe(160)
  expect(twice!.band[0]).toBeLessThanOrEqual(twice!.heldOut)
  expect(twice!.band[1]).toBeGreaterThanOrEqual(twice!.heldOut)
  expect(twice!.band[0]).toBeLessThan(twice!.band[1])
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6])
  // Few epochs of a small network: both losses still fall.
  expect(epochs.at(-1)!.train).toBeLessThan(epochs[0]!.train)
  expect(epochs.at(-1)!.heldOut).toBeLessThan(epochs[0]!.heldOut)
})

describe('an abort ends it with what is known by then', () => {
  const reason = new Error('enough')
  /** Aborts before the experiment of these words. */
  const stoppedBefore = async (words: string) => {
    const controller = new AbortController()
    const told: string[] = []
    const onProgress = ({ experiments }: DiagnoseProgress) => {
      told.push(...experiments)
      if (experiments.includes(words)) controller.abort(reason)
    }
    const found = await diagnose(make(), { train, dev, fit, signal: controller.signal, onProgress })
    expect(told.at(-1)).toBe(words)
    return found
  }

  test('before the model is trained nothing is said of it', async () => {
    const before = await diagnose(make(), { train, trainDev: dev, dev, fit, signal: AbortSignal.abort(reason) })
    const { dominant, findings, stopped, text, figures } = before
    expect([dominant, findings, stopped]).toEqual(['none', [], 'aborted'])
    expect(text).toBe('Stopped before the model was trained: nothing can be said of it.')
    expect(figures.dev).toEqual({ value: Number.NaN, error: Number.NaN, rows: 60 })
    expect(figures.trainDev).toEqual({ value: Number.NaN, error: Number.NaN, rows: 60 })
    expect(await stoppedBefore('the training as given')).toMatchObject({ dominant, findings, stopped, text })
  })

  test('a trained model has the figures that need no training', async () => {
    const model = make()
    await model.fit(train, fit)
    const whole = await diagnose(model, { train, dev })
    expect(whole.stopped).toBe('completed')
    const found = await diagnose(model, { train, dev, signal: AbortSignal.abort(reason) })
    const { figures, stopped, text } = found
    expect(stopped).toBe('aborted')
    expect([figures.train, figures.dev, figures.layers]).toEqual([
      whole.figures.train,
      whole.figures.dev,
      whole.figures.layers,
    ])
    expect([figures.bias, figures.probes, figures.curves.rows]).toEqual([undefined, [], []])
    expect(text.split('\n')[1]).toBe('It was stopped before its end: this is what was known by then.')
    expect(text).toContain(`Not made, since it was stopped: ${figures.leftOut.join('; ')}.`)
    expect(text).toContain('a diagnosis to its end or a target tells it')
  })

  test('experiments that have ended have the same figures, and the one under way is told as begun', async () => {
    const whole = await diagnose(make(), { train, dev, fit })
    const words = 'leaky relus in the hidden layers'
    const { figures, stopped } = await stoppedBefore(words)
    expect(stopped).toBe('aborted')
    expect(figures.attainable).toBeDefined()
    expect(figures.probes.map(({ change }) => change)).toEqual(['learning rate x 10', 'learning rate x 0.1'])
    for (const probe of figures.probes) expect(whole.figures.probes).toContainEqual(probe)
    expect(figures.leftOut).toContain(`${words} (begun, not finished)`)
    expect(figures.leftOut).toContain('hidden layers four times as wide, 32 units at least')
  })
})
