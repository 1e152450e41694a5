import { array, boolean, invalid, knownOptions, oneOf, positiveInteger, string } from '../../validate.js'
import { type CheckedRowsOptions, checkRowsOptions, type RowsOptions, rowsOptionNames } from '../table/from-rows.js'
import type { BadRow } from '../table/table.js'
import { encodings, type TextEncoding } from './text-encoding.js'

/** How far a file has been read. */
export interface ReadProgress {
  readonly rows: number
  /** Bytes read so far, packed ones of a packed file. */
  readonly bytes: number
  /** Bytes of the file; undefined where that is not known, as of a stream. */
  readonly totalBytes: number | undefined
}

export interface CsvOptions extends RowsOptions {
  /** The character between fields. Default: comma, semicolon, tab or vertical bar, whichever the first lines show. */
  readonly delimiter?: string
  /** The character around fields that hold delimiters or line ends; within them it is written twice. Default: ". */
  readonly quote?: string
  /**
   * Whether the first row names the columns; or the names, for a file without them. Left out, a first row with numbers in
   * it where the rows below have like numbers is data. Columns without names are column1, column2 …
   */
  readonly header?: boolean | readonly string[]
  /** Default: UTF-8 or UTF-16 by a byte order mark; otherwise UTF-8, or windows-1252 where the file is not that. */
  readonly encoding?: TextEncoding
  /**
   * The decimal point. Default: a comma where the first rows have numbers such as 3,14, more than such as 3.14, and another
   * delimiter; numbers that only have three digits behind the comma may be thousands and do not count. Otherwise `.`.
   */
  readonly decimal?: '.' | ','
  /** Whether columns of one name are an error (the default) or get numbers: price, price_2. */
  readonly duplicateNames?: 'error' | 'number'
  /** Leaves bad rows out; the first hundred are in `table.skipped`. Default: false, the first one is an error. */
  readonly skipBadRows?: boolean
  /** Is told of every row that is left out. */
  readonly onBadRow?: (row: BadRow) => void
  /** Is told how far the file has been read, a few times a second. */
  readonly onProgress?: (progress: ReadProgress) => void
}

export interface CsvChunkOptions extends CsvOptions {
  /** Rows of a table; the last one may have fewer. Default: 10000. */
  readonly rowsPerChunk?: number
}

export interface CheckedCsvOptions extends CheckedRowsOptions {
  readonly delimiter: string | undefined
  readonly quote: string
  readonly header: boolean | readonly string[] | undefined
  readonly encoding: TextEncoding | undefined
  readonly decimal: '.' | ',' | undefined
  readonly duplicateNames: 'error' | 'number'
  readonly skipBadRows: boolean
  readonly onBadRow: ((row: BadRow) => void) | undefined
  readonly onProgress: ((progress: ReadProgress) => void) | undefined
}

const DEFAULT_ROWS_PER_CHUNK = 10_000

export const csvOptionNames = [
  ...rowsOptionNames,
  'delimiter',
  'quote',
  'header',
  'encoding',
  'decimal',
  'duplicateNames',
  'skipBadRows',
  'onBadRow',
  'onProgress',
] as const

export function checkCsvOptions(options: CsvOptions | undefined): CheckedCsvOptions {
  const given = knownOptions<CsvOptions>('readCsv', options, csvOptionNames)
  return check(given)
}

export function checkChunkOptions(options: CsvChunkOptions | undefined): {
  given: CheckedCsvOptions
  rowsPerChunk: number
} {
  const names = [...csvOptionNames, 'rowsPerChunk'] as const
  const given = knownOptions<CsvChunkOptions>('csvChunks', options, names)
  const rowsPerChunk = positiveInteger('rowsPerChunk', given.rowsPerChunk ?? DEFAULT_ROWS_PER_CHUNK)
  return { given: check(given), rowsPerChunk }
}

function check(given: CsvOptions): CheckedCsvOptions {
  const quote = character('quote', given.quote ?? '"')
  const delimiter = given.delimiter === undefined ? undefined : character('delimiter', given.delimiter)
  if (delimiter === quote) throw invalid('delimiter', 'another character than the quote', delimiter)
  const decimal = given.decimal === undefined ? undefined : oneOf('decimal', given.decimal, ['.', ','])
  if (decimal === ',' && delimiter === ',') throw invalid('decimal', "'.' beside the delimiter ','", decimal)
  return {
    ...checkRowsOptions(given),
    delimiter,
    quote,
    header: given.header === undefined || typeof given.header === 'boolean' ? given.header : names(given.header),
    encoding: given.encoding === undefined ? undefined : oneOf('encoding', given.encoding, encodings),
    decimal,
    duplicateNames: oneOf('duplicateNames', given.duplicateNames ?? 'error', ['error', 'number']),
    skipBadRows: boolean('skipBadRows', given.skipBadRows ?? false),
    onBadRow: callback('onBadRow', given.onBadRow),
    onProgress: callback('onProgress', given.onProgress),
  }
}

function character(argument: string, value: unknown): string {
  if (typeof value === 'string' && value.length === 1 && !'\r\n\ufeff\0'.includes(value)) {
    // papaparse takes no double quote for a delimiter.
    if (argument === 'quote' || value !== '"') return value
  }
  throw invalid(argument, 'single character that is no line end', value)
}

function names(header: unknown): readonly string[] {
  const list = array('header', header, 'names, or true or false').map((name, i) => string(`header[${i}]`, name))
  if (list.length === 0) throw invalid('header', 'at least one name', header)
  const twice = list.find((name, i) => list.indexOf(name) !== i)
  if (twice !== undefined) throw invalid('header', 'names that differ from one another', header)
  return list
}

function callback<Fn>(argument: string, value: Fn | undefined): Fn | undefined {
  if (value !== undefined && typeof value !== 'function') throw invalid(argument, 'function', value)
  return value
}
