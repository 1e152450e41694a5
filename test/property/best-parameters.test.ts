/*
 * The parameters that a callback keeps for a number of an epoch are those that had it: where the epoch has one update, all
 * ways of training and of keeping give a model whose own evaluation is that number.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  Adam,
  type Callback,
  Checkpoint,
  Dataset,
  Dense,
  datasets,
  EarlyStopping,
  type FitOptions,
  type Layer,
  LBFGS,
  l2,
  Population,
  Sequential,
  SGD,
} from '../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `${files++}.safetensors`)

const ROWS = 24
const data = Dataset.from(datasets.moons({ samples: ROWS, noise: 0.3, seed: 4 }))
const held = Dataset.from(datasets.moons({ samples: 20, noise: 0.3, seed: 5 }))
const layers = (strength = 0): Layer[] => [
  new Dense(6, { activation: 'tanh', ...(strength > 0 && { regularizer: l2(strength) }) }),
  new Dense(1, { activation: 'sigmoid' }),
]

/** Ways for an epoch of all rows to have one update. */
const oneUpdate: Readonly<Record<string, (rate: number) => Partial<FitOptions>>> = {
  full: (rate) => ({ batchSize: 'full', optimizer: new SGD({ learningRate: rate }) }),
  'as many rows': (rate) => ({ batchSize: ROWS, optimizer: new Adam({ learningRate: rate / 10 }) }),
  'more rows': (rate) => ({ batchSize: 1000, optimizer: new SGD({ learningRate: rate, momentum: 0.9 }) }),
  accumulated: (rate) => ({ batchSize: 7, optimizer: new SGD({ learningRate: rate, accumulate: 4 }) }),
  averaged: (rate) => ({ batchSize: 'full', optimizer: new SGD({ learningRate: rate, averageDecay: 0.9 }) }),
}

const run = fc.record({
  way: fc.constantFrom(...Object.keys(oneUpdate)),
  // Large ones make the loss rise again: the best epoch is not the last.
  rate: fc.constantFrom(0.1, 1, 8, 30),
  strength: fc.constantFrom(0, 0.01),
  monitor: fc.constantFrom('loss', 'brier', 'rocAuc', 'validation.loss', 'validation.rocAuc'),
  epochs: fc.integer({ min: 1, max: 12 }),
  patience: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(1000),
})
const numberAt = (path: string, scores: object) =>
  path.split('.').reduce((at, key) => (at as never)[key], scores as never)
const optionsOf = (way: string, rate: number): FitOptions => ({
  loss: 'binaryCrossEntropy',
  metrics: ['brier', 'rocAuc'],
  validation: held,
  ...oneUpdate[way]!(rate),
})
const evaluated = (model: Sequential, monitor: string) =>
  model.evaluateSync(monitor.startsWith('validation.') ? held : data)[monitor.replace('validation.', '')] as number

describe('one update an epoch', () => {
  test('early stopping and checkpoints keep the parameters that had the number', () =>
    fc.assert(
      fc.asyncProperty(run, async ({ way, rate, strength, monitor, epochs, patience, seed }) => {
        const model = new Sequential(layers(strength), { inputs: 2, seed })
        const path = newPath()
        const history = await model.fit(data, {
          ...optionsOf(way, rate),
          epochs,
          callbacks: [new EarlyStopping({ monitor, patience }), new Checkpoint(path, { bestOnly: true, monitor })],
        })
        const best = history.best!
        expect(numberAt(monitor, history.epochs[best.epoch - 1]!)).toBe(best.value)
        expect(evaluated(model, monitor)).toBeCloseTo(best.value, 5)
        const kept = await Sequential.load(path)
        expect(kept.getWeights().map(({ data: own }) => [...own])).toEqual(
          model.getWeights().map(({ data: own }) => [...own]),
        )
        expect(history.reason).toMatch(history.stopped === 'early' ? /^EarlyStopping ended/ : /^All \d+ epochs? ran/)
      }),
      { numRuns: 60 },
    ))

  test('a resume from the best checkpoint goes on from the parameters after the epoch, to the same bits', () =>
    fc.assert(
      fc.asyncProperty(run, async ({ way, rate, strength, monitor, epochs, seed }) => {
        const path = newPath()
        const fitWith = (more: Partial<FitOptions>) => {
          const model = new Sequential(layers(strength), { inputs: 2, seed })
          return model
            .fit(data, { ...optionsOf(way, rate), epochs: epochs + 3, ...more })
            .then((history) => ({ model, history }))
        }
        const keep = () => [
          new EarlyStopping({ monitor, patience: 100 }),
          new Checkpoint(path, { bestOnly: true, monitor }),
        ]
        const whole = await fitWith({ callbacks: keep() })
        await fitWith({ callbacks: keep(), epochs })
        const resumed = await fitWith({ callbacks: keep(), resume: path })
        expect(resumed.history.epochs.map(({ loss }) => loss)).toEqual(whole.history.epochs.map(({ loss }) => loss))
        expect(resumed.history.best).toEqual(whole.history.best)
        expect(resumed.model.getWeights()).toEqual(whole.model.getWeights())
      }),
      { numRuns: 25 },
    ))

  test('every member of a population gets those of its own best epoch, whatever rows it has', () =>
    fc.assert(
      fc.asyncProperty(run, async ({ rate, patience, seed }) => {
        const rows = [data, data.subset(Array.from({ length: 9 }, (_, row) => row))]
        const many = new Population(layers(), { inputs: 2, members: 2, seed })
        const { members } = await many.fit(rows, {
          loss: 'binaryCrossEntropy',
          optimizer: new SGD({ learningRate: rate }),
          epochs: 10,
          batchSize: 'full',
          callbacks: [new EarlyStopping({ monitor: 'loss', patience })],
        })
        for (const [member, one] of rows.entries()) {
          expect(many.member(member).evaluateSync(one).loss).toBeCloseTo(members[member]!.best!.value, 5)
        }
      }),
      { numRuns: 20 },
    ))

  test('so does a stream whose epoch is one batch', async () => {
    const model = new Sequential(layers(), { inputs: 2, seed: 1 })
    const { best } = await model.fit(
      async function* () {
        yield data
      },
      {
        loss: 'binaryCrossEntropy',
        optimizer: new SGD({ learningRate: 30 }),
        epochs: 8,
        callbacks: [new EarlyStopping({ monitor: 'loss', patience: 100 })],
      },
    )
    expect(model.evaluateSync(data).loss).toBeCloseTo(best!.value, 5)
  })

  test('and LBFGS, whose loss is that after its iteration', async () => {
    const model = new Sequential(layers(0.01), { inputs: 2, seed: 1 })
    const callbacks = [new EarlyStopping({ monitor: 'loss', patience: 100 })]
    const { best } = await model.fit(data, { loss: 'binaryCrossEntropy', optimizer: new LBFGS(), epochs: 8, callbacks })
    expect(model.evaluateSync(data).loss).toBeCloseTo(best!.value, 5)
  })

  test('a callback of a user keeps them too, and must say what it goes by', async () => {
    class Keep implements Callback {
      readonly needs = 'epoch'
      readonly monitors: string | undefined
      constructor(monitors?: string) {
        this.monitors = monitors
      }
      onEpochEnd({ epoch }: { epoch: number }, training: Parameters<NonNullable<Callback['onEpochEnd']>>[1]) {
        if (epoch !== 3) return
        const snapshot = training.snapshot({ monitored: true })
        training.restore(snapshot)
        training.stop('three are enough')
      }
    }
    const fitWith = async (callback: Callback) => {
      const model = new Sequential(layers(), { inputs: 2, seed: 1 })
      const history = await model.fit(data, { ...optionsOf('full', 8), epochs: 5, callbacks: [callback] })
      return { model, history }
    }
    const { model, history } = await fitWith(new Keep('loss'))
    expect(model.evaluateSync(data).loss).toBeCloseTo(history.epochs[2]!.loss, 5)
    expect(history).toMatchObject({
      stopped: 'early',
      reason: 'Keep ended the training after 3 epochs: three are enough.',
    })
    await expect(fitWith(new Keep())).rejects.toThrow('monitors')
  })
})

test('of several updates an epoch the parameters after it are kept', async () => {
  const fitWith = async (epochs: number, callbacks: Callback[]) => {
    const model = new Sequential(layers(), { inputs: 2, seed: 1 })
    const history = await model.fit(data, { ...optionsOf('full', 4), batchSize: 8, epochs, callbacks })
    return { model, history }
  }
  const { model, history } = await fitWith(12, [new EarlyStopping({ monitor: 'loss', patience: 100 })])
  const until = await fitWith(history.best!.epoch, [])
  expect(model.getWeights()).toEqual(until.model.getWeights())
})
