import { expect, test } from 'vitest'
import { runProgram } from '../helpers/program.js'

test('worker threads are terminated in the middle of a fit, and the main thread trains on', async () => {
  for (let again = 0; again < 6; again++) {
    expect(await runProgram('workers.mjs')).toEqual({ terminated: 8, finished: 2 })
  }
})

test.each(['predict', 'getWeights', 'fit'])(
  'a worker that is terminated in a synchronous %s ends alone',
  async (call) => {
    for (let again = 0; again < 3; again++) {
      expect(await runProgram('worker-synchronous.mjs', { args: [call] })).toEqual({ alive: true })
    }
  },
)
