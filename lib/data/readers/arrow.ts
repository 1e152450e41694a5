/*
 * Apache Arrow: tables in memory as they are, and files by the package apache-arrow.
 */

import { readFile } from 'node:fs/promises'
import { asFileError } from '../../files/file-error.js'
import { isUint8Array } from '../../kinds.js'
import { invalid } from '../../validate.js'
import type { ColumnType } from '../table/column.js'
import type { RowsOptions } from '../table/from-rows.js'
import { Table } from '../table/table.js'
import { checkColumnOptions, columnOfValues, type DeclaredColumn, wantedColumns } from './columns.js'
import { optionalPackage } from './optional-package.js'

/** A type of Arrow: its number in the format, and what only some have. */
interface ArrowType {
  readonly typeId: number
  readonly dictionary?: ArrowType
  readonly scale?: number
}

/** What a table of the package apache-arrow has, whichever version made it. */
export interface ArrowTable {
  readonly numRows: number
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: ArrowType }[] }
  getChildAt(index: number): Iterable<unknown> | null
}

const DICTIONARY = -1
const DECIMAL = 7
const TYPES: ReadonlyMap<number, ColumnType> = new Map([
  [1, 'number'], // null: a column of nothing
  [2, 'number'],
  [3, 'number'],
  [5, 'category'],
  [6, 'boolean'],
  [DECIMAL, 'number'],
  [8, 'date'],
  [10, 'date'],
  [20, 'category'],
  [24, 'category'],
])

/**
 * A table of an Arrow table in memory, or of a file or bytes of Arrow's IPC format (Feather, version 2), file or stream.
 * Types are Arrow's: numbers and decimals are numbers, strings and dictionaries of strings are categories, dates and
 * timestamps are dates. Files and bytes need the package apache-arrow.
 *
 * @throws DeepblasError ERR_DEEPBLAS_LOAD where apache-arrow is needed and not installed, ERR_DEEPBLAS_FILE for a file that
 *   is none of Arrow's, or has lists or structs that `ignore` does not name
 */
export async function readArrow(source: string | Uint8Array | ArrowTable, options?: RowsOptions): Promise<Table> {
  const given = checkColumnOptions('readArrow', options)
  const path = typeof source === 'string' ? source : undefined
  if (!isArrowTable(source) && path === undefined && !isUint8Array(source)) {
    throw invalid('source', 'path, bytes (Uint8Array) or Arrow table', source)
  }
  const table = isArrowTable(source) ? source : await readIpc(source)
  try {
    const { fields } = table.schema
    const wanted = wantedColumns(fields.map(declaredColumn), given)
    const columns = wanted.map((column) => {
      const index = fields.findIndex(({ name }) => name === column.name)
      const values = table.getChildAt(index) ?? []
      return columnOfValues(column, plainValues(values, fields[index]!.type, column.type), given.missing)
    })
    return Table.of(columns)
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

function isArrowTable(source: unknown): source is ArrowTable {
  return typeof source === 'object' && source !== null && 'getChildAt' in source && 'schema' in source
}

async function readIpc(source: string | Uint8Array): Promise<ArrowTable> {
  const { tableFromIPC } = await optionalPackage<{ tableFromIPC(bytes: Uint8Array): ArrowTable }>(
    'apache-arrow',
    'to read Arrow files',
  )
  const path = typeof source === 'string' ? source : undefined
  try {
    return tableFromIPC(typeof source === 'string' ? await readFile(source) : source)
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

function declaredColumn({ name, type }: { name: string; type: ArrowType }): DeclaredColumn {
  const { typeId } = type.typeId === DICTIONARY ? type.dictionary! : type
  return { name, type: TYPES.get(typeId), declared: String(type) }
}

/** Arrow gives dates as milliseconds, and decimals as whole numbers of several words. */
function* plainValues(values: Iterable<unknown>, type: ArrowType, wanted: ColumnType): Generator<unknown> {
  const { typeId, scale = 0 } = type.typeId === DICTIONARY ? type.dictionary! : type
  const isDate = TYPES.get(typeId) === 'date' && wanted === 'date'
  for (const value of values) {
    if (value === null || value === undefined) yield undefined
    else if (isDate) yield new Date(Number(value))
    else if (typeId === DECIMAL) yield Number(String(value)) / 10 ** scale
    else yield value
  }
}
