/*
 * Parquet files, by hyparquet.
 */
import { resolve } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { asFileError, FileProblem } from '../../../files/file-error.js'
import { regularFile } from '../../../files/regular-file.js'
import { isUint8Array } from '../../../kinds.js'
import { inTurns } from '../../../turns.js'
import { string } from '../../../validate.js'
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
import { optionalPackage, packageIfInstalled } from './optional-package.js'
import { ColumnarThread, NoThread } from './reading-thread.js'

interface SchemaElement {
  readonly name: string
  readonly type?: string
  readonly converted_type?: string
  readonly logical_type?: { readonly type: string; readonly scale?: number }
  readonly scale?: number
}

interface SchemaTree {
  readonly element: SchemaElement
  readonly children: readonly SchemaTree[]
}

interface Metadata {
  readonly schema: readonly SchemaElement[]
  readonly row_groups: readonly RowGroup[]
}

interface RowGroup {
  readonly num_rows: bigint
  readonly columns: readonly {
    readonly meta_data?: {
      readonly path_in_schema: readonly string[]
      readonly statistics?: { readonly min_value?: unknown; readonly max_value?: unknown }
    }
  }[]
}

const ROWS_OF_ANY_FILE = 10_000_000
const ROWS_OF_BYTE = 1000

/** Turns a compressed page into as many bytes as it says it has. */
type Decompress = (page: Uint8Array, length: number) => Uint8Array

/** What is used of hyparquet. */
interface Hyparquet {
  asyncBufferFromFile(path: string): Promise<object>
  parquetMetadataAsync(file: object): Promise<Metadata>
  parquetSchema(metadata: Metadata): SchemaTree
  parquetReadObjects(options: {
    file: object
    metadata: Metadata
    columns: string[]
    rowStart: number
    rowEnd: number
    compressors: Readonly<Record<string, Decompress>>
    /** Whether bytes without a type are texts. */
    utf8: boolean
  }): Promise<Readonly<Record<string, unknown>>[]>
}

/**
 * Reads a Parquet file into a table, column by column. Types are those of the file: whole and floating-point numbers and
 * decimals are numbers, strings are categories, dates and times with a date are dates. Needs the package hyparquet; pages
 * compressed with Zstandard, LZ4 or LZO also hyparquet-compressors.
 *
 * @throws DeepblasError ERR_DEEPBLAS_LOAD where hyparquet is not installed, ERR_DEEPBLAS_FILE for a file that is none of
 *   Parquet, or has lists or groups that `ignore` does not name
 * @example
 * const table = await readParquet('flats.parquet', { ignore: ['photos'] })
 */
export async function readParquet(path: string, options?: RowsOptions): Promise<Table> {
  const tables: Table[] = []
  for await (const table of rowGroups(string('path', path), checkColumnOptions('readParquet', options), false)) {
    tables.push(table)
  }
  return tables[0]!
}

/** Reads a Parquet file as a series of tables, one for each row group, of which one at a time is in memory. */
export function parquetChunks(path: string, options?: RowsOptions): AsyncGenerator<Table, void, undefined> {
  return rowGroups(string('path', path), checkColumnOptions('parquetChunks', options), true)
}

async function* rowGroups(
  path: string,
  options: CheckedRowsOptions,
  apart: boolean,
): AsyncGenerator<Table, void, undefined> {
  let contents: ParquetContents | undefined
  try {
    const status = await regularFile(path)
    contents = await openParquet(path, status.size)
    const { tree, groups: rowGroups } = contents
    const valuesOf = async (name: string, rowStart: number, rowEnd: number): Promise<unknown[]> => {
      if (rowStart === rowEnd) return []
      const element = tree.find((one) => one.element.name === name)!.element
      const decimal = isDecimal(element)
      const values = await contents!.values({ name, decimal, rowStart, rowEnd })
      if (values.length !== rowEnd - rowStart) {
        throw new FileProblem(
          `its column '${name}' has ${values.length} values, where ${rowEnd - rowStart} were expected`,
        )
      }
      if (decimal) return values.map((value) => decimalOf(value, element))
      if (declaredAs(element) === 'BYTE_ARRAY') requireTexts(name, values, rowStart)
      return values
    }
    const groups = rowGroups.map((group) => rowsOf(group, status.size))
    const rows = groups.reduce((sum, own) => sum + own, 0)
    if (rows > mostRows(status.size)) throw tooManyRows(rows, status.size)
    const sizes = apart && groups.length > 0 ? groups : [rows]
    const wanted: WantedColumn[] = []
    for (const column of wantedColumns(tree.map(declaredColumn), options)) {
      const { element } = tree.find((one) => one.element.name === column.name)!
      const large = column.type === 'number' && !column.given && mayBeLarge(element) && (await holdsLarge(column.name))
      wanted.push(large ? keptAsTexts(column) : column)
    }
    // All tables of a file have one type: the row groups are looked at before the first of them.
    async function holdsLarge(name: string): Promise<boolean> {
      let rowStart = 0
      for (const group of rowGroups) {
        const rowEnd = rowStart + Number(group.num_rows)
        const column = group.columns.find((one) => one.meta_data?.path_in_schema[0] === name)
        const { min_value: least, max_value: most } = column?.meta_data?.statistics ?? {}
        const known = typeof least === 'bigint' && typeof most === 'bigint'
        if (holdLargeWholes(known ? [least, most] : await valuesOf(name, rowStart, rowEnd))) return true
        rowStart = rowEnd
      }
      return false
    }
    let rowStart = 0
    for (const size of sizes) {
      const columns: Column[] = []
      for (const column of wanted) {
        const values = await valuesOf(column.name, rowStart, rowStart + size)
        columns.push(await inTurns(columnOfValues(column, values, options, rowStart)))
      }
      yield Table.of(columns)
      rowStart += size
    }
  } catch (error) {
    throw asFileError('read', path, error)
  } finally {
    await contents?.close()
  }
}

interface ColumnRequest {
  readonly name: string
  /** Whether the digits of a decimal are wanted, as they are stored. */
  readonly decimal: boolean
  readonly rowStart: number
  readonly rowEnd: number
}

/** What a Parquet file holds, wherever it is read. */
interface ParquetContents {
  readonly tree: readonly SchemaTree[]
  readonly groups: readonly RowGroup[]
  values(request: ColumnRequest): Promise<unknown[]>
  close(): Promise<void>
}

/** On a thread of its own, where there can be one. */
async function openParquet(path: string, size: number): Promise<ParquetContents> {
  try {
    const thread = await ColumnarThread.open<Pick<ParquetContents, 'tree' | 'groups'>>({
      format: 'parquet',
      path: resolve(path),
      size,
    })
    return { ...thread.described, values: (request) => thread.values(request), close: () => thread.close() }
  } catch (error) {
    if (error instanceof NoThread) return await openHere(path)
    throw error
  }
}

async function openHere(path: string): Promise<ParquetContents> {
  const library = await optionalPackage<Hyparquet>('hyparquet', 'to read Parquet files')
  const file = await library.asyncBufferFromFile(path)
  const metadata = await library.parquetMetadataAsync(file)
  const compressors = await decompressors()
  return {
    tree: library.parquetSchema(metadata).children,
    groups: metadata.row_groups,
    values: async ({ name, decimal, rowStart, rowEnd }) => {
      const known = decimal ? withoutTypes(metadata, name) : metadata
      const range = { file, metadata: known, columns: [name], rowStart, rowEnd, compressors, utf8: !decimal }
      return (await library.parquetReadObjects(range)).map((row) => row[name])
    },
    close: async () => undefined,
  }
}

/** A run of equal values takes a few bytes, however many rows it has. */
function mostRows(size: number): number {
  return Math.max(ROWS_OF_ANY_FILE, size * ROWS_OF_BYTE)
}

function rowsOf({ num_rows: given }: RowGroup, size: number): number {
  const rows = Number(given)
  if (!(rows >= 0 && rows <= mostRows(size))) throw tooManyRows(rows, size)
  return rows
}

function tooManyRows(rows: number, size: number): FileProblem {
  return new FileProblem(`it claims ${rows} rows, where its ${size} bytes hold at most ${mostRows(size)}`)
}

function declaredAs({ type, converted_type, logical_type }: SchemaElement): string {
  return logical_type?.type ?? converted_type ?? type ?? 'group'
}

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL'
}

/** Whether a column may hold whole numbers beyond 2^53. */
function mayBeLarge(element: SchemaElement): boolean {
  if (isDecimal(element)) return (element.scale ?? element.logical_type?.scale ?? 0) === 0
  return element.type === 'INT64'
}

/** The column's digits as they are stored: hyparquet makes rounded numbers of decimals. */
function withoutTypes(metadata: Metadata, name: string): Metadata {
  const schema = metadata.schema.map((element) => {
    if (element.name !== name) return element
    const { converted_type: _converted, logical_type: _logical, ...plain } = element
    return plain
  })
  return { ...metadata, schema }
}

function decimalOf(value: unknown, { scale, logical_type }: SchemaElement): unknown {
  if (value === null || value === undefined) return undefined
  const digits = isUint8Array(value) ? signedWhole(value) : BigInt(value as number | bigint)
  return decimalValue(digits, scale ?? logical_type?.scale ?? 0)
}

/** The whole number that bytes write in two's complement, the most significant byte first. */
function signedWhole(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(8 * bytes.length, value)
}

/** Bytes that are no texts would all become the same sign. */
function requireTexts(name: string, values: readonly unknown[], firstRow: number): void {
  const bad = values.findIndex((value) => typeof value === 'string' && value.includes('\ufffd'))
  if (bad < 0) return
  throw new FileProblem(`row ${firstRow + bad} of its column '${name}' holds bytes that are no text: name it in ignore`)
}

function declaredColumn({ element, children }: SchemaTree): DeclaredColumn {
  const declared = declaredAs(element)
  return { name: element.name, type: children.length > 0 ? undefined : typeOf(element, declared), declared }
}

function typeOf({ type }: SchemaElement, declared: string): ColumnType | undefined {
  if (type === 'BOOLEAN') return 'boolean'
  if (declared === 'DATE' || declared.startsWith('TIMESTAMP') || type === 'INT96') return 'date'
  if (['STRING', 'UTF8', 'ENUM', 'UUID'].includes(declared)) return 'category'
  if (['DECIMAL', 'FLOAT16'].includes(declared)) return 'number'
  if (type === 'INT32' || type === 'INT64' || type === 'FLOAT' || type === 'DOUBLE') return 'number'
  // Writers of old called their strings so.
  return declared === 'BYTE_ARRAY' ? 'category' : undefined
}

async function decompressors(): Promise<Readonly<Record<string, Decompress>>> {
  const own: Record<string, Decompress> = {
    GZIP: (page, length) => new Uint8Array(gunzipSync(page, { maxOutputLength: Math.max(1, length) })),
    BROTLI: (page, length) => new Uint8Array(brotliDecompressSync(page, { maxOutputLength: Math.max(1, length) })),
    ZSTD: missing('Zstandard'),
    LZ4: missing('LZ4'),
    LZ4_RAW: missing('LZ4'),
    LZO: missing('LZO'),
  }
  const more = await packageIfInstalled<{ compressors: Record<string, Decompress> }>('hyparquet-compressors')
  return { ...own, ...more?.compressors }
}

function missing(compression: string): Decompress {
  return () => {
    throw new FileProblem(`it is compressed with ${compression}. Run: npm install hyparquet-compressors`)
  }
}
