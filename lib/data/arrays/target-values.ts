/*
 * Lists of targets of any kind: numbers stay numbers, and names become classes.
 */
import { DeepblasError } from '../../errors.js'
import { isDate, isNumberArray, typedArrayName } from '../../kinds.js'
import { array, describe, invalid, typeName } from '../../validate.js'
import { booleanNames, listed, numberOfText, orderedNames } from './class-names.js'
import type { NumberTable } from './rows.js'

export interface ReadTargets {
  readonly targets: NumberTable
  /** The names of the classes, where targets have some. */
  readonly labels?: readonly string[]
  /** Whether they were texts, which `labels` has numbered: the numbers mean nothing else. */
  readonly texts?: boolean
}

/** Objects that are no dates or lists and write themselves as a number: those of decimal.js, Decimal128 of MongoDB. */
type Kind = 'number' | 'text' | 'boolean' | 'bigint' | 'decimal'

const kindNames: Readonly<Record<Kind, string>> = {
  number: 'number',
  text: 'text',
  boolean: 'boolean',
  bigint: 'BigInt',
  decimal: 'decimal number',
}

/**
 * @param names those given by option `labels`, which then decide the order; others are errors
 * @param place what an error calls the target of a row
 * @throws DeepblasError ERR_DEEPBLAS_DATA that names the row of a missing value, a date or a value of another kind
 */
export function readTargetList(
  values: ArrayLike<unknown>,
  names: readonly string[] | undefined,
  place: (row: number) => string = (row) => `y[${row}]`,
): ReadTargets {
  const rows = values.length
  const kind = kindOf(values[0], place(0))
  for (let row = 1; row < rows; row++) {
    const other = kindOf(values[row], place(row))
    if (other !== kind) {
      const hint = 'All targets must be of one kind.'
      throw invalid(`${place(row)}, as ${place(0)} is,`, kindNames[kind], values[row], hint)
    }
  }
  if (kind === 'number') return { targets: { data: Float64Array.from(values as ArrayLike<number>), rows, columns: 1 } }
  const numbered = () => ({
    data: Float64Array.from({ length: rows }, (_, row) => Number(values[row])),
    rows,
    columns: 1,
  })
  if (kind === 'boolean' && names === undefined) return { targets: numbered(), labels: booleanNames }
  // Names that none of them is are names of their numbers.
  if ((kind === 'boolean' || kind === 'bigint') && names !== undefined) {
    const own = new Set(names)
    if (!Array.from(values).some((value) => own.has(String(value)))) return { targets: numbered(), labels: names }
  }
  const texts = Array.from({ length: rows }, (_, row) => String(values[row]))
  const labels = names ?? orderedNames(new Set(texts))
  const numbers = new Map(labels.map((label, i) => [label, i]))
  const data = new Int32Array(rows)
  for (const [row, text] of texts.entries()) {
    const number = numbers.get(text)
    if (number === undefined) {
      throw targetError(
        `one of the labels ${listed(labels)} for ${place(row)}`,
        values[row],
        'Name every class in labels.',
      )
    }
    data[row] = number
  }
  return { targets: { data, rows, columns: 1 }, labels, texts: true }
}

/**
 * Rows of targets as numbers, where they are all of one column a list. What is no row stays for the check of rows.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for what writes no number, among several columns
 */
export function readTargetRows(rows: readonly unknown[]): { list: unknown[] } | { rows: readonly unknown[] } {
  for (const [r, row] of rows.entries()) if (Array.isArray(row)) array(`y[${r}]`, row, 'numbers')
  const isPlain = (row: unknown) =>
    isNumberArray(row) || (Array.isArray(row) && row.every((one) => typeof one === 'number'))
  if (rows.every(isPlain)) return { rows }
  const given = rows.map((row) => (isBigIntArray(row) ? Array.from(row) : row))
  const single = given.every((row) => Array.isArray(row) && row.length === 1)
  if (single && typeof (given[0] as unknown[])[0] !== 'number') return { list: given.flat() }
  return {
    rows: given.map((row, r) => (Array.isArray(row) ? row.map((value, c) => numberOf(value, `y[${r}][${c}]`)) : row)),
  }
}

export function isBigIntArray(value: unknown): value is BigInt64Array | BigUint64Array {
  return /^Big(Int|Uint)64Array$/.test(typedArrayName(value) ?? '')
}

function numberOf(value: unknown, place: string): number {
  const kind = kindOf(value, place)
  if (kind === 'number') return value as number
  if (kind === 'boolean') return Number(value)
  const number = numberOfText(String(value))
  if (number === undefined) {
    throw targetError(
      `a number for ${place}`,
      value,
      'Names of classes are a list: y has one for every row. Several columns are numbers.',
    )
  }
  return number
}

function kindOf(value: unknown, place: string): Kind {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) throw missing(value, place)
    return 'number'
  }
  if (typeof value === 'string') {
    if (value.trim() === '') throw missing(value, place)
    return 'text'
  }
  if (typeof value === 'boolean' || typeof value === 'bigint') return typeof value as 'boolean' | 'bigint'
  if (value === null || value === undefined) throw missing(value, place)
  if (isDate(value)) {
    throw targetError(
      `a number or a class for ${place}`,
      value,
      'Make a number of a date, such as days since 1970 (date.getTime() / 86_400_000), or a text, such as its month.',
    )
  }
  if (isDecimal(value)) return 'decimal'
  throw targetError(`a number, text or boolean for ${place}`, value, 'Make one of it first.')
}

function isDecimal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false
  const { toString: own } = value
  return typeof own === 'function' && own !== Object.prototype.toString && numberOfText(String(value)) !== undefined
}

function missing(value: unknown, place: string): DeepblasError {
  return targetError(`a target for ${place}`, value, 'Leave rows without a target out.')
}

function targetError(expected: string, value: unknown, hint: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected ${expected} but received ${describe(value)} of type ${typeName(value)}. ${hint}`,
  )
}
