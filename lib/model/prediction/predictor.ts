import type { NumberTable } from '../../data/arrays/rows.js'
import { requireFinite } from '../../data/arrays/targets.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { isUint8Array, isUint8ClampedArray } from '../../kinds.js'
import { newFloats } from '../../memory.js'
import { type Arena, asDeepblasError, type Matrix, native, type Predictor } from '../../native/addon.js'
import { SharedTurns } from '../../turns.js'
import type { Network } from '../network/network.js'
import type { StartingParameters } from '../network/starting-parameters.js'
import { compilePrediction } from '../programs/compile.js'
import { EVALUATION_BATCH } from '../programs/data-binding.js'
import { type PassSettings, runPass, runPassOnArray, runPassSync } from '../programs/passes.js'
import { usingRowMemory } from './row-memory.js'

export type PredictKind = 'output' | 'raw'

/** Calls of up to this many rows are gathered into batches; larger ones run by themselves. */
export const MOST_BATCHED_ROWS = 512
/** Gathered rows run at once when there are this many, so that waiting rows and copies stay bounded. */
const MOST_WAITING_ROWS = 4096
const MOST_WAITING_NUMBERS = 1 << 18
/**
 * Up to this many multiply-adds run on the calling thread: about 50 microseconds, less than handing them to another
 * thread and back.
 */
const QUICK_MULTIPLY_ADDS = 1_000_000

/** Rows that all members of a population predict at once, where few are asked for: so many activations are held. */
const ROWS_OF_MEMBERS = 16

/** Rows as a pass reads them. */
export interface RowsToPredict {
  readonly matrix: Matrix
  /** Whether nobody else holds the matrix, so that it is released with the pass. */
  readonly own: boolean
  readonly rows: number
  readonly type: Dataset['type']
}

interface PassOfPrediction {
  readonly kind: PredictKind
  /** The layer, from 0, whose outputs are wanted. Default the last. */
  readonly upTo?: number
}

/** Copies of fewer numbers take microseconds. */
const NUMBERS_OF_A_SHARE = 1 << 12
/** Numbers that predictions copy, look at and hand out in one turn of the event loop: less than a millisecond. */
const mainThread = new SharedTurns(1 << 17)

interface Gathering {
  rows: number
  readonly calls: Waiting[]
}

interface Waiting {
  readonly input: Float32Array
  readonly rows: number
  readonly resolve: (output: Float32Array<ArrayBuffer>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Predicts with one set of parameters, and gathers the rows of many callers into batches. While anybody reads, `busy`
 * is true, and whoever changes the parameters takes a copy of them (with a reader of its own).
 */
export class ModelReader {
  readonly #network: Network
  readonly #arena: Arena
  /** Draws the parameters, which has yet to be done before anybody reads. */
  #draw: (() => void) | undefined
  /** By what they give; for one row, which must take microseconds, and for more. */
  readonly #ofOneRow: { [kind in PredictKind]?: Predictor } = {}
  readonly #ofMoreRows: { [kind in PredictKind]?: Predictor } = {}
  /** Of all members of a population. */
  #ofMembers: Predictor | undefined
  readonly #gathering = new Map<PredictKind, Gathering>()
  #reading = 0

  constructor(network: Network, { arena, draw }: StartingParameters) {
    this.#network = network
    this.#arena = arena
    this.#draw = draw
  }

  get parameters(): Arena {
    const draw = this.#draw
    draw?.()
    this.#draw = undefined
    return this.#arena
  }

  /**
   * The memory of parameters that have not been drawn and will be overwritten; undefined where they are drawn. Call
   * `written` when that is done; it gives a function that undoes it.
   */
  get undrawn(): { readonly arena: Arena; readonly written: () => () => void } | undefined {
    const draw = this.#draw
    if (draw === undefined) return undefined
    const written = () => {
      this.#draw = undefined
      return () => {
        this.#draw = draw
      }
    }
    return { arena: this.#arena, written }
  }

  get busy(): boolean {
    return this.#reading > 0
  }

  /** Runs `work` as a reading until its promise is settled, and adds the stack of the call to errors. */
  async during<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const caller = new Error(what)
    this.#reading++
    try {
      return await work()
    } catch (error) {
      throw asDeepblasError(error, caller)
    } finally {
      this.#reading--
    }
  }

  /** The outputs of all rows of a data set. */
  async predictAll(what: string, data: RowsToPredict, options: PassOfPrediction): Promise<Float32Array<ArrayBuffer>> {
    return await this.during(what, async () => {
      const settings = this.#pass(data, options)
      await runPass(settings)
      return settings.output
    })
  }

  /**
   * The outputs of all rows of an array, which may change after the call.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for numbers that are not finite
   */
  async predictArray(
    what: string,
    { data, rows, columns }: NumberTable,
    kind: PredictKind,
  ): Promise<Float32Array<ArrayBuffer>> {
    return await this.during(what, async () => {
      const type = isUint8Array(data) || isUint8ClampedArray(data) ? 'uint8' : 'float32'
      return await usingRowMemory(rows, columns, type, async (matrix) => {
        const settings = this.#pass({ matrix, own: false, rows, type }, { kind })
        await runPassOnArray(settings, matrix, data)
        requireFinite('rows', matrix, columns)
        return settings.output
      })
    })
  }

  predictAllSync(data: RowsToPredict, options: PassOfPrediction): Float32Array<ArrayBuffer> {
    const settings = this.#pass(data, options)
    runPassSync(settings)
    return settings.output
  }

  #pass({ matrix, own, rows, type }: RowsToPredict, { kind, upTo }: PassOfPrediction) {
    const columns = upTo === undefined ? this.#network.outputs : this.#network.layers[upTo]!.outputs!
    const raw = kind === 'raw'
    return {
      program: compilePrediction(this.#network, type, { raw, ...(upTo === undefined ? {} : { upTo }) }),
      batch: Math.min(EVALUATION_BATCH, rows),
      rows: Float64Array.of(rows),
      parameters: this.parameters,
      slots: [[matrix]],
      output: newFloats(rows * columns, () => `the predictions of ${rows} rows`),
      outputColumns: columns,
      own: own ? [matrix] : [],
    } satisfies PassSettings
  }

  /** Predicts on this thread, in microseconds for one row. */
  predictNow(input: Float32Array, rows: number, kind: PredictKind): Float32Array<ArrayBuffer> {
    const { outputs } = this.#network
    const known = rows === 1 ? this.#ofOneRow : this.#ofMoreRows
    known[kind] ??= this.#predictorFor(rows === 1 ? 1 : EVALUATION_BATCH, kind)
    const predictor = known[kind]
    const output =
      rows === 1 ? new Float32Array(outputs) : newFloats(rows * outputs, () => `the predictions of ${rows} rows`)
    predictor.predictSync(input, rows, output)
    return output
  }

  #predictorFor(capacity: number, kind: PredictKind, members = 1): Predictor {
    const { inputs, outputs } = this.#network
    const program = compilePrediction(this.#network, 'float32', { raw: kind === 'raw' })
    return new (native().Predictor)(program, capacity, this.parameters, inputs, outputs, members)
  }

  /** The outputs of every member of a population, [members, rows, outputs], on this thread: for a few rows. */
  predictMembersNow(input: Float32Array, rows: number, members: number): Float32Array<ArrayBuffer> {
    this.#ofMembers ??= this.#predictorFor(ROWS_OF_MEMBERS, 'output', members)
    const size = members * rows * this.#network.outputs
    const output = newFloats(size, () => `the predictions of ${members} members`)
    this.#ofMembers.predictSync(input, rows, output)
    return output
  }

  /**
   * Predicts a few rows together with those of other calls of the same turn of the event loop. The reader keeps
   * `input`.
   */
  predictLater(input: Float32Array, rows: number, kind: PredictKind): Promise<Float32Array<ArrayBuffer>> {
    const bad = firstNotFinite(input)
    if (bad >= 0) {
      return Promise.reject(
        new DeepblasError(
          'ERR_DEEPBLAS_DATA',
          `Expected finite numbers for rows but received ${input[bad]} in row ${Math.floor(bad / this.#network.inputs)}, ` +
            `column ${bad % this.#network.inputs}. Fill or remove missing values first.`,
        ),
      )
    }
    this.#reading++
    return new Promise((resolve, reject) => {
      let gathering = this.#gathering.get(kind)
      if (gathering === undefined) {
        const opened: Gathering = { rows: 0, calls: [] }
        this.#gathering.set(kind, opened)
        queueMicrotask(() => void this.#answer(kind, opened))
        gathering = opened
      }
      gathering.calls.push({ input, rows, resolve, reject })
      gathering.rows += rows
      const { inputs, outputs } = this.#network
      const full = gathering.rows >= MOST_WAITING_ROWS || gathering.rows * (inputs + outputs) >= MOST_WAITING_NUMBERS
      if (full) void this.#answer(kind, gathering)
    })
  }

  async #answer(kind: PredictKind, gathering: Gathering): Promise<void> {
    if (this.#gathering.get(kind) !== gathering) return
    this.#gathering.delete(kind)
    const { rows, calls } = gathering
    const { inputs, outputs } = this.#network
    let left = calls.length
    try {
      const numbers = rows * inputs
      if (numbers >= NUMBERS_OF_A_SHARE) await mainThread.share(numbers)
      const all = calls.length === 1 ? calls[0]!.input : newFloats(rows * inputs, () => `${rows} rows`)
      let row = 0
      for (const one of calls) {
        if (calls.length > 1) all.set(one.input, row * inputs)
        row += one.rows
      }
      const output =
        rows * this.#network.length < QUICK_MULTIPLY_ADDS
          ? this.predictNow(all, rows, kind)
          : await this.#elsewhere(all, rows, kind)
      row = 0
      for (const one of calls) {
        // Who is answered goes on in this turn, and often asks for as much again.
        const numbers = one.rows * (inputs + outputs)
        if (numbers >= NUMBERS_OF_A_SHARE) await mainThread.share(numbers)
        one.resolve(calls.length === 1 ? output : output.slice(row * outputs, (row + one.rows) * outputs))
        row += one.rows
        left--
        this.#reading--
      }
    } catch (error) {
      for (const one of calls.slice(calls.length - left)) one.reject(error)
      this.#reading -= left
    }
  }

  async #elsewhere(input: Float32Array, rows: number, kind: PredictKind): Promise<Float32Array<ArrayBuffer>> {
    const matrix = new (native().Matrix)(input, rows, this.#network.inputs, 0, 1)
    const settings = this.#pass({ matrix, own: true, rows, type: 'float32' }, { kind })
    await runPass(settings)
    return settings.output
  }
}

function firstNotFinite(values: Float32Array): number {
  // The difference is 0 for every finite number and NaN for the others.
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return i
  return -1
}
