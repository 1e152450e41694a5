/*
 * Columns of formats that say what a column holds: no type is guessed.
 */
import { FileProblem } from '../../../files/file-error.js'
import type { Steps } from '../../../turns.js'
import { knownOptions } from '../../../validate.js'
import type { Column, ColumnType } from '../../table/column.js'
import { type ColumnBuilder, columnBuilder } from '../../table/column-builder.js'
import type { ColumnNote } from '../../table/column-reading.js'
import { type CheckedRowsOptions, checkRowsOptions, type RowsOptions, rowsOptionNames } from '../../table/from-rows.js'
import { requireColumns } from '../../table/unknown-column.js'

/** Values between two steps. */
const ROWS_OF_STEP = 4096

export interface DeclaredColumn {
  readonly name: string
  /** Undefined for what a table cannot hold, such as lists. */
  readonly type: ColumnType | undefined
  /** How the file calls its type, for messages. */
  readonly declared: string
}

export interface WantedColumn {
  readonly name: string
  readonly type: ColumnType
  readonly declared: string
  /** Whether the options say the type. */
  readonly given: boolean
  readonly notes?: readonly ColumnNote[]
}

/** Dates say themselves what they are: how numbers are read as dates is no question here. */
const optionNames = rowsOptionNames.filter((name) => name !== 'dates')

export function checkColumnOptions(reader: string, options: RowsOptions | undefined): CheckedRowsOptions {
  return checkRowsOptions(knownOptions<RowsOptions>(reader, options, optionNames))
}

/** The columns that are not ignored, with the types that the options ask for. */
export function wantedColumns(
  declared: readonly DeclaredColumn[],
  { types, ignore, namedInIgnoreCase }: CheckedRowsOptions,
): WantedColumn[] {
  const names = declared.map(({ name }) => name)
  requireColumns([...types.keys(), ...ignore, ...namedInIgnoreCase], names)
  const wanted = declared.flatMap(({ name, type, declared }): WantedColumn[] => {
    if (ignore.has(name)) return []
    if (type === undefined) {
      throw new FileProblem(`its column '${name}' is of type ${declared}, which a table cannot hold: name it in ignore`)
    }
    const asked = types.get(name)
    return [{ name, type: asked ?? type, declared, given: asked !== undefined }]
  })
  if (wanted.length === 0) throw new FileProblem('it has no column that is not ignored')
  return wanted
}

/** Whether whole numbers are among the values that no number can hold: two of them would fall together. */
export function holdLargeWholes(values: Iterable<unknown>): boolean {
  for (const value of values) if (isLargeWhole(value)) return true
  return false
}

function isLargeWhole(value: unknown): boolean {
  return typeof value === 'bigint' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
}

/** Digits and where their point is: a number, or the BigInt itself where it is a whole number beyond 2^53. */
export function decimalValue(digits: bigint, scale: number): number | bigint {
  if (scale === 0) return isLargeWhole(digits) ? digits : Number(digits)
  return Number(`${digits}e${-scale}`)
}

/** The column as one of texts, which is told. */
export function keptAsTexts(column: WantedColumn): WantedColumn {
  const text =
    'whole numbers beyond 2^53, kept as texts so that no two of them fall together; if they are amounts, give types: ' +
    `{ '${column.name}': 'number' }`
  return { ...column, type: 'category', notes: [{ kind: 'text', text }] }
}

/** What a column's values are added to. */
export function declaredBuilder(
  { name, type, notes }: WantedColumn,
  { missing, dateFormats, ignoreCase }: CheckedRowsOptions,
): ColumnBuilder {
  return columnBuilder(name, type, {
    missing,
    notes,
    dateFormat: dateFormats.get(name),
    ignoreCase: ignoreCase(name),
  })
}

/** @param firstRow the number of the first value's row, for messages */
export function* columnOfValues(
  column: WantedColumn,
  values: Iterable<unknown>,
  given: CheckedRowsOptions,
  firstRow = 0,
): Steps<Column> {
  const { name, type } = column
  const format = given.dateFormats.get(name)
  const builder = declaredBuilder(column, given)
  let row = firstRow
  for (const value of values) {
    if (!builder.add(value)) {
      const isText = type === 'date' && typeof value === 'string' && format === undefined
      const hint = isText ? `: say how its dates are written, dateFormats: { '${name}': 'dd.MM.yyyy' }` : ''
      const expected = format === undefined ? type : `date as ${format}`
      throw new FileProblem(`row ${row} of its column '${name}' holds ${String(value)}, which is no ${expected}${hint}`)
    }
    row++
    if (row % ROWS_OF_STEP === 0) yield
  }
  return yield* builder.takeSteps()
}
