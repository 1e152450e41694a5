// Course 1, week 2: "whenever possible, avoid explicit for-loops". The same predictions one sample at a time in plain
// JavaScript, one sample at a time through the library, and all at once.
import { Dense, Sequential } from 'deepblas'

const [rows, inputs, units] = [5000, 100, 64]
const model = new Sequential([new Dense(units, { activation: 'relu' }), new Dense(1)], { inputs, seed: 1 })
const x = Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i))
const [w1, b1, w2, b2] = model.getWeights().map(({ data }) => data)

function loopOverSamples() {
  const output = new Float32Array(rows)
  for (let r = 0; r < rows; r++) {
    let sum = b2[0]
    for (let u = 0; u < units; u++) {
      let z = b1[u]
      for (let i = 0; i < inputs; i++) z += w1[u * inputs + i] * x[r * inputs + i]
      sum += w2[u] * Math.max(0, z)
    }
    output[r] = sum
  }
  return output
}
const oneByOne = () => {
  const output = new Float32Array(rows)
  for (let r = 0; r < rows; r++) output[r] = model.predictSync(x.subarray(r * inputs, (r + 1) * inputs)).data[0]
  return output
}
const allAtOnce = () => model.predictSync({ data: x, shape: [rows, inputs] }).data

function bestOf(work) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 7; round++) {
    const start = performance.now()
    work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}
const expected = loopOverSamples()
const difference = Math.max(...allAtOnce().map((value, r) => Math.abs(value - expected[r])))
console.log(`largest difference ${difference.toExponential(1)}`)
const loop = bestOf(loopOverSamples)
const ways = { 'loops in JavaScript': loopOverSamples, 'sample by sample': oneByOne, vectorized: allAtOnce }
for (const [name, work] of Object.entries(ways)) {
  const time = bestOf(work)
  console.log(`${name.padEnd(20)} ${time.toFixed(2).padStart(8)} ms   ratio ${(loop / time).toFixed(1)}`)
}
