import { DeepblasError } from '../../errors.js'
import { isIterable, itemsOf } from '../../iteration.js'
import { Turns } from '../../turns.js'
import { invalid, isCallable, knownOptions, positiveInteger } from '../../validate.js'
import type { ArrayWithShape } from '../arrays/rows.js'

/** After as many rows the event loop may turn: rows that are there at once give it no occasion. */
const ROWS_OF_STEP = 1024

/** Rows that memory is taken for at first. */
const FIRST_ROWS = 1024

/** How the rows of a cursor become batches of features and targets. */
export interface BatchesOptions<Row> {
  /** Rows of a batch; the last one may have fewer. */
  readonly size: number
  /** The features of a row: as many numbers for every row. */
  readonly x: (row: Row) => ArrayLike<number>
  /** The target of a row: a class or value, or several values. Left out, the batches have none. */
  readonly y?: (row: Row) => number | ArrayLike<number>
  /** The sample weight of a row. Left out, all rows weigh the same. */
  readonly sampleWeights?: (row: Row) => number
}

/** A batch of rows, as `fit` reads it from a stream. */
export interface RowBatch {
  readonly x: ArrayWithShape
  readonly y?: ArrayWithShape | Float64Array
  readonly sampleWeights?: Float64Array
}

/**
 * Gathers the rows of a cursor into batches: anything that can be iterated, such as the rows of a database, the lines of a
 * file or the objects of a Node stream. Only one batch is held at a time.
 *
 * @example
 * const rows = client.query(new Cursor('select * from flats'))
 * await model.fit(batches(rows, { size: 64, x: ({ rooms, area }) => [rooms, area], y: ({ price }) => price }), options)
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE where a row has another number of features or targets than those before
 */
export async function* batches<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  options: BatchesOptions<Row>,
): AsyncGenerator<RowBatch, void, undefined> {
  if (!isIterable(rows)) {
    throw invalid('rows', 'iterable of rows, such as those of a cursor or an array,', rows)
  }
  const given = knownOptions<BatchesOptions<Row>>('batches', options, ['size', 'x', 'y', 'sampleWeights'])
  const size = positiveInteger('size', given.size)
  const { x, y, sampleWeights } = given
  if (!isCallable(x)) throw invalid('x', 'function from a row to its features', x)
  if (y !== undefined && !isCallable(y)) throw invalid('y', 'function from a row to its target', y)
  if (sampleWeights !== undefined && !isCallable(sampleWeights)) {
    throw invalid('sampleWeights', 'function from a row to its weight', sampleWeights)
  }
  const features = new Columns('x', size)
  const targets = new Columns('y', size)
  const weights = new Columns('sampleWeights', size)
  let single = true
  const taken = (): RowBatch => {
    const { rows: count } = features
    const target = targets.take()
    return {
      x: features.take(),
      ...(y === undefined ? {} : { y: single ? target.data : target }),
      ...(sampleWeights === undefined ? {} : { sampleWeights: weights.take().data.subarray(0, count) }),
    }
  }
  const turns = new Turns()
  let seen = 0
  for await (const row of itemsOf('rows', rows)) {
    if (++seen % ROWS_OF_STEP === 0) await turns.giveWay()
    features.add(x(row))
    if (y !== undefined) {
      const target = y(row)
      single = typeof target === 'number'
      targets.add(typeof target === 'number' ? [target] : target)
    }
    if (sampleWeights !== undefined) weights.add([sampleWeights(row)])
    if (features.rows === size) yield taken()
  }
  if (features.rows > 0) yield taken()
}

/** Rows of equal length, one behind the other. */
class Columns {
  rows = 0
  #data = new Float64Array()
  #columns: number | undefined
  #seen = 0
  readonly #name: string
  readonly #size: number

  constructor(name: string, size: number) {
    this.#name = name
    this.#size = size
  }

  add(values: ArrayLike<number>): void {
    const length = typeof values === 'object' && values !== null ? values.length : undefined
    if (typeof length !== 'number' || length === 0) {
      throw invalid(`${this.#name} of row ${this.#seen}`, 'array of numbers', values)
    }
    this.#columns ??= length
    if (length !== this.#columns) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${this.#columns} numbers for ${this.#name} of row ${this.#seen}, as many as the rows before had, but ` +
          `received ${length}.`,
      )
    }
    // A size that no rows fill is no reason to take memory for it.
    if (this.#data.length < (this.rows + 1) * length) {
      const rows = Math.min(this.#size, Math.max(FIRST_ROWS, 2 * this.rows))
      const grown = new Float64Array(rows * length)
      grown.set(this.#data)
      this.#data = grown
    }
    for (let i = 0; i < length; i++) {
      const value: unknown = values[i]
      // A database gives null, and texts of numbers, where one least expects them.
      if (typeof value !== 'number') throw invalid(`${this.#name}[${i}] of row ${this.#seen}`, 'number', value)
      this.#data[this.rows * length + i] = value
    }
    this.rows++
    this.#seen++
  }

  take(): { data: Float64Array; shape: [rows: number, columns: number] } {
    const columns = this.#columns ?? 0
    const data = this.#data.subarray(0, this.rows * columns)
    const shape: [number, number] = [this.rows, columns]
    this.#data = new Float64Array()
    this.rows = 0
    return { data, shape }
  }
}
