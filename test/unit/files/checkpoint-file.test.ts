import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCheckpointFile, readCheckpointFileSync, writeCheckpointFile } from '../../../lib/files/checkpoint-file.js'
import { NumberRecords } from '../../../lib/files/number-records.js'
import { Checkpoint, Dataset, Dense, datasets, Population } from '../../../lib/index.js'
import { temporaryFolder } from './support.js'

const folder = temporaryFolder()

test('histories of more than a million names are written and read, in eight bytes a number', async () => {
  const path = join(folder, 'short.safetensors')
  const data = Dataset.from(datasets.moons({ samples: 20, seed: 4 }))
  const layers = [new Dense(1, { activation: 'sigmoid' })]
  await new Population(layers, { inputs: 2, members: 4 }).fit(data, {
    loss: 'binaryCrossEntropy',
    metrics: ['accuracy'],
    epochs: 1,
    callbacks: [new Checkpoint(path)],
  })
  const description = await readCheckpointFile(path)
  const EPOCHS = 60_000
  const result = (epoch: number) => ({ epoch, loss: Number.NaN, accuracy: -0, learningRate: 1 / epoch, seconds: 1e-3 })
  const histories = description.histories.map((history) => {
    const records = new NumberRecords()
    for (let epoch = 1; epoch <= EPOCHS; epoch++) records.push(result(epoch))
    return { ...history, epochs: records.forms, numbers: records.numbers }
  })
  const long = join(folder, 'long.safetensors')
  await writeCheckpointFile(long, { ...description, histories })
  const back = readCheckpointFileSync(long)
  expect(back.histories.map(({ epochs }) => epochs)).toEqual(histories.map(({ epochs }) => epochs))
  const bytes = ({ numbers }: { numbers: Float64Array }) =>
    Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  for (const [member, history] of back.histories.entries()) {
    expect(bytes(history).equals(bytes(histories[member]!))).toBe(true)
  }
  const numbers = (EPOCHS - 1) * 4 * 5
  expect(statSync(long).size - statSync(path).size).toBeLessThan(8 * numbers + 1000)
})
