import { native } from './native/addon.js'
import { positiveInteger } from './validate.js'

/** Threads that deepblas computes with, all models together. Default: what the process may use (DEEPBLAS_THREADS). */
export function setThreads(threads: number): void {
  native().setThreads(Math.min(positiveInteger('threads', threads), 1024))
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

/** What runs here: versions, instruction set, OpenBLAS build, threads. */
export function info(): Info {
  return { ...native().info(), node: process.versions.node }
}
