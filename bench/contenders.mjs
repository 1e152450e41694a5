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

const inNode = (module) => (workload, threads) =>
  new WorkerContender([process.execPath, join(folder, 'worker.mjs')], {
    module: pathToFileURL(join(folder, 'contenders', module)).href,
    workload,
    options: { threads },
  })

// torch.set_num_threads does not reach an OpenBLAS with threads of its own: that one may always use all.
const inPython =
  (python, library) =>
  (workload, threads, most = threads) =>
    new WorkerContender(
      [python(), join(peers, 'worker.py')],
      { library, workload, options: { threads } },
      { OPENBLAS_NUM_THREADS: String(most) },
    )

const always = () => true
const oneNet = ({ members }) => members === undefined
const peerOf = (packages) => () => hasPackages(...packages)

/**
 * In the order of the turns and of the table's columns.
 *
 * @type {{
 *   name: string,
 *   title: string,
 *   here: () => boolean,
 *   install?: string,
 *   takes: (workload: object) => boolean,
 *   tries?: 'threads',
 *   start: (workload: object, threads: number, most?: number) => object
 * }[]}
 */
export const contenders = [
  { name: 'deepblas', title: 'deepblas', here: always, takes: always, start: inNode('deepblas.mjs') },
  {
    name: 'deepblas-singles',
    title: 'deepblas, one after the other',
    here: always,
    takes: ({ members }) => members !== undefined,
    start: inNode('deepblas-singles.mjs'),
  },
  {
    name: 'floor',
    title: 'floor',
    here: always,
    takes: always,
    start: (workload, threads) => new FloorWorker(workload, threads),
  },
  { name: 'plain-js', title: 'plain JS', here: always, takes: always, start: inNode('plain-js.mjs') },
  {
    name: 'pytorch',
    title: 'PyTorch',
    here: () => pythonWith('torch') !== undefined,
    install: INSTALL_PYTHON,
    takes: always,
    tries: 'threads',
    start: inPython(() => pythonWith('torch'), 'torch'),
  },
  {
    name: 'pytorch-system',
    title: "PyTorch, system's",
    here: () => pythonHas(systemPython, 'torch') && pythonWith('torch') !== systemPython,
    install: INSTALL_SYSTEM,
    takes: always,
    tries: 'threads',
    start: inPython(() => systemPython, 'torch'),
  },
  {
    name: 'sklearn',
    title: 'scikit-learn',
    here: () => pythonWith('sklearn') !== undefined,
    install: INSTALL_PYTHON,
    takes: oneNet,
    tries: 'threads',
    start: inPython(() => pythonWith('sklearn'), 'sklearn'),
  },
  {
    name: 'tfjs',
    title: 'tfjs (cpu)',
    here: peerOf(['@tensorflow/tfjs']),
    install: INSTALL_NODE,
    takes: oneNet,
    start: inNode('tfjs.mjs'),
  },
  {
    name: 'tfjs-wasm',
    title: 'tfjs (wasm)',
    here: peerOf(['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm']),
    install: INSTALL_NODE,
    takes: oneNet,
    start: inNode('tfjs-wasm.mjs'),
  },
  {
    name: 'jax-js',
    title: 'jax-js (wasm)',
    here: peerOf(['@jax-js/jax']),
    install: INSTALL_NODE,
    takes: oneNet,
    start: inNode('jax-js.mjs'),
  },
  {
    name: 'brain',
    title: 'brain.js',
    here: peerOf(['brain.js']),
    install: INSTALL_NODE,
    takes: oneNet,
    start: inNode('brain.mjs'),
  },
]

/** What can be left out: all but deepblas itself. */
export const peerNames = contenders.slice(2).map(({ name }) => name)
