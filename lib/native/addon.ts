/*
 * The one door to C++: finds the addon, loads it once per environment, and declares every native symbol. TypeScript has
 * validated all that goes through it; what comes back as an error is a DeepblasError.
 */
import { DeepblasError, type ErrorCode } from '../errors.js'
import { packageRoot } from '../package-root.js'
import type { InstructionSet, RegionKind } from './generated/enums.js'
import { loadAddon } from './load-addon.js'

/** Floats of one or many members, laid out alike: parameters, gradients, optimizer state. */
export interface Arena {
  fill(
    member: number,
    offset: number,
    rows: number,
    columns: number,
    panel: number,
    /** Of `fillings`, which says what a and b are. */
    filling: number,
    a: number,
    b: number,
    seed: number,
    index: number,
  ): void
  /** Row-major logical values. */
  read(member: number, offset: number, rows: number, columns: number, panel: number): Float32Array<ArrayBuffer>
  write(member: number, offset: number, rows: number, columns: number, panel: number, values: Float32Array): void
  copyFrom(from: Arena, member?: number, memberOfFrom?: number): void
  /** Whether all of a member's numbers are finite. */
  isFinite(member: number): boolean
  /** Gives up the memory now: finalizers run between turns of the event loop, which a synchronous program has none of. */
  release(): void
}

/** A native copy of an array. */
export interface Matrix {
  /** Position of the first NaN or infinite element, row by row, or -1. */
  firstNotFinite(): number
  bytes(): number
  row(row: number): Float32Array<ArrayBuffer>
  /** Whole rows, from `firstRow` on. */
  write(rows: NodeJS.TypedArray, firstRow: number): void
  /** The rows given of a matrix of the same columns and type, in that order, from `firstRow` on; its scale too. */
  gather(from: Matrix, rows: Int32Array, firstRow: number): void
  /** As an arena's. */
  release(): void
}

export interface Program {
  /** At a batch of `rows`: bytes of one member's workspace, every tensor's place in it (-1: elsewhere), the regions. */
  describe(rows: number): { bytes: number; offsets: Float64Array; regions: RegionDescription[]; lanes: LaneDescription }
}

/** Whether members of a population run side by side, one in each lane of a vector. */
export interface LaneDescription {
  /** Lanes of a vector. */
  count: number
  /** Whether every call has a version for lanes; `against` is the label of the first that has none, or ''. */
  serves: boolean
  against: string
  /** Whether a group of members is small enough to be faster so. */
  pays: boolean
}

/** Calls that threads share without a pause between them. */
export interface RegionDescription {
  kind: RegionKind
  /** Of a rows region: rows of a block. */
  rowBlock: number
  /** Positions in the program. */
  calls: number[]
  /** Calls that follow every tile on the elements it has completed. */
  followers: number[]
}

export interface Bindings {
  parameters: Arena
  gradients?: Arena
  states?: Arena[]
  /** One matrix for all members, or one each, per slot. */
  slots: Matrix[][]
}

export interface PassOptions extends Bindings {
  program: Program
  batch: number
  keepAll: boolean
  rows: Float64Array
  /** [members, columns] of the step table, where the program has one. */
  numbers?: Float64Array
  /** [members, rows, columns]: bound to the slot after the last one. */
  output?: Float32Array
  outputColumns?: number
  /** Whether members run side by side in the lanes of vectors; left out: where that is faster. No bit depends on it. */
  lanes?: boolean
}

export interface TrainingOptions extends Bindings {
  program: Program
  batch: number
  keepAll: boolean
  rows: Float64Array
  seeds: Float64Array
  shuffle: boolean
  epoch: number
  stepOfEpoch: number
  /** As of a pass; also of the validation. */
  lanes?: boolean
  /** Of the epoch begun before: [members, accumulators]. */
  accumulators?: Float64Array
  validation?: {
    program: Program
    batch: number
    rows: Float64Array
    numbers: Float64Array
    parameters: Arena
    slots: Matrix[][]
  }
}

export interface Chunk {
  /** Of `chunkEnds`. */
  end: number
  steps: number
  epoch: number
  stepOfEpoch: number
  resultWidth: number
  /** Finished epochs, each of resultWidth numbers: seconds, then per member training and validation accumulators. */
  results: Float64Array
  running: Float64Array
  /** Members whose loss was not finite; they take no further part. */
  failures: Failure[]
}

export interface Failure {
  member: number
  /** From 0. */
  epoch: number
  /** From 0. */
  stepOfEpoch: number
  /** Of the first call whose result was not finite, or ''. */
  label: string
}

export interface Training {
  /** numbers: a row a step for all members, or a row a step and member. */
  advance(
    numbers: Float64Array,
    steps: number,
    milliseconds: number,
    endAtEpoch: boolean,
    plainly: boolean,
  ): Promise<Chunk>
  advanceSync(numbers: Float64Array, steps: number, milliseconds: number, endAtEpoch: boolean, plainly: boolean): Chunk
  cancel(): void
  setActive(members: Float64Array): void
  /** Other data of the same columns and types, between chunks; only where it is not shuffled. */
  rebind(slots: Matrix[][], rows: Float64Array): void
  measure(on: boolean): void
  /** Spent while measuring: in each call by plain steps, in each region by the others. */
  microseconds(): { calls: Float64Array; regions: Float64Array }
  readTensor(tensor: number, member: number, rows: number): Float64Array
  bytes(): number
  /** As an arena's. */
  release(): void
}

export interface Pass {
  /** All batches; resolves with every member's accumulators. */
  run(): Promise<Float64Array>
  runSync(): Float64Array
  /**
   * Copies the array into the matrix, which the pass reads, and runs meanwhile on the rows that are there. The array may
   * change after the call. Where it holds numbers that are not finite, the run ends early: ask the matrix.
   */
  runOnArray(matrix: Matrix, rows: NodeJS.TypedArray): Promise<Float64Array>
  readTensor(tensor: number, member: number, rows: number): Float64Array
  /** As an arena's. */
  release(): void
}

export interface Predictor {
  predictSync(input: Float32Array, rows: number, output: Float32Array): void
}

/** Where rows go that are read from a text: column by column, as many rows as `lines` has, but for cells. */
export interface RowRoom {
  /** Numbers, booleans, dates; NaN where they are missing. */
  readonly values: Float64Array
  /** Numbers of the texts of columns of levels. */
  readonly codes: Int32Array
  /** Row by row: begin and end of every column that is read as a text, as an event has them. */
  readonly cells: Int32Array
  /** In which line a row begins, and where it does. */
  readonly lines: Int32Array
  readonly begins: Int32Array
  /** Of `eventFields`. */
  readonly events: Int32Array
  /** Of `rowsFields`. */
  readonly told: Float64Array
}

/** Rows of a table from UTF-8 text: those that are written plainly, up to the first that is not. */
export interface RowReader {
  /** Texts of a field whose numbers begin at 0; the first is ''. In columns of values they stand for a missing one. */
  know(field: number, texts: readonly string[]): void
  /** Of `fieldKinds`; a field that is skipped stays so. */
  setKind(field: number, kind: number): void
  read(
    text: Uint8Array,
    from: number,
    to: number,
    line: number,
    mostRows: number,
    mostBytes: number,
    room: RowRoom,
  ): void
  /** As an arena's. */
  release(): void
}

export interface NativeInfo {
  instructionSet: InstructionSet
  instructionSets: InstructionSet[]
  bfloat16: 'instruction' | 'emulated'
  blas: string
  openblas: string
  openblasCore: string
  openblasLinkage: string
  threads: number
  availableThreads: number
}

export interface Addon {
  Arena: new (length: number, members: number) => Arena
  Matrix: {
    new (array: NodeJS.TypedArray, rows: number, columns: number, type: number, scale: number): Matrix
    /** The rows given, in that order. */
    new (from: Matrix, rows: Int32Array): Matrix
    /** Zeros, to be written. */
    new (rows: number, columns: number, type: number): Matrix
    /** The same numbers as float32, scaled. */
    new (from: Matrix): Matrix
  }
  Program: new (tensors: Float64Array, calls: Float64Array, labels: string[], expressions: Float64Array) => Program
  Training: new (options: TrainingOptions) => Training
  Pass: new (options: PassOptions) => Pass
  Predictor: new (
    program: Program,
    capacity: number,
    parameters: Arena,
    inputs: number,
    outputs: number,
    members: number,
  ) => Predictor
  /** readings: the kind, of `fieldKinds`, the decimal point's character code and the strictness of every field. */
  RowReader: new (
    delimiter: string,
    quote: string,
    comment: string,
    trailing: boolean,
    readings: Int32Array,
  ) => RowReader
  /** Writes a text with line feeds for all its line ends; gives its length. */
  plainLineEnds(from: Uint8Array, to: Uint8Array): number
  countLineFeeds(text: Uint8Array): number
  /** How a dense layer's weight is stored, and whether its input gradient reads it by way of a turned copy. */
  weightLayout(inputs: number, outputs: number): { panel: number; turned: boolean }
  /** The panel width of an operand that the register tiles read. */
  registerPanel(width: number): number
  info(): NativeInfo
  /** The class that errors of calls are made of; those that a promise brings are made anew by asDeepblasError. */
  setErrorClass(errors: new (code: ErrorCode, message: string) => Error): void
  setThreads(threads: number): void
  getThreads(): number
  /** Bytes of native memory that the process holds, on all its threads: what tests of leaks look at. */
  memoryInUse(): number
  randomWords(seed: number, stream: number, substream: number, count: number): Uint32Array
}

let loaded: Addon | undefined

/**
 * The native addon: the import of the package loads it, and a command at its first use.
 *
 * @throws DeepblasError ERR_DEEPBLAS_LOAD with what to do, if it cannot be loaded
 */
export function native(): Addon {
  loaded ??= load()
  return loaded
}

function load(): Addon {
  // A system's OpenBLAS chooses its own kernels at load; a forced instruction set must reach it before. Of those of x64, AVX2's
  // kernels alone call it.
  if (process.env.DEEPBLAS_ISA === 'avx2') process.env.OPENBLAS_CORETYPE ??= 'Haswell'
  const addon = loadAddon(packageRoot()) as Addon
  addon.setErrorClass(DeepblasError)
  return addon
}

/** Gives an error from a native job the code's class and the stack of the call that started the job. */
export function asDeepblasError(cause: unknown, caller: Error): unknown {
  // An AbortSignal's reason may be anything, and a DOMException's code is a number.
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
  const ours = typeof code === 'string' && code.startsWith('ERR_DEEPBLAS_')
  if (cause instanceof DeepblasError || !ours) return cause
  const error = new DeepblasError(code as ErrorCode, String(message), { cause })
  error.stack = `${error.name}: ${error.message}\n${caller.stack?.split('\n').slice(1).join('\n') ?? ''}`
  return error
}
