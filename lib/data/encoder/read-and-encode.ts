/*
 * Data sets of files and objects: a reader and an encoder, one behind the other.
 */
import { invalid, knownOptions } from '../../validate.js'
import type { Dataset, EncodingOptions, TableReaders } from '../dataset/dataset.js'
import { dateFormatsAsRead } from '../encoding/dates-as-read.js'
import { type EncoderOptions, encoderOptionNames } from '../encoding/fit/options.js'
import { readArrow } from '../readers/columnar/arrow.js'
import { queryOptionNames, readQuery } from '../readers/columnar/duckdb.js'
import { readParquet } from '../readers/columnar/parquet.js'
import { readCsv } from '../readers/csv/csv.js'
import { csvOptionNames } from '../readers/csv/options.js'
import { type RowsOptions, rowsOptionNames } from '../table/from-rows.js'
import type { ObjectRow } from '../table/plain-rows.js'
import { Table } from '../table/table.js'
import { Encoder } from './encoder.js'

/** What data sets read tables by. */
export const tableReaders: TableReaders = {
  datasetFromCsv: (source, options) =>
    encoded('Dataset.fromCSV', options, csvOptionNames, (own) => readCsv(source, own)),
  datasetFromParquet: (path, options) =>
    encoded('Dataset.fromParquet', options, rowsOptionNames, (own) => readParquet(path, own)),
  datasetFromArrow: (source, options) =>
    encoded('Dataset.fromArrow', options, rowsOptionNames, (own) => readArrow(source, own)),
  datasetFromQuery: (connection, sql, options) =>
    encoded('Dataset.fromQuery', options, queryOptionNames, (own) => readQuery(connection, sql, own)),
  datasetFromRows: (rows, options) =>
    encoded('Dataset.fromRows', options, rowsOptionNames, (own) =>
      Table.fromRowStream(rows as Iterable<ObjectRow>, own),
    ),
}

/** Reads with the options that are the reader's, and encodes with the others. */
async function encoded<ReaderOptions extends object>(
  what: string,
  options: (EncodingOptions & ReaderOptions) | undefined,
  readerNames: readonly string[],
  read: (options: ReaderOptions) => Table | Promise<Table>,
): Promise<Dataset> {
  const { encoder, ...rest } = knownOptions(what, options, namesOf<EncodingOptions & ReaderOptions>(readerNames))
  const entries = Object.entries(rest)
  // Columns to ignore are the reader's: they are not even read.
  const isEncoders = (name: string) => name !== 'ignore' && (encoderOptionNames as readonly string[]).includes(name)
  const fit = Object.fromEntries(entries.filter(([name]) => isEncoders(name))) as EncoderOptions
  const reader = Object.fromEntries(entries.filter(([name]) => !isEncoders(name))) as ReaderOptions
  if (encoder === undefined) {
    const table = await read(reader)
    const own = await Encoder.fit(table, fit)
    return await own.encodeAsync(table)
  }
  if (!(encoder instanceof Encoder)) throw invalid('encoder', 'Encoder', encoder, 'Give that of the training data.')
  const { target, ...others } = fit
  const [other] = Object.keys(others)
  if (other !== undefined) {
    const hint = 'The encoder given was fitted by its own options; leave this one out.'
    throw invalid('options', 'options without those of a new encoder', other, hint)
  }
  if (target !== undefined && target !== encoder.target) {
    throw invalid('target', `'${encoder.target}', the encoder's target`, target)
  }
  // A column is read as it was for the encoder: a zip code that looks like a number stays a text.
  const { types: asked, dateFormats: formats, readings: known } = reader as RowsOptions
  const types = { ...encoder.types, ...asked }
  const dateFormats = dateFormatsAsRead(encoder, types, formats)
  const readings = { ...encoder.readings, ...known }
  return await encoder.encodeAsync(await read({ ...reader, types, dateFormats, readings }))
}

/** The names of all options, the encoder's and the reader's: a misspelled one is looked for among all. */
function namesOf<Options extends object>(readerNames: readonly string[]): readonly (keyof Options & string)[] {
  return [...new Set(['encoder', ...encoderOptionNames, ...readerNames])] as (keyof Options & string)[]
}
