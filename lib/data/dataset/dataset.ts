import { DeepblasError } from '../../errors.js'
import { isInt32Array, plainNumberArray } from '../../kinds.js'
import { onlyWhatItMade, refuseMethods, refuseStructuredClone, showWhenInspected } from '../../own-methods.js'
import { atOnce } from '../../turns.js'
import { array, invalid, knownOptions, nonNegativeInteger, positiveInteger } from '../../validate.js'
import { weightsOf } from '../arrays/row-weights.js'
import type { NumberArray } from '../arrays/rows.js'
import { shuffledRows } from '../arrays/split-rows.js'
import { classesOf, countClasses } from '../arrays/target-classes.js'
import type { Augmentation, AugmentationFunction } from '../augmentation/augmentation.js'
import { Augmenter, MOST_PASSES } from '../augmentation/augmenter.js'
import { joinParts } from '../contents/concat.js'
import { type NamedColumns, type Parts, selectParts } from '../contents/contents.js'
import { DataForRuns } from '../contents/for-runs.js'
import { type DatasetInput, type DatasetOptions, partsOfArrays } from '../contents/from-arrays.js'
import { mapParts, type RowFunction } from '../contents/map-rows.js'
import type { EncoderOptions } from '../encoding/fit/options.js'
import type { RowSource } from '../encoding/object-rows.js'
import type { TableEncoder } from '../encoding/table-encoder.js'
import type { TextInput } from '../readers/bytes/text-source.js'
import type { ArrowTable } from '../readers/columnar/arrow.js'
import type { DuckdbConnection, QueryOptions } from '../readers/columnar/duckdb.js'
import type { CsvOptions } from '../readers/csv/options.js'
import type { TableNote } from '../table/column-reading.js'
import type { RowsOptions } from '../table/from-rows.js'
import { spellingNotes } from '../table/texts/spelling.js'
import { type NpyOptions, type NpzOptions, npyInput, npzInput } from './from-npy.js'

/** How a table is encoded as a data set: with a given encoder, or with one that is fitted by these options. */
export interface EncodingOptions extends EncoderOptions {
  /** The encoder of the training data, to encode other rows in the same way. Default: a new one, fitted on all rows. */
  readonly encoder?: TableEncoder<Dataset> | undefined
}

/** What reads tables and makes data sets of them. It stands above: encoders make data sets. @internal */
export interface TableReaders {
  datasetFromCsv(source: TextInput, options?: EncodingOptions & CsvOptions): Promise<Dataset>
  datasetFromParquet(path: string, options?: EncodingOptions & RowsOptions): Promise<Dataset>
  datasetFromArrow(source: string | Uint8Array | ArrowTable, options?: EncodingOptions & RowsOptions): Promise<Dataset>
  datasetFromQuery(
    connection: DuckdbConnection,
    sql: string,
    options?: EncodingOptions & QueryOptions,
  ): Promise<Dataset>
  datasetFromRows(rows: RowSource, options?: EncodingOptions & RowsOptions): Promise<Dataset>
}

/** Why a data set is not cloned by structuredClone or postMessage, and what to do. */
const datasetCloning = 'A data set: post { x, y }, and make it there with Dataset.from({ x, y });'

/** What runs read of a data set. Users do not get this function. @internal */
export let forRuns: (data: Dataset) => DataForRuns

/** The data set of these rows: the same one for the same rows. Users do not get this function. @internal */
export let asDataset: (rows: DataForRuns) => Dataset

let tableReaders: TableReaders | undefined

/** Gives data sets what they read tables by, once, when the library is loaded. @internal */
export function installTableReaders(readers: TableReaders): void {
  tableReaders = readers
}

/**
 * Rows of features with their targets, copied once into native memory: the caller may change or detach the arrays.
 *
 * @example
 * Dataset.from({ x: { data: pixels, shape: [60000, 784] }, y: labels }, { scale: 1 / 255 })
 */
export class Dataset {
  readonly #rows: DataForRuns

  static {
    onlyWhatItMade(Dataset, (object) => #rows in object)
    refuseMethods(Dataset.prototype, 'data set', { toJSON: 'JSON.stringify what it was made of: { x, y }.' })
    showWhenInspected(Dataset.prototype, 'Dataset', ({ rows, features, type, targetColumns, labels }) => ({
      rows,
      features,
      type,
      targetColumns,
      ...(labels && { labels }),
    }))
    forRuns = (data) => data.#rows
    asDataset = (rows) => (rows.dataset as Dataset | undefined) ?? new Dataset(rows)
  }

  private constructor(rows: DataForRuns) {
    requireRows(rows)
    this.#rows = rows
    rows.dataset = this
    refuseStructuredClone(this, datasetCloning)
  }

  /**
   * Copies arrays of features and targets into a data set. Numbers become float32; `uint8` stays bytes.
   *
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for ragged or mismatched sizes, ERR_DEEPBLAS_DATA for empty data, text or NaN
   */
  static from(input: DatasetInput, options?: DatasetOptions): Dataset {
    requireInput(input, options)
    return fromParts(partsOfArrays(input, options))
  }

  /**
   * Reads a CSV file with `readCsv` and encodes it, with the option `encoder` or with an `Encoder` fitted on all its
   * rows. Takes the options of both. To test on rows of the same file, do not fit the encoder on them: read the file
   * with `readCsv`, split the table, and fit the encoder on the training part (docs/guide/encoder.md).
   *
   * @param source path of a file, or what gives its text: a Node stream, an asynchronous iterable of strings or bytes
   * @throws DeepblasError ERR_DEEPBLAS_FILE with file and line for what cannot be read; as `Encoder.fit` and `encode`
   * @example
   * const train = await Dataset.fromCSV('train.csv', { target: 'churn' })
   * const test = await Dataset.fromCSV('test.csv', { target: 'churn', encoder: train.encoder })
   */
  static async fromCSV(source: TextInput, options?: EncodingOptions & CsvOptions): Promise<Dataset> {
    return readers().datasetFromCsv(source, options)
  }

  /**
   * Reads a Parquet file and encodes it as `fromCSV` does. Needs the package hyparquet.
   *
   * @throws DeepblasError ERR_DEEPBLAS_LOAD where hyparquet is not installed; as `readParquet`, `Encoder.fit` and
   * `encode`
   */
  static async fromParquet(path: string, options?: EncodingOptions & RowsOptions): Promise<Dataset> {
    return readers().datasetFromParquet(path, options)
  }

  /**
   * Reads an Arrow table in memory, or a file or bytes of Arrow's IPC format, which need the package apache-arrow, and
   * encodes it as `fromCSV` does.
   */
  static async fromArrow(
    source: string | Uint8Array | ArrowTable,
    options?: EncodingOptions & RowsOptions,
  ): Promise<Dataset> {
    return readers().datasetFromArrow(source, options)
  }

  /**
   * Runs a query in DuckDB, reads what it finds as it comes, and encodes it as `fromCSV` does. See `readQuery`.
   *
   * @param connection of the package @duckdb/node-api
   * @throws DeepblasError as `readQuery`, `Encoder.fit` and `encode`; errors of DuckDB itself as they are
   * @example
   * await Dataset.fromQuery(connection, 'SELECT rooms, city, price FROM flats', { target: 'price' })
   */
  static async fromQuery(
    connection: DuckdbConnection,
    sql: string,
    options?: EncodingOptions & QueryOptions,
  ): Promise<Dataset> {
    return readers().datasetFromQuery(connection, sql, options)
  }

  /**
   * Reads features from a .npy file, whose first dimension counts the rows, and targets from another one (option `y`).
   *
   * @example
   * await Dataset.fromNPY('train_x.npy', { y: 'train_y.npy', scale: 1 / 255 })
   */
  static async fromNPY(path: string, options?: NpyOptions): Promise<Dataset> {
    return Dataset.from(await npyInput(path, options))
  }

  /**
   * Reads features and targets from a .npz file: the arrays named x and y, or those that the options name.
   *
   * @example
   * await Dataset.fromNPZ('mnist.npz', { x: 'x_train', y: 'y_train', scale: 1 / 255 })
   */
  static async fromNPZ(path: string, options?: NpzOptions): Promise<Dataset> {
    return Dataset.from(await npzInput(path, options))
  }

  /**
   * Encodes objects, one per row: an array, or an iterable such as a database cursor. Uses the option `encoder`, or an
   * `Encoder` fitted on all rows.
   *
   * @example
   * await Dataset.fromRows([{ rooms: 3, city: 'Wien', price: 420_000 }, …], { target: 'price' })
   */
  static async fromRows(rows: RowSource, options?: EncodingOptions & RowsOptions): Promise<Dataset> {
    return readers().datasetFromRows(rows, options)
  }

  get rows(): number {
    return this.#rows.parts.rows
  }

  get features(): number {
    return this.#rows.parts.features
  }

  /** The named inputs that x was given as, in the order of their columns. */
  get inputs(): readonly NamedColumns[] | undefined {
    return this.#rows.parts.inputs
  }

  get featureShape(): readonly number[] {
    return this.#rows.parts.featureShape
  }

  /** Names of the classes, where the targets had them. */
  get labels(): readonly string[] | undefined {
    return this.#rows.parts.labels
  }

  /**
   * Notes about class names and about the categories of a table: spellings such as Yes and yes that may mean the same.
   */
  get notes(): readonly TableNote[] {
    const { encoder, labels = [] } = this
    if (encoder !== undefined) return encoder.notes
    return spellingNotes(labels, () => undefined).map((note): TableNote => ({ column: 'y', ...note }))
  }

  /**
   * The encoder that turned the columns of a table into features. A model that is trained on this data set keeps it.
   * Undefined for a data set from arrays.
   */
  get encoder(): TableEncoder<Dataset> | undefined {
    return this.#rows.parts.encoder as TableEncoder<Dataset> | undefined
  }

  get hasTargets(): boolean {
    return this.#rows.parts.targets !== undefined
  }

  /** Columns of the targets; 1 for classes. */
  get targetColumns(): number {
    return this.#rows.parts.targets?.columns ?? 0
  }

  /** How x is stored: bytes ('uint8'), or float32. */
  get type(): 'float32' | 'uint8' {
    return this.#rows.parts.xType
  }

  /** The features of one row as numbers, scaled. */
  row(index: number): Float32Array {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.rows) {
      throw invalid('index', `row from 0 to ${this.rows - 1}`, index)
    }
    return plainNumberArray(this.#rows.parts.x.row(index))
  }

  /** The target values of one row. */
  target(index: number): readonly number[] {
    const { targets } = this.#rows.parts
    if (targets === undefined || !(index >= 0 && index < this.rows)) throw invalid('index', 'row with a target', index)
    return Array.from(targets.data.subarray(index * targets.columns, (index + 1) * targets.columns))
  }

  /**
   * The number of rows of each class, by class number. A target that is a row of probabilities counts as its most
   * probable class.
   */
  classCounts(): number[] {
    return countClasses(classesOf('classCounts', this.#rows.parts.targets, this.#rows.parts.labels))
  }

  /** Makes a data set of the given rows, in that order; a row may come several times. */
  subset(rows: Int32Array | readonly number[]): Dataset {
    if (!isInt32Array(rows)) array('rows', rows, 'row numbers')
    if (rows.length === 0) throw invalid('rows', 'at least one row', rows)
    for (const row of rows) {
      if (!(Number.isInteger(row) && row >= 0 && row < this.rows)) {
        throw invalid('rows', `row numbers from 0 to ${this.rows - 1}`, row)
      }
    }
    return fromParts(selectParts(this.#rows.parts, Int32Array.from(rows)))
  }

  /**
   * The rows from `start` up to, but not including, `end`, as of an array: negative numbers count from the end.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA if no row is left
   */
  slice(start: number, end: number = this.rows): Dataset {
    for (const [name, value] of Object.entries({ start, end })) {
      if (!Number.isSafeInteger(value)) throw invalid(name, 'whole number', value)
    }
    const place = (value: number) => Math.max(0, value < 0 ? this.rows + value : Math.min(value, this.rows))
    const [from, to] = [place(start), place(end)]
    if (from >= to) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected a slice of at least one of ${this.rows} rows but received ${start} to ${end}, which has none.`,
      )
    }
    return fromParts(selectParts(this.#rows.parts, rowsFrom(from, to)))
  }

  /** The first `count` rows, or all where there are fewer. */
  take(count: number): Dataset {
    return this.slice(0, positiveInteger('count', count))
  }

  /** All rows in an order drawn by the seed (default 0). */
  shuffle(options?: { seed?: number }): Dataset {
    const { seed = 0 } = knownOptions<{ seed?: number }>('shuffle', options, ['seed'])
    return fromParts(selectParts(this.#rows.parts, shuffledRows(this.rows, nonNegativeInteger('seed', seed))))
  }

  /**
   * Splits the rows into two parts by a seeded shuffle: the first part gets the rows that `fraction` leaves.
   *
   * @param fraction share of the rows in the second part, above 0 and below 1
   * @param options `seed` (default 0); `stratified` (default false): every class is split by the fraction, less than one
   *   row off
   * @throws DeepblasError ERR_DEEPBLAS_DATA if a part would be empty, or the targets are no classes
   */
  split(fraction: number, options?: { seed?: number; stratified?: boolean }): [Dataset, Dataset] {
    const [first, second] = atOnce(this.#rows.splitting(fraction, options, 'atOnce'))
    return [new Dataset(first), new Dataset(second)]
  }

  /**
   * Yields the rows in order as data sets of `size` rows; the last one may be smaller. Each is made when it is asked
   * for.
   *
   * @example
   * for (const part of data.batch(1000)) console.log(part.rows)
   */
  batch(size: number): Generator<Dataset, void, undefined> {
    // Checked at the call, not at the first batch.
    return this.#batches(positiveInteger('size', size))
  }

  *#batches(size: number): Generator<Dataset, void, undefined> {
    for (let from = 0; from < this.rows; from += size) {
      yield fromParts(selectParts(this.#rows.parts, rowsFrom(from, Math.min(this.rows, from + size))))
    }
  }

  /**
   * Makes a data set of the results of `fn` for each row: new features, or `{ x, y }` with the parts to change. Without
   * `x` the features stay as they are kept; rows returned as Uint8Array are kept as bytes of scale 1, all others as
   * float32. Sample weights stay, labels where the new targets are classes that they name, featureShape where the
   * number of features does.
   *
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for rows of different length, ERR_DEEPBLAS_DATA for NaN or infinity
   * @example
   * data.map((features, target) => ({ x: features.map(Math.sqrt), y: Number(target) > 0 ? 1 : 0 }))
   */
  map(fn: RowFunction): Dataset {
    return fromParts(mapParts(this.#rows.parts, fn))
  }

  /**
   * Appends the rows of other data sets to those of this one. Bytes stay bytes where all are, at one scale. Where some
   * have sample weights, the rows of the others weigh 1. Labels that differ are united, and classes numbered anew.
   *
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for other features or columns of targets, ERR_DEEPBLAS_DATA where only some
   *   have targets or labels
   */
  concat(...others: readonly Dataset[]): Dataset {
    for (const [i, other] of others.entries()) {
      if (!(other instanceof Dataset)) throw invalid(`others[${i}]`, 'Dataset', other)
    }
    return fromParts(joinParts([this.#rows.parts, ...others.map((other) => other.#rows.parts)]))
  }

  /**
   * Makes a data set of the original rows, followed by `copies` changed copies of them: copy 1 of all rows, then copy
   * 2, and so on. Every copy goes through all functions in order. The random numbers depend only on the seed, the row
   * and the copy. Bytes stay bytes.
   *
   * @param functions such as `shift({ pixels: 2 })`, or one's own: `(features, random) => { features[0] += random.normal() }`
   * @param options `copies` (default 1), `seed` (default 0)
   * @example
   * data.augment([shift({ pixels: 2 }), rotate({ degrees: 10 })], { copies: 2, seed: 1 })
   */
  augment(
    functions: readonly (Augmentation | AugmentationFunction)[],
    options?: { copies?: number; seed?: number },
  ): Dataset {
    const { copies = 1, seed = 0 } = knownOptions<{ copies?: number; seed?: number }>('augment', options, [
      'copies',
      'seed',
    ])
    const passes = positiveInteger('copies', copies) + 1
    if (passes > MOST_PASSES) throw invalid('copies', `integer less than ${MOST_PASSES}`, copies)
    const augmenter = new Augmenter(this.#rows.parts, functions, seed)
    const all = augmenter.rows(
      this.rows * passes,
      (i) => i % this.rows,
      (i) => Math.floor(i / this.rows),
    )
    return fromParts(all)
  }

  /** A copy of the sample weights, one per row; undefined for data without weights. */
  sampleWeights(): Float32Array | undefined {
    const { weights } = this.#rows.parts
    return weights && weightsOf(weights).slice()
  }

  /** A data set of the same rows with new sample weights. The rows are shared, not copied. */
  withSampleWeights(sampleWeights: NumberArray | readonly number[]): Dataset {
    return new Dataset(atOnce(this.#rows.weighting(sampleWeights)))
  }
}

function readers(): TableReaders {
  if (tableReaders !== undefined) return tableReaders
  throw new DeepblasError(
    'ERR_DEEPBLAS_INTERNAL',
    'Expected what reads tables for data sets to be installed as the library is loaded, but it is not.',
  )
}

function fromParts(parts: Parts): Dataset {
  return asDataset(new DataForRuns(parts))
}

function rowsFrom(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i)
}

/** In JavaScript nothing keeps anybody from calling a private constructor. */
function requireRows(rows: unknown): void {
  if (rows instanceof DataForRuns) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    'Expected no new Dataset(…). Make one with Dataset.from({ x, y }), or read a file: Dataset.fromCSV(path, { target }).',
  )
}

/** Dataset.from(x, y), Dataset.from(rows) and the like. */
function requireInput(input: unknown, options: unknown): void {
  const hint = adviceOnInput(input, options)
  if (hint !== undefined || typeof input !== 'object' || input === null || 'then' in input) {
    throw invalid('data', '{ x, y }', input, hint)
  }
}

function adviceOnInput(input: unknown, options: unknown): string | undefined {
  if (typeof input === 'string') return 'For a file: await Dataset.fromCSV(path, { target }).'
  if (input instanceof Dataset) return 'It is a data set already.'
  if (Array.isArray(options) || ArrayBuffer.isView(options)) return 'Give one object: Dataset.from({ x, y }).'
  if (!Array.isArray(input)) return undefined
  const [first] = input as unknown[]
  const objects = typeof first === 'object' && first !== null && !Array.isArray(first) && !ArrayBuffer.isView(first)
  return objects
    ? 'For objects: await Dataset.fromRows(objects, { target }), or Dataset.from({ x, y }) with rows of numbers.'
    : 'Give one object: Dataset.from({ x: rows, y }).'
}
