/*
 * Columns of formats that say what a column holds: no type is guessed.
 */
import { FileProblem } from '../../files/file-error.js'
import { knownOptions } from '../../validate.js'
import type { Column, ColumnType } from '../table/column.js'
import { columnBuilder } from '../table/column-builder.js'
import { type CheckedRowsOptions, checkRowsOptions, type RowsOptions, rowsOptionNames } from '../table/from-rows.js'
import { unknownColumn } from '../table/unknown-column.js'

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
}

export function checkColumnOptions(reader: string, options: RowsOptions | undefined): CheckedRowsOptions {
  return checkRowsOptions(knownOptions<RowsOptions>(reader, options, rowsOptionNames))
}

/** The columns that are not ignored, with the types that the options ask for. */
export function wantedColumns(
  declared: readonly DeclaredColumn[],
  { types, ignore, namedInIgnoreCase }: CheckedRowsOptions,
): WantedColumn[] {
  const names = declared.map(({ name }) => name)
  for (const name of [...types.keys(), ...ignore, ...namedInIgnoreCase])
    if (!names.includes(name)) throw unknownColumn(name, names)
  const wanted = declared.flatMap(({ name, type, declared }): WantedColumn[] => {
    if (ignore.has(name)) return []
    if (type === undefined) {
      throw new FileProblem(`its column '${name}' is of type ${declared}, which a table cannot hold: name it in ignore`)
    }
    return [{ name, type: types.get(name) ?? type }]
  })
  if (wanted.length === 0) throw new FileProblem('it has no column that is not ignored')
  return wanted
}

/** @param firstRow the number of the first value's row, for messages */
export function columnOfValues(
  { name, type }: WantedColumn,
  values: Iterable<unknown>,
  missing: ReadonlySet<string>,
  firstRow = 0,
): Column {
  const builder = columnBuilder(name, type, { missing })
  let row = firstRow
  for (const value of values) {
    if (!builder.add(value)) {
      throw new FileProblem(`row ${row} of its column '${name}' holds ${String(value)}, which is no ${type}`)
    }
    row++
  }
  return builder.take()
}
