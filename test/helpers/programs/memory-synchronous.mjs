// Native memory in the course of synchronous work without a turn of the event loop, in which no finalizer runs: what the
// process holds after each number of rounds given.
import { Dataset, Dense, datasets, Sequential } from 'deepblas'
import { memoryInUse } from './memory-in-use.mjs'

const counts = process.argv.slice(2).map(Number)
const data = Dataset.from(datasets.digits({ samples: 64 }))
const layers = [new Dense(128, { activation: 'relu' }), new Dense(10, { activation: 'softmax' })]
const model = new Sequential(layers, { inputs: 784 })
const held = []
for (let round = 1; round <= Math.max(...counts); round++) {
  model.fitSync(data, { loss: 'crossEntropy', epochs: 1 })
  model.partialFitSync(data)
  model.evaluateSync(data)
  model.predictSync(data)
  if (counts.includes(round)) held.push(memoryInUse())
}
console.log(JSON.stringify(held))
