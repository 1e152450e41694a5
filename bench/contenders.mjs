// Who takes part: what each needs, how it is started, what it can do.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { FloorWorker } from './floor.mjs'
import { Worker } from './process.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const peers = join(folder, 'peers')
const require = createRequire(join(peers, 'package.json'))

const INSTALL_NODE = 'npm --prefix bench/peers ci'
const INSTALL_PYTHON =
  'python3 -m venv bench/peers/build-python && bench/peers/build-python/bin/pip install -r bench/peers/requirements.txt'
const INSTALL_SYSTEM = 'apt-get install -y python3-torch libopenblas0-pthread'

const systemPython = '/usr/bin/python3'
const pythons = [
  process.env.DEEPBLAS_BENCH_PYTHON,
  join(peers, 'build-python', 'bin', 'python'),
  systemPython,
  'python3',
]

const hasPackages = (...names) => names.every((name) => resolves(`${name}/package.json`) || resolves(name))

function resolves(name) {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

const hasCompiler = () => spawnSync('g++', ['--version']).status === 0

function pythonHas(python, module) {
  if (python === undefined || (python.includes('/') && !existsSync(python))) return false
  const code = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${module}') is None)`
  return spawnSync(python, ['-c', code]).status === 0
}

const found = new Map()
function pythonWith(module) {
  if (!found.has(module))
    found.set(
      module,
      pythons.find((python) => pythonHas(python, module)),
    )
  return found.get(module)
}

/** A contender in a process of its own: a module of contenders/ in Node, or a Python file of peers/. */
class WorkerContender {
  #worker
  #request

  constructor([program, ...args], request, env) {
    this.#worker = new Worker(program, args, { env })
    this.#request = request
  }

  /** Makes the net and its data ready. Answers with versions and threads. */
  open(seconds) {
    return this.#worker.ask({ do: 'open', ...this.#request }, seconds)
  }

  /** Trains for about so many steps, from fresh weights. Answers { seconds, steps, loss }. */
  run(steps, seconds) {
    return this.#worker.ask({ do: 'run', steps }, seconds)
  }

  /** Trains for so many steps from the same weights and in the order of the rows. Answers { loss }. */
  check(steps, seconds) {
    return this.#worker.ask({ do: 'check', steps }, seconds)
  }

  /** Another function of the worker. */
  call(name, given, seconds) {
    return this.#worker.ask({ do: 'call', ...this.#request, name, given }, seconds)
  }

  get pid() {
    return this.#worker.pid
  }

  close() {
    this.#worker.close()
  }
}

const inNode =
  (module, env = {}) =>
  (workload, threads) =>
    new WorkerContender(
      [process.execPath, join(folder, 'worker.mjs')],
      { module: pathToFileURL(join(folder, 'contenders', module)).href, workload, options: { threads } },
      env,
    )

// torch.set_num_threads does not reach an OpenBLAS with threads of its own: that one may always use all. JAX takes its
// number of threads from NPROC.
const inPython =
  (python, library) =>
  (workload, threads, most = threads) =>
    new WorkerContender(
      [python(), join(peers, 'worker.py')],
      { library, workload, options: { threads } },
      { OPENBLAS_NUM_THREADS: String(most), NPROC: String(threads) },
    )

const always = () => true
const nothing = () => undefined
const peerOf = (packages) => () => hasPackages(...packages)
const isPopulation = ({ members }) => members !== undefined

/** Why a contender leaves a workload out: the first of these properties that it has. */
const without = (reasons) => (workload) =>
  Object.entries(reasons).find(([property]) => workload[property] !== undefined)?.[1]

const NOT_WRITTEN = 'not written for it'
const hasNone = {
  members: 'no populations',
  tabM: 'no TabM',
  dropout: 'no dropout',
  clipNorm: 'no clipping by norm',
}
const { dropout: _, ...hasDropout } = hasNone

/**
 * In the order of the turns and of the table's columns. `takes`: whether the column has a cell for a workload;
 * `leavesOut`: why the cell says that it does not take part.
 *
 * @type {{
 *   name: string,
 *   title: string,
 *   here: () => boolean,
 *   install?: string,
 *   takes: (workload: object) => boolean,
 *   leavesOut: (workload: object) => string | undefined,
 *   tries?: 'threads',
 *   start: (workload: object, threads: number, most?: number) => object
 * }[]}
 */
export const contenders = [
  { name: 'deepblas', title: 'deepblas', here: always, start: inNode('deepblas.mjs') },
  {
    name: 'deepblas-singles',
    title: 'deepblas, one after the other',
    here: always,
    takes: isPopulation,
    start: inNode('deepblas-singles.mjs'),
  },
  {
    name: 'floor',
    title: 'floor',
    here: always,
    start: (workload, threads) => new FloorWorker(workload, threads),
  },
  {
    name: 'plain-js',
    title: 'plain JS',
    here: always,
    leavesOut: without({ tabM: NOT_WRITTEN, dropout: NOT_WRITTEN, clipNorm: NOT_WRITTEN }),
    start: inNode('plain-js.mjs'),
  },
  {
    name: 'jax',
    title: 'JAX',
    here: () => pythonWith('jax') !== undefined,
    install: INSTALL_PYTHON,
    tries: 'threads',
    start: inPython(() => pythonWith('jax'), 'jax'),
  },
  {
    name: 'pytorch',
    title: 'PyTorch',
    here: () => pythonWith('torch') !== undefined,
    install: INSTALL_PYTHON,
    tries: 'threads',
    start: inPython(() => pythonWith('torch'), 'torch'),
  },
  {
    name: 'pytorch-compile',
    title: 'torch.compile',
    here: () => pythonWith('torch._inductor') !== undefined && hasCompiler(),
    install: `${INSTALL_PYTHON}, and a C++ compiler as g++`,
    tries: 'threads',
    start: inPython(() => pythonWith('torch._inductor'), 'torch_compile'),
  },
  {
    name: 'pytorch-func',
    title: 'torch.func',
    here: () => pythonWith('torch.func') !== undefined,
    install: INSTALL_PYTHON,
    takes: isPopulation,
    tries: 'threads',
    start: inPython(() => pythonWith('torch.func'), 'torch_func'),
  },
  {
    name: 'pytorch-system',
    title: "PyTorch, system's",
    here: () => pythonHas(systemPython, 'torch') && pythonWith('torch') !== systemPython,
    install: INSTALL_SYSTEM,
    tries: 'threads',
    start: inPython(() => systemPython, 'torch'),
  },
  {
    name: 'sklearn',
    title: 'scikit-learn',
    here: () => pythonWith('sklearn') !== undefined,
    install: INSTALL_PYTHON,
    leavesOut: without(hasNone),
    tries: 'threads',
    start: inPython(() => pythonWith('sklearn'), 'sklearn'),
  },
  {
    name: 'tfjs',
    title: 'tfjs (cpu)',
    here: peerOf(['@tensorflow/tfjs']),
    install: INSTALL_NODE,
    leavesOut: without(hasDropout),
    start: inNode('tfjs.mjs'),
  },
  {
    name: 'tfjs-wasm',
    title: 'tfjs (wasm)',
    here: peerOf(['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm']),
    install: INSTALL_NODE,
    leavesOut: without(hasDropout),
    start: inNode('tfjs-wasm.mjs'),
  },
  {
    name: 'jax-js',
    title: 'jax-js (wasm)',
    here: peerOf(['@jax-js/jax']),
    install: INSTALL_NODE,
    leavesOut: without({ members: NOT_WRITTEN, tabM: NOT_WRITTEN, dropout: NOT_WRITTEN, clipNorm: NOT_WRITTEN }),
    tries: 'threads',
    start: inNode('jax-js.mjs'),
  },
  {
    name: 'brain',
    title: 'brain.js',
    here: peerOf(['brain.js']),
    install: INSTALL_NODE,
    leavesOut: without(hasNone),
    start: inNode('brain.mjs'),
  },
].map((contender) => ({ takes: always, leavesOut: nothing, ...contender }))

/** What can be left out: all but deepblas itself. */
export const peerNames = contenders.slice(2).map(({ name }) => name)

/** Libraries that compute the same: neither deepblas, nor what is written for the comparison, nor brain.js. */
export const libraries = contenders
  .map(({ name }) => name)
  .filter((name) => !name.startsWith('deepblas') && !['floor', 'plain-js', 'brain'].includes(name))

/** deepblas as another checkout has built it: the same workload, read from here. */
export const otherBuild = (checkout) => ({
  name: 'other-build',
  title: 'the other build',
  here: always,
  takes: always,
  leavesOut: nothing,
  start: inNode('deepblas.mjs', { DEEPBLAS_BENCH_BUILD: join(checkout, 'dist', 'index.mjs') }),
})
