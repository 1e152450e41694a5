/*
 * Brings the arguments of the functions on arrays into one form.
 */
import { isNumberArray, type NumberArray, type Rows, table } from '../../data/arrays/rows.js'
import { DeepblasError } from '../../errors.js'
import { array, finiteNumber, invalid } from '../../validate.js'

/** One number per row. */
export type Numbers = NumberArray | readonly number[]

/** One number per row, or several per row as a matrix (rows, columns), such as `predict` gives. */
export type NumberRows = Numbers | Rows

/** One class per row, by number (from 0) or by name. */
export type Labels = Numbers | readonly string[]

export interface Weighted {
  /** One weight per row, at least 0. Default all 1. */
  readonly sampleWeights?: Numbers
}

export interface Matrix {
  readonly data: Float64Array
  readonly rows: number
  readonly columns: number
}

export function numberList(argument: string, value: unknown): Float64Array {
  const given = isNumberArray(value) ? value : array(argument, value, 'numbers')
  if (given.length === 0) throw invalid(argument, 'at least one number', value)
  if (isNumberArray(given)) return new Float64Array(given)
  return Float64Array.from(given as ArrayLike<unknown>, (one, i) => {
    if (typeof one !== 'number') throw invalid(`${argument}[${i}]`, 'number', one)
    return one
  })
}

export function matrixOf(argument: string, value: unknown): Matrix {
  if (isNumberArray(value) || (Array.isArray(value) && typeof value[0] === 'number')) {
    const data = numberList(argument, value)
    return { data, rows: data.length, columns: 1 }
  }
  const { data, rows, columns } = table(argument, value)
  return { data: Float64Array.from(data), rows, columns }
}

export function sameRows(argument: string, rows: number, expected: number): void {
  if (rows === expected) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_SHAPE',
    `Expected ${expected} rows for ${argument}, as many as targets has, but received ${rows}.`,
  )
}

export function weightsOf(value: unknown, rows: number): Float64Array | undefined {
  if (value === undefined) return undefined
  const weights = numberList('sampleWeights', value)
  sameRows('sampleWeights', weights.length, rows)
  for (const [i, weight] of weights.entries()) finiteNumber(`sampleWeights[${i}]`, weight, { min: 0 })
  return weights
}

/** Gives classes as whole numbers from 0; names are numbered in the order of their letters. */
export function numberedClasses(
  targets: unknown,
  predicted: unknown,
): { targets: Float64Array; predicted: Float64Array } {
  const names = Object.entries({ targets, predicted }).flatMap(([argument, list]) =>
    Array.isArray(list) && array(argument, list, 'classes').some((one) => typeof one === 'string') ? list : [],
  )
  if (names.length === 0)
    return { targets: classNumbers('targets', targets), predicted: classNumbers('predicted', predicted) }
  const index = new Map([...new Set(names)].sort().map((name, i) => [name, i]))
  const read = (argument: string, list: unknown) =>
    Float64Array.from(array(argument, list, 'class names'), (name, i) => {
      if (typeof name !== 'string') throw invalid(`${argument}[${i}]`, 'class name, as the others are', name)
      return index.get(name)!
    })
  return { targets: read('targets', targets), predicted: read('predicted', predicted) }
}

export function classNumbers(argument: string, value: unknown): Float64Array {
  const classes = numberList(argument, value)
  const bad = classes.findIndex((one) => !(Number.isSafeInteger(one) && one >= 0))
  if (bad >= 0) throw invalid(`${argument}[${bad}]`, 'class number from 0', classes[bad])
  return classes
}

/** A confusion matrix has the square of this many numbers. */
const MOST_CLASSES = 2 ** 14

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for more classes than a confusion matrix has room for */
export function requireClasses(classes: number): number {
  if (classes > MOST_CLASSES) {
    throw invalid('classes', `at most ${MOST_CLASSES} classes for a confusion matrix`, classes)
  }
  return classes
}
