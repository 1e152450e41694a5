// One model per customer: 500 networks, each on rows of its own, in one call of Population; beside it deepblas's own loop of
// single fits, and PyTorch's loop (../peers/customers.py), on the same numbers.
//
//   node bench/customers/compare.mjs [--customers 500] [--epochs 30] [--rounds 5] [--json results.json]
//
// Needs a build (npm run build), and PyTorch as ../peers/README.md says; without it deepblas runs alone. All take turns, and
// ratios are those of one round: what else the machine does meets all of them. Processor time is that of all threads.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Adam, Dataset, Dense, Population, Sequential } from '../../dist/index.mjs'
import { uniform } from '../data.mjs'
import { Worker } from '../process.mjs'
import { summary } from '../statistics.mjs'

const peers = fileURLToPath(new URL('../peers', import.meta.url))
const number = (text) => ({ type: 'string', default: text })
const { values } = parseArgs({
  options: { customers: number('500'), epochs: number('30'), rounds: number('5'), json: { type: 'string' } },
})
const [customers, epochs, rounds] = [values.customers, values.epochs, values.rounds].map(Number)
const task = { customers, epochs, inputs: 8, hidden: 16, batch: 32, rate: 0.01, fewest: 45, most: 194 }

/** The same numbers as customers.py makes: rows of a customer, features, and whether their sum is above 0. */
function historyOf(customer) {
  const rows = task.fewest + Math.floor((task.most - task.fewest + 1) * uniform(1, 10_000 + customer)[0])
  const data = uniform(rows * task.inputs, 20_000 + customer, -1, 1)
  const y = Int32Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let i = 0; i < task.inputs; i++) sum += data[row * task.inputs + i]
    return sum > 0 ? 1 : 0
  })
  return Dataset.from({ x: { data, shape: [rows, task.inputs] }, y })
}

const histories = Array.from({ length: customers }, (_, customer) => historyOf(customer))
const layers = () => [new Dense(task.hidden, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })]
const options = () => ({
  loss: 'binaryCrossEntropy',
  optimizer: new Adam({ learningRate: task.rate }),
  epochs,
  batchSize: task.batch,
})

async function timed(work) {
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  await work()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, processor: (user + system) / 1e6 }
}

const contenders = {
  population: () =>
    timed(() =>
      new Population(layers(), { inputs: task.inputs, members: customers, seed: 1 }).fit(histories, options()),
    ),
  loop: () =>
    timed(async () => {
      for (const [customer, data] of histories.entries()) {
        await new Sequential(layers(), { inputs: task.inputs, seed: 1 + customer }).fit(data, options())
      }
    }),
}

const torch = await pytorch()
if (torch !== undefined) contenders.pytorch = () => torch.worker.ask({ do: 'run' }, 1200)
const samples = []
for (let round = 0; round <= rounds; round++) {
  const sample = {}
  for (const [name, run] of Object.entries(contenders)) sample[name] = await run()
  // The first round compiles and warms up.
  if (round > 0) samples.push(sample)
}
torch?.worker.close()

console.log(
  `${customers} customers of ${task.fewest} to ${task.most} rows, ${task.inputs}-${task.hidden}-1, ${epochs} epochs`,
)
if (torch === undefined) console.log('PyTorch is not installed: see bench/peers/README.md')
else console.log(`PyTorch ${torch.about.version}, ${torch.about.note}`)
for (const name of Object.keys(contenders)) {
  const of = (what) => summary(samples.map((sample) => sample[name][what]))
  const ratio = (what) => summary(samples.map((sample) => sample[name][what] / sample.population[what]))
  const [wall, cpu] = [ratio('seconds'), ratio('processor')]
  console.log(
    `${name.padEnd(10)} ${of('seconds').median.toFixed(3).padStart(8)} s, processor ${of('processor').median.toFixed(3).padStart(7)} s; ` +
      `x ${wall.median.toFixed(1)} (${wall.min.toFixed(1)} to ${wall.max.toFixed(1)}) of the population, ` +
      `processor x ${cpu.median.toFixed(1)} (${cpu.min.toFixed(1)} to ${cpu.max.toFixed(1)})`,
  )
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ task, pytorch: torch?.about, samples }, null, 2)}\n`)
}

async function pytorch() {
  const pythons = [
    process.env.DEEPBLAS_BENCH_PYTHON,
    join(peers, 'build-python', 'bin', 'python'),
    '/usr/bin/python3',
    'python3',
  ]
  for (const python of pythons) {
    if (python === undefined || (python.includes('/') && !existsSync(python))) continue
    const worker = new Worker(python, [join(peers, 'customers.py')])
    try {
      return { worker, about: await worker.ask({ do: 'open', task }, 300) }
    } catch {
      worker.close()
    }
  }
  return undefined
}
