// Worker threads that load, train and are terminated in the middle of a fit; then this thread trains.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { Dataset, Dense, datasets, Sequential } from 'deepblas'

const model = () =>
  new Sequential(
    [
      new Dense(512, { activation: 'relu' }),
      new Dense(512, { activation: 'tanh' }),
      new Dense(3, { activation: 'softmax' }),
    ],
    {
      inputs: 2,
      seed: 1,
    },
  )
const data = () => Dataset.from(datasets.spirals({ samples: 300, seed: 1 }))

if (isMainThread) {
  let terminated = 0
  let finished = 0
  for (let i = 0; i < 8; i++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: i })
    const [message] = await once(worker, 'message')
    if (message !== 'training') throw new Error(`expected a worker that trains but it said ${message}`)
    await sleep(5 * i)
    await worker.terminate()
    terminated++
  }
  const { epochs } = await model().fit(data(), { loss: 'crossEntropy', epochs: 2 })
  finished = epochs.length
  console.log(JSON.stringify({ terminated, finished }))
} else {
  let told = false
  const tell = () => {
    if (!told) parentPort.postMessage('training')
    told = true
  }
  await model().fit(data(), {
    loss: 'crossEntropy',
    epochs: 1_000_000,
    callbacks: [{ onProgress: tell }],
  })
}
