// Trains and predicts with products that OpenBLAS makes, beside another addon with an OpenBLAS of its own, and prints what
// both computed. Arguments: the other addon's file, and when it is loaded: 'never', 'before' or 'after' deepblas.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'

const [file, when] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const size = 200
const values = (seed) => Float32Array.from({ length: size * size }, (_, i) => ((i * seed) % 101) / 50 - 1)
const [a, b] = [values(37), values(53)]
const digest = (...arrays) => {
  const hash = createHash('sha256')
  for (const array of arrays) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  return hash.digest('hex')
}
const theirs = new Set()
const multiply = (addon) => theirs.add(digest(addon.multiply(size, a, b, new Float32Array(size * size))))

let other = when === 'before' ? require(file) : undefined
if (other) multiply(other)
const { Dataset, Dense, datasets, info, Sequential } = await import('deepblas')
const { openblas } = info()
if (when === 'after') other = require(file)

// A layer of a million weights is OpenBLAS's.
const data = Dataset.from(datasets.spirals({ samples: 200, seed: 1 }))
const layers = [1024, 1024].map((units) => new Dense(units, { activation: 'tanh' }))
const model = new Sequential([...layers, new Dense(3, { activation: 'softmax' })], { inputs: 2, seed: 5 })
const fit = model.fit(data, { loss: 'crossEntropy', epochs: 2, batchSize: 64 })
// While deepblas's threads multiply, so does the other.
let fitting = true
const ended = fit.finally(() => {
  fitting = false
})
while (other && fitting) {
  multiply(other)
  await new Promise(setImmediate)
}
await ended
if (other) multiply(other)
const { data: outputs } = await model.predict([[0.5, -0.25]])
const ours = digest(...model.getWeights().map((weight) => weight.data), outputs)
console.log(JSON.stringify({ ours, theirs: [...theirs], openblas, openblasAfter: info().openblas }))
