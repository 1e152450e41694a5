import type { Recorder } from '../../recording/recorder.js'
import type { Tensor } from '../../recording/tensor.js'

/** Columns that stand beside each other in two tensors. */
interface Run {
  readonly from: number
  readonly to: number
  readonly count: number
}

/**
 * Which of a layer's inputs are embedded, and where they and the others go. The output has the inputs that pass first:
 * those that are not embedded, or, with `keepsAll`, every one; what the embedding makes of its columns follows.
 */
export class EmbeddedColumns {
  readonly inputs: number
  /** Number of embedded columns. */
  readonly count: number
  /** Number of outputs that are inputs as they came. */
  readonly passing: number
  readonly #all: boolean
  readonly #keepsAll: boolean
  /** From the inputs to the embedded columns. */
  readonly #embedded: readonly Run[]
  /** From the inputs that are not embedded to their places among each other. */
  readonly #others: readonly Run[]

  /** columns: the embedded ones, in the order of their outputs; undefined stands for all. */
  constructor(inputs: number, columns: readonly number[] | undefined, keepsAll: boolean) {
    const every = Array.from({ length: inputs }, (_, column) => column)
    const embedded = columns ?? every
    const known = new Set(embedded)
    const others = every.filter((column) => !known.has(column))
    this.inputs = inputs
    this.count = embedded.length
    this.passing = keepsAll ? inputs : others.length
    this.#all = embedded.length === inputs && embedded.every((column, place) => column === place)
    this.#keepsAll = keepsAll
    this.#embedded = runsOf(embedded)
    this.#others = runsOf(others)
  }

  /** The embedded columns of x (batch, inputs), beside each other: (batch, count). */
  select(record: Recorder, x: Tensor): Tensor {
    if (this.#all) return x
    const selected = record.empty(this.count)
    for (const { from, to, count } of this.#embedded) record.copyColumns({ output: selected, x, from, to, count })
    return selected
  }

  /** The inputs that pass, and behind them what the columns have become. */
  join(record: Recorder, x: Tensor, made: Tensor): Tensor {
    if (this.passing === 0) return made
    const output = record.empty(this.passing + made.columns)
    if (this.#keepsAll) record.copyColumns({ output, x, from: 0, to: 0, count: this.inputs })
    else for (const { from, to, count } of this.#others) record.copyColumns({ output, x, from, to, count })
    record.copyColumns({ output, x: made, from: 0, to: this.passing, count: made.columns })
    return output
  }

  /** The part of the output's gradient that belongs to what the columns have become. */
  gradientOfMade(record: Recorder, outputGradient: Tensor): Tensor {
    if (this.passing === 0) return outputGradient
    return this.#part(record, outputGradient, this.passing, outputGradient.columns - this.passing)
  }

  /** The gradient (batch, inputs), from those of the output and of the embedded columns (batch, count). */
  inputGradient(record: Recorder, outputGradient: Tensor, ofEmbedded: Tensor): Tensor {
    const ofInputs = this.#keepsAll ? this.#part(record, outputGradient, 0, this.inputs) : undefined
    const sum = ofInputs === undefined ? ofEmbedded : this.#sum(record, ofInputs, ofEmbedded)
    if (this.#all) return sum
    const gradient = record.empty(this.inputs)
    for (const { from, to, count } of this.#embedded) {
      record.copyColumns({ output: gradient, x: sum, from: to, to: from, count })
    }
    for (const { from, to, count } of this.#others) {
      const [x, place] = ofInputs === undefined ? [outputGradient, to] : [ofInputs, from]
      record.copyColumns({ output: gradient, x, from: place, to: from, count })
    }
    return gradient
  }

  #sum(record: Recorder, ofInputs: Tensor, ofEmbedded: Tensor): Tensor {
    const passed = this.select(record, ofInputs)
    const sum = record.empty(this.count)
    record.map({ inputs: { passed, ofEmbedded }, outputs: { sum } }, (given) => ({
      sum: given.passed.plus(given.ofEmbedded),
    }))
    return sum
  }

  #part(record: Recorder, x: Tensor, from: number, count: number): Tensor {
    const part = record.empty(count)
    record.copyColumns({ output: part, x, from, to: 0, count })
    return part
  }
}

/** The columns as runs; the place of a column in the list is where it goes. */
function runsOf(columns: readonly number[]): Run[] {
  const runs: { from: number; to: number; count: number }[] = []
  for (const [place, column] of columns.entries()) {
    const last = runs.at(-1)
    if (last !== undefined && last.from + last.count === column) last.count++
    else runs.push({ from: column, to: place, count: 1 })
  }
  return runs
}
