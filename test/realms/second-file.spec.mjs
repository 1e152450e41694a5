/*
 * A second file in the same process: the addon is loaded there already, and its values may be of a realm that is gone.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Dense, readNpy, Sequential, writeNpy } from '../../dist/index.mjs'

const { afterAll, expect, test } = globalThis

const folder = mkdtempSync(join(tmpdir(), 'deepblas-realms-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('save', async () => {
  const path = join(folder, 'model.safetensors')
  const model = new Sequential([new Dense(1)], { inputs: 2, seed: 1 })
  await model.save(path)
  const loaded = await Sequential.load(path)
  expect(Array.from(loaded.predictSync([[1, 2]]).data)).toEqual(Array.from(model.predictSync([[1, 2]]).data))
})

test('a new file', async () => {
  const path = join(folder, 'new.npy')
  expect(existsSync(path)).toBe(false)
  await writeNpy(path, { data: Float32Array.of(1), shape: [1] })
  expect(Array.from((await readNpy(path)).data)).toEqual([1])
})
