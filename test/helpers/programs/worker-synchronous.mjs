// A worker thread that calls synchronously without end is terminated; this thread goes on.
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { Dataset, Dense, Sequential } from 'deepblas'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv[2] })
  await new Promise((resolve) => worker.once('message', resolve))
  await sleep(50)
  await worker.terminate()
  console.log(JSON.stringify({ alive: true }))
} else {
  const { parentPort } = await import('node:worker_threads')
  const model = new Sequential([new Dense(1)], { inputs: 2 })
  const data = Dataset.from({ x: [[1, 2]], y: [1] })
  const call = {
    predict: () => model.predictSync([[1, 2]]),
    getWeights: () => model.getWeights(),
    fit: () => model.fitSync(data, { loss: 'meanSquaredError', epochs: 2 }),
  }[workerData]
  parentPort.postMessage('started')
  for (;;) call()
}
