// Calls that need more memory than the process may have: prints what became of each, 'done' or the code of its error, and
// whether a small model trains afterwards. The limit is of addresses, and set once everything is ready: what the process
// has by then and some mebibytes more, so that Node itself has room.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Dataset, Dense, Population, Sequential } from 'deepblas'

const MiB = 2 ** 20
const ROOM = 160

const folder = mkdtempSync(join(tmpdir(), 'deepblas-memory-'))
const path = join(folder, 'large.safetensors')
const rows = 640_000
const columns = 100
const flat = { data: new Float32Array(rows * columns), shape: [rows, columns] }
const bytes = { data: new Uint8Array(64 * MiB), shape: [64 * MiB, 1] }
const values = new Float64Array(64 * MiB)
const floats = new Float32Array(64 * MiB)
const row = Array.from({ length: 200 }, (_, i) => i)
const nested = new Array(200_000).fill(row)
const loss = 'meanSquaredError'
const zeros = (units) => new Dense(units, { initializer: 'zeros' })
// 200 MB of parameters, and of the file.
const large = () => new Sequential([zeros(5000)], { inputs: 10_000, seed: 1 })
await large().save(path)
const wideRow = [new Array(10_000).fill(0)]
const few = Dataset.from({ x: wideRow, y: [new Array(5000).fill(0)] })
const trained = large()
trained.predictSync(wideRow)
const data = Dataset.from({ x: { data: new Float32Array(400_000), shape: [400_000, 1] }, y: new Float32Array(400_000) })
const small = () => new Sequential([new Dense(4, { activation: 'tanh' }), new Dense(1)], { inputs: 1, seed: 1 })
// A row of 200 numbers each is made of one.
const wide = () => new Sequential([zeros(200), new Dense(1)], { inputs: 1, seed: 1 })
const widening = new Sequential([zeros(200)], { inputs: 1, seed: 1 })
widening.predictSync([[1]])

// A column a level: 400 MB of features.
const text = `a,y\n${Array.from({ length: 50_000 }, (_, i) => `c${i % 2000},${i % 2}`).join('\n')}\n`

const calls = {
  'Dataset.from numbers': () => Dataset.from({ x: flat }),
  'Dataset.from nested': () => Dataset.from({ x: nested }),
  'Dataset.from targets': () => Dataset.from({ x: bytes, y: values }),
  'Dataset.from weights': () => Dataset.from({ x: bytes, sampleWeights: floats }),
  'new Sequential': () => large().predictSync(wideRow),
  'new Population': () =>
    new Population([zeros(100)], { inputs: 100, members: 10_000 }).predictSync([row.slice(0, 100)]),
  fit: () => trained.fit(few, { loss, epochs: 1 }),
  fitSync: () => trained.fitSync(few, { loss, epochs: 1 }),
  'fit, full batch': () => wide().fit(data, { loss, epochs: 1, batchSize: 'full' }),
  partialFit: () => trained.partialFit(few, { loss }),
  gradients: () => trained.gradients(few, { loss }),
  getWeights: () => trained.getWeights(),
  clone: () => trained.clone().predictSync(wideRow),
  save: () => trained.save(join(folder, 'again.safetensors')),
  predict: () => widening.predict(data),
  predictSync: () => widening.predictSync(data),
  evaluate: () => widening.evaluate(Dataset.from({ x: flat, y: floats }), { loss }),
  load: () => Sequential.load(path),
  'Dataset.fromCSV': () => Dataset.fromCSV(Readable.from([text]), { target: 'y', embeddings: false }),
}

const [only] = process.argv.slice(2)
small().fitSync(data, { loss, epochs: 1 })
await small().fit(data, { loss, epochs: 1 })
const taken = Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
execFileSync('prlimit', ['--pid', String(process.pid), `--as=${taken + ROOM * MiB}`])
const outcomes = {}
for (const [name, call] of Object.entries(calls)) {
  if (only !== undefined && name !== only) continue
  try {
    await call()
    outcomes[name] = 'done'
  } catch (error) {
    outcomes[name] = error.code ?? String(error.stack)
    if (only !== undefined) console.error(error)
  }
  await new Promise(setImmediate)
}
const after = await small().fit(data, { loss, epochs: 1 })
console.log(JSON.stringify({ outcomes, after: after.epochs.length }))
rmSync(folder, { recursive: true })
