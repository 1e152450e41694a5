/*
 * Which type a column has, by a sample of its values.
 */
import { isDate } from '../../kinds.js'
import type { ColumnType } from './column.js'
import { booleanOf, commaNumberOf, dateOf, numberOf } from './texts/cell-texts.js'

/** One stray text does not make texts of a column that has at least as many numbers. */
const FEWEST_FOR_STRAYS = 20
/** Share of strays up to which a column keeps the type of all its other values. */
const MOST_STRAYS = 0.02

/**
 * The type of a column: the first of number, boolean (true and false), date (ISO 8601) that its values have, otherwise
 * category. Where at least 20 values have it and at most one, or 2 %, do not, these few are taken for mistakes.
 *
 * @param values texts, numbers, booleans and dates; missing ones are not among them
 * @param decimal the decimal point of texts
 */
export function inferType(values: readonly unknown[], decimal: '.' | ',' = '.'): ColumnType {
  // A column of nothing: its missing values are numbers as well as anything.
  if (values.length === 0) return 'number'
  const most = mostStrays(values.length)
  const toNumber = decimal === ',' ? commaNumberOf : numberOf
  for (const type of ['number', 'boolean', 'date'] as const) {
    if (haveType(values, type, most, toNumber)) return type
  }
  return 'category'
}

/** How many of so many values may be mistakes. */
export function mostStrays(values: number): number {
  const strays = Math.max(1, Math.floor(values * MOST_STRAYS))
  return values - strays >= FEWEST_FOR_STRAYS ? strays : 0
}

function haveType(
  values: readonly unknown[],
  type: 'number' | 'boolean' | 'date',
  most: number,
  toNumber: typeof numberOf,
): boolean {
  let strays = 0
  for (const value of values) {
    if (!hasType(value, type, toNumber) && ++strays > most) return false
  }
  return true
}

function hasType(value: unknown, type: 'number' | 'boolean' | 'date', toNumber: typeof numberOf): boolean {
  if (typeof value === 'string') {
    if (type === 'number') return toNumber(value) !== undefined
    return (type === 'boolean' ? booleanOf(value, false) : dateOf(value)) !== undefined
  }
  if (type === 'number') return typeof value === 'number' || typeof value === 'bigint'
  return type === 'boolean' ? typeof value === 'boolean' : isDate(value)
}
