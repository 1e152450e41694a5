/*
 * Apache Arrow: tables in memory as they are, and files by the package apache-arrow.
 */

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { asFileError, FileProblem } from '../../../files/file-error.js'
import { regularFile } from '../../../files/regular-file.js'
import { isUint8Array } from '../../../kinds.js'
import { inTurns } from '../../../turns.js'
import { invalid } from '../../../validate.js'
import type { Column, ColumnType } from '../../table/column.js'
import type { CheckedRowsOptions, RowsOptions } from '../../table/from-rows.js'
import { Table } from '../../table/table.js'
import {
  checkColumnOptions,
  columnOfValues,
  type DeclaredColumn,
  decimalValue,
  holdLargeWholes,
  keptAsTexts,
  type WantedColumn,
  wantedColumns,
} from './declared-columns.js'
import { optionalPackage } from './optional-package.js'
import { ColumnarThread, NoThread } from './reading-thread.js'

/** A type of Arrow: its number in the format, and what only some have. */
interface ArrowType {
  readonly typeId: number
  readonly dictionary?: ArrowType
  readonly scale?: number
  /** As the package writes it, of a type from another thread. */
  readonly text?: string
}

/** What a table of the package apache-arrow has, whichever version made it. */
export interface ArrowTable {
  readonly numRows: number
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: ArrowType }[] }
  getChildAt(index: number): Iterable<unknown> | null
}

/** A column of nothing takes no bytes. */
const ROWS_OF_ANY_FILE = 1_000_000
const BITS_OF_BYTE = 8
const DICTIONARY = -1
const WHOLE = 2
const DECIMAL = 7
const TIME = 9
const DURATION = 18
const TYPES: ReadonlyMap<number, ColumnType> = new Map([
  [1, 'number'], // null: a column of nothing
  [WHOLE, 'number'],
  [3, 'number'],
  [5, 'category'],
  [6, 'boolean'],
  [DECIMAL, 'number'],
  [8, 'date'],
  [TIME, 'number'],
  [10, 'date'],
  [DURATION, 'number'],
  [20, 'category'],
  [24, 'category'],
])

/**
 * Reads an Arrow table in memory, or a file or bytes of Arrow's IPC format (Feather version 2), file or stream, into a
 * table. Types are Arrow's: numbers and decimals are numbers, strings and dictionaries of strings are categories, dates
 * and timestamps are dates. Files and bytes need the package apache-arrow.
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
  if (isArrowTable(source)) return await tableOf(path, inMemory(source), given)
  const contents = await openIpc(source)
  try {
    return await tableOf(path, contents, given)
  } finally {
    await contents.close()
  }
}

/** What an Arrow table holds, wherever it is read. */
interface ArrowContents {
  readonly rows: number
  readonly fields: readonly { readonly name: string; readonly type: ArrowType }[]
  valuesOf(column: number): Iterable<unknown> | Promise<Iterable<unknown>>
  close(): Promise<void>
}

function inMemory(table: ArrowTable): ArrowContents {
  return {
    rows: table.numRows,
    fields: table.schema.fields,
    valuesOf: (column) => table.getChildAt(column) ?? [],
    close: async () => undefined,
  }
}

async function tableOf(path: string | undefined, contents: ArrowContents, given: CheckedRowsOptions): Promise<Table> {
  const { fields } = contents
  try {
    const wanted = wantedColumns(fields.map(declaredColumn), given)
    const columns: Column[] = []
    for (const column of wanted) {
      const index = fields.findIndex(({ name }) => name === column.name)
      const { type } = fields[index]!
      const read = await contents.valuesOf(index)
      const values = () => plainValues(read, type, column.type)
      const large = column.type === 'number' && !column.given && mayBeLarge(type) && holdLargeWholes(values())
      const own = columnOfValues(large ? keptAsTexts(column) : withUnit(column, type), values(), given)
      const built = await inTurns(own)
      const count = (built.type === 'category' ? built.codes : built.values).length
      if (count !== contents.rows) {
        throw new FileProblem(`its column '${column.name}' has ${count} values, where ${contents.rows} were expected`)
      }
      columns.push(built)
    }
    return Table.of(columns)
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

function isArrowTable(source: unknown): source is ArrowTable {
  return typeof source === 'object' && source !== null && 'getChildAt' in source && 'schema' in source
}

interface ArrowDescription {
  readonly rows: number
  readonly fields: ArrowContents['fields']
}

/** On a thread of its own, where there can be one. */
async function openIpc(source: string | Uint8Array): Promise<ArrowContents> {
  const path = typeof source === 'string' ? source : undefined
  try {
    const size = typeof source === 'string' ? (await regularFile(source)).size : source.byteLength
    const file = typeof source === 'string' ? { path: resolve(source) } : { bytes: source }
    const thread = await ColumnarThread.open<ArrowDescription>({ format: 'arrow', ...file, size })
    const { rows, fields } = thread.described
    if (rows > Math.max(ROWS_OF_ANY_FILE, size * BITS_OF_BYTE)) {
      await thread.close()
      throw new FileProblem(`it claims ${rows} rows, more than its ${size} bytes can hold`)
    }
    return { rows, fields, valuesOf: (column) => thread.values({ column }), close: () => thread.close() }
  } catch (error) {
    if (error instanceof NoThread) return inMemory(await readIpc(source))
    throw asFileError('read', path, error)
  }
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
  const { typeId } = plainType(type)
  return { name, type: TYPES.get(typeId), declared: type.text ?? String(type) }
}

function plainType(type: ArrowType): ArrowType {
  return type.typeId === DICTIONARY ? type.dictionary! : type
}

/** Whether a column may hold whole numbers beyond 2^53. */
function mayBeLarge(type: ArrowType): boolean {
  const { typeId, scale = 0 } = plainType(type)
  return typeId === WHOLE || (typeId === DECIMAL && scale === 0)
}

/** Times of day and durations are numbers, and their unit is told. */
function withUnit(column: WantedColumn, type: ArrowType): WantedColumn {
  const { typeId } = plainType(type)
  if (column.type !== 'number' || (typeId !== TIME && typeId !== DURATION)) return column
  const unit = /<(\w+)>/.exec(column.declared)?.[1]?.toLowerCase() ?? 'its unit'
  const text = `${typeId === TIME ? 'times of day' : 'durations'} as numbers, in ${unit}s`
  return { ...column, notes: [{ kind: 'date', text }] }
}

/** Arrow gives dates as milliseconds, and decimals as whole numbers of several words. */
function* plainValues(values: Iterable<unknown>, type: ArrowType, wanted: ColumnType): Generator<unknown> {
  const { typeId, scale = 0 } = plainType(type)
  const isDate = TYPES.get(typeId) === 'date' && wanted !== 'number'
  for (const value of values) {
    if (value === null || value === undefined) yield undefined
    else if (isDate) yield new Date(Number(value))
    else if (typeId === DECIMAL) yield decimalValue(BigInt(String(value)), scale)
    else yield value
  }
}
