/*
 * Objects, one a row, brought into columns.
 */
import { DeepblasError } from '../../errors.js'
import { isIterable, itemsOf } from '../../iteration.js'
import { inTurns, type Steps, Turns } from '../../turns.js'
import { array, describe, invalid, knownOptions, oneOf, plainObject, string, typeName } from '../../validate.js'
import { type Column, type ColumnType, columnTypes } from './column.js'
import { columnBuilder } from './column-builder.js'
import { dateFormat } from './dates/date-format.js'
import { type DateOrder, dateOrders } from './dates/date-inference.js'
import { invalidDateNotes, objectRow, plainRow, type Row } from './plain-rows.js'
import { type ColumnPlan, planColumns } from './plan-columns.js'
import {
  type CheckedReadingOptions,
  checkReadingOptions,
  type ReadingOptions,
  readingOptionNames,
} from './reading-options.js'
import { marksFor } from './texts/missing-marks.js'
import { requireColumns } from './unknown-column.js'

/** Rows between two steps. */
const ROWS_OF_STEP = 1024

/** How values become columns: options of `Table.fromRows` and of all readers of tables. */
export interface RowsOptions extends ReadingOptions {
  /** The types of columns where they are known: `{ zip: 'category' }`. The others are inferred. */
  readonly types?: Readonly<Record<string, ColumnType>>
  /** Columns to leave out. */
  readonly ignore?: readonly string[]
  /**
   * How the dates of columns are written, where that is known: `{ when: 'dd.MM.yyyy' }`. Letters are those of Unicode's date
   * patterns; docs/guide/tables.md lists them. Default: recognized by the column's values.
   */
  readonly dateFormats?: Readonly<Record<string, string>>
  /**
   * How dates of numbers alone are read whose values do not tell day and month apart: 03/04/2024. `iso`: no dates but those of
   * ISO 8601 are recognized. Default: such a column is an error that asks.
   */
  readonly dates?: DateOrder
  /**
   * Columns of texts, or true for all of them, in which spellings that differ only in capitals, blanks or Unicode form are
   * one: Yes, yes and YES become yes. Default: they are kept apart, and `notes` of the table tells of them.
   */
  readonly ignoreCase?: boolean | readonly string[]
}

export const rowsOptionNames = ['types', 'ignore', 'dateFormats', 'dates', 'ignoreCase', ...readingOptionNames] as const

export interface CheckedRowsOptions extends CheckedReadingOptions {
  readonly types: ReadonlyMap<string, ColumnType>
  readonly ignore: ReadonlySet<string>
  readonly dateFormats: ReadonlyMap<string, string>
  readonly dates: DateOrder | undefined
  /** Names that ignoreCase lists. */
  readonly namedInIgnoreCase: readonly string[]
  readonly ignoreCase: (name: string) => boolean
}

export function checkRowsOptions({
  types = {},
  ignore = [],
  dateFormats = {},
  dates,
  ignoreCase = false,
  ...reading
}: RowsOptions): CheckedRowsOptions {
  const typed = Object.entries(plainObject('types', types)).map(
    ([name, type]) => [name, oneOf(`types['${name}']`, type, columnTypes)] as const,
  )
  const formats = Object.entries(plainObject('dateFormats', dateFormats)).map(([name, format]) => {
    const argument = `dateFormats['${name}']`
    const type = typed.find(([typedName]) => typedName === name)?.[1] ?? 'date'
    if (type !== 'date') throw invalid(`types['${name}']`, "'date', since dateFormats names the column", type)
    return [name, dateFormat(argument, string(argument, format)).pattern] as const
  })
  const folded =
    typeof ignoreCase === 'boolean'
      ? []
      : array('ignoreCase', ignoreCase, 'names of columns, or true or false').map((name, i) =>
          string(`ignoreCase[${i}]`, name),
        )
  return {
    namedInIgnoreCase: folded,
    ignoreCase: (name) => ignoreCase === true || folded.includes(name),
    types: new Map([...typed, ...formats.map(([name]) => [name, 'date'] as const)]),
    dateFormats: new Map(formats),
    dates: dates === undefined ? undefined : oneOf('dates', dates, dateOrders),
    ignore: new Set(array('ignore', ignore, 'names of columns').map((name, i) => string(`ignore[${i}]`, name))),
    ...checkReadingOptions(reading),
  }
}

export async function collectRows(
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  options: RowsOptions | undefined,
): Promise<Column[]> {
  if (!isIterable(rows)) throw invalid('rows', 'iterable of objects', rows)
  const all: unknown[] = []
  const turns = new Turns()
  for await (const row of itemsOf('rows', rows)) {
    if (all.push(row) % ROWS_OF_STEP === 0) await turns.giveWay()
  }
  return await inTurns(rowsToColumns(all, options))
}

export function* rowsToColumns(rows: readonly unknown[], options: RowsOptions | undefined): Steps<Column[]> {
  const given = checkRowsOptions(knownOptions<RowsOptions>('fromRows', options, rowsOptionNames))
  if (rows.length === 0) {
    throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected at least one row but received none.')
  }
  const names = new Set<string>()
  for (const [i, row] of rows.entries()) {
    for (const name of Object.keys(objectRow(`rows[${i}]`, row))) names.add(name)
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  const { types, ignore, namedInReading, namedInIgnoreCase } = given
  requireColumns([...types.keys(), ...ignore, ...namedInReading, ...namedInIgnoreCase], [...names])
  const kept = [...names].filter((name) => !given.ignore.has(name))
  if (kept.length === 0) {
    throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected rows with at least one column but received none.')
  }
  const isCategory = (name: string) => given.types.get(name) === 'category'
  const objects: Row[] = []
  for (const [i, row] of rows.entries()) {
    objects.push(plainRow(row as Row, i, kept, isCategory))
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  const sampled = kept.map((name) => {
    return { name, type: given.types.get(name), values: () => objects.map((row) => row[name]) }
  })
  const undecided = (name: string, why: string) =>
    new DeepblasError('ERR_DEEPBLAS_DATA', `The column '${name}' ${why}.`)
  const { plans } = yield* planColumns(sampled, given, undefined, undecided)
  const columns: Column[] = []
  for (const plan of plans) {
    columns.push(yield* columnOf(plan, objects, given))
    yield
  }
  return columns
}

function* columnOf(
  { name, type, notation, unsure, dateFormat, notes }: ColumnPlan,
  rows: readonly Row[],
  { types, marksOf, ignoreCase }: CheckedRowsOptions,
): Steps<Column> {
  const known = types.get(name)
  const inferred = known === undefined
  const builder = columnBuilder(name, type, {
    ...marksFor(type, marksOf(name)),
    notation,
    unsure,
    dateFormat,
    notes: [...notes, ...invalidDateNotes(rows.map((row) => row[name]))],
    inferred,
    ignoreCase: ignoreCase(name),
  })
  for (const [i, row] of rows.entries()) {
    const value = row[name]
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
    if (builder.add(value)) continue
    const why = known === undefined ? `as most values of '${name}' are` : `as types asks for '${name}'`
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected ${type}${dateFormat === undefined ? '' : ` as ${dateFormat}`}, ${why}, for rows[${i}]['${name}'] but received ${describe(value)} of type ${typeName(value)}. ` +
        `Correct it, or give types: { '${name}': 'category' }.`,
    )
  }
  return yield* builder.takeSteps()
}
