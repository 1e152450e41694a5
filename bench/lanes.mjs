/*
 * Small networks side by side in the lanes of vectors, and the same ones one by one: microseconds of a step of all members,
 * on one thread, the least of many epochs of 16 steps of 32 rows with Adam, in turn.
 *
 *   node bench/lanes.mjs [rounds]        DEEPBLAS_ISA=avx2 for another instruction set
 */
import { Adam, Dataset, Dense, info, Population, setThreads } from '../dist/index.mjs'

const ROWS = 512
const BATCH = 32
const EPOCHS = 12
const shapes = [
  [14, 16, 8, 1],
  [14, 32, 1],
  [14, 32, 32, 1],
  [30, 32, 32, 4],
  [14, 64, 32, 1],
  [30, 64, 64, 10],
]
const members = { avx512: 16, avx2: 8 }[info().instructionSet] ?? 4
const rounds = Number(process.argv[2] ?? 10)
setThreads(1)

/** Least microseconds of a step. */
async function measure([inputs, ...units], lanes) {
  process.env.DEEPBLAS_LANES = lanes
  const outputs = units.at(-1)
  const x = Float32Array.from({ length: ROWS * inputs }, (_, i) => Math.sin(i * i))
  const y = Float32Array.from({ length: ROWS * outputs }, (_, i) => Number(Math.cos(i * i) > 0))
  const data = Dataset.from({ x: { data: x, shape: [ROWS, inputs] }, y: { data: y, shape: [ROWS, outputs] } })
  const layers = units.map(
    (count, layer) => new Dense(count, { activation: layer + 1 < units.length ? 'relu' : 'sigmoid' }),
  )
  const many = new Population(layers, { inputs, members, seed: 1 })
  const fit = await many.fit(data, {
    loss: 'binaryCrossEntropy',
    optimizer: new Adam(),
    epochs: EPOCHS,
    batchSize: BATCH,
  })
  const least = Math.min(...fit.members[0].epochs.map(({ seconds }) => seconds))
  return (least * 1e6) / (ROWS / BATCH)
}

console.log(`${info().instructionSet}, ${members} members`)
for (const shape of shapes) {
  const parameters = shape.slice(1).reduce((sum, units, layer) => sum + units * (shape[layer] + 1), 0)
  let together = Number.POSITIVE_INFINITY
  let apart = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    together = Math.min(together, await measure(shape, '1'))
    apart = Math.min(apart, await measure(shape, '0'))
  }
  console.log(
    `${shape.join('-').padEnd(14)}${String(parameters).padStart(6)} parameters: ${together.toFixed(1).padStart(7)} µs side by side, ` +
      `${apart.toFixed(1).padStart(7)} µs one by one: ${(together / apart).toFixed(2)}`,
  )
}
