// Trains, and prints a digest of the weights' bytes, the last loss and what computed them. The argument says where
// chunks end: 'free', 'epoch' or 'step'.
import { createHash } from 'node:crypto'
import { Adam, Dataset, Dense, datasets, info, l2, Sequential } from 'deepblas'

const [chunks = 'free'] = process.argv.slice(2)
const data = Dataset.from(datasets.spirals({ samples: 300, seed: 1 }))
const model = new Sequential(
  [
    new Dense(700, { activation: 'gelu' }),
    new Dense(33, { activation: 'tanh', regularizer: l2(1e-4) }),
    new Dense(64, { activation: 'relu' }),
    new Dense(3, { activation: 'softmax' }),
  ],
  { inputs: 2, seed: 5 },
)
const history = await model.fit(data, {
  loss: 'crossEntropy',
  optimizer: new Adam({ learningRate: 0.003 }),
  epochs: 30,
  batchSize: 64,
  validation: 0.2,
  callbacks: chunks === 'free' ? [] : [{ needs: chunks }],
})
const digest = createHash('sha256')
for (const { name, data: values } of model.getWeights()) digest.update(name).update(new Uint8Array(values.buffer))
const { loss, validation } = history.epochs.at(-1)
const { instructionSet, instructionSets, threads } = info()
console.log(
  JSON.stringify({
    digest: digest.digest('hex'),
    first: history.epochs[0].loss,
    loss,
    validation: validation.loss,
    instructionSet,
    instructionSets,
    threads,
  }),
)
