// Worker threads that train to the end and unload by themselves, several at once beside a fit of this thread.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { Dataset, Dense, datasets, Sequential } from 'deepblas'

async function train() {
  const model = new Sequential([new Dense(64, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
    inputs: 2,
    seed: 7,
  })
  const { epochs } = await model.fit(Dataset.from(datasets.spirals({ samples: 300, seed: 1 })), {
    loss: 'crossEntropy',
    epochs: 20,
  })
  return epochs.at(-1).loss
}

if (isMainThread) {
  const workers = Array.from({ length: 4 }, () => new Worker(new URL(import.meta.url)))
  const theirs = await Promise.all(
    workers.map(async (worker) => {
      const exit = once(worker, 'exit')
      const [loss] = await once(worker, 'message')
      const [code] = await exit
      return { loss, code }
    }),
  )
  console.log(JSON.stringify({ own: await train(), theirs }))
} else {
  parentPort.postMessage(await train())
}
