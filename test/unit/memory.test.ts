/*
 * Native memory goes with the call, or with the worker thread, that it was for.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runProgram } from '../helpers/program.js'

const MiB = 2 ** 20
// What V8's young generation takes is not ours.
const flags = ['--max-semi-space-size=1']

test('worker threads that end in the middle of long calls leave nothing', async () => {
  const [early = 0, late = 0] = await runProgram<number[]>('ended-workers.mjs', { args: ['27'], flags })
  expect(early).toBeGreaterThan(0)
  // The data of one takes 18 MB, which half of the calls hold when they end: of the 18 workers between the two, more than
  // 80 MB. Without leaks it is about 10.
  expect((late - early) / MiB).toBeLessThan(50)
}, 60_000)

const source = readFileSync(new URL('../helpers/programs/repeated-calls.mjs', import.meta.url), 'utf8')
const calls = [...source.slice(source.indexOf('const calls'), source.indexOf('const [name')).matchAll(/^ {2}(\w+): /gm)]

test.each(calls.map(([, name]) => name!))('%s leaves resident memory flat, call after call', async (name) => {
  // What is made and dropped without a turn of the event loop goes when the collector has looked, which is now and then.
  const inOneTurn = /^(clone|model|dataset)\w*Sync$/.test(name)
  const count = inOneTurn ? '400' : '80'
  const [early = 0, late = 0] = await runProgram<number[]>('repeated-calls.mjs', { args: [name, count], flags })
  expect(early).toBeGreaterThan(0)
  // The rows take 1.8 MB and the workspaces as much: of the 72 calls between the two, more than 130 MB; of the 360 more
  // than 600.
  expect((late - early) / MiB).toBeLessThan(inOneTurn ? 200 : 64)
})
