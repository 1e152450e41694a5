// Resident memory while a stream is read: for each number of batches given, the least of the hundred before it.
import { Dense, Sequential } from 'deepblas'

const steps = process.argv.slice(2).map(Number)
const [rows, features] = [128, 1000]

async function* batches() {
  for (let i = 0; i < Math.max(...steps); i++) {
    const data = new Float32Array(rows * features).fill(Math.sin(i))
    yield { x: { data, shape: [rows, features] }, y: Int32Array.from({ length: rows }, (_, row) => (row + i) % 10) }
  }
}

const resident = steps.map(() => Number.POSITIVE_INFINITY)
let done = 0
const model = new Sequential([new Dense(16, { activation: 'relu' }), new Dense(10, { activation: 'softmax' })], {
  inputs: features,
})
await model.fit(batches(), {
  loss: 'crossEntropy',
  callbacks: [
    {
      needs: 'step',
      onStepEnd() {
        done++
        for (const [i, step] of steps.entries()) {
          if (done > step - 100 && done <= step) resident[i] = Math.min(resident[i], process.memoryUsage.rss())
        }
      },
    },
  ],
})
console.log(JSON.stringify(resident))
