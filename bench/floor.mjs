// Builds and asks bench/floor, the C++ part.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from './process.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const build = join(root, 'build-bench')
const program = join(build, 'deepblas_floor')

/**
 * Builds the program if it is missing or older than a source.
 *
 * @returns {string | undefined} why there is none
 */
export function buildFloor(log) {
  if (existsSync(program) && statSync(program).mtimeMs > newestSource()) return undefined
  log('building deepblas_floor')
  try {
    compile()
  } catch (error) {
    return error.message
  }
  return undefined
}

function compile() {
  const definitions = ['-DDEEPBLAS_ADDON=OFF', '-DDEEPBLAS_BENCH=ON', '-DCMAKE_BUILD_TYPE=Release']
  run('cmake', ['-S', root, '-B', build, ...definitions])
  run('cmake', ['--build', build, '--parallel', String(availableParallelism()), '--target', 'deepblas_floor'])
}

function newestSource() {
  const folders = ['bench/floor', 'native/core', 'native/blas', 'native/kernels', 'native/program', 'cmake']
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => join(root, folder, file)),
  )
  return Math.max(...[...files, join(root, 'CMakeLists.txt')].map((file) => statSync(file).mtimeMs))
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (error) throw new Error(`Could not start ${command}: ${error.message}`)
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout.slice(-3000)}${stderr.slice(-3000)}`)
}

/** What one core, and all of them, can do at most. */
export async function peak(threads) {
  const worker = new Worker(program, ['peak', String(threads)], { prefix: '' })
  try {
    return await worker.ask(undefined, 120)
  } finally {
    worker.close()
  }
}

/** A row per kernel of the table. */
export function* kernels(secondsPerRow) {
  const { stdout, stderr, status } = spawnSync(program, ['kernels', String(secondsPerRow)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`deepblas_floor kernels ended with ${status}: ${stderr}`)
  for (const line of stdout.trim().split('\n')) yield JSON.parse(line)
  if (stderr) console.error(stderr.trim())
}

/** Answers as a contender does. */
export class FloorWorker {
  #worker
  #secondsOfStep

  constructor({ inputs, layers, batch, optimizer, members = 1, tabM = 1 }, threads) {
    const sizes = [inputs, ...layers].join(',')
    // The members of TabM are rows of shared layers.
    const args = ['step', sizes, batch * tabM, optimizer, members, threads].map(String)
    this.#worker = new Worker(program, args, { prefix: '' })
  }

  async open(seconds) {
    const { parts } = await this.#worker.ask(undefined, seconds)
    return { threads: Math.max(...parts.map((part) => part.threads)), parts }
  }

  async run(steps, limit) {
    const wanted = this.#secondsOfStep === undefined ? 0.1 : steps * this.#secondsOfStep
    const { seconds } = await this.#worker.ask(String(wanted), limit)
    this.#secondsOfStep = seconds
    return { seconds: seconds * steps, steps }
  }

  async check() {
    return { loss: undefined }
  }

  get pid() {
    return this.#worker.pid
  }

  close() {
    this.#worker.close()
  }
}
