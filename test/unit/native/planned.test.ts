/*
 * A planned run (buffers shared, tiles on threads) and a plain one (call by call, whole, on one thread) of the same
 * program give the same bits.
 */
import { describe, expect, test } from 'vitest'
import {
  Adam,
  AdamW,
  Dataset,
  Dense,
  type Layer,
  type LossName,
  l1l2,
  type Optimizer,
  ParametricActivation,
  Scale,
  SGD,
} from '../../../lib/index.js'
import { loss as lossOf } from '../../../lib/losses/names.js'
import { metric } from '../../../lib/metrics/names.js'
import { buildNetwork, initializeParameters, newArena } from '../../../lib/model/network/network.js'
import { compileScoring } from '../../../lib/model/programs/compile.js'
import { dataMode } from '../../../lib/model/programs/data-binding.js'
import { type Chunk, native } from '../../../lib/native/addon.js'
import { waves } from '../../helpers/reference-network.js'

interface Case {
  readonly name: string
  readonly layers: () => Layer[]
  readonly inputs: number
  readonly loss: LossName
  readonly optimizer: Optimizer
  readonly batch: number
  readonly shuffle: boolean
  readonly weighted?: boolean
  readonly bytes?: boolean
}

const cases: Case[] = [
  {
    name: 'small, SGD',
    layers: () => [new Dense(4, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })],
    inputs: 2,
    loss: 'binaryCrossEntropy',
    optimizer: new SGD({ learningRate: 0.1 }),
    batch: 50,
    shuffle: false,
  },
  {
    name: 'digits from bytes, Adam',
    layers: () => [
      new Dense(128, { activation: 'relu' }),
      new Dense(64, { activation: 'gelu', regularizer: l1l2({ l1: 1e-4, l2: 1e-3 }) }),
      new Dense(10, { activation: 'softmax' }),
    ],
    inputs: 784,
    loss: 'crossEntropy',
    optimizer: new Adam(),
    batch: 64,
    shuffle: true,
    weighted: true,
    bytes: true,
  },
  {
    name: 'wide, Nesterov',
    layers: () => [
      new Dense(900, { activation: 'relu' }),
      new Dense(800, { activation: 'tanh' }),
      new Dense(10, { activation: 'softmax' }),
    ],
    inputs: 700,
    loss: 'crossEntropy',
    optimizer: new SGD({ learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
    batch: 100,
    shuffle: true,
  },
  {
    name: 'wide input, narrow layers, with a frozen one, AdamW',
    layers: () => [
      new Dense(20, { activation: 'relu' }),
      new Dense(7, { activation: 'softmax', trainable: false }),
      new Dense(5, { activation: 'sigmoid', bias: false }),
    ],
    inputs: 5000,
    loss: 'meanSquaredError',
    optimizer: new AdamW({ weightDecay: 0.1 }),
    batch: 209,
    shuffle: false,
  },
  {
    name: 'learning rates of their own, AdamW',
    layers: () => [
      new Scale({ learningRateFactor: 6 }),
      new Dense(256, { biasLearningRateFactor: 0.1, parametrization: 'neuralTangent' }),
      new ParametricActivation('selu', { learningRateFactor: 0.1 }),
      new Dense(250, { activation: 'relu', learningRateFactor: 0.5 }),
      new Dense(10, { activation: 'softmax', biasLearningRateFactor: 0.1 }),
    ],
    inputs: 300,
    loss: 'crossEntropy',
    optimizer: new AdamW({ weightDecay: 0.1, beta2: 0.95 }),
    batch: 100,
    shuffle: true,
  },
]

describe.each(cases)('$name', (one) => {
  const rows = 209
  const network = buildNetwork(one.layers(), one.inputs)
  const { outputs } = network
  const classes = one.loss === 'crossEntropy'
  const bytes = Uint8Array.from({ length: rows * one.inputs }, (_, i) => (i * 31) % 256)
  const floats = Float32Array.from(bytes, (value, i) => Math.sin(value + i))
  const data = Dataset.from(
    {
      x: { data: one.bytes ? bytes : floats, shape: [rows, one.inputs] },
      y: classes
        ? Int32Array.from({ length: rows }, (_, i) => i % outputs)
        : waves(rows, outputs).map((row) => row.map((v) => Number(v > 0))),
      ...(one.weighted ? { sampleWeights: Array.from({ length: rows }, (_, i) => 0.5 + (i % 3)) } : {}),
    },
    one.bytes ? { scale: 1 / 255 } : {},
  )
  const scoring = { loss: lossOf('loss', one.loss), metrics: [metric('metrics', 'accuracy')] }
  const { mode, slots } = dataMode([data], scoring, outputs, { shuffled: one.shuffle })
  const compiled = compileScoring(network, mode, scoring, { backward: true, optimizer: one.optimizer })
  const stepsPerEpoch = Math.ceil(rows / one.batch)
  const steps = 3 * stepsPerEpoch + 1

  /** A plain run keeps every tensor; a planned one may. */
  function train(plainly: boolean, chunks: readonly number[], keepAll = plainly) {
    const parameters = newArena(network)
    initializeParameters(network, parameters, [8])
    const gradients = newArena(network)
    const states = one.optimizer.stateNames.map(() => newArena(network))
    const training = new (native().Training)({
      program: compiled.program,
      batch: one.batch,
      keepAll,
      rows: Float64Array.of(rows),
      seeds: Float64Array.of(5),
      shuffle: mode.shuffled,
      epoch: 0,
      stepOfEpoch: 0,
      parameters,
      gradients,
      states,
      slots,
    })
    const results: Chunk[] = []
    for (let done = 0, turn = 0; done < steps; turn++) {
      const count = Math.min(chunks[turn % chunks.length]!, steps - done)
      const numbers = new Float64Array(count * compiled.stepNumbers)
      for (let i = 0; i < count; i++) {
        const stepOfEpoch = (done + i) % stepsPerEpoch
        const at = i * compiled.stepNumbers + compiled.optimizerNumbers
        const moment = { step: done + i + 1, stepOfEpoch, stepsPerEpoch }
        one.optimizer.fill(numbers, at, moment, compiled.rateFactors)
      }
      results.push(training.advanceSync(numbers, count, 1e9, false, plainly))
      done += results.at(-1)!.steps
    }
    const bits = [parameters, gradients, ...states].map((arena) =>
      network.parameters.map((parameter) => Buffer.from(parameter.read(arena, 0).buffer).toString('base64')),
    )
    // Of every finished epoch all but its seconds.
    const epochs = results.flatMap(({ results: list, resultWidth }) =>
      [...list].filter((_, i) => i % resultWidth !== 0),
    )
    return { bits, epochs, running: [...results.at(-1)!.running] }
  }

  const plain = train(true, [steps])

  test('a planned run gives the bits of a plain one', () => {
    expect(train(false, [steps])).toEqual(plain)
    expect(plain.epochs).toHaveLength(Math.floor(steps / Math.ceil(rows / one.batch)) * 4)
    expect(plain.epochs.every(Number.isFinite)).toBe(true)
  })

  test('wherever chunks end, planned or not, with buffers shared or kept', () => {
    expect(train(false, [1])).toEqual(plain)
    expect(train(true, [2, 1])).toEqual(plain)
    expect(train(false, [3, 5], true)).toEqual(plain)
  })

  test('sharing buffers saves memory', () => {
    const { bytes: shared, offsets } = compiled.program.describe(one.batch)
    expect(shared).toBeGreaterThan(0)
    expect(offsets.filter((offset) => offset >= 0).length).toBeGreaterThan(3)
    expect(shared % 64).toBe(0)
  })
})
