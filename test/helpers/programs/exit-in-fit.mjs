// Ends the process in the middle of a fit, with the exit code given.
import { Dataset, Dense, datasets, Sequential } from 'deepblas'

const model = new Sequential(
  [
    new Dense(800, { activation: 'relu' }),
    new Dense(800, { activation: 'tanh' }),
    new Dense(3, { activation: 'softmax' }),
  ],
  { inputs: 2 },
)
setTimeout(() => process.exit(Number(process.argv[2])), Number(process.argv[3]))
await model.fit(Dataset.from(datasets.spirals({ samples: 3000, seed: 1 })), {
  loss: 'crossEntropy',
  epochs: 1_000_000,
  batchSize: 300,
})
