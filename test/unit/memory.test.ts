/*
 * Native memory goes with the call, or with the worker thread, that it was for.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runProgram } from '../helpers/program.js'

const MiB = 2 ** 20
const flags = ['--expose-gc', '--max-semi-space-size=1']

interface Held {
  /** Bytes of native memory that the process holds. */
  readonly before: number
  readonly most: number
  readonly after: number
}

test('worker threads that end in the middle of long calls leave nothing', async () => {
  const { before, after } = await runProgram<Held>('ended-workers.mjs', { args: ['27'], flags })
  // The main thread has no data: what the workers had, 18 MB each, is all there could be.
  expect({ before, after }).toEqual({ before: 0, after: 0 })
})

const source = readFileSync(new URL('../helpers/programs/repeated-calls.mjs', import.meta.url), 'utf8')
const calls = [...source.slice(source.indexOf('const calls'), source.indexOf('const [name')).matchAll(/^ {2}(\w+): /gm)]

test.each(calls.map(([, name]) => name!))('%s leaves no native memory, call after call', async (name) => {
  const { before, most, after } = await runProgram<Held>('repeated-calls.mjs', { args: [name, '80'], flags })
  expect(before).toBeGreaterThan(0)
  expect(after).toBe(before)
  // The rows take 1.8 MB and the workspaces as much: 80 calls more than 130 MB. What ten calls made and dropped, and the
  // 16 MiB between two looks for what is collected, may wait.
  expect((most - before) / MiB).toBeLessThan(64)
})

test('the garbage collector is told what stands behind an object, and looks by itself', async () => {
  const args = ['datasetSync', '400', 'unasked']
  const { before, most, after } = await runProgram<Held>('repeated-calls.mjs', { args, flags })
  expect(after).toBe(before)
  // All that was made is 700 MB.
  expect((most - before) / MiB).toBeLessThan(350)
})
