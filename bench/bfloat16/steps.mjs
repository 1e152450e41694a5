// A training step in both precisions: the least of many samples in turn, on as many threads as are said.
//
//   node bench/bfloat16/steps.mjs [--threads 1] [--rounds 30]
//
// Prints a table: microseconds of a step, and how many times faster bfloat16 is.
import { parseArgs } from 'node:util'
import { Adam, Dataset, Dense, info, Sequential, setThreads } from 'deepblas'

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '30' },
    only: { type: 'string' },
  },
})
setThreads(Number(values.threads))
const rounds = Number(values.rounds)
const nets = [
  { name: 'digits', sizes: [784, 128, 64, 10], batch: 64, steps: 20 },
  { name: 'realmlp', sizes: [256, 256, 256, 10], batch: 256, steps: 5 },
  { name: 'digits-wide', sizes: [784, 800, 800, 10], batch: 256, steps: 1 },
  { name: 'wide', sizes: [1024, 4096, 4096, 1000], batch: 512, steps: 1 },
].filter(({ name }) => values.only === undefined || values.only === name)

const { instructionSet, bfloat16 } = info()
console.log(`${instructionSet}, bfloat16: ${bfloat16}, ${values.threads} thread(s), least of ${rounds} samples\n`)
console.log('| net | layers | batch | float32 | bfloat16 | times as fast |')
console.log('|---|---|---|---|---|---|')
for (const { name, sizes, batch, steps } of nets) {
  const [inputs, ...units] = sizes
  const rows = batch * steps
  const data = Dataset.from({
    x: { data: Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i)), shape: [rows, inputs] },
    y: Int32Array.from({ length: rows }, (_, row) => row % units.at(-1)),
  })
  const contenders = ['float32', 'bfloat16'].map((precision) => {
    const last = units.length - 1
    const layers = units.map((unit, i) => new Dense(unit, { activation: i === last ? 'softmax' : 'relu' }))
    const model = new Sequential(layers, { inputs, seed: 1 })
    const optimizer = new Adam({ learningRate: 1e-6 })
    const times = []
    // Epochs of one fit: what opening it costs is not a step's.
    const callbacks = [{ onEpochEnd: ({ seconds }) => times.push(seconds) }]
    const train = () =>
      model.fit(data, { loss: 'crossEntropy', optimizer, epochs: 4, batchSize: batch, precision, callbacks })
    return { train, times }
  })
  for (let round = 0; round < rounds; round++) for (const { train } of contenders) await train()
  const [exact, rounded] = contenders.map(({ times }) => (Math.min(...times) / steps) * 1e6)
  const ratio = (exact / rounded).toFixed(2)
  console.log(
    `| ${name} | ${sizes.join('-')} | ${batch} | ${exact.toFixed(0)} µs | ${rounded.toFixed(0)} µs | ${ratio} |`,
  )
}
