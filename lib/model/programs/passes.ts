/*
 * The one place that opens native passes and trainings. Their memory is released at once, in a `finally`: Node runs
 * finalizers between turns of the event loop, and a synchronous program has no such turns.
 */
import type { NumberArray } from '../../kinds.js'
import {
  type Arena,
  type Chunk,
  type Matrix,
  native,
  type Pass,
  type PassOptions,
  type Training,
  type TrainingOptions,
} from '../../native/addon.js'
import type { FitForm, FitSteps } from './requests.js'

/**
 * Memory that only this run holds, such as gradients or the matrix of an array of rows; it is released with the run.
 */
export interface Owning {
  readonly own?: readonly (Arena | Matrix)[]
}

/** `keepAll` is false where it is left out. */
export type PassSettings = Omit<PassOptions, 'keepAll'> & { readonly keepAll?: boolean } & Owning

export type TrainingSettings = TrainingOptions & Owning

/** The limits at which a chunk of steps ends at the latest. */
export interface ChunkLimits {
  readonly steps: number
  readonly milliseconds: number
  readonly endAtEpoch: boolean
  /** Whether every call runs by itself, on one thread, in the order of recording. */
  readonly plainly: boolean
}

/** Runs a pass once; gives the accumulators of all members. */
export async function runPass(settings: PassSettings): Promise<Float64Array> {
  const pass = new OpenPass(settings)
  try {
    return await pass.run('async')
  } finally {
    pass.release()
  }
}

/** Runs a pass once on the rows of an array, which `matrix` takes: the array may change after the call. */
export async function runPassOnArray(settings: PassSettings, matrix: Matrix, rows: NumberArray): Promise<void> {
  const pass = new OpenPass(settings)
  try {
    await pass.runOnArray(matrix, rows)
  } finally {
    pass.release()
  }
}

/** Does the same as `runPass`, on this thread. */
export function runPassSync(settings: PassSettings): Float64Array {
  return usingPass(settings, (pass) => pass.run('sync'))
}

/** Opens a pass for as long as `use` takes, which runs it on this thread and reads its tensors. */
export function usingPass<Result>(settings: PassSettings, use: (pass: OpenPass) => Result): Result {
  const pass = new OpenPass(settings)
  try {
    return use(pass)
  } finally {
    pass.release()
  }
}

/** Opens a pass, runs it once off this thread, and lets `use` read its sums and tensors. */
export async function afterPass<Result>(
  settings: PassSettings,
  use: (pass: OpenPass, sums: Float64Array) => Result,
): Promise<Result> {
  const pass = new OpenPass(settings)
  try {
    return use(pass, await pass.run('async'))
  } finally {
    pass.release()
  }
}

/** Does the same as `afterPass`, on this thread. */
export function afterPassSync<Result>(
  settings: PassSettings,
  use: (pass: OpenPass, sums: Float64Array) => Result,
): Result {
  return usingPass(settings, (pass) => use(pass, pass.run('sync')))
}

/** For tests: DEEPBLAS_LANES=1 runs members side by side wherever they can, DEEPBLAS_LANES=0 never. */
function lanes(): { lanes?: boolean } {
  const asked = process.env.DEEPBLAS_LANES
  return asked === undefined || asked === '' ? {} : { lanes: asked !== '0' }
}

/** A pass that runs more than once. Whoever opens one releases it in a `finally`. */
export class OpenPass {
  readonly #pass: Pass
  readonly #own: readonly (Arena | Matrix)[]

  constructor({ own = [], keepAll = false, ...options }: PassSettings) {
    this.#own = own
    this.#pass = opened(own, () => new (native().Pass)({ ...lanes(), ...options, keepAll }))
  }

  /** Runs all batches with the present parameters; gives the accumulators of all members. */
  run(form: 'sync'): Float64Array
  run(form: 'async'): Promise<Float64Array>
  run(form: FitForm): Float64Array | Promise<Float64Array>
  run(form: FitForm): Float64Array | Promise<Float64Array> {
    return form === 'async' ? this.#pass.run() : this.#pass.runSync()
  }

  /** Copies rows into a matrix of the pass, and runs meanwhile on those that are there. */
  async runOnArray(matrix: Matrix, rows: NumberArray): Promise<void> {
    await this.#pass.runOnArray(matrix, rows)
  }

  /** Does the same as `run`, within a fit. */
  *steps(): FitSteps<Float64Array> {
    let sums: Float64Array = new Float64Array()
    yield {
      work: (form) => {
        const keep = (result: Float64Array) => {
          sums = result
        }
        return form === 'async' ? this.run(form).then(keep) : keep(this.run(form))
      },
    }
    return sums
  }

  /** Reads a tensor of the last run, for a pass that keeps all tensors. */
  readTensor(tensor: number, member: number, rows: number): Float64Array {
    return this.#pass.readTensor(tensor, member, rows)
  }

  /** Releases the memory, after the present run if there is one. */
  release(): void {
    this.#pass.release()
    for (const one of this.#own) one.release()
  }
}

/** A native training. Whoever opens one releases it in a `finally`. */
export class OpenTraining {
  readonly #training: Training
  #own: readonly (Arena | Matrix)[]

  constructor({ own = [], ...options }: TrainingSettings) {
    this.#own = own
    this.#training = opened(own, () => new (native().Training)({ ...lanes(), ...options }))
  }

  /** Runs one chunk of steps; `numbers` has one row per step for all members, or one row per step and member. */
  advance(form: FitForm, numbers: Float64Array, limits: ChunkLimits): Chunk | Promise<Chunk> {
    if (form === 'sync') return this.advanceSync(numbers, limits)
    const { steps, milliseconds, endAtEpoch, plainly } = limits
    return this.#training.advance(numbers, steps, milliseconds, endAtEpoch, plainly)
  }

  advanceSync(numbers: Float64Array, { steps, milliseconds, endAtEpoch, plainly }: ChunkLimits): Chunk {
    return this.#training.advanceSync(numbers, steps, milliseconds, endAtEpoch, plainly)
  }

  cancel(): void {
    this.#training.cancel()
  }

  setActive(members: Iterable<number>): void {
    this.#training.setActive(Float64Array.from(members))
  }

  /** Binds other data of the same columns and types, between chunks; only for data that is not shuffled. */
  rebind(slots: Matrix[][], rows: Float64Array, own: readonly Matrix[]): void {
    this.#training.rebind(slots, rows)
    this.#own = [...this.#own, ...own]
  }

  measure(on: boolean): void {
    this.#training.measure(on)
  }

  /** Microseconds spent while measuring: in each call by plain steps, in each region by planned steps. */
  microseconds(): { calls: Float64Array; regions: Float64Array } {
    return this.#training.microseconds()
  }

  /** Releases the memory, after the present chunk if there is one. */
  release(): void {
    this.#training.release()
    for (const one of this.#own) one.release()
  }
}

function opened<Run>(own: readonly (Arena | Matrix)[], open: () => Run): Run {
  try {
    return open()
  } catch (error) {
    for (const one of own) one.release()
    throw error
  }
}
