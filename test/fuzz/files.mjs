/*
 * Files with bytes flipped, cut, put in, doubled or set to extremes: every reader gives a table or an array, or an
 * ERR_DEEPBLAS_FILE, within its limits of time and memory. Another error, a crash or a hang is a fault.
 *
 *     node test/fuzz/files.mjs [--seconds 600 | --rounds 10] [--seed 1] [--only npz,idx]
 *
 * Needs the built package (npm run build:ts). Prints a table and ends with 1 where there was a fault; the file of a fault
 * is kept and named.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import * as arrow from 'apache-arrow'
import {
  Checkpoint,
  Concatenate,
  categorical,
  Dense,
  Embedding,
  Encoder,
  loadModel as loadAny,
  Normalize,
  Population,
  readArrow,
  readIdx,
  readNpy,
  readNpz,
  readParquet,
  Sequential,
  Table,
  trainTable,
  writeNpy,
} from 'deepblas'
import { zipSync } from 'fflate'
import { parquetWriteBuffer } from 'hyparquet-writer'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})

/** Reading one damaged file of some kilobytes takes no longer, and no more memory. */
const MOST_MILLISECONDS = 60_000
const MOST_MEBIBYTES = 1500

const folder = mkdtempSync(join(tmpdir(), 'deepblas-fuzz-'))
const file = (name) => join(folder, name)

/** Numbers that repeat: mulberry32. */
let state = Number(options.seed) >>> 0
function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
const below = (n) => Math.floor(random() * n)

const rows = Array.from({ length: 40 }, (_, i) => ({
  a: i * 1.5,
  city: ['Rome', 'Oslo', 'Bern'][i % 3],
  day: new Date(1.6e12 + i * 8.64e7),
  y: i % 2 === 0 ? 'yes' : 'no',
}))

async function kinds() {
  const arrays = arrow.tableFromArrays({
    a: Float64Array.from({ length: 40 }, (_, i) => i * 1.5),
    i: Int32Array.from({ length: 40 }, (_, i) => i),
    s: rows.map(({ city }) => city),
  })
  const columnData = [
    { name: 'a', data: rows.map(({ a }) => a), type: 'DOUBLE' },
    { name: 'i', data: rows.map((_, i) => (i % 5 === 0 ? null : BigInt(i))), type: 'INT64', nullable: true },
    { name: 's', data: rows.map(({ city }) => city), type: 'STRING' },
    { name: 'd', data: rows.map(({ day }) => day), type: 'TIMESTAMP' },
  ]
  const compressors = { GZIP: (bytes) => gzipSync(bytes), BROTLI: (bytes) => brotliCompressSync(bytes) }
  const parquet = (codec) => Buffer.from(parquetWriteBuffer({ columnData, codec, compressors, rowGroupSize: 16 }))
  await writeNpy(file('x.npy'), { data: Float32Array.from({ length: 60 }, (_, i) => i / 7), shape: [20, 3] })
  const npy = readFileSync(file('x.npy'))
  const idx = Buffer.concat([Buffer.from([0, 0, 8, 2, 0, 0, 0, 6, 0, 0, 0, 5]), Buffer.alloc(30, 7)])

  const table = Table.fromRows(rows)
  const encoder = await Encoder.fit(table, { target: 'y' })
  const encoded = await encoder.encode(table)
  const model = new Sequential([Normalize.fit(encoded), new Dense(4, { activation: 'relu' }), new Dense(1)], {
    inputs: encoded.features,
  })
  const callbacks = [new Checkpoint(file('checkpoint.safetensors'))]
  await model.fit(encoded, { loss: 'binaryCrossEntropy', epochs: 1, callbacks })
  await model.save(file('model.safetensors'))
  const named = new Sequential([new Concatenate({ city: new Embedding(3) }), new Dense(1)], {
    inputs: { numeric: 1, city: categorical(4) },
  })
  await named.save(file('named.safetensors'))
  await new Population([new Dense(3)], { inputs: 2, members: 3 }).save(file('population.safetensors'))
  const many = await trainTable(rows, { target: 'y', members: 2, epochs: 1, hidden: [2] })
  await many.model.save(file('table.safetensors'))

  const resumed = new Sequential([Normalize.fit(encoded), new Dense(4, { activation: 'relu' }), new Dense(1)], {
    inputs: encoded.features,
  })
  const loadModel = async (path) => {
    const loaded = await Sequential.load(path)
    return loaded.getWeights().length
  }
  const resume = (path) => resumed.fit(encoded, { loss: 'binaryCrossEntropy', epochs: 2, resume: path })
  return {
    'arrow stream': [Buffer.from(arrow.tableToIPC(arrays, 'stream')), (path) => readArrow(path)],
    'arrow file': [Buffer.from(arrow.tableToIPC(arrays, 'file')), (path) => readArrow(path)],
    'parquet plain': [parquet('UNCOMPRESSED'), (path) => readParquet(path)],
    'parquet snappy': [parquet('SNAPPY'), (path) => readParquet(path)],
    'parquet gzip': [parquet('GZIP'), (path) => readParquet(path)],
    'parquet brotli': [parquet('BROTLI'), (path) => readParquet(path)],
    'npz stored': [Buffer.from(zipSync({ 'x.npy': npy }, { level: 0 })), (path) => readNpz(path)],
    'npz deflated': [Buffer.from(zipSync({ 'x.npy': npy, 'y.npy': npy }, { level: 9 })), (path) => readNpz(path)],
    npy: [npy, (path) => readNpy(path)],
    'npy gzip': [gzipSync(npy), (path) => readNpy(path)],
    idx: [idx, (path) => readIdx(path)],
    'idx gzip': [gzipSync(idx), (path) => readIdx(path)],
    model: [readFileSync(file('model.safetensors')), loadModel],
    'named model': [readFileSync(file('named.safetensors')), loadModel],
    population: [readFileSync(file('population.safetensors')), (path) => Population.load(path)],
    tableModel: [readFileSync(file('table.safetensors')), (path) => loadAny(path)],
    'checkpoint as model': [readFileSync(file('checkpoint.safetensors')), loadModel],
    // A checkpoint of another training is answered with the argument that differs, and a number of another size may grow.
    checkpoint: [
      readFileSync(file('checkpoint.safetensors')),
      resume,
      ['ERR_DEEPBLAS_ARGUMENT', 'ERR_DEEPBLAS_NOT_FINITE'],
    ],
    weights: [
      readFileSync(file('population.safetensors')),
      (path) => Sequential.fromSafetensors(path, [new Dense(3)], { inputs: 2, rename: (name) => name.slice(10) }),
      ['ERR_DEEPBLAS_SHAPE', 'ERR_DEEPBLAS_ARGUMENT'],
    ],
  }
}

const extremes = [0, 1, 0x7f, 0x80, 0xff]

/** A copy with one to three faults. */
function damaged(bytes) {
  let copy = Buffer.from(bytes)
  for (let faults = 1 + below(3); faults > 0 && copy.length > 0; faults--) {
    const at = below(copy.length)
    switch (below(7)) {
      case 0:
        copy[at] ^= 1 << below(8)
        break
      case 1:
        copy[at] = extremes[below(extremes.length)]
        break
      case 2:
        copy = copy.subarray(0, at)
        break
      case 3:
        copy = Buffer.concat([copy.subarray(0, at), Buffer.from([below(256)]), copy.subarray(at)])
        break
      case 4:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + below(8))])
        break
      case 5:
        // A whole word: sizes and places are such.
        copy.fill(extremes[below(extremes.length)], at, Math.min(copy.length, at + 4))
        break
      default:
        // A digit of a size in a header of text.
        for (let i = at; i < copy.length; i++) {
          if (copy[i] >= 0x30 && copy[i] <= 0x39) {
            copy[i] = 0x30 + below(10)
            break
          }
        }
    }
  }
  return copy
}

let faults = 0
const unhandled = (error) => {
  console.error('unhandled:', error)
  process.exit(1)
}
process.on('unhandledRejection', unhandled)
process.on('uncaughtException', unhandled)

const outcomes = {}
const all = await kinds()
const wanted = options.only?.split(',') ?? ['']
const chosen = Object.entries(all).filter(([name]) => wanted.some((part) => name.includes(part)))
for (const [name, [bytes, read]] of chosen) {
  writeFileSync(file('whole'), bytes)
  await read(file('whole'))
  outcomes[name] = { files: 0, read: 0, refused: 0, faults: 0, slowest: 0 }
}

const begun = performance.now()
const until = begun + 1000 * Number(options.seconds ?? (options.rounds ? 1e6 : 600))
const mostRounds = Number(options.rounds ?? Number.POSITIVE_INFINITY)
let round = 0
do {
  for (const [name, [bytes, read, others = []]] of chosen) {
    const outcome = outcomes[name]
    const content = damaged(bytes)
    writeFileSync(file('damaged'), content)
    const start = performance.now()
    let fault
    try {
      await read(file('damaged'))
      outcome.read++
    } catch (error) {
      if (error?.code === 'ERR_DEEPBLAS_FILE' || others.includes(error?.code)) outcome.refused++
      else fault = error?.stack ?? String(error)
    }
    const milliseconds = performance.now() - start
    const mebibytes = process.memoryUsage().rss / 2 ** 20
    outcome.files++
    outcome.slowest = Math.max(outcome.slowest, Math.round(milliseconds))
    if (milliseconds > MOST_MILLISECONDS) fault ??= `took ${milliseconds} ms`
    if (mebibytes > MOST_MEBIBYTES) fault ??= `takes ${mebibytes} MiB`
    if (fault !== undefined) {
      outcome.faults++
      faults++
      const kept = join(tmpdir(), `deepblas-fault-${faults}-${name.replaceAll(' ', '-')}`)
      writeFileSync(kept, content)
      console.error(`${name}: ${fault}\n  kept as ${kept}`)
    }
    if (performance.now() > until) break
  }
  round++
} while (round < mostRounds && performance.now() < until)

console.table(outcomes)
console.log(
  `${round} rounds of seed ${options.seed} in ${Math.round((performance.now() - begun) / 1000)} s, ${faults} faults`,
)
rmSync(folder, { recursive: true })
process.exit(faults > 0 ? 1 : 0)
