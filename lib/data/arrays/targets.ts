/*
 * Targets as users pass them, brought into one form; the same for sample weights. Whether numbers are classes or values,
 * the loss decides at fit.
 */

import { DeepblasError } from '../../errors.js'
import { isFloat32Array, isFloat64Array, numberArrayClass, plainNumberArray } from '../../kinds.js'
import type { TargetKind } from '../../losses/loss.js'
import { orOutOfMemory } from '../../memory.js'
import type { Matrix } from '../../native/addon.js'
import { ELEMENTS_OF_STEP, findPlace, type Steps } from '../../turns.js'
import { array, invalid } from '../../validate.js'
import { allocate } from './allocate.js'
import { checkedNames, requireNames } from './class-names.js'
import { makingWeights } from './row-weights.js'
import { type ArrayWithShape, isNumberArray, type NumberArray, type NumberTable, table } from './rows.js'
import { isBigIntArray, type ReadTargets, readTargetList, readTargetRows } from './target-values.js'

/** Targets, one per row: numbers, class names, booleans, BigInts, decimals, or rows of numbers. */
export type Targets =
  | NumberArray
  | BigInt64Array
  | BigUint64Array
  | readonly number[]
  | readonly string[]
  | readonly boolean[]
  | readonly bigint[]
  | readonly (readonly number[])[]
  | readonly (readonly boolean[])[]
  | ArrayWithShape

export function requireFinite(argument: string, matrix: Matrix, columns: number): void {
  const found = matrix.firstNotFinite()
  if (found < 0) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected finite numbers (of float32 range) for ${argument} but received NaN or Infinity in row ` +
      `${Math.floor(found / columns)}, column ${found % columns}. Fill or remove missing values first.`,
  )
}

/**
 * @param given option `labels`
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE for other than one target a row, ERR_DEEPBLAS_DATA for what is no target,
 *   ERR_DEEPBLAS_ARGUMENT for labels that do not name the classes
 */
export function readTargets(
  y: Targets | undefined,
  rows: number,
  given: unknown,
): Omit<ReadTargets, 'targets'> & { readonly targets: NumberTable | undefined } {
  const names = given === undefined ? undefined : checkedNames('labels', given)
  if (y === undefined) return { targets: undefined, ...(names && { labels: names }) }
  const read = readAny(y, names)
  const { targets } = read
  if (targets.rows !== rows) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${rows} rows for y, as many as x has, but received ${targets.rows}. Every row of x needs its target.`,
    )
  }
  requireFiniteTargets(targets)
  if (names === undefined) return read
  requireNames(targets, names)
  return { ...read, labels: names }
}

function readAny(y: Targets, names: readonly string[] | undefined): ReadTargets {
  if (isNumberArray(y)) return { targets: { data: copyOf('y', y), rows: y.length, columns: 1 } }
  if (isBigIntArray(y)) return readTargetList(y, names)
  const rowsGiven = (value: unknown) => Array.isArray(value) || ArrayBuffer.isView(value)
  if (Array.isArray(y)) {
    if (y.length === 0) return { targets: { data: new Float64Array(), rows: 0, columns: 1 } }
    if (!rowsGiven(y[0])) return readTargetList(y, names)
    const read = readTargetRows(y)
    if ('list' in read) return readTargetList(read.list, names, (row) => `y[${row}][0]`)
    return { targets: table('y', read.rows) }
  }
  const { data, shape } = (y ?? {}) as { data?: unknown; shape?: unknown }
  if (isBigIntArray(data) && Array.isArray(shape)) {
    if (shape.length === 1 || data.length === shape[0]) return readTargetList(data, names)
    return { targets: table('y', { data: Float64Array.from(data, Number), shape }) }
  }
  const read = table('y', y)
  return { targets: { ...read, data: copyOf('y', read.data) } }
}

function copyOf(argument: string, numbers: NumberArray): NumberArray {
  return orOutOfMemory(
    () => `a copy of the ${numbers.length} numbers of ${argument}`,
    () => plainNumberArray(numbers).slice(),
  )
}

/** Training is in float32: a number that is infinite there is as bad as one that is. */
function requireFiniteTargets({ data, columns }: NumberTable): void {
  if (!(isFloat64Array(data) || isFloat32Array(data))) return
  const bad = data.findIndex((value) => !Number.isFinite(Math.fround(value)))
  if (bad < 0) return
  const place = columns === 1 ? `y[${bad}]` : `y[${Math.floor(bad / columns)}][${bad % columns}]`
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected a finite number (of float32 range) for ${place} but received ${data[bad]}. Leave rows without a target out, ` +
      'and scale large values.',
  )
}

export function* readWeights(
  given: NumberArray | readonly number[] | undefined,
  rows: number,
): Steps<Matrix | undefined> {
  if (given === undefined) return undefined
  if (!isNumberArray(given)) {
    for (const [i, weight] of array('sampleWeights', given, 'numbers').entries()) {
      if (typeof weight !== 'number') throw invalid(`sampleWeights[${i}]`, 'number', weight)
    }
  }
  const values = orOutOfMemory(
    () => `${rows} sampleWeights`,
    () => new Float32Array(isNumberArray(given) ? plainNumberArray(given) : given),
  )
  if (values.length !== rows) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${rows} sampleWeights, one a row, but received ${values.length}.`,
    )
  }
  let [any, bad, lost] = [false, -1, -1]
  for (let row = 0; row < rows; row++) {
    if (row % ELEMENTS_OF_STEP === 0) yield
    const value = values[row]!
    if (value > 0 && value < Number.POSITIVE_INFINITY) any = true
    else if (value !== 0 && bad < 0) bad = row
    else if (value === 0 && lost < 0 && given[row] !== 0) lost = row
  }
  if (bad >= 0) throw invalid(`sampleWeights[${bad}]`, 'finite number at least 0', given[bad])
  if (lost >= 0) throw invalid(`sampleWeights[${lost}]`, 'number that float32 tells from 0', given[lost])
  if (!any) throw invalid('sampleWeights', 'at least one weight above 0', given)
  return yield* makingWeights(values)
}

/** @param valueColumns how many columns the loss has values in */
export function* checkTargets(
  targets: NumberTable,
  kind: TargetKind,
  outputs: number,
  valueColumns: number,
): Steps<void> {
  const { data, columns } = targets
  if (kind === 'classes' && columns === 1) {
    const isClass = (value: number) => Number.isInteger(value) && value >= 0 && value < outputs
    const bad = yield* findPlace(data.length, (at) => !isClass(data[at]!))
    if (bad < 0) return
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a class from 0 to ${outputs - 1} for y[${bad}] (the network has ${outputs} outputs) but received ` +
        `${data[bad]}. Give the last layer one output per class, and number classes from 0.`,
    )
  }
  if (columns !== valueColumns) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      valueColumns === outputs
        ? `Expected ${outputs} columns for y, as many as the network has outputs, but received ${columns}.`
        : `Expected 1 column for y, which serves all ${outputs} outputs of this loss, but received ${columns}.`,
    )
  }
  if (kind === 'values') return
  const { expected, fits, hint } = kind === 'signs' ? signsOf(data) : numbersOf(kind)
  const bad = yield* findPlace(data.length, (at) => !fits(data[at]!))
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

export function* selectRows({ data, columns }: NumberTable, rows: Int32Array): Steps<NumberTable> {
  const selected = allocate<NumberArray>(rows.length, columns, numberArrayClass(data))
  const rowsOfStep = Math.ceil(ELEMENTS_OF_STEP / columns)
  for (let row = 0; row < rows.length; row++) {
    if (row % rowsOfStep === 0) yield
    const [to, from] = [row * columns, rows[row]! * columns]
    for (let c = 0; c < columns; c++) selected[to + c] = data[from + c]!
  }
  return { data: selected, rows: rows.length, columns }
}
