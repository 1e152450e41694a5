/*
 * The folds of crossValidate side by side, and the same ones one after another: milliseconds of all folds, the least of some
 * rounds, in turn.
 *
 * The last network is too large to be joined: its ratio shows how far the machine is to be trusted.
 *
 *   node bench/folds.mjs [rounds] [folds] [threads]
 */
import { crossValidate, Dataset, Dense, getThreads, info, Sequential, setThreads } from '../dist/index.mjs'

const ROWS = 1000
/** Multiply-adds of all folds' steps, about: a round takes as long for every network. */
const WORK = 1e9
const shapes = [
  [14, 16, 8, 1],
  [14, 32, 32, 1],
  [30, 64, 64, 1],
  [30, 128, 64, 1],
  [60, 128, 128, 1],
  [60, 256, 128, 1],
]
const rounds = Number(process.argv[2] ?? 10)
const folds = Number(process.argv[3] ?? 5)
setThreads(Number(process.argv[4] ?? getThreads()))

function dataOf(inputs) {
  const x = Float32Array.from({ length: ROWS * inputs }, (_, i) => Math.sin(i * i))
  const y = Float32Array.from({ length: ROWS }, (_, i) => Number(Math.cos(i * i) > 0))
  return Dataset.from({ x: { data: x, shape: [ROWS, inputs] }, y })
}

/** Milliseconds of all folds, and those of them that processors worked. */
async function measure([inputs, ...units], data, epochs, together) {
  const makeModel = (fold) => {
    const layers = units.map((count, i) => new Dense(count, { activation: i + 1 < units.length ? 'relu' : 'sigmoid' }))
    const model = new Sequential(layers, { inputs, seed: fold })
    // A model with a fit of its own is trained alone.
    if (!together) Object.defineProperty(model, 'fit', { value: model.fit.bind(model) })
    return model
  }
  const used = process.cpuUsage()
  const begun = performance.now()
  await crossValidate(makeModel, data, { loss: 'binaryCrossEntropy', folds, epochs })
  const { user, system } = process.cpuUsage(used)
  return { wall: performance.now() - begun, work: (user + system) / 1000 }
}

const least = (times, of) => Math.min(...times.map((time) => time[of]))

console.log(`${info().instructionSet}, ${getThreads()} threads, ${folds} folds of ${ROWS} rows`)
for (const shape of shapes) {
  const products = shape.slice(1).reduce((sum, units, layer) => sum + units * shape[layer], 0)
  const epochs = Math.max(2, Math.round(WORK / (3 * products * ROWS * (folds - 1))))
  const data = dataOf(shape[0])
  const together = []
  const apart = []
  for (let round = 0; round < rounds; round++) {
    together.push(await measure(shape, data, epochs, true))
    apart.push(await measure(shape, data, epochs, false))
  }
  const [a, b] = [least(together, 'wall'), least(apart, 'wall')]
  console.log(
    `${shape.join('-').padEnd(14)}${String(epochs).padStart(5)} epochs: ${a.toFixed(1).padStart(7)} ms side by side, ` +
      `${b.toFixed(1).padStart(7)} ms one after another: ${(a / b).toFixed(2)}; ` +
      `of work ${(least(together, 'work') / least(apart, 'work')).toFixed(2)}`,
  )
}
