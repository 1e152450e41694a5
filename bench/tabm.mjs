// TabM beside PyTorch: rows a second of training steps, of both kinds and of the plain network of one member.
//
//   node bench/tabm.mjs [--python python3] [--threads 2] [--members 16] [--rounds 9]
//
// Both take turns, a second each, so that a disturbance of the machine meets both. Printed are medians: rows a second, and
// rows a second of processor time, which the load of others changes little (with one thread: threads that wait count too). Needs a built package; without a Python that has PyTorch it measures deepblas alone.
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Adam, Dataset, info, Sequential, setThreads, tabM } from '../dist/index.mjs'

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '2' },
    members: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '9' },
  },
})
const [threads, members, rounds] = [options.threads, options.members, options.rounds].map(Number)
const [inputs, hidden, batch, rows] = [32, [256, 256], 256, 1024]
const SECONDS = 1

setThreads(threads)
const peer = fileURLToPath(new URL('peers/tabm.py', import.meta.url))
const withTorch = spawnSync(options.python, ['-c', 'import torch']).status === 0

/** Training in turns: a function that gives the rows of a second. */
async function ours(kind) {
  const layers = tabM({
    hidden,
    outputs: 1,
    outputActivation: 'sigmoid',
    ...(kind === 'plain' ? { members: 1 } : { members, kind }),
  })
  const model = new Sequential(layers, { inputs, seed: 1 })
  const x = Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(12.9 * i))
  const y = Int32Array.from({ length: rows }, (_, i) => Number(x[i * inputs] + x[i * inputs + 1] > 0))
  const data = Dataset.from({ x: { data: x, shape: [rows, inputs] }, y })
  const train = (epochs) =>
    model.fit(data, {
      loss: 'binaryCrossEntropy',
      optimizer: new Adam({ learningRate: 1e-3 }),
      epochs,
      batchSize: batch,
    })
  await train(1)
  let epochs = 1
  return async () => {
    const [start, before] = [performance.now(), process.cpuUsage()]
    await train(epochs)
    const seconds = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(before)
    const done = epochs * rows
    epochs = Math.max(1, Math.round((epochs * SECONDS) / seconds))
    return [done / seconds, done / ((user + system) / 1e6)]
  }
}

/** The same of PyTorch, in a process of its own. */
async function theirs(kind) {
  const given = { kind, members, inputs, hidden, batch, rows, threads, seconds: SECONDS }
  const child = spawn(options.python, [peer, JSON.stringify(given)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value: version } = await lines.next()
  return {
    version,
    async run() {
      child.stdin.write('go\n')
      return (await lines.next()).value.split(' ').map(Number)
    },
    end: () => child.stdin.end(),
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const medians = (turns) => [0, 1].map((at) => median(turns.map((turn) => turn[at])))
const text = (turns) =>
  medians(turns)
    .map((rows) => Math.round(rows).toLocaleString('en-US').padStart(8))
    .join(' / ')

console.log(
  `${info().instructionSet}, ${threads} threads, ${inputs} inputs, hidden ${hidden.join(' x ')}, batch ${batch}, Adam`,
)
console.log(`rows a second / of processor time, medians of ${rounds}`)
for (const kind of ['mini', 'full', 'plain']) {
  const run = await ours(kind)
  const torch = withTorch ? await theirs(kind) : undefined
  const [mine, other] = [[], []]
  for (let round = 0; round < rounds; round++) {
    mine.push(await run())
    if (torch) other.push(await torch.run())
  }
  torch?.end()
  const name = kind === 'plain' ? 'plain network' : `TabM-${kind}, k = ${members}`
  const ratios = () => medians(mine).map((rows, at) => (rows / medians(other)[at]).toFixed(2))
  const beside = torch ? `   PyTorch ${torch.version} ${text(other)}   x ${ratios().join(' / ')}` : ''
  console.log(`${name.padEnd(20)} deepblas ${text(mine)}${beside}`)
}
