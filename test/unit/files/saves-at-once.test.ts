/*
 * Saves of one path at the same time, by one process and by several: whoever reads meanwhile finds a whole file of one of
 * them, and at the end nothing else is left.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Checkpoint, Dataset, Dense, readSafetensors, Sequential } from '../../../lib/index.js'
import { runProgram } from '../../helpers/program.js'
import { temporaryFolder } from './support.js'

test('processes that save models and checkpoints under the same names', async () => {
  const folder = temporaryFolder()
  const names = ['checkpoint.safetensors', 'model.safetensors']
  const enough = join(temporaryFolder(), 'enough')
  let running = 3
  const programs = [1, 2, 3].map((seed) =>
    runProgram('save-again-and-again.mjs', { args: [folder, String(seed), '40', enough] }).finally(() => running--),
  )
  const seeds = new Set<number>()
  let read = 0
  while (running > 0) {
    for (const name of names) {
      const path = join(folder, name)
      // Every read is of a whole file: sizes, JSON and the numbers are held against each other.
      if (existsSync(path)) {
        const model = await Sequential.load(path)
        seeds.add(model.seed)
        read++
      }
    }
    if (read > 20) writeFileSync(enough, '')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect(await Promise.all(programs)).toEqual(['done', 'done', 'done'])
  expect([...seeds].every((seed) => [1, 2, 3].includes(seed))).toBe(true)
  expect(readdirSync(folder).sort()).toEqual(names)
})

test('saves of one process while others to the same path go on: the file is whole, and one of them', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'file')
  const data = Dataset.from({
    x: [
      [1, 2],
      [3, 4],
    ],
    y: [0, 1],
  })
  const models = [16, 64, 256, 1024].map(
    (units) => new Sequential([new Dense(units), new Dense(1, { activation: 'sigmoid' })], { inputs: 2 }),
  )
  const fits = models.map((model) =>
    model.fit(data, { loss: 'binaryCrossEntropy', epochs: 5, callbacks: [new Checkpoint(path)] }),
  )
  const others = [8, 32].map((units) => new Sequential([new Dense(units)], { inputs: 2 }).save(path))
  await Promise.all([...fits, ...others])
  const tensors = (await readSafetensors(path)).tensors
  const units = tensors.find(({ name }) => name === 'layers.0.weight')!.shape[0]
  expect([8, 16, 32, 64, 256, 1024]).toContain(units)
  expect(readdirSync(folder)).toEqual(['file'])
  await Sequential.load(path)
})
