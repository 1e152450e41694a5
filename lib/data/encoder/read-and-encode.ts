/*
 * Data sets of files and objects: a reader and an encoder, one behind the other.
 */
import { invalid, knownOptions } from '../../validate.js'
import type { Dataset } from '../dataset/dataset.js'
import { type EncoderOptions, encoderOptionNames } from '../encoding/fit/options.js'
import type { ObjectRow } from '../encoding/object-rows.js'
import type { TextInput } from '../readers/bytes/text-source.js'
import { type ArrowTable, readArrow } from '../readers/columnar/arrow.js'
import { readParquet } from '../readers/columnar/parquet.js'
import { readCsv } from '../readers/csv/csv.js'
import { type CsvOptions, csvOptionNames } from '../readers/csv/options.js'
import { type RowsOptions, rowsOptionNames } from '../table/from-rows.js'
import { Table } from '../table/table.js'
import { dateFormatsAsRead } from './dates-as-read.js'
// biome-ignore lint/suspicious/noImportCycles: a data set loads this file when it is asked to read a table
import { Encoder } from './encoder.js'

/** How a data set that is read from a table is encoded: by an encoder that is there, or by one fitted as told here. */
export interface EncodingOptions extends EncoderOptions {
  /** An encoder that is there: that of the training data. Default: one fitted on all rows. */
  readonly encoder?: Encoder | undefined
}

/** Objects, one a row: all at once, or one by one. */
export type RowSource = readonly ObjectRow[] | AsyncIterable<ObjectRow>

export function datasetFromCsv(source: TextInput, options?: EncodingOptions & CsvOptions): Promise<Dataset> {
  return encoded('Dataset.fromCSV', options, csvOptionNames, (own) => readCsv(source, own))
}

export function datasetFromParquet(path: string, options?: EncodingOptions & RowsOptions): Promise<Dataset> {
  return encoded('Dataset.fromParquet', options, rowsOptionNames, (own) => readParquet(path, own))
}

export function datasetFromArrow(
  source: string | Uint8Array | ArrowTable,
  options?: EncodingOptions & RowsOptions,
): Promise<Dataset> {
  return encoded('Dataset.fromArrow', options, rowsOptionNames, (own) => readArrow(source, own))
}

export async function datasetFromRows(rows: RowSource, options?: EncodingOptions & RowsOptions): Promise<Dataset> {
  const read = (own: RowsOptions) => Table.fromRowStream(rows as Iterable<ObjectRow>, own)
  return encoded('Dataset.fromRows', options, rowsOptionNames, read)
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
