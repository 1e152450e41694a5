// Reading a CSV file, by readCsv and by Python's readers, in turns: a file of numbers, and one of everything.
//
//   node bench/tables/read.mjs [--rows 1000000] [--rounds 5] [--only numbers,mixed] [--with pandas,polars,duckdb]
//        [--python python3] [--folder <for the files>]
//
// The files are made first and deleted at the end. Every reading is a process of its own. Printed are medians: seconds, seconds
// of the processor (of all threads), the most memory ever resident; the ratio is pandas's seconds to ours, each round by
// itself, in both. On a machine that others use, those of the processor tell more. Needs a build (npm run build).
import { execFileSync, spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const program = fileURLToPath(import.meta.url)
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'numbers,mixed' },
    with: { type: 'string', default: 'pandas,polars,duckdb' },
    python: { type: 'string', default: 'python3' },
    folder: { type: 'string', default: tmpdir() },
    // Of the processes that this one starts.
    path: { type: 'string' },
  },
})

const PYTHON = `
import json, resource, sys, time
way, path = sys.argv[1:]
if way == 'pandas':
    import pandas
    read = lambda: pandas.read_csv(path)
elif way == 'polars':
    import polars
    read = lambda: polars.read_csv(path)
else:
    import duckdb
    read = lambda: duckdb.sql(f"CREATE TABLE t AS FROM read_csv('{path}')")
start, processor = time.perf_counter(), time.process_time()
read()
seconds, processor = time.perf_counter() - start, time.process_time() - processor
print(json.dumps({'seconds': seconds, 'processor': processor,
                  'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
`

if (values.path === undefined) await compare()
else await measure(values.path)

async function compare() {
  const folder = mkdtempSync(join(values.folder, 'deepblas-read-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  const ways = ['deepblas', ...values.with.split(',').filter(isThere)]
  for (const kind of values.only.split(',')) {
    const path = join(folder, `${kind}.csv`)
    await write(path, kind, Number(values.rows))
    console.log(`${kind}: ${values.rows} rows, ${(statSync(path).size / 1e6).toFixed(0)} MB`)
    const results = new Map(ways.map((way) => [way, []]))
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const way of ways) results.get(way).push(read(way, path))
    }
    for (const [way, all] of results) {
      const [seconds, processor, peak] = ['seconds', 'processor', 'peak'].map((of) => median(all.map((one) => one[of])))
      const figures = [`${seconds.toFixed(2)} s`, `${processor.toFixed(2)} s CPU`, `${Math.round(peak / 2 ** 20)} MiB`]
      console.log(`${way.padEnd(9)} ${figures.map((figure) => figure.padStart(12)).join('')}`)
    }
    if (results.has('pandas')) {
      const ratio = (of) => median(results.get('pandas').map((one, i) => one[of] / results.get('deepblas')[i][of]))
      console.log(`pandas / deepblas: ${ratio('seconds').toFixed(2)}, CPU ${ratio('processor').toFixed(2)}\n`)
    }
    rmSync(path)
  }
}

function isThere(way) {
  if (spawnSync(values.python, ['-c', `import ${way}`]).status === 0) return true
  console.log(`${way} is not installed for ${values.python}`)
  return false
}

function read(way, path) {
  const [command, args] =
    way === 'deepblas' ? [process.execPath, [program, '--path', path]] : [values.python, ['-c', PYTHON, way, path]]
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}

async function measure(path) {
  const { readCsv } = await import('../../dist/index.mjs')
  const start = performance.now()
  const before = process.cpuUsage()
  await readCsv(path)
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - start) / 1000
  const peak = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ seconds, processor: (user + system) / 1e6, peak }))
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Twenty numbers a row; or texts, quoted texts, dates, booleans, and numbers of which some are missing. */
async function write(path, kind, rows) {
  const file = createWriteStream(path, { highWaterMark: 4 * 2 ** 20 })
  let state = 1
  // Numerical Recipes' generator: quick, and good enough for a file to be read.
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
  const cities = ['Berlin', 'Paris', 'São Paulo', 'New York', 'Tokyo', 'Oslo', 'Lagos', 'Lima']
  const numbers = () => Array.from({ length: 20 }, () => (next() / 2 ** 24 - 0.5).toFixed(4))
  const mixed = (row) => [
    row,
    new Date(1.5e12 + next() * 1e4).toISOString().slice(0, 10),
    cities[next() % 8],
    next() % 3 === 0 ? `"said ""hi"", ${next() % 5000}"` : `"plain, text ${next() % 5000}"`,
    (next() / 100).toFixed(2),
    next() % 2 === 0,
    next() % 10 === 0 ? '' : next(),
    next() % 20 === 0 ? 'NA' : next() / 1e7,
    next() / 2 ** 24,
    next() % 100,
  ]
  const header =
    kind === 'numbers' ? Array.from({ length: 20 }, (_, i) => `x${i}`) : 'id,day,city,text,price,yes,a,b,c,d'
  let text = `${header}\n`
  for (let row = 0; row < rows; row++) {
    text += `${(kind === 'numbers' ? numbers() : mixed(row)).join(',')}\n`
    if (text.length < 2 ** 20) continue
    if (!file.write(text)) await new Promise((resolve) => file.once('drain', resolve))
    text = ''
  }
  file.end(text)
  await finished(file)
}
