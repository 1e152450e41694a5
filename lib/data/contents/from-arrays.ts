/*
 * What a data set is made of, read from arrays.
 */
import { DeepblasError } from '../../errors.js'
import { isUint8Array, isUint8ClampedArray } from '../../kinds.js'
import { native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import { atOnce } from '../../turns.js'
import { array, finiteNumber, invalid, knownOptions, positiveInteger } from '../../validate.js'
import { type NumberArray, type Rows, table } from '../arrays/rows.js'
import { readTargets, readWeights, requireFinite, type Targets } from '../arrays/targets.js'
import type { Parts } from './contents.js'
import { isNamedRows, type NamedRows, namedTable } from './named-rows.js'

/** Arrays for `Dataset.from`. */
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

/** Options of `Dataset.from`. */
export interface DatasetOptions {
  /** Multiplies every x, such as 1/255. uint8 data stays uint8 and is converted when a batch is gathered. */
  readonly scale?: number
  /** Shape of one row's features, such as [28, 28] for pictures. */
  readonly featureShape?: readonly number[]
  /** Names of the classes 0, 1, 2 …: of targets that are texts the order in which they are numbered. */
  readonly labels?: readonly string[]
}

const optionNames = ['scale', 'featureShape', 'labels'] as const

/** @throws DeepblasError ERR_DEEPBLAS_SHAPE for ragged or mismatched sizes, ERR_DEEPBLAS_DATA for empty data, text or NaN */
export function partsOfArrays(input: DatasetInput, options: DatasetOptions | undefined): Parts {
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
  const xType = bytes ? 'uint8' : 'float32'
  const matrix = new (native().Matrix)(x.data, x.rows, x.columns, elementTypes[xType], scale)
  requireFinite('x', matrix, x.columns)
  const { targets, labels, texts = false } = readTargets(given.y, x.rows, given.labels)
  return {
    x: matrix,
    xType,
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
  }
}
