// How long the event loop is held by each asynchronous call that is given much. A call may hold it for 50 ms. Times are of
// the clock: on a busy machine they also count what others had of the processor, for which reason the process's own
// processor time within the longest hold, that of all its threads, stands beside.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Session } from 'node:inspector'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import {
  Checkpoint,
  crossValidate,
  csvChunks,
  Dataset,
  Dense,
  Encoder,
  Population,
  readCsv,
  readNpy,
  readNpz,
  readSafetensors,
  Sequential,
  Table,
  writeNpy,
  writeSafetensors,
} from 'deepblas'

const {
  values: { only, where, help },
} = parseArgs({ options: { only: { type: 'string' }, where: { type: 'boolean' }, help: { type: 'boolean' } } })
if (help) {
  console.log(`node bench/event-loop.mjs [--only part-of-a-name;another] [--where]
  --where   also the functions in which the longest hold was spent`)
  process.exit()
}

const directory = await mkdtemp(path.join(tmpdir(), 'deepblas-event-loop-'))
const file = (name) => path.join(directory, name)

/** In one piece, which the engine need not put together first. */
const flat = (text) => Buffer.from(text).toString('latin1')

async function* once(text) {
  yield text
}

/** Columns of an id, numbers, few and many words, a date and two classes. */
function lineOf(i) {
  const day = new Date(1.6e12 + (i % 3000) * 86_400_000).toISOString().slice(0, 10)
  return `id${i},${i % 977},${(i % 31) / 4},c${i % 50},${(i * 7) % 1009},${day},w${i % 3000},${i % 7},${i / 8},${i % 2}`
}
const HEADER = 'id,a,b,c,d,when,word,e,f,y'
const lines = (rows, line) => Array.from({ length: rows }, (_, i) => line(i)).join('\n')
const kept = new Map()
/** What several calls need is made once. */
async function made(name, make) {
  if (!kept.has(name)) kept.set(name, await make())
  return kept.get(name)
}
const text = () => made('text', () => flat(`${HEADER}\n${lines(1e6, lineOf)}\n`))
const numbers = () =>
  made('numbers', () => flat(`a,b,c,d,y\n${lines(1e6, (i) => `${i % 977},${i % 31},${i % 13},${i % 7},${i % 2}`)}\n`))
const table = () => made('table', async () => await readCsv(once(await numbers())))
const encoder = () => made('encoder', async () => await Encoder.fit(await table(), { target: 'y' }))
const data = () => made('data', async () => (await encoder()).encode(await table()))
const objects = () =>
  made('objects', () =>
    Array.from({ length: 200_000 }, (_, i) => ({ a: i % 977, b: i / 4, c: `c${i % 50}`, y: i % 2 })),
  )
const floats = (count) => Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 1009) / 1009)
const large = () =>
  made('large', () => {
    const rows = 4_000_000
    return Dataset.from({
      x: { data: floats(4 * rows), shape: [rows, 4] },
      y: Int32Array.from({ length: rows }, (_, i) => i % 2),
    })
  })
const network = (columns) =>
  new Sequential([new Dense(8, { activation: 'relu' }), new Dense(1, { activation: 'sigmoid' })], {
    inputs: columns,
    seed: 1,
  })
const trained = () =>
  made('trained', async () => {
    const model = network(4)
    await model.fit((await data()).slice(0, 1000), { loss: 'binaryCrossEntropy', epochs: 1 })
    return model
  })
const heavy = () =>
  made('heavy', () => {
    const model = new Sequential([new Dense(5000), new Dense(5000)], { inputs: 100, seed: 1 })
    // Weights are drawn when they are first asked for.
    model.predictSync(new Float32Array(100))
    return model
  })
const fitOptions = { loss: 'binaryCrossEntropy', epochs: 1, batchSize: 4096 }

/** What is called, with what is made before the clock runs. */
const calls = {
  'readCsv, 1e6 rows of 10 columns': async () => {
    const given = await text()
    return () => readCsv(once(given))
  },
  'csvChunks, 1e6 rows of 10 columns': async () => {
    const given = await text()
    return async () => {
      for await (const part of csvChunks(once(given), { rowsPerChunk: 100_000 })) if (part.rows === 0) throw new Error()
    }
  },
  'readCsv, a field with 2e6 doubled quotes': () => {
    const given = flat(`a,b\n"${'abc"" '.repeat(2_000_000)}",1\n`)
    return () => readCsv(once(given))
  },
  'readCsv, a line of 1.4e7 characters without an end': () => {
    const given = flat(`a,b\n"${'abcdef '.repeat(2_000_000)},1\nx,1\n`)
    return () => readCsv(once(given), { skipBadRows: true })
  },
  'readCsv, 100,000 columns of one name': () => {
    const names = 'x,'.repeat(99_999)
    const given = flat(`${names}x\n${`${'1,'.repeat(99_999)}1\n`.repeat(3)}`)
    return () => readCsv(once(given), { duplicateNames: 'number' })
  },
  'readCsv, 200 rows of 20,000 fields': () => {
    const row = Array.from({ length: 20_000 }, (_, i) => i % 101).join(',')
    const given = flat(`${Array.from({ length: 20_000 }, (_, i) => `g${i}`).join(',')}\n${`${row}\n`.repeat(200)}`)
    return () => readCsv(once(given))
  },
  'readCsv, 1e6 different ids': () => {
    const given = flat(`id\n${lines(1e6, (i) => `user-${i}-${(i * 31) % 97}`)}\n`)
    return () => readCsv(once(given))
  },
  'readCsv, texts that are nearly numbers and dates': () => {
    const line = (i) =>
      `1.${String(i).padStart(3, '0')}.${i},${i % 28}/${i % 13}/20${i % 30},${i} kg,${i}%,$ ${i}.${i % 100}`
    const given = flat(`a,b,c,d,e\n${lines(50_000, line)}\n`)
    return () => readCsv(once(given), { types: { b: 'category' } })
  },
  'readCsv, dates of names of months': () => {
    const given = flat(
      `when,y\n${lines(50_000, (i) => `${(i % 28) + 1} ${['Jan', 'Feb', 'Mar'][i % 3]} ${1000 + i}, ${i % 2}`)}\n`,
    )
    return () => readCsv(once(given.replaceAll(', ', ',')))
  },
  'Table.fromRowStream, 200,000 objects': async () => {
    const rows = await objects()
    return () => Table.fromRowStream(rows)
  },
  'Dataset.fromRows, 200,000 objects': async () => {
    const rows = await objects()
    return () => Dataset.fromRows(rows, { target: 'y' })
  },
  'Dataset.fromCSV, 1e6 rows of 10 columns': async () => {
    const given = await text()
    return () => Dataset.fromCSV(once(given), { target: 'y' })
  },
  'Encoder.fit, 1e6 rows': async () => {
    const given = await table()
    return () => Encoder.fit(given, { target: 'y', scaling: 'quantile' })
  },
  'encodeAsync, 1e6 rows': async () => {
    const [one, given] = [await encoder(), await table()]
    return () => one.encodeAsync(given)
  },
  'encodeFeaturesAsync, 1e6 rows': async () => {
    const [one, given] = [await encoder(), await table()]
    return () => one.encodeFeaturesAsync(given)
  },
  'checkAsync, 1e6 rows': async () => {
    const [one, given] = [await encoder(), await table()]
    return () => one.checkAsync(given)
  },
  'checkAsync, 200,000 objects': async () => {
    const rows = await objects()
    const one = await Encoder.fit(Table.fromRows(rows), { target: 'y' })
    return () => one.checkAsync(rows)
  },
  'readNpz, 100 MB packed': async () => {
    const { zipSync } = await import('fflate')
    await writeNpy(file('x.npy'), { data: floats(25_000_000), shape: [25_000_000] })
    const { writeFile } = await import('node:fs/promises')
    await writeFile(file('x.npz'), zipSync({ 'x.npy': await readFile(file('x.npy')) }, { level: 1 }))
    return () => readNpz(file('x.npz'))
  },
  'writeNpy, 100 MB': async () => {
    const given = { data: floats(25_000_000), shape: [25_000_000] }
    return () => writeNpy(file('y.npy'), given)
  },
  'readNpy, 100 MB': async () => {
    await writeNpy(file('z.npy'), { data: floats(25_000_000), shape: [25_000_000] })
    return () => readNpy(file('z.npy'))
  },
  'fit, 4e6 rows': async () => {
    const [model, given] = [network(4), await large()]
    return () => model.fit(given, fitOptions)
  },
  'fit, 4e6 rows, validation: 0.2': async () => {
    const [model, given] = [network(4), await large()]
    return () => model.fit(given, { ...fitOptions, validation: 0.2 })
  },
  'fit, 4e6 rows, classWeights': async () => {
    const [model, given] = [network(4), await large()]
    return () => model.fit(given, { ...fitOptions, classWeights: 'balanced' })
  },
  'fit, 4e6 rows, Checkpoint': async () => {
    const [model, given] = [network(4), await large()]
    return () => model.fit(given, { ...fitOptions, callbacks: [new Checkpoint(file('checkpoint.model'))] })
  },
  'fit of a population, 1e6 rows': async () => {
    const given = await data()
    const population = new Population([new Dense(1, { activation: 'sigmoid' })], { inputs: 4, members: 2 })
    return () => population.fit(given, fitOptions)
  },
  'evaluate, 1e6 rows, rocAuc': async () => {
    const [model, given] = [await trained(), await data()]
    return () => model.evaluate(given, { metrics: ['rocAuc', 'accuracy'] })
  },
  'predict, a data set of 1e6 rows': async () => {
    const [model, given] = [await trained(), await data()]
    return () => model.predict(given)
  },
  'predictClasses, a data set of 1e6 rows': async () => {
    const [model, given] = [await trained(), await data()]
    return () => model.predictClasses(given)
  },
  'predict, a table of 1e6 rows': async () => {
    const [model, given] = [await trained(), await table()]
    return () => model.predict(given)
  },
  'crossValidate, 1e6 rows': async () => {
    const given = await data()
    return () => crossValidate(() => network(4), given, { folds: 2, ...fitOptions })
  },
  'save, a model of 100 MB': async () => {
    const model = await heavy()
    return () => model.save(file('heavy.model'))
  },
  'loadModel, a model of 100 MB': async () => {
    await (await heavy()).save(file('heavy.model'))
    return () => Sequential.load(file('heavy.model'))
  },
  'writeSafetensors and readSafetensors, 100 MB': async () => {
    const given = { tensors: [{ name: 'w', dtype: 'F32', data: floats(25_000_000), shape: [25_000_000] }] }
    return async () => {
      await writeSafetensors(file('w.safetensors'), given)
      await readSafetensors(file('w.safetensors'))
    }
  },
}

/** Milliseconds of processor time, of all threads. */
function processorTime() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Watches the gaps between turns of the event loop while the call runs. */
async function longestHold(call) {
  const hold = { longest: 0, work: 0, from: 0 }
  await new Promise(setImmediate)
  let [last, lastWork] = [performance.now(), processorTime()]
  let ended = false
  const look = () => {
    const [now, work] = [performance.now(), processorTime()]
    if (now - last > hold.longest) Object.assign(hold, { longest: now - last, work: work - lastWork, from: last })
    last = now
    lastWork = work
  }
  const turn = () => {
    if (ended) return
    look()
    setImmediate(turn)
  }
  setImmediate(turn)
  const start = last
  try {
    await call()
  } finally {
    ended = true
  }
  look()
  return { ...hold, took: last - start }
}

/** Runs it, and tells the functions in which the longest hold was spent. */
async function profiled(run) {
  const session = new Session()
  session.connect()
  const post = (method, parameters) =>
    new Promise((resolve, reject) =>
      session.post(method, parameters, (error, result) => (error ? reject(error) : resolve(result))),
    )
  await post('Profiler.enable')
  await post('Profiler.setSamplingInterval', { interval: 1000 })
  const [clock, monotonic] = [performance.now(), Number(process.hrtime.bigint() / 1000n)]
  await post('Profiler.start')
  const hold = await run()
  const { profile } = await post('Profiler.stop')
  session.disconnect()
  const from = monotonic + (hold.from - clock) * 1000
  const until = from + hold.longest * 1000
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const times = new Map()
  let at = profile.startTime
  for (const [i, id] of profile.samples.entries()) {
    at += profile.timeDeltas[i]
    if (at < from || at > until) continue
    const names = new Set()
    for (let node = id; node !== undefined; node = parents.get(node)) {
      const { functionName, url, lineNumber } = nodes.get(node).callFrame
      names.add(`${functionName || '(anonymous)'} ${path.basename(url)}:${lineNumber + 1}`)
    }
    for (const name of names) times.set(name, (times.get(name) ?? 0) + profile.timeDeltas[i] / 1000)
  }
  const most = [...times].sort(([, a], [, b]) => b - a).slice(0, 14)
  return { ...hold, functions: most.map(([name, time]) => `    ${time.toFixed(0).padStart(6)} ms  ${name}`) }
}

const wanted = only?.split(';')
const milliseconds = (value) => value.toFixed(0).padStart(9)
console.log(`${'call'.padEnd(54)} held, ms   processor      all, s`)
let missed = 0
for (const [name, prepare] of Object.entries(calls)) {
  if (wanted !== undefined && !wanted.some((part) => name.includes(part))) continue
  const call = await prepare()
  globalThis.gc?.()
  const run = where ? profiled(() => longestHold(call)) : longestHold(call)
  const {
    longest,
    work,
    took,
    functions = [],
  } = await run.catch((error) => {
    missed++
    console.log(`${name.padEnd(54)} failed: ${error.message}`)
    return {}
  })
  if (longest === undefined) continue
  console.log(
    `${name.padEnd(54)}${milliseconds(longest)}   ${milliseconds(work)}   ${(took / 1000).toFixed(1).padStart(9)}`,
  )
  for (const line of functions) console.log(line)
}
await rm(directory, { recursive: true })
process.exitCode = missed > 0 ? 1 : 0
