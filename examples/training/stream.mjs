// Trains on the rows of a database's cursor: page by page, never more than some batches in memory.
// node examples/training/stream.mjs [rows of the table, default 40000]
import { Adam, batches, Dataset, Dense, Sequential } from 'deepblas'

const rows = Number(process.argv[2] ?? 40_000)

/** One row of a table of flats that a formula makes: what a database would keep. */
function flat(id) {
  const noise = (k) => ((id * k) % 9973) / 9973
  const area = 20 + 130 * noise(7919)
  const floor = Math.floor(8 * noise(104729))
  const year = 1900 + Math.floor(120 * noise(1299709))
  const price = 2.1 * area + 4 * floor + 0.6 * (year - 1900) - 0.004 * (year - 1960) ** 2 + 20 * noise(15485863)
  return { id, area, floor, year, price }
}

/** Stands for a driver's cursor, such as `client.query(new Cursor('select * from flats order by id'))`. */
async function* cursor(from, to) {
  const page = 1000
  for (let first = from; first < to; first += page) {
    // A driver would wait for the server here.
    await new Promise((resolve) => setImmediate(resolve))
    for (let id = first; id < Math.min(first + page, to); id++) yield flat(id)
  }
}

const features = ({ area, floor, year }) => [area / 100 - 0.85, floor / 4 - 1, (year - 1960) / 60]
const target = ({ price }) => price / 100

const held = Array.from({ length: 1000 }, (_, i) => flat(rows + i))
const validation = Dataset.from({ x: held.map(features), y: held.map(target) })
const model = new Sequential([new Dense(32, { activation: 'relu' }), new Dense(1)], { inputs: 3, seed: 1 })

// A function, so that every epoch opens the cursor anew.
const { epochs } = await model.fit(() => batches(cursor(0, rows), { size: 64, x: features, y: target }), {
  loss: 'meanSquaredError',
  optimizer: new Adam({ learningRate: 0.003 }),
  epochs: 3,
  validation,
})
for (const { epoch, loss, validation } of epochs) {
  console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, validation ${validation?.loss.toFixed(4)}`)
}
const used = Math.round(process.memoryUsage().rss / 2 ** 20)
console.log(`${3 * rows} rows read, ${used} MiB of memory in use`)
