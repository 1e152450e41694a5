/*
 * Rows as objects, whatever made them: what is no row is refused, and values become what a table knows.
 */
import { types } from 'node:util'
import { DeepblasError } from '../../errors.js'
import { isDate, isNumberArray } from '../../kinds.js'
import { describe, invalid, typeName } from '../../validate.js'
import type { ColumnNote } from './column-reading.js'
import { plainValue, Refusal } from './plain-value.js'

/** An object with a value for every column, such as one of an interface of your own; an array is none. */
export type ObjectRow = Readonly<Record<string, unknown>> | (object & { readonly [Symbol.iterator]?: never })

/** The same, to be read: an interface is no record to the compiler. */
export type Row = Readonly<Record<string, unknown>>

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no object of one value for every column */
export function objectRow(argument: string, row: unknown): Row {
  const hint = hintOf(row)
  if (hint === undefined) return row as Row
  throw invalid(argument, 'object with a value for every column', row, hint === '' ? undefined : hint)
}

/** Undefined for a row; what to do, or nothing, for what is none. */
function hintOf(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return ''
  if (Array.isArray(row) || isNumberArray(row)) return 'Name the columns: { rooms: row[0], price: row[1] }.'
  if (types.isMap(row)) return 'Give Object.fromEntries(row).'
  if (types.isPromise(row)) return 'Await it first.'
  if (types.isSet(row) || isDate(row) || ArrayBuffer.isView(row) || types.isBoxedPrimitive(row)) return ''
  if ('$__' in row && '_doc' in row)
    return 'It is a document of Mongoose: end the query with .lean(), or give row.toObject().'
  if ('dataValues' in row && 'isNewRecord' in row) {
    return 'It is an instance of Sequelize: query with { raw: true }, or give row.get({ plain: true }).'
  }
  if (Object.keys(row).length > 0) return undefined
  // Accessors of a class are no keys: the row would be one of nothing.
  const prototype: unknown = Object.getPrototypeOf(row)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  return isPlain ? undefined : 'It has no properties of its own: give a plain object of them.'
}

/**
 * The row with values that a table knows; itself where it has no others.
 *
 * @param names the columns that are wanted
 * @param isCategory whether a column's type was given as category
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a value that no column can hold, with what to do
 */
export function plainRow(row: Row, at: number, names: Iterable<string>, isCategory: (name: string) => boolean): Row {
  let plain: Record<string, unknown> | undefined
  for (const name of names) {
    const value = row[name]
    if (!needsLook(value)) continue
    const own = plainValue(value, name, isCategory(name))
    if (own instanceof Refusal) {
      throw refused(`a number, text, boolean or date for rows[${at}]['${name}']`, value, own, own.advice)
    }
    if (own === value) continue
    plain ??= { ...row }
    plain[name] = own
  }
  return plain ?? row
}

/**
 * One value of a row for a column that is known, as a table knows it.
 *
 * @param expected what is expected where, for messages
 */
export function plainCell(value: unknown, name: string, asCategory: boolean, expected: () => string): unknown {
  if (!needsLook(value)) return value
  const plain = plainValue(value, name, asCategory)
  // The column is one of the model's: it cannot be left out, nor be others.
  if (plain instanceof Refusal) throw refused(expected(), value, plain, 'Give the value itself.')
  return plain
}

function refused(expected: string, value: unknown, { shown }: Refusal, advice: string): DeepblasError {
  const received = shown ?? `${describe(value)} of type ${typeName(value)}`
  return new DeepblasError('ERR_DEEPBLAS_DATA', `Expected ${expected} but received ${received}. ${advice}`)
}

function needsLook(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'symbol' || typeof value === 'function'
}

/** Dates that are none, such as new Date('soon'), are missing; that is told. */
export function invalidDateNotes(values: readonly unknown[]): readonly ColumnNote[] {
  const invalid = values.reduce<number>((sum, value) => sum + Number(isDate(value) && Number.isNaN(value.getTime())), 0)
  if (invalid === 0) return []
  return [{ kind: 'date', text: `${invalid} Invalid Date ${invalid === 1 ? 'value' : 'values'} taken as missing` }]
}
