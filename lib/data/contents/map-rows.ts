/*
 * A function over every row of a data set.
 */

import { DeepblasError } from '../../errors.js'
import { isUint8Array, isUint8ClampedArray, plainNumberArray } from '../../kinds.js'
import { native } from '../../native/addon.js'
import { elementTypes } from '../../native/generated/enums.js'
import { invalid, isCallable, knownOptions } from '../../validate.js'
import { allocate } from '../arrays/allocate.js'
import { namesFit } from '../arrays/class-names.js'
import { isNumberArray, type NumberArray, type NumberTable } from '../arrays/rows.js'
import { requireFinite } from '../arrays/targets.js'
import type { Parts } from './contents.js'

/** One row: a typed array or an array of numbers. */
export type Row = NumberArray | readonly number[]

/**
 * The result of a function given to `map`: new features, or `{ x, y }` with the parts to change. A part that is left
 * out stays as it is.
 */
export type MappedRow = Row | { readonly x?: Row; readonly y?: number | Row }

/**
 * @param features the row's features, scaled, a copy
 * @param target the class or value, or the row of them; undefined where the data set has none
 * @param index the row, from 0
 */
export type RowFunction = (features: Float32Array, target: number | number[] | undefined, index: number) => MappedRow

export function mapParts(parts: Parts, map: RowFunction): Parts {
  if (!isCallable(map)) throw invalid('fn', 'function of a row', map)
  let features: Collected | undefined
  let targets: Collected | undefined
  for (let row = 0; row < parts.rows; row++) {
    const { x, y } = mapped(map(plainNumberArray(parts.x.row(row)), targetOf(parts.targets, row), row), row)
    if (row === 0) {
      features = x && new Collected('x', parts.rows, x.length, Float32Array)
      targets = y && new Collected('y', parts.rows, y.length, Float64Array)
    }
    add(features, 'x', x, row)
    add(targets, 'y', y, row)
  }
  return {
    ...parts,
    // These are no longer what an encoder makes of a table.
    encoder: undefined,
    ...(features === undefined ? {} : features.features(parts)),
    ...(targets === undefined ? {} : targets.targets(parts)),
  }
}

function mapped(result: unknown, row: number): { x: Row | undefined; y: Row | undefined } {
  if (isRow(result)) return { x: result, y: undefined }
  if (typeof result !== 'object' || result === null) {
    throw invalid(`the result of fn for row ${row}`, 'row of features or { x, y }', result)
  }
  const { x, y } = knownOptions<{ x: unknown; y: unknown }>('the result of fn', result as { x: unknown; y: unknown }, [
    'x',
    'y',
  ])
  if (x !== undefined && !isRow(x)) throw invalid(`x of row ${row}`, 'row of numbers', x)
  const one = typeof y === 'number' ? [y] : y
  if (one !== undefined && !isRow(one)) throw invalid(`y of row ${row}`, 'number or row of numbers', y)
  if (x === undefined && one === undefined) throw invalid(`the result of fn for row ${row}`, 'x, y or both', result)
  return { x, y: one }
}

function isRow(value: unknown): value is Row {
  return Array.isArray(value) || isNumberArray(value)
}

function targetOf(targets: NumberTable | undefined, row: number): number | number[] | undefined {
  if (targets === undefined) return undefined
  const { data, columns } = targets
  return columns === 1 ? data[row] : Array.from(data.subarray(row * columns, (row + 1) * columns))
}

function add(collected: Collected | undefined, name: string, values: Row | undefined, row: number): void {
  if ((collected === undefined) !== (values === undefined)) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected ${name} from fn for every row or for none but row ${row} has ${values === undefined ? 'none' : 'one'} ` +
        'and row 0 does not agree.',
    )
  }
  if (values !== undefined) collected?.set(row, values)
}

/** The rows that a function returned, all of one length. */
class Collected {
  readonly #name: string
  readonly #rows: number
  readonly #columns: number
  /** Every row so far was one of bytes. */
  #bytes = true
  readonly #data: Float32Array | Float64Array

  constructor(name: string, rows: number, columns: number, Kind: new (length: number) => Float32Array | Float64Array) {
    if (columns === 0) throw invalid(`${name} of row 0`, 'at least one number', [])
    this.#name = name
    this.#rows = rows
    this.#columns = columns
    this.#data = allocate(rows, columns, Kind)
  }

  set(row: number, values: Row): void {
    if (values.length !== this.#columns) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${this.#columns} numbers for ${this.#name} of row ${row}, as in row 0, but received ${values.length}.`,
      )
    }
    for (const [i, value] of values.entries()) {
      if (typeof value !== 'number') throw invalid(`${this.#name} of row ${row}`, 'numbers', value)
      this.#data[row * this.#columns + i] = value
    }
    this.#bytes &&= isUint8Array(values) || isUint8ClampedArray(values)
  }

  features(parts: Parts): Pick<Parts, 'x' | 'xType' | 'scale' | 'features' | 'featureShape' | 'inputs'> {
    const xType = this.#bytes ? 'uint8' : 'float32'
    const data = this.#bytes ? Uint8Array.from(this.#data) : this.#data
    const x = new (native().Matrix)(data, this.#rows, this.#columns, elementTypes[xType], 1)
    requireFinite('x', x, this.#columns)
    const featureShape = this.#columns === parts.features ? parts.featureShape : [this.#columns]
    const inputs = this.#columns === parts.features ? parts.inputs : undefined
    return { x, xType, scale: 1, features: this.#columns, featureShape, inputs }
  }

  targets(parts: Parts): Pick<Parts, 'targets' | 'labels' | 'textTargets'> {
    const bad = this.#data.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0) throw invalid(`y of row ${Math.floor(bad / this.#columns)}`, 'finite numbers', this.#data[bad])
    const targets = { data: this.#data, rows: this.#rows, columns: this.#columns }
    // Names stay where the new targets are still classes that they name; the numbers are the function's own.
    const { labels } = parts
    return { targets, labels: labels && namesFit(targets, labels) ? labels : undefined, textTargets: false }
  }
}
