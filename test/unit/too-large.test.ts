import { expect, test } from 'vitest'
import { runProgram } from '../helpers/program.js'

const most = Number.MAX_SAFE_INTEGER

test.each([
  [2 ** 30, 2 ** 30],
  [2 ** 32, 2 ** 28],
  [2 ** 33, 2 ** 33],
  [2 ** 40, 2 ** 40],
  [1, most],
  [most, 1],
  [most, most],
])('a layer of %d units by %d inputs is an error, not the end of the process', async (units, inputs) => {
  const code = await runProgram<string>('too-large.mjs', { args: [String(units), String(inputs)] })
  expect(code).toMatch(/^ERR_DEEPBLAS_/)
})
