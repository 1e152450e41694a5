/*
 * Where the table of a training comes from: a file, a stream that can be read once, objects, or a table that is there.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { TextInput } from '../../data/readers/bytes/text-source.js'
import { readArrow } from '../../data/readers/columnar/arrow.js'
import { DuckdbQuery } from '../../data/readers/columnar/duckdb.js'
import { readParquet } from '../../data/readers/columnar/parquet.js'
import { csvNames, readCsv } from '../../data/readers/csv/csv.js'
import type { CsvOptions } from '../../data/readers/csv/options.js'
import type { ObjectRow } from '../../data/table/plain-rows.js'
import { Table } from '../../data/table/table.js'
import { isIterable, itemsOf } from '../../iteration.js'
import { isNumberArray, isUint8Array } from '../../kinds.js'
import { Turns } from '../../turns.js'
import { invalid } from '../../validate.js'
import { KeptStream } from './kept-stream.js'

/**
 * A table, or a source to read one from: the path of a CSV, Parquet or Arrow file; a Node stream or async iterable of
 * the text or bytes of a CSV file, or of objects, one per row; an array of such objects; a query to DuckDB, as `duckdbQuery`
 * makes it. A stream is read once.
 */
export type TableInput = string | Readable | AsyncIterable<string | object> | readonly object[] | DuckdbQuery | Table

/** A table that has not been read yet. */
export interface TableSource {
  /** For messages: the path, or what it is. */
  readonly name: string
  /** What it is made of: for text alone there are options that say how it is written. */
  readonly kind: 'text' | 'rows' | 'columns'
  /** Names of the columns, found without reading all of it; undefined where they are known from the table alone. */
  names(options: CsvOptions): Promise<readonly string[] | undefined>
  read(options: CsvOptions): Promise<Table>
  /** SHA-256 of its bytes in hexadecimal digits, as `sha256sum` tells it, once it has been read; undefined for objects. */
  sha256(): Promise<string | undefined>
}

/**
 * @param argument the name that the user knows it by
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what no table can be read from
 */
export async function tableSource(
  argument: string,
  source: unknown,
  signal: AbortSignal | undefined,
): Promise<TableSource> {
  checkedInput(argument, source)
  if (source instanceof Table) return new GivenTable(source)
  if (source instanceof DuckdbQuery) return new Query(source)
  if (typeof source === 'string') return fileSource(argument, source, signal)
  if (Array.isArray(source)) return new Objects('the rows', source)
  const stream = new KeptStream<unknown>(argument, source as AsyncIterable<unknown>, signal)
  for await (const piece of stream.peek()) {
    if (typeof piece === 'string' || isUint8Array(piece)) break
    return new Objects('the stream', stream.rest())
  }
  return new TextStream('the stream', stream as KeptStream<string | Uint8Array>)
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what no table can be read from */
export function checkedInput(argument: string, source: unknown): TableInput {
  const isRead = source instanceof Table || source instanceof DuckdbQuery || typeof source === 'string'
  if (isRead || (isIterable(source) && !isNumberArray(source))) return source as TableInput
  const hint = 'An Arrow table or bytes become a Table by readArrow.'
  throw invalid(argument, 'path, stream, array of objects, query of duckdbQuery or Table', source, hint)
}

async function fileSource(argument: string, path: string, signal: AbortSignal | undefined): Promise<TableSource> {
  if (path === '') throw invalid(argument, 'path that is not empty', path)
  // What cannot be asked is told by the reader.
  const status = await stat(path).catch(() => undefined)
  if (status?.isFIFO() === true || status?.isCharacterDevice() === true || status?.isSocket() === true) {
    return new TextStream(path, new KeptStream(argument, createReadStream(path), signal))
  }
  const start = status?.isFile() === true ? await firstBytes(path) : ''
  if (start.startsWith('PAR1')) return new ColumnFile(path, readParquet, signal)
  if (start.startsWith('ARROW1') || /\.(arrow|arrows|feather)$/i.test(path)) {
    return new ColumnFile(path, readArrow, signal)
  }
  return new TextFile(path, signal)
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return ''
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

class TextFile implements TableSource {
  readonly kind = 'text'
  readonly name: string
  readonly #signal: AbortSignal | undefined

  constructor(path: string, signal: AbortSignal | undefined) {
    this.name = path
    this.#signal = signal
  }

  names(options: CsvOptions): Promise<readonly string[] | undefined> {
    return textNames(this.name, options)
  }

  read(options: CsvOptions): Promise<Table> {
    return readCsv(this.name, options)
  }

  sha256(): Promise<string> {
    return hashOfFile(this.name, this.#signal)
  }
}

class TextStream implements TableSource {
  readonly kind = 'text'
  readonly name: string
  readonly #stream: KeptStream<string | Uint8Array>
  readonly #hash: Hash = createHash('sha256')

  constructor(name: string, stream: KeptStream<string | Uint8Array>) {
    this.name = name
    this.#stream = stream
  }

  names(options: CsvOptions): Promise<readonly string[] | undefined> {
    return textNames(this.#stream.peek(), options)
  }

  read(options: CsvOptions): Promise<Table> {
    return readCsv(this.#hashed(), options)
  }

  async sha256(): Promise<string> {
    return this.#hash.digest('hex')
  }

  async *#hashed(): AsyncGenerator<string | Uint8Array, void, undefined> {
    for await (const piece of this.#stream.rest()) {
      // Anything else is told by the reader.
      if (typeof piece === 'string' || isUint8Array(piece)) this.#hash.update(piece)
      yield piece
    }
  }
}

class ColumnFile implements TableSource {
  readonly kind = 'columns'
  readonly name: string
  readonly #reader: (path: string, options: CsvOptions) => Promise<Table>
  readonly #signal: AbortSignal | undefined

  constructor(
    path: string,
    reader: (path: string, options: CsvOptions) => Promise<Table>,
    signal: AbortSignal | undefined,
  ) {
    this.name = path
    this.#reader = reader
    this.#signal = signal
  }

  async names(): Promise<undefined> {
    return undefined
  }

  read({ onProgress: _, ...options }: CsvOptions): Promise<Table> {
    return this.#reader(this.name, options)
  }

  sha256(): Promise<string> {
    return hashOfFile(this.name, this.#signal)
  }
}

class Query implements TableSource {
  readonly kind = 'columns'
  readonly name = 'the query'
  readonly #query: DuckdbQuery

  constructor(query: DuckdbQuery) {
    this.#query = query
  }

  async names(): Promise<undefined> {
    return undefined
  }

  read({ onProgress: _, ...options }: CsvOptions): Promise<Table> {
    return this.#query.read(options)
  }

  async sha256(): Promise<undefined> {
    return undefined
  }
}

class Objects implements TableSource {
  readonly kind = 'rows'
  readonly name: string
  readonly #rows: AsyncIterable<unknown> | Iterable<unknown>
  #all: readonly ObjectRow[] | undefined

  constructor(name: string, rows: AsyncIterable<unknown> | Iterable<unknown>) {
    this.name = name
    this.#rows = rows
  }

  async names(): Promise<readonly string[]> {
    const names = new Set<string>()
    const turns = new Turns()
    for (const row of await this.#collected()) {
      // What is no object is told by `fromRowStream`.
      if (typeof row === 'object' && row !== null) for (const name of Object.keys(row)) names.add(name)
      await turns.giveWay()
    }
    return [...names]
  }

  async read({ onProgress: _, ...options }: CsvOptions): Promise<Table> {
    return Table.fromRowStream(await this.#collected(), options)
  }

  async sha256(): Promise<undefined> {
    return undefined
  }

  async #collected(): Promise<readonly ObjectRow[]> {
    if (this.#all === undefined) {
      const all: unknown[] = []
      for await (const row of itemsOf('source', this.#rows)) all.push(row)
      // What is no object is told by `fromRowStream`.
      this.#all = all as ObjectRow[]
    }
    return this.#all
  }
}

class GivenTable implements TableSource {
  readonly kind = 'columns'
  readonly name = 'the table'
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async names(): Promise<readonly string[]> {
    return this.#table.names
  }

  async read({ ignore = [], onProgress: _, ...others }: CsvOptions): Promise<Table> {
    const [other] = Object.keys(others)
    if (other !== undefined) {
      throw invalid('options', 'no options of a reader for a Table, which has been read', other, 'Read it with them.')
    }
    return ignore.length === 0 ? this.#table : this.#table.without(ignore)
  }

  async sha256(): Promise<undefined> {
    return undefined
  }
}

/**
 * The names of the columns of a text; undefined for one of no rows. Options of single columns do not count here: whether
 * there are such columns is not known yet.
 */
export async function textNames(source: TextInput, options: CsvOptions): Promise<readonly string[] | undefined> {
  return (await textHeader(source, options))?.names
}

/** The same with what was taken for granted of the text. */
export async function textHeader(source: TextInput, options: CsvOptions) {
  const { types: _types, dateFormats: _formats, onProgress: _, onBadRow: _rows, ...reader } = options
  const forAll = Object.entries(reader).filter(([, value]) => !isByColumn(value))
  return csvNames(source, { ...Object.fromEntries(forAll), ignore: [], ignoreCase: false, skipBadRows: true })
}

function isByColumn(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function hashOfFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    signal?.throwIfAborted()
    hash.update(piece as Buffer)
  }
  return hash.digest('hex')
}
