/*
 * Programs of many processes, and memory that V8 owns.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Dense, Sequential } from '../../lib/index.js'
import { root, runProgram } from '../helpers/program.js'

/** With DEEPBLAS_LONG_TESTS=1 it is 300. */
const children = process.env.DEEPBLAS_LONG_TESTS === '1' ? 300 : 30

test('processes that are started during a fit run and end, and the fit goes on', async () => {
  const told = await runProgram('children-in-fit.mjs', { args: [String(children)] })
  expect(told).toEqual({ good: children, trainedBeside: children, stopped: 'AbortError' })
})

test('a cluster trains in the primary and in its workers', async () => {
  const { own, theirs } = await runProgram<{ own: number; theirs: unknown[] }>('cluster.mjs')
  expect(theirs).toEqual(Array.from({ length: 3 }, () => ({ loss: own, code: 0 })))
})

test('no array buffer stands on memory of our own, which Electron and V8 with a memory cage refuse', () => {
  const folder = join(root, 'native')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(cpp|h)$/.test(name))
  expect(sources.length).toBeGreaterThan(50)
  const outside =
    /napi_create_external_(?:arraybuffer|buffer)|node_api_create_external|External<|(?:Array)?Buffer(?:<\w+>)?::New\([^)]*,[^)]*,/
  const found = sources.filter((name) => !name.startsWith('vendor'))
  expect(found.filter((name) => outside.test(readFileSync(join(folder, name), 'utf8')))).toEqual([])
})

test('arrays that are returned are of V8: they can be transferred', async () => {
  const model = new Sequential([new Dense(2)], { inputs: 1, seed: 1 })
  const arrays = [(await model.predict([[1]])).data, ...Object.values(model.getWeights())].map((value) =>
    value instanceof Float32Array ? value : (value as { data: Float32Array }).data,
  )
  expect(arrays.length).toBe(3)
  for (const array of arrays) {
    const { buffer } = array
    const moved = structuredClone(array, { transfer: [buffer as ArrayBuffer] })
    expect(moved.length).toBeGreaterThan(0)
    expect(buffer.byteLength).toBe(0)
  }
})
