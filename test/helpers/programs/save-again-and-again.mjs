// Trains, with a checkpoint after every epoch and a model saved twice at once, into paths that another process uses too.
import { join } from 'node:path'
import { Checkpoint, Dataset, Dense, datasets, Sequential } from 'deepblas'

const [folder, seed, epochs] = process.argv.slice(2)
const data = Dataset.from(datasets.moons({ samples: 60, noise: 0.3, seed: 4 }))
const model = new Sequential([new Dense(64, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
  inputs: 2,
  seed: Number(seed),
})
const path = join(folder, 'model.safetensors')
await model.fit(data, {
  loss: 'binaryCrossEntropy',
  epochs: Number(epochs),
  callbacks: [
    new Checkpoint(join(folder, 'checkpoint.safetensors')),
    { needs: 'epoch', onEpochEnd: () => Promise.all([model.save(path), model.save(path)]).then(() => undefined) },
  ],
})
console.log('"done"')
