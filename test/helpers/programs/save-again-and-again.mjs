// Trains, with a checkpoint after every epoch and a model saved twice at once, into paths that another process uses too: so
// many epochs, and on until there is a file that says it is enough.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Checkpoint, Dataset, Dense, datasets, Sequential } from 'deepblas'

const [folder, seed, fewest, enough] = process.argv.slice(2)
const data = Dataset.from(datasets.moons({ samples: 60, noise: 0.3, seed: 4 }))
const model = new Sequential([new Dense(64, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
  inputs: 2,
  seed: Number(seed),
})
const path = join(folder, 'model.safetensors')
await model.fit(data, {
  loss: 'binaryCrossEntropy',
  epochs: 1_000_000,
  callbacks: [
    new Checkpoint(join(folder, 'checkpoint.safetensors')),
    {
      needs: 'epoch',
      async onEpochEnd({ epoch }, training) {
        await Promise.all([model.save(path), model.save(path)])
        if (epoch >= Number(fewest) && existsSync(enough)) training.stop()
      },
    },
  ],
})
console.log('"done"')
