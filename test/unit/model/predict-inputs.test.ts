import { expect, test } from 'vitest'
import { Dataset, Dense, Sequential } from '../../../lib/index.js'

const model = () => new Sequential([new Dense(3, { activation: 'softmax' })], { inputs: 2 })

test('predictions on NaN are refused alike at once and later', async () => {
  const rows = [[Number.NaN, 1]]
  await expect(model().predict(rows)).rejects.toMatchObject({ code: 'ERR_DEEPBLAS_DATA' })
  expect(() => model().predictSync(rows)).toThrowError(expect.objectContaining({ code: 'ERR_DEEPBLAS_DATA' }))
})

test('memory shared between threads is data like any other, or refused by name', () => {
  const shared = new Float32Array(new SharedArrayBuffer(16))
  shared.set([1, 2, 3, 4])
  expect([...Dataset.from({ x: { data: shared, shape: [2, 2] } }).row(1)]).toEqual([3, 4])
})
