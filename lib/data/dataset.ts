import { DeepblasError } from '../errors.js'
import type { TargetKind } from '../losses/loss.js'
import { type Matrix, native } from '../native/addon.js'
import { types } from '../native/tensor.js'
import { RandomStream } from '../random.js'
import { array, finiteNumber, invalid, knownOptions, positiveInteger, string } from '../validate.js'
import { type ArrayWithShape, isNumberArray, type NumberArray, type Rows, type Table, table } from './rows.js'

export type Targets =
  | NumberArray
  | readonly number[]
  | readonly string[]
  | readonly (readonly number[])[]
  | ArrayWithShape

export interface DatasetInput {
  readonly x: Rows
  /** Classes or values: the loss decides at fit. Left out for data to predict on. */
  readonly y?: Targets
  /** A non-negative weight per row; the loss is Σ w·l / Σ w. */
  readonly sampleWeights?: NumberArray | readonly number[]
  /** Multiplies x; also an option. */
  readonly scale?: number
  readonly featureShape?: readonly number[]
  readonly labels?: readonly string[]
}

export interface DatasetOptions {
  /** Multiplies every x, such as 1/255. uint8 data stays uint8 and is converted when a batch is gathered. */
  readonly scale?: number
  /** Shape of one row's features, such as [28, 28] for pictures. */
  readonly featureShape?: readonly number[]
  /** Names of the classes 0, 1, 2 … */
  readonly labels?: readonly string[]
}

const float32 = types.indexOf('float32')
const int32 = types.indexOf('int32')
const uint8 = types.indexOf('uint8')

const optionNames = ['scale', 'featureShape', 'labels'] as const

/** The random stream that splits rows apart; 2 is the native shuffle's. */
const SPLIT_STREAM = 3

interface Parts {
  readonly x: Matrix
  readonly xType: 'float32' | 'uint8'
  readonly features: number
  readonly rows: number
  readonly targets: Table | undefined
  readonly weights: Matrix | undefined
  readonly labels: readonly string[] | undefined
  readonly featureShape: readonly number[]
}

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

  private constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for ragged or mismatched sizes, ERR_DEEPBLAS_DATA for empty data, text or NaN
   */
  static from(input: DatasetInput, options?: DatasetOptions): Dataset {
    if (typeof input !== 'object' || input === null) throw invalid('data', '{ x, y }', input)
    const given = {
      ...knownOptions<DatasetInput>('Dataset.from', input, ['x', 'y', 'sampleWeights', ...optionNames]),
      ...knownOptions<DatasetOptions>('Dataset.from', options, optionNames),
    }
    const x = table('x', given.x)
    const scale = finiteNumber('scale', given.scale ?? 1)
    const bytes = x.data instanceof Uint8Array || x.data instanceof Uint8ClampedArray
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
    const { targets, labels } = readTargets(given.y, x.rows)
    return new Dataset({
      x: matrix,
      xType: bytes ? 'uint8' : 'float32',
      features: x.columns,
      rows: x.rows,
      targets,
      weights: readWeights(given.sampleWeights, x.rows),
      labels:
        given.labels === undefined
          ? labels
          : array('labels', given.labels, 'strings').map((label, i) => string(`labels[${i}]`, label)),
      featureShape,
    })
  }

  get rows(): number {
    return this.#parts.rows
  }

  get features(): number {
    return this.#parts.features
  }

  get featureShape(): readonly number[] {
    return this.#parts.featureShape
  }

  /** Names of the classes, where the targets had them. */
  get labels(): readonly string[] | undefined {
    return this.#parts.labels
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
    return this.#parts.x.row(index)
  }

  /** The target values of one row. */
  target(index: number): readonly number[] {
    const { targets } = this.#parts
    if (targets === undefined || !(index >= 0 && index < this.rows)) throw invalid('index', 'row with a target', index)
    return Array.from(targets.data.subarray(index * targets.columns, (index + 1) * targets.columns))
  }

  /** The rows given, in that order, as a data set of its own. */
  subset(rows: Int32Array | readonly number[]): Dataset {
    if (!(rows instanceof Int32Array)) array('rows', rows, 'row numbers')
    if (rows.length === 0) throw invalid('rows', 'at least one row', rows)
    for (const row of rows) {
      if (!(Number.isInteger(row) && row >= 0 && row < this.rows)) {
        throw invalid('rows', `row numbers from 0 to ${this.rows - 1}`, row)
      }
    }
    const list = Int32Array.from(rows)
    const { Matrix: Copy } = native()
    const { targets, weights } = this.#parts
    return new Dataset({
      ...this.#parts,
      rows: list.length,
      x: new Copy(this.#parts.x, list),
      targets: targets && selectRows(targets, list),
      weights: weights && new Copy(weights, list),
    })
  }

  /** Two parts, split by a seeded shuffle: the first keeps the larger share. */
  split(fraction: number, options?: { seed?: number }): [Dataset, Dataset] {
    const { seed = 0 } = knownOptions<{ seed?: number }>('split', options, ['seed'])
    finiteNumber('fraction', fraction, { exclusiveMin: 0, exclusiveMax: 1 })
    const held = Math.round(this.rows * fraction)
    if (held === 0 || held === this.rows) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected a fraction that leaves rows on both sides but ${fraction} of ${this.rows} rows is ${held}.`,
      )
    }
    const order = Array.from({ length: this.rows }, (_, row) => row)
    new RandomStream(seed, SPLIT_STREAM).shuffle(order)
    return [this.subset(order.slice(held)), this.subset(order.slice(0, held))]
  }

  /** For runs: x as it is kept, or as float32. */
  matrix(asFloats: boolean): Matrix {
    if (!asFloats || this.#parts.xType === 'float32') return this.#parts.x
    this.#floats ??= new (native().Matrix)(this.#parts.x)
    return this.#floats
  }

  /** For runs beside data that have weights: one for every row. */
  equalWeights(): Matrix {
    return new (native().Matrix)(new Float32Array(this.rows).fill(1), this.rows, 1, float32, 1)
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
    return weights && Float32Array.from({ length: this.rows }, (_, row) => weights.row(row)[0]!)
  }

  /** The same rows with other weights; the rows are shared, not copied. */
  withSampleWeights(sampleWeights: NumberArray | readonly number[]): Dataset {
    return new Dataset({ ...this.#parts, weights: readWeights(sampleWeights, this.rows) })
  }

  /** For runs: the targets as a loss wants them, checked against the number of outputs. */
  targetMatrix(kind: TargetKind, outputs: number): { matrix: Matrix; columns: number; type: 'int32' | 'float32' } {
    const { targets } = this.#parts
    if (targets === undefined) {
      throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected targets (y) in the data set but received none.')
    }
    const classes = kind === 'classes' && targets.columns === 1
    const columns = classes ? 1 : outputs
    const key = `${kind} ${outputs}`
    let matrix = this.#targets.get(key)
    if (matrix === undefined) {
      checkTargets(targets, kind, outputs)
      const data = kind === 'signs' ? Float32Array.from(targets.data, (value) => (value > 0 ? 1 : -1)) : targets.data
      matrix = new (native().Matrix)(data, this.rows, columns, classes ? int32 : float32, 1)
      if (!classes) requireFinite('y', matrix, columns)
      this.#targets.set(key, matrix)
    }
    return { matrix, columns, type: classes ? 'int32' : 'float32' }
  }
}

function requireFinite(argument: string, matrix: Matrix, columns: number): void {
  const found = matrix.firstNotFinite()
  if (found < 0) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected finite numbers (of float32 range) for ${argument} but received NaN or Infinity in row ` +
      `${Math.floor(found / columns)}, column ${found % columns}. Fill or remove missing values first.`,
  )
}

function readTargets(y: Targets | undefined, rows: number): { targets: Table | undefined; labels?: readonly string[] } {
  if (y === undefined) return { targets: undefined }
  let targets: Table
  let labels: readonly string[] | undefined
  const list = Array.isArray(y) && !Array.isArray(y[0]) && !isNumberArray(y[0])
  if (isNumberArray(y)) {
    targets = { data: y.slice(), rows: y.length, columns: 1 }
  } else if (list && typeof y[0] === 'string') {
    labels = [...new Set(y as string[])].sort()
    const index = new Map(labels.map((label, i) => [label, i]))
    const bad = (y as unknown[]).findIndex((label) => typeof label !== 'string')
    if (bad >= 0) throw invalid(`y[${bad}]`, 'string, as y[0] is', y[bad])
    targets = { data: Int32Array.from(y as string[], (label) => index.get(label)!), rows: y.length, columns: 1 }
  } else if (list) {
    const bad = (y as unknown[]).findIndex((value) => typeof value !== 'number')
    if (bad >= 0) throw invalid(`y[${bad}]`, 'number', y[bad])
    targets = { data: Float64Array.from(y as number[]), rows: y.length, columns: 1 }
  } else {
    const given = table('y', y)
    targets = { ...given, data: given.data.slice() }
  }
  if (targets.rows !== rows) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${rows} rows for y, as many as x has, but received ${targets.rows}. Every row of x needs its target.`,
    )
  }
  return labels === undefined ? { targets } : { targets, labels }
}

function readWeights(given: NumberArray | readonly number[] | undefined, rows: number): Matrix | undefined {
  if (given === undefined) return undefined
  if (!isNumberArray(given)) {
    for (const [i, weight] of array('sampleWeights', given, 'numbers').entries()) {
      if (typeof weight !== 'number') throw invalid(`sampleWeights[${i}]`, 'number', weight)
    }
  }
  const values = Float32Array.from(given)
  if (values.length !== rows) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${rows} sampleWeights, one a row, but received ${values.length}.`,
    )
  }
  const bad = values.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY))
  if (bad >= 0) throw invalid(`sampleWeights[${bad}]`, 'finite number at least 0', given[bad])
  if (!values.some((value) => value > 0)) throw invalid('sampleWeights', 'at least one weight above 0', given)
  return new (native().Matrix)(values, rows, 1, float32, 1)
}

function checkTargets(targets: Table, kind: TargetKind, outputs: number): void {
  const { data, columns } = targets
  if (kind === 'classes' && columns === 1) {
    const bad = data.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < outputs))
    if (bad < 0) return
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a class from 0 to ${outputs - 1} for y[${bad}] (the network has ${outputs} outputs) but received ` +
        `${data[bad]}. Give the last layer one output per class, and number classes from 0.`,
    )
  }
  if (columns !== outputs) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${outputs} columns for y, as many as the network has outputs, but received ${columns}.`,
    )
  }
  if (kind === 'values') return
  const { expected, fits, hint } = kind === 'signs' ? signsOf(data) : numbersOf(kind)
  const bad = data.findIndex((value) => !fits(value))
  if (bad < 0) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected ${expected} for y but received ${data[bad]} in row ${Math.floor(bad / columns)}. ${hint}`,
  )
}

function numbersOf(kind: TargetKind) {
  if (kind === 'counts') {
    const fits = (value: number) => value >= 0
    return { expected: 'numbers at least 0', fits, hint: 'Use meanSquaredError for values of both signs.' }
  }
  const fits = (value: number) => value >= 0 && value <= 1
  const hint = 'Use meanSquaredError for values, crossEntropy for more than two classes.'
  return { expected: 'numbers from 0 to 1', fits, hint }
}

/** -1 and +1, or 0 and 1: a mixture of both would take 0 for -1. */
function signsOf(data: NumberArray) {
  const low = data.includes(-1) ? -1 : 0
  const fits = (value: number) => value === low || value === 1
  return { expected: `${low} or 1`, fits, hint: 'Targets are -1 and +1, or 0 and 1, throughout.' }
}

function selectRows({ data, columns }: Table, rows: Int32Array): Table {
  const selected = new (data.constructor as new (length: number) => NumberArray)(rows.length * columns)
  for (const [to, from] of rows.entries()) {
    for (let c = 0; c < columns; c++) selected[to * columns + c] = data[from * columns + c]!
  }
  return { data: selected, rows: rows.length, columns }
}
