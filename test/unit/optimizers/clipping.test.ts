import { expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  Dataset,
  Dense,
  getThreads,
  type Optimizer,
  Population,
  Sequential,
  SGD,
  setThreads,
} from '../../../lib/index.js'
import { byRule } from '../../helpers/by-rule.js'

const INPUTS = 300
const ROWS = 128
const wave = (length: number, step: number) => Float32Array.from({ length }, (_, i) => Math.sin(step * i))
const data = Dataset.from({ x: { data: wave(ROWS * INPUTS, 1.7), shape: [ROWS, INPUTS] }, y: wave(ROWS, 0.3) })

// Weights in panels, in several tiles, and row by row; lengths that fill no block.
const layers = () => [new Dense(200, { activation: 'relu' }), new Dense(37, { activation: 'tanh' }), new Dense(1)]
const modelOf = () => new Sequential(layers(), { inputs: INPUTS, seed: 3 })
const fitting = { loss: 'meanSquaredError', epochs: 2, batchSize: 32, seed: 1 } as const

const weightsOf = (model: Sequential) => model.getWeights().map(({ name, data }) => [name, [...data]] as const)

const stages = {
  'by norm': { clipNorm: 0.01 },
  'by value': { clipValue: 0.001 },
  'by both, over three batches': { clipNorm: 0.05, clipValue: 0.002, accumulate: 3 },
}

test.each(Object.entries(stages))('clipped %s: threads and plans change no bit', async (_name, options) => {
  const before = getThreads()
  const results: unknown[] = []
  try {
    for (const [threads, check] of [[1], [2], [3], [2, '1']] as const) {
      setThreads(threads)
      if (check !== undefined) process.env.DEEPBLAS_CHECK = check
      const model = modelOf()
      await model.fit(data, { ...fitting, optimizer: new Adam(options) })
      results.push(weightsOf(model))
    }
  } finally {
    delete process.env.DEEPBLAS_CHECK
    setThreads(before)
  }
  for (const result of results) expect(result).toEqual(results[0])
})

test('members are clipped by norms of their own', async () => {
  const many = new Population(layers(), { inputs: INPUTS, members: 3, seed: 3 })
  const optimizer = new Adam(stages['by both, over three batches'])
  await many.fit(data, { ...fitting, optimizer })
  const alone = modelOf()
  await alone.fit(data, { ...fitting, optimizer })
  expect(weightsOf(many.member(0))).toEqual(weightsOf(alone))
})

const kinds: Record<string, (options: object) => Optimizer> = {
  'SGD with momentum': (options) => new SGD({ learningRate: 0.05, momentum: 0.9, ...options }),
  Adam: (options) => new Adam({ weightDecay: 0.01, ...options }),
  AdamW: (options) => new AdamW(options),
}
const pairs = Object.keys(kinds).flatMap((kind) => Object.keys(stages).map((stage) => [kind, stage] as const))

test.each(pairs)('%s clipped %s: the kernel computes what the rule does', async (kind, stage) => {
  const optimizer = kinds[kind]!(stages[stage as keyof typeof stages])
  const [tuned, ruled] = [modelOf(), modelOf()]
  const start = tuned.getWeights().map(({ data }) => data.slice())
  await tuned.fit(data, { ...fitting, optimizer })
  await ruled.fit(data, { ...fitting, optimizer: byRule(optimizer) })
  const [a, b] = [tuned.getWeights(), ruled.getWeights()]
  // How far a training has gone says how far its roundings may lie apart.
  let [moved, apart] = [0, 0]
  for (const [index, { data }] of a.entries()) {
    for (const [i, value] of data.entries()) {
      moved = Math.max(moved, Math.abs(value - start[index]![i]!))
      apart = Math.max(apart, Math.abs(value - b[index]!.data[i]!))
    }
  }
  expect(moved).toBeGreaterThan(5e-4)
  expect(apart).toBeLessThan(1e-3 * moved)
})
