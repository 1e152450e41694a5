/*
 * What the functions on arrays take, brought into one form.
 */
import { isNumberArray, type NumberArray, type Rows, table } from '../../data/arrays/rows.js'
import { DeepblasError } from '../../errors.js'
import { array, finiteNumber, invalid } from '../../validate.js'

/** Numbers of every row. */
export type Numbers = NumberArray | readonly number[]

/** One number a row, or a row of numbers each: a prediction as `predict` gives it. */
export type NumberRows = Numbers | Rows

/** Class numbers, or names. */
export type Labels = Numbers | readonly string[]

export interface Weighted {
  /** One a row, at least 0. Default all 1. */
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

/** Whole numbers from 0; names are numbered in their order. */
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

/** A confusion matrix has their square. */
const MOST_CLASSES = 2 ** 14

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for more classes than there is room for counts of each by each */
export function requireClasses(classes: number): number {
  if (classes > MOST_CLASSES) {
    throw invalid('classes', `at most ${MOST_CLASSES} classes for counts of each by each`, classes)
  }
  return classes
}
