/*
 * Members side by side in the lanes of vectors: whatever the architecture, the data and the course of a training, each member
 * has the bits that it has one by one, and those of a fit of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  type Callback,
  Checkpoint,
  type Dataset,
  Dense,
  Dropout,
  EarlyStopping,
  getThreads,
  type Layer,
  l1l2,
  NAdam,
  Population,
  RMSProp,
  Sequential,
  SGD,
  setThreads,
} from '../../lib/index.js'
import { randomData } from '../helpers/random-data.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
})
afterAll(() => rm(folder, { recursive: true }))

const threads = getThreads()
afterEach(() => {
  delete process.env.DEEPBLAS_LANES
  setThreads(threads)
})

const activations = ['linear', 'relu', 'tanh', 'sigmoid', 'gelu', 'leakyRelu', 'silu'] as const
const losses = {
  binaryCrossEntropy: { outputs: 1, activation: 'sigmoid', targets: { classes: 2 } },
  crossEntropy: { outputs: 3, activation: 'softmax', targets: { classes: 3 } },
  meanSquaredError: { outputs: 2, activation: 'linear', targets: { values: 2 } },
  meanAbsoluteError: { outputs: 1, activation: 'linear', targets: { values: 1 } },
} as const
// Rates at which no loss grows without end: a checkpoint is not written of weights that are not finite.
const optimizers = {
  sgd: () => new SGD({ learningRate: 0.005, momentum: 0.9, nesterov: true }),
  plain: () => new SGD({ learningRate: 0.02, weightDecay: 0.01 }),
  adam: () => new Adam({ learningRate: 0.02 }),
  adamW: () => new AdamW({ learningRate: 0.02, weightDecay: 0.1 }),
  nadam: () => new NAdam({ learningRate: 0.01 }),
  rmsprop: () => new RMSProp({ learningRate: 0.01 }),
  clipped: () => new Adam({ learningRate: 0.02, clipNorm: 0.5 }),
} as const

const cases = fc.record({
  inputs: fc.integer({ min: 1, max: 20 }),
  hidden: fc.array(fc.record({ units: fc.integer({ min: 1, max: 20 }), activation: fc.constantFrom(...activations) }), {
    maxLength: 3,
  }),
  loss: fc.constantFrom(...(Object.keys(losses) as (keyof typeof losses)[])),
  optimizer: fc.constantFrom(...(Object.keys(optimizers) as (keyof typeof optimizers)[])),
  members: fc.integer({ min: 2, max: 19 }),
  rows: fc.integer({ min: 5, max: 70 }),
  ownData: fc.boolean(),
  weighted: fc.boolean(),
  penalized: fc.boolean(),
  dropped: fc.boolean(),
  bytes: fc.boolean(),
  batchSize: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant('full' as const)),
  stops: fc.boolean(),
  threads: fc.constantFrom(1, 2),
  seed: fc.integer({ min: 0, max: 1000 }),
})
type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never

function dataOf(one: Case, member: number): Dataset {
  const { inputs, bytes, weighted } = one
  const rows = one.ownData ? one.rows + ((member * 11) % 30) : one.rows
  const seed = one.seed * 100 + (one.ownData ? member : 0)
  return randomData({ rows, inputs, bytes, weighted, targets: losses[one.loss].targets, seed })
}

/** Rows that no member trains on. */
const heldOf = (one: Case) => dataOf({ ...one, ownData: true }, one.members)

const layersOf = (one: Case): Layer[] => [
  ...one.hidden.flatMap(({ units, activation }) => [
    new Dense(units, { activation, ...(one.penalized && { regularizer: l1l2({ l1: 1e-3, l2: 1e-2 }) }) }),
    ...(one.dropped ? [new Dropout(0.3)] : []),
  ]),
  new Dense(losses[one.loss].outputs, { activation: losses[one.loss].activation }),
]

const optionsOf = (one: Case) => ({
  loss: one.loss,
  optimizer: optimizers[one.optimizer](),
  epochs: 4,
  batchSize: one.batchSize,
  validation: heldOf(one),
  seed: one.seed,
  callbacks: one.stops ? [new EarlyStopping({ monitor: 'validation.loss', patience: 1 })] : [],
})

const weightsOf = (model: Sequential) => model.getWeights().map(({ data }) => [...new Uint32Array(data.slice().buffer)])
const withoutSeconds = (epochs: readonly { seconds: number }[]) => epochs.map(({ seconds: _, ...rest }) => rest)

/** '1': side by side wherever they can; '0': never; undefined: where that is faster. */
type Lanes = '0' | '1' | undefined

async function trained(
  one: Case,
  lanes: Lanes,
  { callbacks = [], resume }: { callbacks?: Callback[]; resume?: string } = {},
) {
  if (lanes === undefined) delete process.env.DEEPBLAS_LANES
  else process.env.DEEPBLAS_LANES = lanes
  const data = Array.from({ length: one.members }, (_, member) => dataOf(one, member))
  const many = new Population(layersOf(one), { inputs: one.inputs, members: one.members, seed: 3 })
  const options = optionsOf(one)
  const { members } = await many.fit(one.ownData ? data : data[0]!, {
    ...options,
    callbacks: [...options.callbacks, ...callbacks],
    ...(resume !== undefined && { resume }),
  })
  const scores = await many.evaluate(one.ownData ? data : data[0]!)
  return {
    scores,
    predictions: (await many.predict(data[0]!)).data,
    weights: Array.from({ length: one.members }, (_, member) => weightsOf(many.member(member))),
    histories: members.map(({ epochs }) => withoutSeconds(epochs)),
  }
}

test('the bits and the history of every member are those that it has one by one', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      setThreads(one.threads)
      const bySide = await trained(one, '1')
      expect(bySide).toEqual(await trained(one, '0'))
      const last = one.members - 1
      const alone = new Sequential(layersOf(one), { inputs: one.inputs, seed: 3 + last })
      const options = { ...optionsOf(one), seed: one.seed + last }
      const { epochs } = await alone.fit(dataOf(one, last), options)
      expect(bySide.weights[last]).toEqual(weightsOf(alone))
      expect(bySide.histories[last]).toEqual(withoutSeconds(epochs))
      expect(bySide.scores[last]).toEqual(await alone.evaluate(dataOf(one, last)))
    }),
    { numRuns: 60 },
  )
})

test('a training that a checkpoint interrupts goes on to the same bits, by lanes before it or after it', async () => {
  const path = join(folder, 'checkpoint')
  const way = fc.constantFrom<Lanes>('0', '1', undefined)
  const interrupted = fc.record({
    one: cases,
    before: way,
    after: way,
    every: fc.integer({ min: 1, max: 6 }),
    crashesAfter: fc.double({ min: 0.3, max: 0.9, noNaN: true }),
  })
  let resumed = 0
  await fc.assert(
    fc.asyncProperty(interrupted, async ({ one, before, after, every, crashesAfter }) => {
      setThreads(one.threads)
      // At least one checkpoint before the crash, and a step after it.
      const { epochs, batchSize } = optionsOf(one)
      const crash = Math.max(2, Math.round(crashesAfter * epochs * (batchSize === 'full' ? 1 : one.rows / batchSize)))
      const crashing: Callback = {
        needs: 'step',
        onStepEnd({ totalStep }) {
          if (totalStep >= crash) throw new Error('the power is gone')
        },
      }
      const callbacks = [new Checkpoint(path, { every: { steps: Math.min(every, crash - 1) } }), crashing]
      await rm(path, { force: true })
      const ended = await trained(one, before, { callbacks }).then(
        () => true,
        (error: Error) => {
          expect(error.message).toBe('the power is gone')
          return false
        },
      )
      if (ended) return
      expect(await trained(one, after, { resume: path })).toEqual(await trained(one, '0'))
      resumed++
    }),
    { numRuns: 40 },
  )
  expect(resumed).toBeGreaterThan(10)
})
