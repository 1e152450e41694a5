import { expect, test } from 'vitest'
import { Dataset, Dense, Sequential } from '../../../lib/index.js'

test.each(['gradients', 'trace'] as const)('%s refuses data of another number of features', async (method) => {
  const model = new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 5 })
  for (const x of [
    [
      [0, 1],
      [1, 0],
    ],
    [
      [0, 1, 0, 1, 0, 1],
      [1, 0, 1, 0, 1, 0],
    ],
  ]) {
    const data = Dataset.from({ x, y: [0, 1] })
    await expect(model[method](data, { loss: 'crossEntropy' })).rejects.toMatchObject({
      code: 'ERR_DEEPBLAS_SHAPE',
      message: expect.stringContaining('5 features'),
    })
  }
})
