import { expect, test } from 'vitest'
import { Adam, AdamW, cosine, SGD } from '../../../lib/index.js'
import { optimizerClasses } from '../../../lib/optimizers/names.js'
import type { Optimizer } from '../../../lib/optimizers/optimizer.js'
import { withWeightDecay } from '../../../lib/optimizers/with-weight-decay.js'

const batchwise = Object.entries(optimizerClasses).filter(([name]) => name !== 'LBFGS')

test.each(batchwise)('%s keeps all other options', (_, Class) => {
  const Made = Class as unknown as new (options: object) => Optimizer
  const options = {
    learningRate: cosine({ learningRate: 0.1, steps: 10 }),
    clipNorm: 2,
    averageDecay: 0.9,
    accumulate: 2,
    decoupled: true,
  }
  const before = new Made({ ...options, weightDecay: 0.5 })
  const after = withWeightDecay(before, [0.1, 0.2])
  expect(after).toBeInstanceOf(Class)
  expect(after).toEqual(new Made({ ...options, weightDecay: [0.1, 0.2] }))
  expect(before.weightDecay).toBe(0.5)
  expect(after.learningRate).toBe(before.learningRate)
})

test('options of the rule are kept', () => {
  expect(withWeightDecay(new Adam({ beta1: 0.5, epsilon: 1e-3, amsgrad: true }), 1)).toEqual(
    new Adam({ beta1: 0.5, epsilon: 1e-3, amsgrad: true, weightDecay: 1 }),
  )
  expect(withWeightDecay(new SGD({ momentum: 0.9, nesterov: true }), 1)).toEqual(
    new SGD({ momentum: 0.9, nesterov: true, weightDecay: 1 }),
  )
  expect(withWeightDecay(new AdamW(), 0)).toEqual(new AdamW({ weightDecay: 0 }))
})

test('a class of the user’s own is refused', () => {
  class Own extends SGD {}
  expect(() => withWeightDecay(new Own(), 1)).toThrow(
    "Expected one of deepblas's optimizers beside a weightDecay for optimizer",
  )
})
