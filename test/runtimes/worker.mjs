import { parentPort } from 'node:worker_threads'
import { Dataset, Dense, Sequential } from 'deepblas'

const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
const { epochs } = await model.fit(Dataset.from({ x: [[0], [1]], y: [0, 1] }), { loss: 'meanSquaredError', epochs: 2 })
parentPort.postMessage(epochs.length)
