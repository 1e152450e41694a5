/*
 * Parquet files, by hyparquet.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { asFileError, FileProblem } from '../../files/file-error.js'
import { string } from '../../validate.js'
import type { Column, ColumnType } from '../table/column.js'
import type { CheckedRowsOptions, RowsOptions } from '../table/from-rows.js'
import { Table } from '../table/table.js'
import { checkColumnOptions, columnOfValues, type DeclaredColumn, wantedColumns } from './columns.js'
import { optionalPackage, packageIfInstalled } from './optional-package.js'

interface SchemaElement {
  readonly name: string
  readonly type?: string
  readonly converted_type?: string
  readonly logical_type?: { readonly type: string }
}

interface SchemaTree {
  readonly element: SchemaElement
  readonly children: readonly SchemaTree[]
}

interface Metadata {
  readonly row_groups: readonly { readonly num_rows: bigint }[]
}

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

/** The same file as a table for each of its row groups, of which one at a time is in memory. */
export function parquetChunks(path: string, options?: RowsOptions): AsyncGenerator<Table, void, undefined> {
  return rowGroups(string('path', path), checkColumnOptions('parquetChunks', options), true)
}

async function* rowGroups(
  path: string,
  options: CheckedRowsOptions,
  apart: boolean,
): AsyncGenerator<Table, void, undefined> {
  const library = await optionalPackage<Hyparquet>('hyparquet', 'to read Parquet files')
  try {
    const file = await library.asyncBufferFromFile(path)
    const metadata = await library.parquetMetadataAsync(file)
    const wanted = wantedColumns(library.parquetSchema(metadata).children.map(declaredColumn), options)
    const groups = metadata.row_groups.map((group) => Number(group.num_rows))
    const sizes = apart && groups.length > 0 ? groups : [groups.reduce((sum, rows) => sum + rows, 0)]
    const compressors = await decompressors()
    let rowStart = 0
    for (const size of sizes) {
      const rowEnd = rowStart + size
      const columns: Column[] = []
      for (const column of wanted) {
        const range = { file, metadata, columns: [column.name], rowStart, rowEnd, compressors }
        const rows = size === 0 ? [] : await library.parquetReadObjects(range)
        const values = rows.map((row) => row[column.name])
        columns.push(columnOfValues(column, values, options.missing, rowStart))
      }
      yield Table.of(columns)
      rowStart = rowEnd
    }
  } catch (error) {
    throw asFileError('read', path, error)
  }
}

function declaredColumn({ element, children }: SchemaTree): DeclaredColumn {
  const logical = element.logical_type?.type
  const declared = logical ?? element.converted_type ?? element.type ?? 'group'
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
    GZIP: (page) => new Uint8Array(gunzipSync(page)),
    BROTLI: (page) => new Uint8Array(brotliDecompressSync(page)),
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
