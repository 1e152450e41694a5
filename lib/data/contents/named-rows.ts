/*
 * Rows given as several inputs with names, put beside each other.
 */
import { otherCopyHint } from '../../copy.js'
import { DeepblasError } from '../../errors.js'
import { invalid } from '../../validate.js'
import { allocate } from '../arrays/allocate.js'
import { isNumberArray, type NumberArray, type NumberTable, type Rows, table } from '../arrays/rows.js'
import { adviceOnRows } from '../arrays/rows-advice.js'
import type { NamedColumns } from './contents.js'

/**
 * Rows of features by the name of their input: rows of numbers, or a list of one number per row, such as the codes of a
 * category.
 */
export type NamedRows = Readonly<Record<string, Rows | NumberArray | readonly number[]>>

/** Whether rows have names, and are not one { data, shape }. */
export function isNamedRows(value: unknown): value is NamedRows {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false
  // A data set or table of another copy is no input by name either: the message is to say what it is.
  if (otherCopyHint(value) !== undefined) return false
  // A data frame or tensor of another library is no list of inputs, whatever it is made of.
  const prototype: unknown = Object.getPrototypeOf(value)
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null
  if (!plain && adviceOnRows('x', value) !== undefined) return false
  return !('data' in value) && !('shape' in value) && Object.keys(value).length > 0
}

/** @throws DeepblasError ERR_DEEPBLAS_SHAPE for inputs of different numbers of rows, ERR_DEEPBLAS_DATA for text */
export function namedTable(
  argument: string,
  value: NamedRows,
): { table: NumberTable; inputs: readonly NamedColumns[] } {
  const tables = Object.entries(value).map(([name, one]) => ({ name, ...column(`${argument}.${name}`, one) }))
  const [first] = tables as [(typeof tables)[number]]
  const different = tables.find(({ rows }) => rows !== first.rows)
  if (different !== undefined) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${first.rows} rows for ${argument}.${different.name}, as ${argument}.${first.name} has, but received ` +
        `${different.rows}.`,
    )
  }
  const columns = tables.reduce((sum, one) => sum + one.columns, 0)
  const data = allocate(first.rows, columns, Float64Array)
  let to = 0
  for (const one of tables) {
    for (let row = 0; row < one.rows; row++) {
      for (let c = 0; c < one.columns; c++) data[row * columns + to + c] = one.data[row * one.columns + c]!
    }
    to += one.columns
  }
  return {
    table: { data, rows: first.rows, columns },
    inputs: tables.map((one) => ({ name: one.name, columns: one.columns })),
  }
}

/**
 * Where the columns of the inputs wanted are among those given.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE for an input that is missing, unknown or of another width
 */
export function columnOrder(
  argument: string,
  given: readonly NamedColumns[],
  wanted: readonly NamedColumns[],
): readonly number[] {
  const starts = new Map<string, number>()
  let from = 0
  for (const { name, columns } of given) {
    starts.set(name, from)
    from += columns
  }
  for (const { name, columns } of wanted) {
    const came = given.find((one) => one.name === name)?.columns
    if (came === columns) continue
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${columns} columns for the input '${name}' of ${argument} but received ${came ?? 'none'}.`,
    )
  }
  const unknown = given.find(({ name }) => !wanted.some((one) => one.name === name))
  if (unknown !== undefined) {
    const names = wanted.map(({ name }) => name).join(', ')
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected only the inputs ${names} for ${argument} but received '${unknown.name}'.`,
    )
  }
  return wanted.flatMap(({ name, columns }) => Array.from({ length: columns }, (_, c) => starts.get(name)! + c))
}

function column(argument: string, value: NamedRows[string]): NumberTable {
  if (isNumberArray(value)) return { data: value, rows: value.length, columns: 1 }
  if (!Array.isArray(value) || value.length === 0 || Array.isArray(value[0]) || isNumberArray(value[0])) {
    return table(argument, value)
  }
  const bad = value.findIndex((one: unknown) => typeof one !== 'number')
  if (bad >= 0) {
    const hint = 'Number the categories from 0, the same way for every data set.'
    throw invalid(`${argument}[${bad}]`, 'number', value[bad], typeof value[bad] === 'string' ? hint : undefined)
  }
  return { data: Float64Array.from(value as readonly number[]), rows: value.length, columns: 1 }
}
