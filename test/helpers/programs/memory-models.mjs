// Native memory in the course of making and dropping models: what the process holds after each number of models given,
// when the collector has looked.
import { setImmediate } from 'node:timers/promises'
import { Dataset, Dense, Sequential } from 'deepblas'
import { settledMemory } from './memory-in-use.mjs'

const counts = process.argv.slice(2).map(Number)
const data = Dataset.from({ x: [Array.from({ length: 100 }, (_, i) => i / 100)], y: [1] })
// 176 KB of parameters a model: all of them would be 1.7 GB.
const hidden = new Dense(400, { activation: 'relu', initializer: 'zeros' })
const held = []
for (let made = 1; made <= Math.max(...counts); made++) {
  const model = new Sequential([hidden, new Dense(10, { activation: 'softmax' })], { inputs: 100, seed: made })
  if (made % 10 === 0) model.predictSync(data)
  if (made % 50 === 0) await model.fit(data, { loss: 'crossEntropy', epochs: 1 })
  // A program that lives has a turn of its event loop now and then.
  if (made % 100 === 0) await setImmediate()
  if (counts.includes(made)) held.push(await settledMemory())
}
console.log(JSON.stringify(held))
