/*
 * The parameters that an epoch began with, which are those of its training loss where it has one update: the same wherever
 * chunks of steps end, and in a training that is resumed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  BatchNorm,
  type Callback,
  Dataset,
  Dense,
  EarlyStopping,
  type FitOptions,
  Population,
  Sequential,
  SGD,
} from '../../../../lib/index.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

function rows(count: number): Dataset {
  const x = Array.from({ length: count }, (_, i) => [Math.sin(i * i), 3 + Math.cos(3 * i)])
  return Dataset.from({ x, y: x.map(([a, b]) => a! + b!) })
}

const layers = () => [new Dense(3), new BatchNorm(), new Dense(1)]

const options = (more: Partial<FitOptions<Dataset>> = {}): FitOptions<Dataset> => ({
  loss: 'meanSquaredError',
  optimizer: new SGD({ learningRate: 0.1, accumulate: 4 }),
  epochs: 2,
  batchSize: 10,
  ...more,
})

/** Takes part after every so many steps, so that a chunk ends there. */
const everySteps = (steps: number): Callback => ({ needs: { steps }, onStepEnd: () => {} })

const bits = (model: Sequential | Population) =>
  (model instanceof Population ? [0, 1].map((member) => model.member(member)) : [model]).flatMap((one) =>
    one.getWeights().flatMap(({ data }) => [...data]),
  )

describe('the parameters that an epoch of one update began with', () => {
  test.each([1, 2, 3])('are the same where chunks end after %i steps', async (steps) => {
    const trained = async (callbacks: Callback[]) => {
      const model = new Sequential(layers(), { inputs: 2, seed: 1 })
      await model.fit(rows(40), options({ callbacks: [new EarlyStopping({ monitor: 'loss' }), ...callbacks] }))
      return bits(model)
    }
    expect(await trained([everySteps(steps)])).toEqual(await trained([]))
  })

  test.each(['population', 'single'] as const)('travel in a checkpoint: %s', async (kind) => {
    const made = () =>
      kind === 'single'
        ? new Sequential(layers(), { inputs: 2, seed: 1 })
        : new Population(layers(), { inputs: 2, members: 2, seed: 1 })
    const train = (model: Sequential | Population, given: FitOptions<Dataset>) =>
      model instanceof Population ? model.fit([rows(10), rows(40)], given) : model.fit(rows(40), given)
    const callbacks = () => [new EarlyStopping({ monitor: 'loss' })]
    const whole = made()
    await train(whole, options({ callbacks: callbacks() }))
    const path = join(folder, `${kind}.safetensors`)
    for (let stop = 1; stop < 8; stop++) {
      const abort = new AbortController()
      let step = 0
      const cut: Callback = {
        needs: 'step',
        async onStepEnd(_, training) {
          if (++step !== stop) return
          await training.saveCheckpoint(path)
          abort.abort()
        },
      }
      const first = train(made(), options({ callbacks: [...callbacks(), cut], signal: abort.signal }))
      await expect(first).rejects.toThrow(/abort/i)
      const resumed = made()
      await train(resumed, options({ callbacks: callbacks(), resume: path }))
      expect(bits(resumed), `resumed after step ${stop}`).toEqual(bits(whole))
    }
  })
})
