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
import type { CsvOptions } from '../readers/csv/options.js'
import type { TableNote } from '../table/column-reading.js'
import type { RowsOptions } from '../table/from-rows.js'
import { spellingNotes } from '../table/texts/spelling.js'
import { type NpyOptions, type NpzOptions, npyInput, npzInput } from './from-npy.js'

/** How a data set that is read from a table is encoded: by an encoder that is there, or by one fitted as told here. */
export interface EncodingOptions extends EncoderOptions {
  /** An encoder that is there: that of the training data. Default: one fitted on all rows. */
  readonly encoder?: TableEncoder<Dataset> | undefined
}

/** What reads tables and makes data sets of them. It stands above: encoders make data sets. @internal */
export interface TableReaders {
  datasetFromCsv(source: TextInput, options?: EncodingOptions & CsvOptions): Promise<Dataset>
  datasetFromParquet(path: string, options?: EncodingOptions & RowsOptions): Promise<Dataset>
  datasetFromArrow(source: string | Uint8Array | ArrowTable, options?: EncodingOptions & RowsOptions): Promise<Dataset>
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
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for ragged or mismatched sizes, ERR_DEEPBLAS_DATA for empty data, text or NaN
   */
  static from(input: DatasetInput, options?: DatasetOptions): Dataset {
    requireInput(input, options)
    return fromParts(partsOfArrays(input, options))
  }

  /**
   * A CSV file, encoded: `readCsv`, and an `Encoder` fitted on all its rows or the encoder given. Options are those of both.
   * Rows to be held out are not to be fitted on: read the file with `readCsv`, split the table, and fit the encoder on the
   * training part (docs/guide/encoder.md).
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
   * A Parquet file, encoded as `fromCSV` encodes one. Needs the package hyparquet: ERR_DEEPBLAS_LOAD where it is not there.
   */
  static async fromParquet(path: string, options?: EncodingOptions & RowsOptions): Promise<Dataset> {
    return readers().datasetFromParquet(path, options)
  }

  /**
   * An Arrow table in memory, or a file or bytes of Arrow's IPC format, which need the package apache-arrow; encoded as
   * `fromCSV` encodes a file.
   */
  static async fromArrow(
    source: string | Uint8Array | ArrowTable,
    options?: EncodingOptions & RowsOptions,
  ): Promise<Dataset> {
    return readers().datasetFromArrow(source, options)
  }

  /**
   * The features of a .npy file, its first dimension the rows, and the targets of another.
   *
   * @example
   * await Dataset.fromNPY('train_x.npy', { y: 'train_y.npy', scale: 1 / 255 })
   */
  static async fromNPY(path: string, options?: NpyOptions): Promise<Dataset> {
    return Dataset.from(await npyInput(path, options))
  }

  /**
   * The features and targets of a .npz file: of the names x and y, or of those given.
   *
   * @example
   * await Dataset.fromNPZ('mnist.npz', { x: 'x_train', y: 'y_train', scale: 1 / 255 })
   */
  static async fromNPZ(path: string, options?: NpzOptions): Promise<Dataset> {
    return Dataset.from(await npzInput(path, options))
  }

  /**
   * Objects, one a row, encoded by an `Encoder` fitted on all of them, or by the encoder given: an array, or what gives them
   * one by one, such as a database's cursor.
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

  /** What is odd about the names of classes, and of a table's categories: spellings such as Yes and yes that may be one. */
  get notes(): readonly TableNote[] {
    const { encoder, labels = [] } = this
    if (encoder !== undefined) return encoder.notes
    return spellingNotes(labels, () => undefined).map((note): TableNote => ({ column: 'y', ...note }))
  }

  /** What made the features of a table's columns; a model that fits these rows takes it over. */
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

  /** How x is kept. */
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

  /** Rows of every class, by its number; of targets that are rows of probabilities, by the largest. */
  classCounts(): number[] {
    return countClasses(classesOf('classCounts', this.#rows.parts.targets, this.#rows.parts.labels))
  }

  /** The rows given, in that order, as a data set of its own. */
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
   * Two parts, split by a seeded shuffle: the first keeps the larger share.
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
   * The rows in order, `size` at a time; the last batch may be smaller. Each is made when it is asked for.
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
   * A data set of what `fn` makes of every row: new features, or `{ x, y }` with what is to change. Without `x` the
   * features stay as they are kept; rows returned as Uint8Array are kept as bytes of scale 1, all others as float32.
   * Sample weights stay, labels where the new targets are classes that they name, featureShape where the number of features
   * does.
   *
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for rows of different length, ERR_DEEPBLAS_DATA for NaN or infinity
   * @example
   * data.map((features, target) => ({ x: features.map(Math.sqrt), y: Number(target) > 0 ? 1 : 0 }))
   */
  map(fn: RowFunction): Dataset {
    return fromParts(mapParts(this.#rows.parts, fn))
  }

  /**
   * This data set and the others, one below the other. Bytes stay bytes where all are, at one scale. Where some have
   * sample weights, the rows of the others weigh 1. Labels that differ are united, and classes numbered anew.
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
   * The rows as they are, then `copies` of them, each changed by the functions, one after the other, at random: copy 1 of
   * all rows, copy 2 and so on. The random numbers depend on the seed, the row and the copy alone. Bytes stay bytes.
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

  /** One weight a row, where the data has weights; a copy. */
  sampleWeights(): Float32Array | undefined {
    const { weights } = this.#rows.parts
    return weights && weightsOf(weights).slice()
  }

  /** The same rows with other weights; the rows are shared, not copied. */
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
