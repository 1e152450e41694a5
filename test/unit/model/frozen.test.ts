import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Dense, Sequential } from '../../../lib/index.js'

test('a frozen layer is frozen in a clone, also if it was frozen later', () => {
  const model = new Sequential([new Dense(4, { trainable: false }), new Dense(3)], { inputs: 2 })
  expect(model.clone().layers.map(({ trainable }) => trainable)).toEqual([false, true])
  model.layers[0]!.trainable = true
  model.layers[1]!.trainable = false
  expect(model.clone().layers.map(({ trainable }) => trainable)).toEqual([true, false])
})

test('a frozen layer is frozen in a model that was saved and loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deepblas-'))
  try {
    const path = join(folder, 'model.safetensors')
    const model = new Sequential([new Dense(4, { trainable: false }), new Dense(3)], { inputs: 2 })
    await model.save(path)
    expect((await Sequential.load(path)).layers.map(({ trainable }) => trainable)).toEqual([false, true])
  } finally {
    await rm(folder, { recursive: true })
  }
})
