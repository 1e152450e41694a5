import { DeepblasError } from '../../errors.js'
import { isInt32Array, isUint8Array, isUint8ClampedArray, plainNumberArray } from '../../kinds.js'
import type { TargetKind } from '../../losses/loss.js'
import { type Matrix, native } from '../../native/addon.js'
import { onlyWhatItMade, refuseMethods, refuseStructuredClone, showWhenInspected } from '../../own-methods.js'
import { types } from '../../recording/tensor.js'
import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import {
  array,
  boolean,
  finiteNumber,
  invalid,
  knownOptions,
  nonNegativeInteger,
  positiveInteger,
} from '../../validate.js'
import { allocate } from '../arrays/allocate.js'
import { namesInUse, renumberedTargets, sameNames, valuesOfNames } from '../arrays/class-names.js'
import { weightsOf } from '../arrays/row-weights.js'
import { type NumberArray, type Rows, type Table, table } from '../arrays/rows.js'
import { shuffledRows, splitRows } from '../arrays/split-rows.js'
import { classesOf, countClasses } from '../arrays/target-classes.js'
import { checkTargets, readTargets, readWeights, requireFinite, type Targets } from '../arrays/targets.js'
import type { Augmentation, AugmentationFunction } from '../augmentation/augmentation.js'
import { Augmenter, MOST_PASSES } from '../augmentation/augmenter.js'
import { joinParts } from '../contents/concat.js'
import { FeatureBuffer, type NamedColumns, type Parts, selectingParts, selectParts } from '../contents/contents.js'
import { mapParts, type RowFunction } from '../contents/map-rows.js'
import { columnOrder, isNamedRows, type NamedRows, namedTable } from '../contents/named-rows.js'
import type { Encoder } from '../encoder/encoder.js'
import {
  datasetFromArrow,
  datasetFromCsv,
  datasetFromParquet,
  datasetFromRows,
  type EncodingOptions,
  type RowSource,
} from '../encoder/read-and-encode.js'
import type { TextInput } from '../readers/bytes/text-source.js'
import type { ArrowTable } from '../readers/columnar/arrow.js'
import type { CsvOptions } from '../readers/csv/options.js'
import type { TableNote } from '../table/column-reading.js'
import type { RowsOptions } from '../table/from-rows.js'
import { spellingNotes } from '../table/texts/spelling.js'
import { makeEncodedDatasetsBy } from './encoded-dataset.js'
import { type NpyOptions, type NpzOptions, npyInput, npzInput } from './from-npy.js'

export interface DatasetInput {
  /** Rows of numbers; or by name, for a model whose inputs have names: { numeric: rows, city: codes }. */
  readonly x: Rows | NamedRows
  /**
   * Classes or values: the loss decides at fit. Texts, booleans and BigInts are names of classes, and numbers to a loss of
   * values, where they write some. Left out for data to predict on.
   */
  readonly y?: Targets
  /** A non-negative weight per row; the loss is Σ w·l / Σ w. */
  readonly sampleWeights?: NumberArray | readonly number[]
  /** Multiplies x; also an option. */
  readonly scale?: number
  readonly featureShape?: readonly number[]
  /** Also an option. */
  readonly labels?: readonly string[]
}

export interface DatasetOptions {
  /** Multiplies every x, such as 1/255. uint8 data stays uint8 and is converted when a batch is gathered. */
  readonly scale?: number
  /** Shape of one row's features, such as [28, 28] for pictures. */
  readonly featureShape?: readonly number[]
  /** Names of the classes 0, 1, 2 …: of targets that are texts the order in which they are numbered. */
  readonly labels?: readonly string[]
}

const float32 = types.indexOf('float32')
const int32 = types.indexOf('int32')
const uint8 = types.indexOf('uint8')

/** Why a data set is not cloned by structuredClone or postMessage, and what to do. */
const datasetCloning = 'A data set: post { x, y }, and make it there with Dataset.from({ x, y });'

/** Forms of its targets that a data set keeps; the oldest goes first. */
const MOST_KEPT = 4

const optionNames = ['scale', 'featureShape', 'labels'] as const

/**
 * Rows of features with their targets, copied once into native memory: the caller may change or detach the arrays.
 *
 * @example
 * Dataset.from({ x: { data: pixels, shape: [60000, 784] }, y: labels }, { scale: 1 / 255 })
 */
export class Dataset {
  readonly #parts: Parts
  readonly #targets = new Map<string, Matrix>()
  #floats: Matrix | undefined
  readonly #arranged = new Map<string, Dataset>()
  /** The same rows with targets in another form: 'values', or by the names that number them. */
  readonly #retargeted = new Map<string, Dataset>()
  /** Whose features these are, which are converted once. */
  #featuresOf: Dataset = this
  #namesInUse: readonly string[] | undefined
  #rowsThatCount: number | undefined

  static {
    onlyWhatItMade(Dataset, (object) => #parts in object)
    refuseMethods(Dataset.prototype, 'data set', { toJSON: 'JSON.stringify what it was made of: { x, y }.' })
    showWhenInspected(Dataset.prototype, 'Dataset', ({ rows, features, type, targetColumns, labels }) => ({
      rows,
      features,
      type,
      targetColumns,
      ...(labels && { labels }),
    }))
    makeEncodedDatasetsBy(
      ({ x, rows, columns, y, labels, inputs }, encoder) =>
        new Dataset({
          x,
          xType: 'float32',
          scale: 1,
          features: columns,
          rows,
          targets: y && { data: y, rows, columns: 1 },
          weights: undefined,
          labels,
          textTargets: labels !== undefined,
          featureShape: [columns],
          inputs,
          encoder,
        }),
    )
  }

  private constructor(parts: Parts) {
    requireParts(parts)
    this.#parts = parts
    refuseStructuredClone(this, datasetCloning)
  }

  /**
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for ragged or mismatched sizes, ERR_DEEPBLAS_DATA for empty data, text or NaN
   */
  static from(input: DatasetInput, options?: DatasetOptions): Dataset {
    requireInput(input, options)
    const given = {
      ...knownOptions<DatasetInput>('Dataset.from', input, ['x', 'y', 'sampleWeights', ...optionNames]),
      ...knownOptions<DatasetOptions>('Dataset.from', options, optionNames),
    }
    const named = isNamedRows(given.x) ? namedTable('x', given.x) : undefined
    const x = named?.table ?? table('x', given.x)
    const scale = finiteNumber('scale', given.scale ?? 1)
    const bytes = isUint8Array(x.data) || isUint8ClampedArray(x.data)
    if (bytes && !Number.isFinite(Math.fround(255 * Math.fround(scale)))) {
      throw invalid('scale', 'number that keeps bytes within the range of float32', scale)
    }
    const featureShape = array('featureShape', given.featureShape ?? [x.columns], 'positive integers').map((size, i) =>
      positiveInteger(`featureShape[${i}]`, size),
    )
    if (featureShape.reduce((product, size) => product * size, 1) !== x.columns) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected a featureShape of ${x.columns} numbers but received [${featureShape.join(', ')}].`,
      )
    }
    const matrix = new (native().Matrix)(x.data, x.rows, x.columns, bytes ? uint8 : float32, scale)
    requireFinite('x', matrix, x.columns)
    const { targets, labels, texts = false } = readTargets(given.y, x.rows, given.labels)
    return new Dataset({
      x: matrix,
      xType: bytes ? 'uint8' : 'float32',
      scale: bytes ? Math.fround(scale) : 1,
      features: x.columns,
      rows: x.rows,
      targets,
      weights: atOnce(readWeights(given.sampleWeights, x.rows)),
      labels,
      textTargets: texts,
      featureShape,
      inputs: named?.inputs,
      encoder: undefined,
    })
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
  static fromCSV(source: TextInput, options?: EncodingOptions & CsvOptions): Promise<Dataset> {
    return datasetFromCsv(source, options)
  }

  /**
   * A Parquet file, encoded as `fromCSV` encodes one. Needs the package hyparquet: ERR_DEEPBLAS_LOAD where it is not there.
   */
  static fromParquet(path: string, options?: EncodingOptions & RowsOptions): Promise<Dataset> {
    return datasetFromParquet(path, options)
  }

  /**
   * An Arrow table in memory, or a file or bytes of Arrow's IPC format, which need the package apache-arrow; encoded as
   * `fromCSV` encodes a file.
   */
  static fromArrow(
    source: string | Uint8Array | ArrowTable,
    options?: EncodingOptions & RowsOptions,
  ): Promise<Dataset> {
    return datasetFromArrow(source, options)
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
   * Objects, one a row, encoded by an `Encoder` fitted on all of them, or by the encoder given: an array, or what gives them one by one, such as a database's cursor.
   *
   * @example
   * await Dataset.fromRows([{ rooms: 3, city: 'Wien', price: 420_000 }, …], { target: 'price' })
   */
  static fromRows(rows: RowSource, options?: EncodingOptions & RowsOptions): Promise<Dataset> {
    return datasetFromRows(rows, options)
  }

  get rows(): number {
    return this.#parts.rows
  }

  get features(): number {
    return this.#parts.features
  }

  /** The named inputs that x was given as, in the order of their columns. */
  get inputs(): readonly NamedColumns[] | undefined {
    return this.#parts.inputs
  }

  get featureShape(): readonly number[] {
    return this.#parts.featureShape
  }

  /** Names of the classes, where the targets had them. */
  get labels(): readonly string[] | undefined {
    return this.#parts.labels
  }

  /** What is odd about the names of classes, and of a table's categories: spellings such as Yes and yes that may be one. */
  get notes(): readonly TableNote[] {
    const { encoder, labels = [] } = this
    if (encoder !== undefined) return encoder.notes
    return spellingNotes(labels, () => undefined).map((note): TableNote => ({ column: 'y', ...note }))
  }

  /** What made the features of a table's columns; a model that fits these rows takes it over. */
  get encoder(): Encoder | undefined {
    return this.#parts.encoder as Encoder | undefined
  }

  get hasTargets(): boolean {
    return this.#parts.targets !== undefined
  }

  /** Columns of the targets; 1 for classes. */
  get targetColumns(): number {
    return this.#parts.targets?.columns ?? 0
  }

  /** How x is kept. */
  get type(): 'float32' | 'uint8' {
    return this.#parts.xType
  }

  /** The features of one row as numbers, scaled. */
  row(index: number): Float32Array {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.rows) {
      throw invalid('index', `row from 0 to ${this.rows - 1}`, index)
    }
    return plainNumberArray(this.#parts.x.row(index))
  }

  /** The target values of one row. */
  target(index: number): readonly number[] {
    const { targets } = this.#parts
    if (targets === undefined || !(index >= 0 && index < this.rows)) throw invalid('index', 'row with a target', index)
    return Array.from(targets.data.subarray(index * targets.columns, (index + 1) * targets.columns))
  }

  /** Rows of every class, by its number; of targets that are rows of probabilities, by the largest. */
  classCounts(): number[] {
    return countClasses(classesOf('classCounts', this.#parts.targets, this.#parts.labels))
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
    return new Dataset(selectParts(this.#parts, Int32Array.from(rows)))
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
    return new Dataset(selectParts(this.#parts, rowsFrom(from, to)))
  }

  /** The first `count` rows, or all where there are fewer. */
  take(count: number): Dataset {
    return this.slice(0, positiveInteger('count', count))
  }

  /** All rows in an order drawn by the seed (default 0). */
  shuffle(options?: { seed?: number }): Dataset {
    const { seed = 0 } = knownOptions<{ seed?: number }>('shuffle', options, ['seed'])
    return new Dataset(selectParts(this.#parts, shuffledRows(this.rows, nonNegativeInteger('seed', seed))))
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
    return atOnce(this.#splitting(fraction, options, 'atOnce'))
  }

  /** For runs: as `split`, with pauses. */
  splitting(fraction: number, options?: { seed?: number; stratified?: boolean }): Steps<[Dataset, Dataset]> {
    return this.#splitting(fraction, options, 'inSteps')
  }

  *#splitting(
    fraction: number,
    options: { seed?: number; stratified?: boolean } | undefined,
    form: 'inSteps' | 'atOnce',
  ): Steps<[Dataset, Dataset]> {
    const { seed = 0, stratified = false } = knownOptions<{ seed?: number; stratified?: boolean }>('split', options, [
      'seed',
      'stratified',
    ])
    finiteNumber('fraction', fraction, { exclusiveMin: 0, exclusiveMax: 1 })
    const { targets, labels } = this.#parts
    const classes = boolean('stratified', stratified) ? classesOf('a stratified split', targets, labels) : undefined
    const { kept, held } = yield* splitRows(this.rows, fraction, seed, classes)
    const first = new Dataset(yield* selectingParts(this.#parts, kept, form))
    return [first, new Dataset(yield* selectingParts(this.#parts, held, form))]
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
      yield new Dataset(selectParts(this.#parts, rowsFrom(from, Math.min(this.rows, from + size))))
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
    return new Dataset(mapParts(this.#parts, fn))
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
    return new Dataset(joinParts([this.#parts, ...others.map((other) => other.#parts)]))
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
    const augmenter = new Augmenter(this.#parts, functions, seed)
    const all = augmenter.rows(
      this.rows * passes,
      (i) => i % this.rows,
      (i) => Math.floor(i / this.rows),
    )
    return new Dataset(all)
  }

  /** For `augmented`: the rows asked for, changed as pass `pass` (from 1) changes them. */
  augmenter(
    functions: readonly (Augmentation | AugmentationFunction)[],
    seed: number,
  ): (rows: Int32Array, pass: number) => Dataset {
    const augmenter = new Augmenter(this.#parts, functions, seed)
    return (rows, pass) =>
      new Dataset(
        augmenter.rows(
          rows.length,
          (i) => rows[i]!,
          () => pass,
        ),
      )
  }

  /** For models whose inputs have names: the same rows with the columns in their order. */
  arranged(argument: string, wanted: readonly NamedColumns[]): Dataset {
    const order = columnOrder(argument, this.#parts.inputs ?? [], wanted)
    if (order.every((from, to) => from === to)) return this
    const known = this.#arranged.get(order.join())
    if (known !== undefined) return known
    const { x, xType, scale, features, rows } = this.#parts
    const buffer = new FeatureBuffer(rows, features, xType, scale)
    for (let row = 0; row < rows; row++) {
      const values = x.row(row)
      buffer.set(
        row,
        values.map((_, to) => values[order[to]!]!),
      )
    }
    const arranged = new Dataset({ ...this.#parts, x: buffer.matrix(), inputs: [...wanted] })
    this.#arranged.set(order.join(), arranged)
    return arranged
  }

  /** For runs: whether the targets were texts, which mean their names alone. */
  get textTargets(): boolean {
    return this.#parts.textTargets
  }

  /** For runs: the names of classes that rows have. */
  namesInUse(): readonly string[] {
    const { targets, labels } = this.#parts
    if (labels === undefined || targets === undefined) return []
    this.#namesInUse ??= namesInUse(targets, labels)
    return this.#namesInUse
  }

  /**
   * For runs: the same rows with classes numbered by these names, among which are those of all rows. Features are shared.
   *
   * @param columns of targets that have one a class
   */
  numberedBy(names: readonly string[], columns: number): Dataset {
    const { targets, labels } = this.#parts
    const wide = targets !== undefined && targets.columns > 1
    if (labels !== undefined && sameNames(labels, names) && !(wide && targets.columns !== columns)) return this
    return this.#with(JSON.stringify([names, columns]), () =>
      labels === undefined || targets === undefined
        ? { labels: names }
        : { labels: names, targets: renumberedTargets(targets, labels, names, columns) },
    )
  }

  /** For runs: the same rows with the numbers that the texts of the targets write. Features are shared. */
  asValues(): Dataset {
    return this.#with('values', () => ({
      targets: valuesOfNames(this.#parts.targets!, this.#parts.labels!),
      labels: undefined,
      textTargets: false,
    }))
  }

  #with(key: string, make: () => Partial<Parts>): Dataset {
    let made = this.#retargeted.get(key)
    if (made === undefined) {
      made = new Dataset({ ...this.#parts, ...make() })
      made.#featuresOf = this.#featuresOf
      this.#retargeted.set(key, made)
      if (this.#retargeted.size > MOST_KEPT) this.#retargeted.delete(this.#retargeted.keys().next().value!)
    }
    return made
  }

  /** For runs: x as it is kept, or as float32. */
  matrix(asFloats: boolean): Matrix {
    if (this.#featuresOf !== this) return this.#featuresOf.matrix(asFloats)
    if (!asFloats || this.#parts.xType === 'float32') return this.#parts.x
    this.#floats ??= new (native().Matrix)(this.#parts.x)
    return this.#floats
  }

  /** For runs beside data that have weights: one for every row. */
  equalWeights(): Matrix {
    return new (native().Matrix)(allocate(this.rows, 1, Float32Array).fill(1), this.rows, 1, float32, 1)
  }

  get weightMatrix(): Matrix | undefined {
    return this.#parts.weights
  }

  /** For scores: the targets as they were given. */
  get targetTable(): Table | undefined {
    return this.#parts.targets
  }

  /** One weight a row, where the data has weights; a copy. */
  sampleWeights(): Float32Array | undefined {
    const { weights } = this.#parts
    return weights && weightsOf(weights).slice()
  }

  /** For runs: how many rows have a weight above 0. */
  get rowsThatCount(): number {
    const { weights } = this.#parts
    if (weights === undefined) return this.rows
    if (this.#rowsThatCount === undefined) {
      this.#rowsThatCount = 0
      for (const weight of weightsOf(weights)) if (weight > 0) this.#rowsThatCount++
    }
    return this.#rowsThatCount
  }

  /** The same rows with other weights; the rows are shared, not copied. */
  withSampleWeights(sampleWeights: NumberArray | readonly number[]): Dataset {
    return atOnce(this.weighting(sampleWeights))
  }

  /** For runs: as `withSampleWeights`, with pauses. */
  *weighting(sampleWeights: NumberArray | readonly number[]): Steps<Dataset> {
    const weighted = new Dataset({ ...this.#parts, weights: yield* readWeights(sampleWeights, this.rows) })
    weighted.#featuresOf = this.#featuresOf
    return weighted
  }

  /** For runs: the targets as a loss wants them, checked against the number of outputs. */
  targetMatrix(kind: TargetKind, outputs: number): TargetMatrix {
    return atOnce(this.makingTargets(kind, outputs))
  }

  /** For runs: as `targetMatrix`, with pauses. It is kept. */
  *makingTargets(kind: TargetKind, outputs: number): Steps<TargetMatrix> {
    const { targets } = this.#parts
    if (targets === undefined) {
      throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected targets (y) in the data set but received none.')
    }
    const classes = kind === 'classes' && targets.columns === 1
    const columns = classes ? 1 : outputs
    const key = `${kind} ${outputs}`
    let matrix = this.#targets.get(key)
    if (matrix === undefined) {
      yield* checkTargets(targets, kind, outputs)
      matrix = new (native().Matrix)(this.rows, columns, classes ? int32 : float32)
      const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / columns)
      for (let from = 0; from < this.rows; from += rowsOfStep) {
        yield
        const given = targets.data.subarray(from * columns, Math.min(this.rows, from + rowsOfStep) * columns)
        matrix.write(kind === 'signs' ? Float32Array.from(given, (value) => (value > 0 ? 1 : -1)) : given, from)
      }
      if (!classes) requireFinite('y', matrix, columns)
      this.#targets.set(key, matrix)
    }
    return { matrix, columns, type: classes ? 'int32' : 'float32' }
  }
}

/** Targets as a loss wants them. */
interface TargetMatrix {
  readonly matrix: Matrix
  readonly columns: number
  readonly type: 'int32' | 'float32'
}

function rowsFrom(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i)
}

/** In JavaScript nothing keeps anybody from calling a private constructor. */
function requireParts(parts: Parts | undefined): void {
  if (typeof parts?.x?.firstNotFinite === 'function' && typeof parts.features === 'number') return
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
