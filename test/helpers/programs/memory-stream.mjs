// Memory while a stream is read, native and in the array buffers that are left when the collector has looked: what the
// process holds after each number of batches given.
import { Dense, Sequential } from 'deepblas'
import { settledMemory } from './memory-in-use.mjs'

const steps = process.argv.slice(2).map(Number)
const [rows, features] = [128, 1000]

async function* batches() {
  for (let i = 0; i < Math.max(...steps); i++) {
    const data = new Float32Array(rows * features).fill(Math.sin(i))
    yield { x: { data, shape: [rows, features] }, y: Int32Array.from({ length: rows }, (_, row) => (row + i) % 10) }
  }
}

const held = []
let done = 0
const model = new Sequential([new Dense(16, { activation: 'relu' }), new Dense(10, { activation: 'softmax' })], {
  inputs: features,
})
await model.fit(batches(), {
  loss: 'crossEntropy',
  callbacks: [
    {
      needs: 'step',
      async onStepEnd() {
        done++
        if (steps.includes(done)) held.push((await settledMemory()) + process.memoryUsage().arrayBuffers)
      },
    },
  ],
})
console.log(JSON.stringify(held))
