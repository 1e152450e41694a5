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

/** Gives the number of threads that deepblas computes with. */
export function getThreads(): number {
  return native().getThreads()
}

/** Versions and threads of the installation. */
export interface Info {
  /** Instruction set of the kernels: 'baseline', 'avx2', 'avx512', 'neon'. DEEPBLAS_ISA forces one. */
  readonly instructionSet: string
  /** Instruction sets that this build has and this processor can run. */
  readonly instructionSets: readonly string[]
  /**
   * How products of bfloat16 operands are computed (`fit({ precision: 'bfloat16' })`): by the processor's instruction,
   * or emulated in float32.
   */
  readonly bfloat16: 'instruction' | 'emulated'
  /** The library that multiplies large matrices: 'openblas', or what the addon was built with: 'blis', 'mkl', 'accelerate'. */
  readonly blas: string
  /** OpenBLAS's version and build, or the other library's. */
  readonly openblas: string
  /** The processor for which OpenBLAS chose its kernels. */
  readonly openblasCore: string
  readonly openblasLinkage: string
  /** Number of threads that deepblas computes with. */
  readonly threads: number
  /** Number of threads that the process may use. */
  readonly availableThreads: number
  /** Version of Node. */
  readonly node: string
}

/** Describes the installation: versions, instruction set, OpenBLAS build, number of threads. */
export function info(): Info {
  return { ...native().info(), node: process.versions.node }
}
