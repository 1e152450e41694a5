import { expect, test } from 'vitest'
import { Adam, AdamW, type Optimizer, SGD } from '../../lib/index.js'
import { native } from '../../lib/native/addon.js'
import { createRecorder } from '../../lib/native/recorder.js'
import { golden, worstError } from '../helpers/golden.js'

const file = golden<{
  initial: number[]
  gradients: number[][]
  parameters_after_each_step: Record<string, number[][]>
}>('optimizers')

const BOUND = 1e-5
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
}

for (const [name, optimizer] of Object.entries(optimizers)) {
  test(`optimizer: ${name}`, () => {
    const { Arena, Training } = native()
    const length = file.initial.length
    const recorder = createRecorder()
    recorder.label = name
    optimizer.record(recorder, [{ offset: 0, length }])
    const parameters = new Arena(length, 1)
    const gradients = new Arena(length, 1)
    parameters.write(0, 0, 1, length, 0, Float32Array.from(file.initial))
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
    const expected = file.parameters_after_each_step[name]!
    expect(expected).toHaveLength(file.gradients.length)
    for (const [step, gradient] of file.gradients.entries()) {
      gradients.write(0, 0, 1, length, 0, Float32Array.from(gradient))
      training.advanceSync(
        Float64Array.from(optimizer.numbers(step + 1, optimizer.learningRate as number)),
        1,
        1000,
        false,
        false,
      )
      expect(worstError(parameters.read(0, 0, 1, length, 0), expected[step]!)).toBeLessThanOrEqual(BOUND)
    }
  })
}
