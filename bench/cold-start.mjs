// node bench/cold-start.mjs [rounds]: what a fresh process pays until a library can be used, beside other libraries that
// compute networks in Node. The others come from the npm registry, deepblas as the packed package, all into a scratch
// folder that is removed. Processes take turns, and a table shows medians.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanEnvironment } from '../scripts/package/installers.mjs'
import { pack } from '../scripts/package/pack.mjs'
import { time } from './format.mjs'
import { summary } from './statistics.mjs'

const rounds = Number(process.argv[2] ?? 15)
const scratch = mkdtempSync(join(tmpdir(), 'deepblas-cold-start-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

const { tarball, standsIn } = pack(scratch)
/** `ready` is what shows that it can be used: each answers for a backend, native or not, that is there. */
const libraries = [
  { name: 'Node alone', load: '', ready: '' },
  { name: 'deepblas, require', package: tarball, load: "library = require('deepblas')", ready: 'library.info()' },
  { name: 'deepblas, import', load: "library = await import('deepblas')", ready: 'library.info()' },
  {
    name: '@tensorflow/tfjs (cpu)',
    package: '@tensorflow/tfjs',
    load: "library = require('@tensorflow/tfjs')",
    ready: "await library.setBackend('cpu')",
  },
  {
    name: 'onnxruntime-node',
    package: 'onnxruntime-node',
    load: "library = require('onnxruntime-node')",
    ready: 'library.listSupportedBackends()',
  },
]
writeFileSync(join(scratch, 'package.json'), '{ "private": true }')
install(libraries.flatMap((library) => library.package ?? []))

const samples = new Map(libraries.map(({ name }) => [name, []]))
// The first round reads files that no one has read yet: it does not count.
for (let round = -1; round < rounds; round++) {
  for (const library of libraries) {
    const sample = measured(library)
    if (round >= 0) samples.get(library.name).push(sample)
  }
}

const cpu = cpus()[0]?.model
console.log(
  `Node ${process.versions.node}, ${process.platform}-${process.arch}${cpu ? `, ${cpu}` : ''}, ${rounds} processes each`,
)
if (standsIn) console.log('deepblas with the addon that was built here, without symbols')
console.log('\n| library | loads in | the process, start to end | its processor time | memory more than Node alone |')
console.log('|---|---|---|---|---|')
const alone = median('Node alone', 'memory')
for (const { name } of libraries) {
  const memory = (median(name, 'memory') - alone) / 2 ** 20
  const cells = [
    name,
    time(median(name, 'loads')),
    time(median(name, 'whole')),
    time(median(name, 'cpu')),
    `${memory.toFixed(1)} MiB`,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

function measured({ name, load, ready }) {
  const program = `
    let library
    const start = performance.now()
    ${load}
    ${ready}
    const loads = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage()
    console.log(JSON.stringify({ loads, cpu: (user + system) / 1e6, memory: process.memoryUsage.rss() }))
    process.exit(0)`
  const code = `(async () => {${program}})()`
  const start = performance.now()
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', code], {
    cwd: scratch,
    env: cleanEnvironment(),
    encoding: 'utf8',
  })
  const whole = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stderr}`)
  return { ...JSON.parse(stdout.trim().split('\n').at(-1)), whole }
}

function median(name, value) {
  return summary(samples.get(name).map((sample) => sample[value])).median
}

function install(packages) {
  const line = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages]
  const { status, stderr } = spawnSync('npm', line, {
    cwd: scratch,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`npm ended with ${status}:\n${stderr}`)
}
