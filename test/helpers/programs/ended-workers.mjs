// Worker threads that are ended at random moments of long calls, one after the other: the native memory that the process
// holds after them, and beside it the resident memory, after a third of them and after all. The long form:
// node --expose-gc test/helpers/programs/ended-workers.mjs 240
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Dataset, Dense, Encoder, LBFGS, Population, readCsv, Sequential } from 'deepblas'
import { memoryInUse, settledMemory } from './memory-in-use.mjs'

const rows = 40_000
const columns = 100
const loss = 'binaryCrossEntropy'
const endless = 1_000_000

const calls = {
  fit: ({ model, data }) => model.fit(data, { loss, epochs: endless, metrics: ['rocAuc'] }),
  fitSync: ({ model, data }) => model.fitSync(data, { loss, epochs: 1, validation: data }),
  stream: ({ model, data, x, y }) => {
    const batch = () => ({ x: { data: x.slice(0, 640 * columns), shape: [640, columns] }, y: y.slice(0, 640) })
    const stream = function* () {
      for (let i = 0; i < 20; i++) yield batch()
    }
    return model.fit(stream, { loss, epochs: endless, validation: data })
  },
  lbfgs: ({ model, data }) => model.fit(data, { loss, epochs: endless, optimizer: new LBFGS() }),
  predict: ({ model, data, x }) =>
    Promise.all([
      model.predict({ data: x, shape: [rows, columns] }),
      model.predict(data),
      ...Array.from({ length: 8 }, () => model.predict({ data: x.slice(0, 512 * columns), shape: [512, columns] })),
    ]),
  evaluate: ({ model, data }) => model.evaluate(data, { loss, metrics: ['rocAuc'] }),
  population: async ({ many, data }) => {
    await many.fit(data, { loss, epochs: 3 })
    await many.predict(data)
  },
  readCsv: ({ text }) => readCsv(Readable.from([text])),
  encoder: ({ table }) => Encoder.fit(table, { target: 'y' }),
}

if (isMainThread) {
  const [count = '27', only] = process.argv.slice(2)
  const names = only === undefined ? Object.keys(calls) : [only]
  let seed = 1
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return seed / 2 ** 31
  }
  const resident = []
  const before = memoryInUse()
  for (let i = 1; i <= Number(count); i++) {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: names[i % names.length] })
    // Rejects with the error of a worker that ends by itself.
    await once(worker, 'message')
    await sleep(100 * random())
    await worker.terminate()
    if (i === Math.floor(Number(count) / 3) || i === Number(count)) resident.push(process.memoryUsage.rss())
  }
  // What a thread of the pool still computes ends by itself.
  for (let turn = 0; turn < 5000 && (await settledMemory()) > before; turn++) await sleep(20)
  console.log(JSON.stringify({ before, after: memoryInUse(), resident }))
} else {
  const x = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i))
  const y = Float32Array.from({ length: rows }, (_, i) => i % 2)
  const layers = () => [new Dense(32, { activation: 'tanh' }), new Dense(1, { activation: 'sigmoid' })]
  const lines = Array.from({ length: 30_000 }, (_, i) => `${i},${'abc'[i % 3]},${i % 2}`)
  const text = new TextEncoder().encode(`a,b,y\n${lines.join('\n')}\n`)
  const given = {
    x,
    y,
    text,
    data: Dataset.from({ x: { data: x, shape: [rows, columns] }, y }),
    model: new Sequential(layers(), { inputs: columns }),
    many: new Population(layers(), { inputs: columns, members: 4 }),
  }
  if (workerData === 'encoder') given.table = await readCsv(Readable.from([text]))
  parentPort.postMessage('busy')
  for (;;) await calls[workerData](given)
}
