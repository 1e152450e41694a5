import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type Callback,
  Checkpoint,
  Dataset,
  Dense,
  datasets,
  LBFGS,
  Population,
  Sequential,
  type Snapshot,
  type TrainingHandle,
} from '../../../lib/index.js'

const data = Dataset.from(datasets.moons({ samples: 70 }))
const layers = (units = 4) => [new Dense(units), new Dense(1, { activation: 'sigmoid' })]
const options = { loss: 'binaryCrossEntropy', batchSize: 10, epochs: 3 } as const
const sequential = (units?: number) => new Sequential(layers(units), { inputs: 2, seed: 1 })
const population = (members: number) => new Population(layers(), { inputs: 2, members, seed: 1 })

async function snapshotOf(model: Sequential | Population): Promise<Snapshot> {
  let taken: Snapshot | undefined
  const callback: Callback = {
    onEpochEnd(_, training) {
      taken = training.snapshot()
    },
  }
  await model.fit(data, { ...options, callbacks: [callback] })
  return taken!
}

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '5', 5n, null])(
  'a factor of the learning rate that is %s is refused, and the old one stays',
  async (factor) => {
    const factors: number[] = []
    const callback: Callback = {
      needs: 'epoch',
      onEpochEnd(_, training) {
        expect(() => Reflect.set(training, 'learningRateFactor', factor)).toThrow(
          /for learningRateFactor but received .* of type/,
        )
        factors.push(training.learningRateFactor)
      },
    }
    await sequential().fit(data, { ...options, callbacks: [callback] })
    expect(factors).toEqual([1, 1, 1])
  },
)

test.each([
  ['a larger network', () => sequential(5), () => sequential()],
  ['a network of the same size', () => sequential(), () => sequential()],
  ['a network, for a population', () => sequential(), () => population(2)],
  ['a larger population', () => population(3), () => population(2)],
  ['a population, for a network', () => population(2), () => sequential()],
])('a snapshot of %s is not put back', async (_, other, own) => {
  const snapshot = await snapshotOf(other())
  for (const use of [
    { onEpochEnd: (_: unknown, training: TrainingHandle) => training.restore(snapshot) },
    { needs: 'epoch', onEpochEnd() {}, saveState: () => ({ snapshot }), last: false },
  ]) {
    const path = join(await mkdtemp(join(tmpdir(), 'deepblas-')), 'checkpoint.safetensors')
    const fit = own().fit(data, { ...options, callbacks: [use as Callback, new Checkpoint(path)] })
    await expect(fit).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_ARGUMENT',
      message: expect.stringMatching(/^Expected (a )?snapshots? of this training/),
    })
  }
})

test('a snapshot of an earlier fit of the same model is put back', async () => {
  const model = sequential()
  const snapshot = await snapshotOf(model)
  const before = model.getWeights()
  await model.fit(data, { ...options, callbacks: [{ onFitEnd: (_, training) => training.restore(snapshot) }] })
  expect(model.getWeights()).toEqual(before)
})

test.each([
  ['fit', {}],
  ['fit of LBFGS', { optimizer: new LBFGS(), batchSize: 'full' }],
  ['fit of a stream', { stream: true }],
] as const)('%s: what a training can do while steps run or after its end is refused', async (_, more) => {
  let training: TrainingHandle | undefined
  let snapshot: Snapshot | undefined
  const codes: unknown[] = []
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  const use = async () => {
    for (const call of [
      () => training!.snapshot(),
      () => training!.restore(snapshot!),
      () => training!.saveCheckpoint(join(folder, 'late.safetensors')),
    ]) {
      try {
        await call()
        codes.push('done')
      } catch (error) {
        codes.push((error as { code?: string }).code)
      }
    }
  }
  const callback: Callback = {
    needs: 'epoch',
    onEpochEnd({ epoch }, given) {
      training = given
      snapshot ??= given.snapshot()
      if (epoch === 2) setImmediate(use)
    },
  }
  const model = sequential()
  if ('stream' in more) {
    const turn = async () => await new Promise((resolve) => setTimeout(resolve, 5))
    async function* batches() {
      yield data
      await turn()
      yield data
    }
    await model.fit(batches, { loss: options.loss, epochs: 4, callbacks: [callback] })
  } else {
    await model.fit(data, { ...options, ...more, epochs: 2000, callbacks: [callback] })
  }
  await new Promise((resolve) => setImmediate(resolve))
  await use()
  expect(codes).toEqual(Array(6).fill('ERR_DEEPBLAS_ARGUMENT'))
  expect(await readdir(folder)).toEqual([])
})

test('in a promise that a method returns, a training can be read and restored', async () => {
  const model = sequential()
  let weights: unknown
  const callback: Callback = {
    async onFitStart(_, training) {
      await new Promise((resolve) => setImmediate(resolve))
      weights = model.getWeights()
      const snapshot = training.snapshot()
      await new Promise((resolve) => setImmediate(resolve))
      training.restore(snapshot)
    },
  }
  await model.fit(data, { ...options, epochs: 1, callbacks: [callback] })
  expect(weights).toEqual(sequential().getWeights())
})

test('a misspelt option of a snapshot is an error', async () => {
  const callback: Callback = {
    onEpochEnd: (_, training) => void training.snapshot({ monitord: true } as object),
  }
  await expect(sequential().fit(data, { ...options, callbacks: [callback] })).rejects.toThrow(
    /only the options monitored for snapshot but received the option 'monitord'/,
  )
})

test('a callback of fitSync that returns a promise which fails leaves no unhandled rejection', async () => {
  const unhandled: unknown[] = []
  const listen = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', listen)
  const callback: Callback = { onEpochEnd: () => Promise.reject(new Error('nobody hears of it')) }
  expect(() => sequential().fitSync(data, { ...options, callbacks: [callback] })).toThrow(/returned a promise/)
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
})
