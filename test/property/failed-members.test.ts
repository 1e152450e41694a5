/*
 * Members of populations whose learning rate explodes at some update: whether it is their loss or their parameters that are
 * then not finite, they keep the same bits and have the same histories, however the steps are taken.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  Adam,
  BatchNorm,
  type Callback,
  Dataset,
  Dense,
  Dropout,
  EarlyStopping,
  getThreads,
  type Layer,
  Population,
  type Schedule,
  SGD,
  setThreads,
} from '../../lib/index.js'

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

const cases = fc.record({
  members: fc.integer({ min: 1, max: 19 }),
  rows: fc.integer({ min: 5, max: 60 }),
  batchSize: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant('full' as const)),
  epochs: fc.integer({ min: 1, max: 8 }),
  ownData: fc.boolean(),
  validated: fc.boolean(),
  stops: fc.boolean(),
  adam: fc.boolean(),
  activation: fc.constantFrom('tanh', 'relu'),
  dropped: fc.boolean(),
  normalized: fc.boolean(),
  accumulate: fc.integer({ min: 1, max: 3 }),
  averaged: fc.boolean(),
  // Of every member: the update at which it explodes, or one that never comes.
  spikes: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 19, maxLength: 19 }),
  stopAt: fc.integer({ min: 1, max: 40 }),
})
type Case = typeof cases extends fc.Arbitrary<infer Value> ? Value : never

interface Way {
  readonly lanes?: '0' | '1'
  readonly threads: 1 | 2
  readonly needs?: Callback['needs']
}

const ways: readonly Way[] = [
  { lanes: '1', threads: 2 },
  { threads: 2 },
  { threads: 1, needs: 'step' },
  { lanes: '1', threads: 1, needs: { steps: 3 } },
  { threads: 2, needs: 'epoch' },
]

function dataOf({ rows, ownData }: Case, member: number): Dataset {
  const own = ownData ? rows + ((member * 11) % 30) : rows
  const at = (i: number) => Math.sin(i * i + (ownData ? member : 0))
  return Dataset.from({
    x: Array.from({ length: own }, (_, i) => [at(i), at(i + 0.5), at(3 * i)]),
    y: Array.from({ length: own }, (_, i) => 300 * at(i + 0.2)),
  })
}

const layersOf = ({ activation, dropped, normalized }: Case): Layer[] => [
  new Dense(6, { activation }),
  ...(normalized ? [new BatchNorm()] : []),
  ...(dropped ? [new Dropout(0.3)] : []),
  new Dense(1),
]

function optimizerOf({ adam, members, accumulate, averaged, spikes }: Case) {
  const usual = adam ? 0.01 : 1e-5
  const learningRate: Schedule = {
    name: 'exploding',
    learningRate: Array<number>(members).fill(usual),
    rate: (update, { member = 0 } = {}) => (update === spikes[member] || update === spikes[member]! + 1 ? 3e38 : usual),
  }
  const options = { learningRate, accumulate, ...(averaged && { averageDecay: 0.9 }) }
  return adam ? new Adam(options) : new SGD({ ...options, momentum: 0.5 })
}

const bitsOf = (many: Population) =>
  Array.from({ length: many.members }, (_, member) =>
    many
      .member(member)
      .getWeights()
      .map(({ data }) => [...new Uint32Array(data.slice().buffer)]),
  )

async function trained(
  one: Case,
  { lanes, threads, needs }: Way,
  callbacks: readonly Callback[] = [],
  resume?: string,
) {
  setThreads(threads)
  if (lanes === undefined) delete process.env.DEEPBLAS_LANES
  else process.env.DEEPBLAS_LANES = lanes
  const data = Array.from({ length: one.members }, (_, member) => dataOf(one, member))
  const many = new Population(layersOf(one), { inputs: 3, members: one.members, seed: 3 })
  const { members } = await many.fit(one.ownData && one.members > 1 ? data : data[0]!, {
    loss: 'meanSquaredError',
    optimizer: optimizerOf(one),
    epochs: one.epochs,
    batchSize: one.batchSize,
    ...(one.validated && { validation: data[0]! }),
    callbacks: [
      ...(one.stops && one.validated ? [new EarlyStopping({ patience: 1 })] : []),
      { ...(needs && { needs }), onFitStart() {} },
      ...callbacks,
    ],
    ...(resume !== undefined && { resume }),
  })
  const histories = members.map(({ epochs, ...rest }) => ({
    ...rest,
    epochs: epochs.map(({ seconds: _, ...all }) => all),
  }))
  return { many, told: { histories, bits: bitsOf(many), failed: many.failed } }
}

test('failed members are the same however the steps are taken', async () => {
  let failed = 0
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const first = await trained(one, { lanes: '0', threads: 1 })
      failed += first.many.failed.length
      expect(first.told.histories.flatMap(({ stopped }, at) => (stopped === 'failed' ? [at] : []))).toEqual(
        first.many.failed,
      )
      for (let member = 0; member < one.members; member++) {
        const weights = first.many.member(member).getWeights()
        expect(weights.every(({ data }) => data.every(Number.isFinite))).toBe(true)
      }
      const others: Population[] = []
      for (const way of ways) {
        const other = await trained(one, way)
        expect(other.told).toEqual(first.told)
        others.push(other.many)
      }
      const path = join(folder, 'checkpoint.safetensors')
      let saved = false
      const saving: Callback = {
        needs: { steps: one.stopAt },
        async onStepEnd(_progress, training) {
          if (saved) return
          saved = true
          await training.saveCheckpoint(path)
        },
      }
      await trained(one, ways[0]!, [saving])
      if (saved) {
        const resumed = await trained(one, ways[1]!, [], path)
        expect(resumed.told.bits).toEqual(first.told.bits)
        expect(resumed.told.failed).toEqual(first.told.failed)
        others.push(resumed.many)
      }
      // The state of the optimizer and the numbers of updates are the same too.
      const goesOn = async (many: Population) => {
        const optimizer = optimizerOf({ ...one, spikes: one.spikes.map(() => -2) })
        await many.partialFit(dataOf(one, 0), { loss: 'meanSquaredError', optimizer, batchSize: 4 })
        return bitsOf(many)
      }
      const expected = await goesOn(first.many)
      for (const other of others) expect(await goesOn(other)).toEqual(expected)
    }),
    { numRuns: process.env.DEEPBLAS_LONG_TESTS === '1' ? 300 : 25 },
  )
  expect(failed).toBeGreaterThan(0)
}, 120_000)
