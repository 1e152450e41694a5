// A container's limit on processes may leave no thread: the one that calls does the work, and the bits are the same.
import { expect, test } from 'vitest'
import { runProgram } from '../helpers/program.js'

test('data, fits and predictions have the same bits where the system gives no thread, or only some', async () => {
  const all = await runProgram<number[]>('train-and-predict.mjs')
  expect(all).toHaveLength(4)
  for (const limit of ['0', '1', '3']) {
    const env = { DEEPBLAS_TEST_THREAD_LIMIT: limit }
    expect(await runProgram<number[]>('train-and-predict.mjs', { env })).toEqual(all)
  }
})
