import { native } from './native/addon.js'
import { mostThreads } from './native/generated/enums.js'
import { positiveInteger } from './validate.js'

/**
 * Sets the number of threads that deepblas computes with, for all models together. Default: the environment variable
 * DEEPBLAS_THREADS, else as many as the process may use.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that is not a positive integer
 */
export function setThreads(threads: number): void {
  native().setThreads(Math.min(positiveInteger('threads', threads), mostThreads))
}

export function getThreads(): number {
  return native().getThreads()
}

export interface Info {
  /** Instruction set of the kernels: 'baseline', 'avx2', 'avx512', 'neon'. DEEPBLAS_ISA forces one. */
  readonly instructionSet: string
  readonly instructionSets: readonly string[]
  /** OpenBLAS's version and build. */
  readonly openblas: string
  readonly openblasCore: string
  readonly openblasLinkage: string
  readonly threads: number
  readonly availableThreads: number
  readonly node: string
}

/** Describes what runs here: versions, instruction set, OpenBLAS build, number of threads. */
export function info(): Info {
  return { ...native().info(), node: process.versions.node }
}
