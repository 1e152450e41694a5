import {
  array,
  boolean,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
  string,
} from '../../../validate.js'
import { type CheckedRowsOptions, checkRowsOptions, type RowsOptions, rowsOptionNames } from '../../table/from-rows.js'
import type { BadRow } from '../../table/table.js'
import { checkEncoding, type TextEncoding } from '../bytes/text-encoding.js'

/** How much of a file has been read. */
export interface ReadProgress {
  readonly rows: number
  /** Bytes read so far; for a compressed file, compressed bytes. */
  readonly bytes: number
  /** Size of the file in bytes; undefined if it is not known, as for a stream. */
  readonly totalBytes: number | undefined
}

/** Options of `readCsv`. */
export interface CsvOptions extends RowsOptions {
  /**
   * The text between fields, one character or several; `blanks` for runs of blanks and tabs. Default: comma, semicolon,
   * tab, vertical bar, `::` or blanks between numbers, whichever the first lines show; or what a first line `sep=;`
   * says.
   */
  readonly delimiter?: string
  /**
   * The character around fields that hold delimiters or line ends; within them it is written twice. Blanks may stand
   * before and behind the quotes. '' for none: quotes are characters like any other. Default: ".
   */
  readonly quote?: string
  /**
   * The character that makes a quote, delimiter, line end or itself, written behind it, a part of the text. '' for none.
   * Default: a backslash, where the first lines can be read with it and not without.
   */
  readonly escape?: string
  /**
   * How lines begin that are comments, wherever they stand: '#'. '' for none. Default: lines that begin with # before the
   * first row are left out, unless the last of them has a name for every column.
   */
  readonly comment?: string
  /** Number of lines to skip at the start, such as a title. Default: 0. */
  readonly skipRows?: number
  /**
   * Whether the first row names the columns; or the names, for a file without them. Left out, a first row with numbers in
   * it where the rows below have like numbers is data. Columns without names are column1, column2 …
   */
  readonly header?: boolean | readonly string[]
  /**
   * Any that Node's TextDecoder knows, in small or capital letters: 'latin1', 'shift_jis', 'gbk', 'windows-1251' …
   * Default: UTF-8 or UTF-16 by a byte order mark; otherwise UTF-8, or windows-1252 where the file is not that.
   */
  readonly encoding?: TextEncoding
  /**
   * What happens to columns of the same name: 'error' refuses the file, 'number' renames them to price, price_2.
   * Default 'error'.
   */
  readonly duplicateNames?: 'error' | 'number'
  /**
   * Whether to leave bad rows out; the first hundred are in `table.skipped`. Default false: the first bad row is an
   * error.
   */
  readonly skipBadRows?: boolean
  /** Called with every bad row that is left out. */
  readonly onBadRow?: (row: BadRow) => void
  /** Called a few times a second with the rows and bytes read so far. */
  readonly onProgress?: (progress: ReadProgress) => void
}

/** Options of `csvChunks`. */
export interface CsvChunkOptions extends CsvOptions {
  /** Number of rows in each table; the last one may have fewer. Default: 10000. */
  readonly rowsPerChunk?: number
}

export interface CheckedCsvOptions extends CheckedRowsOptions {
  readonly delimiter: string | undefined
  readonly quote: string
  readonly escape: string | undefined
  readonly comment: string | undefined
  readonly skipRows: number
  readonly header: boolean | readonly string[] | undefined
  readonly encoding: TextEncoding | undefined
  /** That of all columns, where one was given. */
  readonly decimal: '.' | ',' | undefined
  /** Whether nobody asks for more than the columns' names. */
  readonly namesOnly: boolean
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
  'escape',
  'comment',
  'skipRows',
  'header',
  'encoding',
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
  const delimiter = given.delimiter === undefined ? undefined : characters('delimiter', given.delimiter)
  const mark = given.escape === undefined ? undefined : character('escape', given.escape)
  if (delimiter !== undefined && quote !== '' && delimiter.includes(quote)) {
    throw invalid('delimiter', 'another character than the quote', delimiter)
  }
  if (mark !== undefined && mark !== '' && delimiter?.includes(mark)) {
    throw invalid('escape', 'another character than the delimiter', mark)
  }
  const rows = checkRowsOptions(given)
  const { decimal } = rows.allowedOf('')
  if (decimal === ',' && delimiter === ',') throw invalid('decimal', "'.' beside the delimiter ','", decimal)
  return {
    ...rows,
    namesOnly: false,
    delimiter,
    quote,
    // As a quote written twice.
    escape: mark === quote ? '' : mark,
    comment: given.comment === undefined || given.comment === '' ? given.comment : characters('comment', given.comment),
    skipRows: nonNegativeInteger('skipRows', given.skipRows ?? 0),
    header: given.header === undefined || typeof given.header === 'boolean' ? given.header : names(given.header),
    encoding: given.encoding === undefined ? undefined : checkEncoding(given.encoding),
    decimal,
    duplicateNames: oneOf('duplicateNames', given.duplicateNames ?? 'error', ['error', 'number']),
    skipBadRows: boolean('skipBadRows', given.skipBadRows ?? false),
    onBadRow: callback('onBadRow', given.onBadRow),
    onProgress: callback('onProgress', given.onProgress),
  }
}

function character(argument: string, value: unknown): string {
  if (typeof value === 'string' && value.length <= 1 && !UNFIT.test(value)) return value
  throw invalid(argument, "single character that is no line end, or '' for none", value)
}

function characters(argument: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && !UNFIT.test(value)) return value
  throw invalid(argument, 'text without line ends', value)
}

/** Line ends, and characters that no text has. */
const UNFIT = /[\r\n\ufeff\0]/

function names(header: unknown): readonly string[] {
  const list = array('header', header, 'names, or true or false').map((name, i) => string(`header[${i}]`, name))
  if (list.length === 0) throw invalid('header', 'at least one name', header)
  if (new Set(list).size < list.length) throw invalid('header', 'names that differ from one another', header)
  return list
}

function callback<Fn>(argument: string, value: Fn | undefined): Fn | undefined {
  if (value !== undefined && !isCallable(value)) throw invalid(argument, 'function', value)
  return value
}
