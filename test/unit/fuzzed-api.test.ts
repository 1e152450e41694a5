// The short form of test/fuzz/api.mjs, whose long form is a command of its own.
import { expect, test } from 'vitest'
import { runFile } from '../helpers/program.js'

test.each(['1', '2'])('odd arguments at any depth give results or errors with a code, seed %s', async (seed) => {
  const ended = await runFile('test/fuzz/api.mjs', { args: ['--calls', '1500', '--seed', seed] })
  expect(ended.signal).toBeNull()
  const { calls, failures } = JSON.parse(ended.stdout.trim().split('\n').at(-1)!) as {
    calls: number
    failures: unknown[]
  }
  expect(failures).toEqual([])
  expect(calls).toBe(1500)
})
