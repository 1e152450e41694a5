/*
 * What only a process of its own shows: memory, worker threads, exits, the same bits twice, a free event loop.
 */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { info } from '../../lib/index.js'
import { runFile, runProgram } from '../helpers/program.js'

const MiB = 2 ** 20
const flags = ['--expose-gc']

interface Trained {
  readonly digest: string
  readonly first: number
  readonly loss: number
  readonly validation: number
  readonly instructionSet: string
  readonly threads: number
}
const weights = (env: Record<string, string> = {}, chunks = 'free') =>
  runProgram<Trained>('weights.mjs', { args: [chunks], env })

test('2,000 training steps leave native memory as it was', async () => {
  const [early, late] = await runProgram<number[]>('memory-training.mjs', { args: ['200', '2200'], flags })
  expect(early).toBeGreaterThan(0)
  expect(late).toBe(early)
})

test('a stream of more than a gigabyte is read in bounded memory', async () => {
  const [early = 0, late = 0] = await runProgram<number[]>('memory-stream.mjs', { args: ['500', '3000'], flags })
  expect(early).toBeGreaterThan(0)
  // The 2,500 batches between the two are 1.2 GB as they come, and as much in native memory; some are under way.
  expect((late - early) / MiB).toBeLessThan(16)
})

test('10,000 models made and dropped leave native memory as it was', async () => {
  const [early = 0, late = 0] = await runProgram<number[]>('memory-models.mjs', { args: ['3000', '10000'], flags })
  expect(early).toBeGreaterThan(0)
  // A stack may still hold the last models, of 176 KB each; the 7,000 between the two are 1.2 GB.
  expect((late - early) / MiB).toBeLessThan(8)
})

test('synchronous fits leave native memory as it was though no finalizer runs', async () => {
  const [early, late] = await runProgram<number[]>('memory-synchronous.mjs', { args: ['100', '700'], flags })
  expect(early).toBeGreaterThan(0)
  expect(late).toBe(early)
})

test('worker threads train side by side, give the same numbers and unload', async () => {
  const { own, theirs } = await runProgram<{ own: number; theirs: unknown[] }>('worker-unload.mjs')
  expect(theirs).toEqual(Array.from({ length: 4 }, () => ({ loss: own, code: 0 })))
})

test.each([0, 10, 60, 150])('process.exit in the middle of a fit, after %d ms, is clean', async (milliseconds) => {
  for (const code of [0, 3]) {
    const args = [String(code), String(milliseconds)]
    const path = new URL('../helpers/programs/exit-in-fit.mjs', import.meta.url).pathname
    expect(await runFile(path, { args })).toEqual({ code, signal: null, stdout: '', stderr: '' })
  }
})

test('the same seed gives the same bits in every process, with one thread and two, wherever chunks end', async () => {
  const [first, ...others] = await Promise.all([
    weights(),
    weights(),
    weights({ DEEPBLAS_THREADS: '1' }),
    weights({ DEEPBLAS_THREADS: '2' }),
    weights({ DEEPBLAS_THREADS: '3' }, 'epoch'),
    weights({ DEEPBLAS_THREADS: '1' }, 'step'),
    weights({}, 'epoch'),
    weights({}, 'step'),
  ])
  expect(first!.loss).toBeLessThan(first!.first / 3)
  expect(others.map(({ threads }) => threads)).toEqual([first!.threads, 1, 2, 3, 1, first!.threads, first!.threads])
  for (const other of others) expect({ ...other, threads: 0 }).toEqual({ ...first, threads: 0 })
})

test.each(info().instructionSets)('the instruction set %s trains to about the same loss', async (instructionSet) => {
  const forced = await weights({ DEEPBLAS_ISA: instructionSet })
  const own = await weights()
  expect(forced.instructionSet).toBe(instructionSet)
  expect(Math.abs(forced.first / own.first - 1)).toBeLessThan(1e-5)
  expect(Math.abs(forced.loss / own.loss - 1)).toBeLessThan(0.02)
  expect(Math.abs(forced.validation / own.validation - 1)).toBeLessThan(0.02)
})

test('an instruction set that this machine lacks is refused with those that it has', async () => {
  const path = new URL('../helpers/programs/weights.mjs', import.meta.url).pathname
  const { code, stderr } = await runFile(path, { env: { DEEPBLAS_ISA: 'sse9' } })
  expect(code).toBe(1)
  expect(stderr).toContain('ERR_DEEPBLAS_')
  expect(stderr).toContain('sse9')
  for (const one of info().instructionSets) expect(stderr).toContain(one)
})

interface Loop {
  readonly share: number
  readonly utilization: number
  readonly timers: number
  readonly reads: number
  readonly steps: number
}

test.skipIf(!existsSync('/proc/self/task'))(
  'three seconds of a large fit take less than a tenth of the main thread (skipped without /proc)',
  async () => {
    const loop = await runProgram<Loop>('event-loop.mjs', { args: ['3200', '10'] })
    console.log(
      `event loop of 1024-2048-2048-100: main thread ${(100 * loop.share).toFixed(1)} % of the time on a processor, ` +
        `utilization ${loop.utilization.toFixed(3)}, ${loop.steps} steps`,
    )
    expect(loop.steps).toBeGreaterThanOrEqual(10)
    expect(loop.share).toBeLessThan(0.1)
    expect(loop.timers).toBeGreaterThan(10)
    expect(loop.reads).toBeGreaterThan(10)
  },
)
