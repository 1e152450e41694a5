/*
 * How much memory is asked for, before any is taken. A system that promises more than it has ends the process when the
 * memory is used: then nobody is told.
 */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { DeepblasError } from './errors.js'
import { messageOf } from './kinds.js'

// The global process alone is asked here and elsewhere: an import of node:process reads all it has, which opens the
// standard streams.

/** Numbers of one array: more than any machine holds, and few enough for sizes in bytes to be exact. */
const MOST_NUMBERS = 2 ** 40

/**
 * @param what whose numbers they are, such as "parameter 'weight' of shape (3, 2)"
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE for more numbers than any machine holds
 */
export function requireSize(what: string, numbers: number): void {
  // Written so that NaN and infinity are refused too.
  if (numbers <= MOST_NUMBERS) return
  throw new DeepblasError('ERR_DEEPBLAS_SHAPE', `Expected at most 2^40 numbers for ${what} but it has ${numbers}.`)
}

/** Less than this is not held against what is free, which takes some files to read. */
const SMALL_BYTES = 2 ** 26

/**
 * @param what what takes the bytes, such as '3 networks of 12 parameters'
 * @throws DeepblasError ERR_DEEPBLAS_MEMORY where this machine, or the container, has less memory free
 */
export function requireMemory(what: string, bytes: number): void {
  if (bytes <= SMALL_BYTES) return
  const { free, inAll } = memoryNow()
  // What the process itself holds outside of JavaScript's heap may be garbage, which is freed as memory runs short.
  if (bytes <= Math.min(free + process.memoryUsage().external, inAll)) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_MEMORY',
    `Out of memory: ${inBytes(bytes)} are needed for ${what}, and there are ${inBytes(free)} free of ${inBytes(inAll)} in all.`,
  )
}

/**
 * Zeros, as many as the caller's data needs.
 *
 * @param what what they are for, such as 'the predictions of 1000 rows': asked for where there is no memory
 * @throws DeepblasError ERR_DEEPBLAS_MEMORY where the system gives no memory for them
 */
export function newFloats(length: number, what: () => string): Float32Array<ArrayBuffer> {
  return orOutOfMemory(what, () => new Float32Array(length))
}

/** What `make` gives; that it has found no memory is told by an error with a code. */
export function orOutOfMemory<Result>(what: () => string, make: () => Result): Result {
  try {
    return make()
  } catch (cause) {
    if (!isOutOfMemory(cause)) throw cause
    throw new DeepblasError('ERR_DEEPBLAS_MEMORY', `Out of memory: there is none for ${what()}.`, { cause })
  }
}

/** V8 says only by its message that an array found no memory. */
export function isOutOfMemory(thrown: unknown): boolean {
  return /^(Array buffer allocation failed|Invalid (typed )?array (buffer )?length)/.test(messageOf(thrown))
}

export interface Memory {
  /** Bytes that can be taken without ending a process. */
  readonly free: number
  /** Bytes of the machine, or of the container where that has fewer. */
  readonly inAll: number
}

/**
 * The machine's memory, or the container's where that is less.
 *
 * @param read gives a file's text, or undefined where there is none
 * @param machine bytes of the machine
 * @param limit bytes that Node knows the process to be limited to; 0, or a number near 2^64, without a limit
 */
export function memoryNow(read = textOf, machine = totalmem(), limit = process.constrainedMemory() ?? 0): Memory {
  const inAll = limit > 0 ? Math.min(limit, machine) : machine
  // Elsewhere than on Linux what is free says little: most of it holds files that give way.
  const available = kilobytes(read('/proc/meminfo'), 'MemAvailable') ?? inAll
  const swap = kilobytes(read('/proc/meminfo'), 'SwapFree') ?? 0
  let memory = { free: Math.min(available + swap, inAll), inAll }
  for (const { most, used } of controlGroups(read)) {
    memory = { free: Math.min(memory.free, Math.max(most - used, 0)), inAll: Math.min(memory.inAll, most) }
  }
  return memory
}

/** The limits of the process's control groups and of all groups around them, where there are some, version 2 and 1. */
function controlGroups(read: typeof textOf): { most: number; used: number }[] {
  const found: { most: number; used: number }[] = []
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (path === undefined) continue
    const second = controllers === ''
    if (!second && !controllers!.split(',').includes('memory')) continue
    const [mount, limit, usage] = second
      ? ['/sys/fs/cgroup', 'memory.max', 'memory.current']
      : ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes']
    // Within a container the path may be the host's, which is not there: its own group is at the mount then.
    for (let group = path.replace(/\/+$/, ''); ; group = group.slice(0, group.lastIndexOf('/'))) {
      const folder = `${mount}${group}`
      const most = Number(read(`${folder}/${limit}`) ?? Number.NaN)
      const used = Number(read(`${folder}/${usage}`) ?? Number.NaN)
      // 'max', and of version 1 a number near 2^63, are no limit.
      if (most > 0 && most < 2 ** 60 && used >= 0) {
        found.push({ most, used: Math.max(used - fileBytes(read(`${folder}/memory.stat`), second), 0) })
      }
      if (!group.includes('/')) break
    }
  }
  return found
}

/** Of a group's use: files kept in memory, which give way. */
function fileBytes(statistics: string | undefined, second: boolean): number {
  const of = (name: string) =>
    Number(new RegExp(`^${second ? '' : 'total_'}${name} (\\d+)$`, 'm').exec(statistics ?? '')?.[1] ?? 0)
  return of('inactive_file') + of('active_file')
}

function kilobytes(text: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text ?? '')?.[1]
  return found === undefined ? undefined : Number(found) * 1024
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const

function inBytes(bytes: number): string {
  const step = Math.min(Math.max(Math.floor(Math.log10(bytes) / 3), 0), units.length - 1)
  return `${(bytes / 1000 ** step).toPrecision(3)} ${units[step]}`
}
