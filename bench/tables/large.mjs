// A CSV file of many rows of numbers: loaded whole, streamed in little memory, and loaded by pandas where python3 has it.
//
//   node bench/tables/large.mjs [--rows 10000000] [--columns 20] [--folder <for the file>] [--only load,stream,pandas]
//
// The file is made first and deleted at the end; ten million rows of 20 columns are about 1.6 GB. Every way runs in a
// process of its own, which prints rows a second and the most memory it ever had resident. `load` reads the file, fits an
// encoder, encodes and trains for an epoch; `stream` does the same in two passes over the file, and must stay below 1 GiB:
// otherwise the exit code is 1. `pandas` reads the file, and trains nothing. Needs a build (npm run build).
import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const GIB = 2 ** 30
const BATCH = 4096
const program = fileURLToPath(import.meta.url)
const ways = ['load', 'stream', 'pandas']
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    columns: { type: 'string', default: '20' },
    folder: { type: 'string', default: tmpdir() },
    only: { type: 'string', default: ways.join(',') },
    // Of the processes that this one starts.
    way: { type: 'string' },
    path: { type: 'string' },
  },
})

if (values.way === undefined) await compare()
else await measure(values.way, values.path)

async function compare() {
  const rows = count('rows')
  const columns = count('columns')
  const folder = mkdtempSync(join(values.folder, 'deepblas-large-'))
  const path = join(folder, 'large.csv')
  // A process that is stopped leaves no gigabytes behind.
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  await write(path, rows, columns)
  console.log(`${rows} rows of ${columns} columns and a target, ${(statSync(path).size / 1e6).toFixed(0)} MB\n`)
  for (const way of ways.filter((name) => values.only.split(',').includes(name))) {
    const result = way === 'pandas' ? pandas(path) : own(way, path)
    if (result === undefined) continue
    const { steps, peak } = result
    for (const [step, seconds] of Object.entries(steps)) {
      console.log(`${way.padEnd(7)} ${step.padEnd(9)} ${Math.round(rows / seconds).toLocaleString('en')} rows/s`)
    }
    console.log(`${way.padEnd(7)} peak      ${Math.round(peak / 2 ** 20)} MiB resident\n`)
    if (way === 'stream' && peak > GIB) {
      console.log('stream needs more than 1 GiB')
      process.exitCode = 1
    }
  }
}

function count(name) {
  const number = Number(values[name])
  if (!(Number.isSafeInteger(number) && number > 0)) throw new Error(`--${name} takes a whole number above 0`)
  return number
}

/** Numbers of four decimals, and a target that hangs on all of them. */
async function write(path, rows, columns) {
  const file = createWriteStream(path, { highWaterMark: 4 * 2 ** 20 })
  const names = Array.from({ length: columns }, (_, i) => `x${i}`)
  file.write(`${names.join(',')},y\n`)
  let state = 1
  let text = ''
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let c = 0; c < columns; c++) {
      // Numerical Recipes' generator: quick, and good enough for a file to be read.
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      const value = (state >>> 8) / 2 ** 24 - 0.5
      sum += value
      text += `${value.toFixed(4)},`
    }
    text += `${sum.toFixed(4)}\n`
    if (text.length > 2 ** 20) {
      if (!file.write(text)) await new Promise((resolve) => file.once('drain', resolve))
      text = ''
    }
  }
  file.end(text)
  await finished(file)
}

function own(way, path) {
  // Node's own heap is bounded; tables and data sets are typed arrays outside of it, and show in what is resident.
  const heap = way === 'stream' ? ['--max-old-space-size=256'] : []
  return answer(process.execPath, [...heap, program, '--way', way, '--path', path])
}

function pandas(path) {
  const code = `
import json, resource, sys, time
import pandas
start = time.perf_counter()
pandas.read_csv(sys.argv[1])
seconds = time.perf_counter() - start
print(json.dumps({'steps': {'read': seconds}, 'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
`
  if (spawnSync('python3', ['-c', 'import pandas']).status !== 0) {
    console.log('pandas  is not installed for python3\n')
    return undefined
  }
  return answer('python3', ['-c', code, path])
}

function answer(command, args) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`)
  return JSON.parse(stdout)
}

async function measure(way, path) {
  const { csvChunks, Encoder, readCsv, Sequential, tabularLayers } = await import('../../dist/index.mjs')
  const steps = {}
  const timed = async (step, work) => {
    const start = performance.now()
    const result = await work()
    steps[step] = (performance.now() - start) / 1000
    return result
  }
  const train = (encoder, data, options) => {
    const model = new Sequential(tabularLayers(encoder), { inputs: encoder.inputs, seed: 1 })
    return model.fit(data, { loss: 'meanSquaredError', epochs: 1, ...options })
  }
  if (way === 'load') {
    let table = await timed('read', () => readCsv(path))
    const encoder = await timed('encoder', () => Encoder.fit(table, { target: 'y' }))
    const data = await timed('encode', () => encoder.encode(table))
    table = undefined
    await timed('train', () => train(encoder, data, { batchSize: BATCH }))
  } else {
    const chunks = () => csvChunks(path, { rowsPerChunk: BATCH })
    const encoder = await timed('encoder', () => Encoder.fit(chunks(), { target: 'y' }))
    const batches = async function* () {
      for await (const chunk of chunks()) yield encoder.encode(chunk)
    }
    await timed('train', () => train(encoder, batches))
  }
  console.log(JSON.stringify({ steps, peak: process.resourceUsage().maxRSS * 1024 }))
}
