import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Callback,
  Checkpoint,
  CSVLog,
  Dataset,
  Dense,
  datasets,
  EarlyStopping,
  Population,
  ReduceOnPlateau,
  Sequential,
  TensorBoard,
} from '../../../lib/index.js'

const data = Dataset.from(datasets.moons({ samples: 64 }))
const model = (seed = 1) => new Sequential([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, seed })
const options = (callbacks: readonly Callback[]) =>
  ({ loss: 'binaryCrossEntropy', epochs: 20, validation: 0.25, callbacks }) as const

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const makers: readonly (readonly [string, () => Callback])[] = [
  ['EarlyStopping', () => new EarlyStopping({ patience: 50 })],
  ['ReduceOnPlateau', () => new ReduceOnPlateau()],
  ['Checkpoint', () => new Checkpoint(join(folder, 'one.safetensors'), { bestOnly: true })],
  ['CSVLog', () => new CSVLog(join(folder, 'one.csv'))],
  ['TensorBoard', () => new TensorBoard(join(folder, 'runs'))],
]

/** Two fits wait for each other at their first epoch, so that neither is over before the other begins; `open` ends it. */
function meeting(): { gate: () => Callback; open: () => void } {
  let open = () => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  let there = 0
  const gate = (): Callback => ({
    onEpochEnd({ epoch }) {
      if (epoch === 1 && ++there === 2) open()
      return promise
    },
  })
  return { gate, open }
}

describe.each(makers)('%s', (name, make) => {
  test('watches one fit at a time', async () => {
    const shared = make()
    const { gate, open } = meeting()
    const fits = [1, 2].map((seed) => model(seed).fit(data, options([shared, gate()])))
    for (const fit of fits) fit.catch(open)
    const ends = await Promise.allSettled(fits)
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const { reason } = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(reason).toMatchObject({
      code: 'ERR_DEEPBLAS_BUSY',
      message: expect.stringContaining(`new ${name}(…)`),
    })
  })

  test('watches one fit after the other, also after one that failed, and both with one of its own', async () => {
    const shared = make()
    await expect(model().fit(data, { ...options([shared]), signal: AbortSignal.abort() })).rejects.toThrow()
    const first = await model().fit(data, options([shared]))
    const second = await model().fit(data, options([shared]))
    expect(second.epochs.map(({ loss }) => loss)).toEqual(first.epochs.map(({ loss }) => loss))
    await Promise.all([1, 2].map((seed) => model(seed).fit(data, options([make()]))))
  })

  test('stands once in a list', async () => {
    const shared = make()
    await expect(model().fit(data, options([shared, shared]))).rejects.toThrow('another callback than callbacks[0]')
  })
})

test('a callback of a user that keeps nothing may watch several fits', async () => {
  let epochs = 0
  const counts = { onEpochEnd: () => void epochs++ }
  await Promise.all([1, 2].map((seed) => model(seed).fit(data, options([counts]))))
  expect(epochs).toBe(40)
})

test('members of a population have each their own', async () => {
  const many = new Population([new Dense(1, { activation: 'sigmoid' })], { inputs: 2, members: 3 })
  const { members } = await many.fit(data, options([new EarlyStopping({ patience: 50 })]))
  expect(members.map(({ epochs }) => epochs.length)).toEqual([20, 20, 20])
})
