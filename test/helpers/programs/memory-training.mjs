// Native memory in the course of one training: what the process holds after each number of steps given.
import { Dataset, Dense, Sequential } from 'deepblas'
import { memoryInUse } from './memory-in-use.mjs'

const steps = process.argv.slice(2).map(Number)
const rows = 256
const data = Dataset.from({
  x: { data: Float32Array.from({ length: rows * 200 }, (_, i) => Math.sin(i)), shape: [rows, 200] },
  y: Int32Array.from({ length: rows }, (_, i) => i % 10),
})
const model = new Sequential(
  [
    new Dense(128, { activation: 'relu' }),
    new Dense(64, { activation: 'gelu' }),
    new Dense(10, { activation: 'softmax' }),
  ],
  { inputs: 200 },
)
const held = []
let done = 0
await model.fit(data, {
  loss: 'crossEntropy',
  epochs: Math.ceil(Math.max(...steps) / 8),
  batchSize: 32,
  validation: data,
  callbacks: [
    {
      needs: 'step',
      onStepEnd() {
        done++
        if (steps.includes(done)) held.push(memoryInUse())
      },
    },
  ],
})
console.log(JSON.stringify(held))
