import { describe, expect, test } from 'vitest'
import { Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, type Optimizer, RAdam, RMSProp, SGD } from '../../lib/index.js'
import { native } from '../../lib/native/addon.js'
import type { Segment } from '../../lib/optimizers/optimizer.js'
import { createRecorder } from '../../lib/recording/recorder.js'
import { byRule } from '../helpers/by-rule.js'
import { golden, worstError } from '../helpers/golden.js'
import { runKernels } from '../helpers/kernels.js'

const file = golden<{
  initial: number[]
  gradients: number[][]
  parameters_after_each_step: Record<string, number[][]>
  clipByGlobalNorm: Record<string, { norm: number; gradient: number[] }>
}>('optimizers')

// Float32 rounding of twelve steps comes to 4e-7. A value a five-thousandth of the largest would still show a change of 1 %.
const BOUND = 2e-6
const optimizers: Record<string, Optimizer> = {
  'SGD(lr=0.1)': new SGD({ learningRate: 0.1 }),
  'SGD(lr=0.1, momentum=0.9)': new SGD({ learningRate: 0.1, momentum: 0.9 }),
  'SGD(lr=0.1, momentum=0.9, nesterov)': new SGD({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  'SGD(lr=0.1, weightDecay=0.01)': new SGD({ learningRate: 0.1, weightDecay: 0.01 }),
  'Adam(lr=0.01)': new Adam({ learningRate: 0.01 }),
  'Adam(lr=0.01, beta1=0.8, beta2=0.95, eps=1e-6)': new Adam({
    learningRate: 0.01,
    beta1: 0.8,
    beta2: 0.95,
    epsilon: 1e-6,
  }),
  'AdamW(lr=0.01, weightDecay=0.05)': new AdamW({ learningRate: 0.01, weightDecay: 0.05 }),
  'Adam(lr=0.01, amsgrad)': new Adam({ learningRate: 0.01, amsgrad: true }),
  'RMSProp(lr=0.01, rho=0.9)': new RMSProp({ learningRate: 0.01, rho: 0.9 }),
  'RMSProp(lr=0.01, rho=0.9, momentum=0.9, centered)': new RMSProp({
    learningRate: 0.01,
    rho: 0.9,
    momentum: 0.9,
    centered: true,
  }),
  'Adagrad(lr=0.1)': new Adagrad({ learningRate: 0.1 }),
  'Adadelta(lr=1, rho=0.9, eps=1e-6)': new Adadelta({ learningRate: 1, rho: 0.9, epsilon: 1e-6 }),
  'Adamax(lr=0.01)': new Adamax({ learningRate: 0.01 }),
  'NAdam(lr=0.01)': new NAdam({ learningRate: 0.01 }),
  'RAdam(lr=0.01)': new RAdam({ learningRate: 0.01 }),
}

function trainingOf(optimizer: Optimizer, segments: readonly Segment[], initial: Float32Array) {
  const { Arena, Training } = native()
  const { length } = initial
  const recorder = createRecorder()
  recorder.label = optimizer.name
  optimizer.record(recorder, segments)
  const parameters = new Arena(length, 1)
  const gradients = new Arena(length, 1)
  parameters.write(0, 0, 1, length, 0, initial)
  const training = new Training({
    program: recorder.program(),
    batch: 1,
    keepAll: false,
    rows: Float64Array.of(1),
    seeds: Float64Array.of(0),
    shuffle: false,
    epoch: 0,
    stepOfEpoch: 0,
    parameters,
    gradients,
    states: optimizer.stateNames.map(() => new Arena(length, 1)),
    slots: [],
  })
  const numbers = (step: number) => {
    const table = new Float64Array(recorder.stepNumberCount)
    optimizer.fill(table, 0, { step: step + 1, stepOfEpoch: step, stepsPerEpoch: file.gradients.length })
    return table
  }
  return { training, parameters, gradients, numbers }
}

function comparesSteps(optimizer: Optimizer, expected: readonly number[][]): void {
  const initial = Float32Array.from(file.initial)
  const { length } = initial
  const { training, parameters, gradients, numbers } = trainingOf(optimizer, [{ offset: 0, length }], initial)
  expect(expected).toHaveLength(file.gradients.length)
  for (const [step, gradient] of file.gradients.entries()) {
    gradients.write(0, 0, 1, length, 0, Float32Array.from(gradient))
    training.advanceSync(numbers(step), 1, 1000, false, false)
    expect(worstError(parameters.read(0, 0, 1, length, 0), expected[step]!)).toBeLessThanOrEqual(BOUND)
  }
}

test.each(Object.entries(optimizers))('optimizer: %s', (name, optimizer) => {
  comparesSteps(optimizer, file.parameters_after_each_step[name]!)
})

test.each(Object.entries(optimizers).filter(([, { name }]) => /^(SGD|Adam|AdamW)$/.test(name)))(
  'optimizer: %s, by its rule in place of its kernel',
  (name, optimizer) => {
    comparesSteps(byRule(optimizer), file.parameters_after_each_step[name]!)
  },
)

test('every optimizer of the file is compared', () => {
  expect(Object.keys(file.parameters_after_each_step).sort()).toEqual(Object.keys(optimizers).sort())
})

describe.each(Object.entries(file.clipByGlobalNorm))('gradient clipped to a norm of %s', (limit, expected) => {
  const length = file.initial.length
  // The file's gradient is the third of its list.
  const gradient = Float32Array.from(file.gradients[2]!)

  test('gradient, in one range and in two', () => {
    for (const cut of [length, 3]) {
      const segments = [{ offset: 0, length: cut }, ...(cut < length ? [{ offset: cut, length: length - cut }] : [])]
      // From 0, with a rate of 1, one step leads to the gradient's negative.
      const optimizer = new SGD({ learningRate: 1, clipNorm: Number(limit) })
      const { training, parameters, gradients, numbers } = trainingOf(optimizer, segments, new Float32Array(length))
      gradients.write(0, 0, 1, length, 0, gradient)
      training.advanceSync(numbers(0), 1, 1000, false, false)
      const clipped = parameters.read(0, 0, 1, length, 0).map((value) => -value)
      expect(worstError(clipped, expected.gradient)).toBeLessThanOrEqual(BOUND)
    }
  })

  test('norm', () => {
    const { norm } = runKernels({ x: { rows: [[...gradient]] } }, (record, { x }) => {
      const sum = record.scratch(1, 1, 0, 'float64')
      const norm = record.empty(1)
      // The kernel takes tensors of a fixed size, as gradients are.
      const gradient = record.scratch(x.columns, x.columns)
      record.reduceColumns({ output: gradient, x, kind: 0 })
      record.squaredNorm({ sum, x: gradient, first: 1 })
      record.map({ inputs: { sum }, outputs: { norm } }, (given) => ({ norm: given.sum.squareRoot() }))
      return { norm }
    })
    expect(worstError(norm, [expected.norm])).toBeLessThanOrEqual(BOUND)
  })
})
