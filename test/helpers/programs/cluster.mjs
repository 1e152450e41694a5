// A cluster whose primary and workers all train, and give the same numbers.
import cluster from 'node:cluster'
import { once } from 'node:events'
import { Dataset, Dense, datasets, Sequential } from 'deepblas'

async function trained() {
  const model = new Sequential([new Dense(16, { activation: 'tanh' }), new Dense(3, { activation: 'softmax' })], {
    inputs: 2,
    seed: 1,
  })
  const data = Dataset.from(datasets.spirals({ samples: 100, seed: 1 }))
  const { epochs } = await model.fit(data, { loss: 'crossEntropy', epochs: 3 })
  return epochs.at(-1).loss
}

if (cluster.isPrimary) {
  // Trained before the first fork too: workers must not get threads that are not there.
  const own = await trained()
  const workers = [1, 2, 3].map(() => cluster.fork())
  const theirs = await Promise.all(
    workers.map(async (worker) => {
      const [loss] = await once(worker, 'message')
      const [code] = await once(worker, 'exit')
      return { loss, code }
    }),
  )
  console.log(JSON.stringify({ own, theirs }))
} else {
  const loss = await trained()
  process.send(loss, () => process.disconnect())
}
