// Writes files, in a folder, for ever: whoever started it kills it.
import { join } from 'node:path'
import { Adam, Checkpoint, CSVLog, Dataset, Dense, datasets, Sequential, TensorBoard } from 'deepblas'

const [folder, resume] = process.argv.slice(2)
const data = Dataset.from(datasets.moons({ samples: 60, noise: 0.3, seed: 4 }))
const model = new Sequential([new Dense(64, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
  inputs: 2,
  seed: 5,
})
const path = join(folder, 'run.safetensors')
await model.fit(data, {
  loss: 'binaryCrossEntropy',
  optimizer: new Adam(),
  epochs: 100_000,
  batchSize: 16,
  callbacks: [new CSVLog(join(folder, 'log.csv')), new TensorBoard(join(folder, 'board')), new Checkpoint(path)],
  ...(resume === 'resume' && { resume: path }),
})
