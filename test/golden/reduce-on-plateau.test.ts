// Every rate of PyTorch's ReduceLROnPlateau. Bound: 1e-5 of the largest.
import { expect, test } from 'vitest'
import { ReduceOnPlateau } from '../../lib/index.js'
import { FakeTraining } from '../helpers/fake-training.js'
import { golden, worstError } from '../helpers/golden.js'

const BOUND = 1e-5
const NAME = 'reduceOnPlateau(factor=0.5, patience=2, relative threshold=1e-4)'

test(NAME, () => {
  const file = golden<{ initial_lr: number; [NAME]: { losses: number[]; lr_after: number[] } }>('schedules')
  const { losses, lr_after: expected } = file[NAME]
  const callback = new ReduceOnPlateau({ monitor: 'loss', factor: 0.5, patience: 2, threshold: 1e-4 })
  const training = new FakeTraining()
  const rate = () => file.initial_lr * training.learningRateFactor
  callback.onFitStart()
  const rates = losses.map((loss, i) => {
    callback.onEpochEnd({ epoch: i + 1, loss, learningRate: rate(), seconds: 0 }, training)
    return rate()
  })
  expect(new Set(expected).size).toBeGreaterThan(1)
  expect(worstError(rates, expected)).toBeLessThanOrEqual(BOUND)
})
