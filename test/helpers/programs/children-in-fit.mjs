// Processes that are started while a model trains: each start forks this one, with all its threads. Their number is the
// argument; some are programs, some are Node that trains too.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Dataset, Dense, datasets, Sequential } from 'deepblas'

const children = Number(process.argv[2])
if (process.argv[3] === 'child') {
  const model = new Sequential([new Dense(1)], { inputs: 1, seed: 1 })
  await model.fit(Dataset.from({ x: [[0], [1]], y: [0, 1] }), { loss: 'meanSquaredError', epochs: 2 })
  process.exit(7)
}

const model = new Sequential([new Dense(256, { activation: 'relu' }), new Dense(3, { activation: 'softmax' })], {
  inputs: 2,
  seed: 1,
})
const stop = new AbortController()
let steps = 0
const training = model
  .fit(Dataset.from(datasets.spirals({ samples: 300, seed: 1 })), {
    loss: 'crossEntropy',
    epochs: 1_000_000,
    signal: stop.signal,
    callbacks: [{ onProgress: () => void steps++ }],
  })
  .catch((error) => error.name)
while (steps === 0) await new Promise((next) => setTimeout(next, 1))

const ended = []
let trainedBeside = 0
for (let i = 0; i < children; i++) {
  // One in ten is Node; starting it takes long.
  const node = i % 10 === 0
  const line = node ? [process.execPath, [fileURLToPath(import.meta.url), '0', 'child']] : ['true', []]
  const [code] = await once(spawn(...line, { stdio: 'ignore' }), 'exit')
  ended.push(code === (node ? 7 : 0))
  const seen = steps
  while (steps === seen) await new Promise((next) => setTimeout(next, 1))
  trainedBeside++
}
stop.abort()
console.log(JSON.stringify({ good: ended.filter(Boolean).length, trainedBeside, stopped: await training }))
