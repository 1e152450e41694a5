/*
 * CSV files as tables: read, split into rows and fields, brought into columns.
 */
import { asFileError, FileProblem } from '../../../files/file-error.js'
import { Turns } from '../../../turns.js'
import { invalid } from '../../../validate.js'
import type { Table } from '../../table/table.js'
import { isTextInput, type TextInput, TextSource } from '../bytes/text-source.js'
import { readOpening } from './opening.js'
import {
  type CheckedCsvOptions,
  type CsvChunkOptions,
  type CsvOptions,
  checkChunkOptions,
  checkCsvOptions,
} from './options.js'
import type { Records } from './record.js'
import { type AssemblyOptions, CsvAssembly, type CsvPart } from './records-to-tables.js'
import { RowFeed } from './row-feed.js'

/**
 * Reads a CSV file, or any text of rows and fields, into a table.
 *
 * Delimiter, header, encoding and the types of columns are recognized, unless the options say them; files packed with gzip
 * are unpacked. What is taken for granted, such as lines left out above the rows, is told in `table.notes`. A column's
 * type is that of its first 10,000 rows: number, boolean (true and false), date (ISO 8601) or category. Numbers may have
 * thousands, decimal commas, a currency or percent sign; what was assumed is in `table.notes`. Blanks around a field do not
 * count, and blank lines are left out.
 *
 * A row is bad if it has another number of fields than the header, quotes that are not closed or text behind them, a NUL
 * character, or a text in a column of numbers, booleans or dates. The first bad row is an error, and nothing is loaded;
 * with `skipBadRows` they are counted and left out.
 *
 * @param source a path; a Node stream; or anything asynchronous that gives strings or bytes
 * @throws DeepblasError ERR_DEEPBLAS_FILE with the line of what is wrong; for a file that is empty, has two columns of one
 *   name or no row that can be taken. A file with a header alone is a table of no rows.
 * @example
 * const table = await readCsv('bank.csv', { types: { zip: 'category' }, ignore: ['id'] })
 */
export async function readCsv(source: TextInput, options?: CsvOptions): Promise<Table> {
  const given = checkCsvOptions(options)
  const tables: Table[] = []
  for await (const { table } of partsOf(checkedSource(source), given, WHOLE)) tables.push(table)
  return tables[0]!
}

/** As `csvChunks`, in a way that tests choose. */
export function csvTables(
  source: TextInput,
  options: CsvChunkOptions,
  way: Partial<AssemblyOptions>,
): AsyncGenerator<Table, void, undefined> {
  const { given, rowsPerChunk } = checkChunkOptions(options)
  return tablesOf(partsOf(checkedSource(source), given, { rowsPerChunk, ...way }))
}

/**
 * Reads a CSV file as a series of tables of `rowsPerChunk` rows, of which one at a time is in memory: for files larger
 * than memory, and for `fit` on a stream. All tables have the columns and types of the first 10,000 rows; each has its
 * own levels of categories.
 *
 * A bad row that is no reason to skip ends the iteration with its error, after the tables before it.
 *
 * @example
 * for await (const table of csvChunks('large.csv.gz', { rowsPerChunk: 50_000 })) console.log(table.rows)
 */
export function csvChunks(source: TextInput, options?: CsvChunkOptions): AsyncGenerator<Table, void, undefined> {
  // Checked at the call, not at the first table.
  const { given, rowsPerChunk } = checkChunkOptions(options)
  return tablesOf(partsOf(checkedSource(source), given, { rowsPerChunk }))
}

/** As `csvChunks`, with the fields of every row as the file has them beside what they mean. */
export function csvParts(source: TextInput, options?: CsvChunkOptions): AsyncGenerator<CsvPart, void, undefined> {
  const { given, rowsPerChunk } = checkChunkOptions(options)
  return partsOf(checkedSource(source), given, { rowsPerChunk, keepsFields: true })
}

/** The names of the columns; what they hold is not looked at. Undefined for a file of no rows. */
export async function csvNames(
  source: TextInput,
  options?: CsvOptions,
): Promise<Pick<Table, 'names' | 'notes'> | undefined> {
  const given = { ...checkCsvOptions(options), namesOnly: true }
  for await (const { table } of partsOf(checkedSource(source), given, { rowsPerChunk: 1 })) return table
  return undefined
}

/** All rows in one table. */
const WHOLE: AssemblyOptions = { rowsPerChunk: Number.POSITIVE_INFINITY }

const GUESSED =
  'Its bytes are not UTF-8: they are read as windows-1252. Where letters are wrong, say what they are, such as ' +
  "encoding: 'shift_jis'."

async function* tablesOf(parts: AsyncIterable<CsvPart>): AsyncGenerator<Table, void, undefined> {
  for await (const { table } of parts) yield table
}

function checkedSource(source: TextInput): TextInput {
  if (isTextInput(source)) return source
  throw invalid('source', 'path, stream or asynchronous iterable of strings or bytes', source)
}

async function* partsOf(
  source: TextInput,
  given: CheckedCsvOptions,
  options: AssemblyOptions,
): AsyncGenerator<CsvPart, void, undefined> {
  let assembly: CsvAssembly | undefined
  try {
    const input = await TextSource.open(source)
    const pieces = input.pieces(given.encoding)
    try {
      const opening = await readOpening(pieces, given)
      assembly = new CsvAssembly(given, opening, options)
      const rows = new RowFeed(opening.dialect, opening.line, assembly, options.portion)
      const turns = new Turns()
      await turns.giveWay()
      let toldEncoding = false
      const table = assembly
      const take = async function* (batches: Iterable<Records>): AsyncGenerator<CsvPart, void, undefined> {
        if (input.isGuessed && !toldEncoding) {
          toldEncoding = true
          table.note(GUESSED)
        }
        for (const batch of batches) {
          yield* table.add(batch)
          await turns.giveWay()
        }
        given.onProgress?.({ rows: table.rows, bytes: input.bytes, totalBytes: input.totalBytes })
        await turns.giveWay()
      }
      if (opening.text !== '') yield* take(rows.add(opening.text))
      for await (const piece of pieces) yield* take(rows.add(piece))
      yield* take(rows.end())
      yield* assembly.end()
    } finally {
      assembly?.close()
      await pieces.return()
    }
  } catch (error) {
    // Errors of the caller's own stream and functions are the caller's.
    throw error instanceof FileProblem
      ? asFileError('read', typeof source === 'string' ? source : undefined, error)
      : error
  }
}
