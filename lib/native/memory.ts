/*
 * How much memory is asked for, before any is taken. A system that promises more than it has ends the process when the
 * memory is used: then nobody is told.
 */
import { totalmem } from 'node:os'
import { constrainedMemory } from 'node:process'
import { DeepblasError } from '../errors.js'

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

/**
 * @param what what takes the bytes, such as '3 networks of 12 parameters'
 * @throws DeepblasError ERR_DEEPBLAS_MEMORY where this machine, or the container, has less memory in all
 */
export function requireMemory(what: string, bytes: number): void {
  if (bytes <= memoryInAll()) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_MEMORY',
    `Out of memory: ${inBytes(bytes)} are needed for ${what}, and there are ${inBytes(memoryInAll())} in all.`,
  )
}

let known: number | undefined

/** Of the machine, or of the container where that is limited. */
function memoryInAll(): number {
  if (known === undefined) {
    // Without a limit it is undefined, 0, or a number near 2^64.
    const limit = constrainedMemory() ?? 0
    known = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  }
  return known
}

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const

function inBytes(bytes: number): string {
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  return `${(bytes / 1000 ** step).toPrecision(3)} ${units[step]}`
}
