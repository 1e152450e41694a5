/*
 * Targets as users pass them, brought into one form; the same for sample weights. Whether numbers are classes or values,
 * the loss decides at fit.
 */

import { DeepblasError } from '../errors.js'
import { isFloat32Array, isFloat64Array, numberArrayClass, plainNumberArray } from '../kinds.js'
import type { TargetKind } from '../losses/loss.js'
import { type Matrix, native } from '../native/addon.js'
import { types } from '../native/tensor.js'
import { array, invalid } from '../validate.js'
import { type ArrayWithShape, isNumberArray, type NumberArray, type Table, table } from './rows.js'

export type Targets =
  | NumberArray
  | readonly number[]
  | readonly string[]
  | readonly (readonly number[])[]
  | ArrayWithShape

const float32 = types.indexOf('float32')

export function requireFinite(argument: string, matrix: Matrix, columns: number): void {
  const found = matrix.firstNotFinite()
  if (found < 0) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected finite numbers (of float32 range) for ${argument} but received NaN or Infinity in row ` +
      `${Math.floor(found / columns)}, column ${found % columns}. Fill or remove missing values first.`,
  )
}

export function readTargets(
  y: Targets | undefined,
  rows: number,
): { targets: Table | undefined; labels?: readonly string[] } {
  if (y === undefined) return { targets: undefined }
  let targets: Table
  let labels: readonly string[] | undefined
  const list = Array.isArray(y) && !Array.isArray(y[0]) && !isNumberArray(y[0])
  if (isNumberArray(y)) {
    targets = { data: plainNumberArray(y).slice(), rows: y.length, columns: 1 }
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
  requireFiniteTargets(targets)
  return labels === undefined ? { targets } : { targets, labels }
}

/** Training is in float32: a number that is infinite there is as bad as one that is. */
function requireFiniteTargets({ data, columns }: Table): void {
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

export function readWeights(given: NumberArray | readonly number[] | undefined, rows: number): Matrix | undefined {
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

export function checkTargets(targets: Table, kind: TargetKind, outputs: number): void {
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

export function selectRows({ data, columns }: Table, rows: Int32Array): Table {
  const selected = new (numberArrayClass(data))(rows.length * columns)
  for (const [to, from] of rows.entries()) {
    for (let c = 0; c < columns; c++) selected[to * columns + c] = data[from * columns + c]!
  }
  return { data: selected, rows: rows.length, columns }
}
