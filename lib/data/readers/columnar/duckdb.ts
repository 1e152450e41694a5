/*
 * What a query to DuckDB finds, as tables: streamed by the package @duckdb/node-api, whose connection the user has.
 */

import { DeepblasError } from '../../../errors.js'
import { FileProblem } from '../../../files/file-error.js'
import { messageOf } from '../../../kinds.js'
import { inTurns, Turns } from '../../../turns.js'
import { invalid, isCallable, knownOptions, positiveInteger, string } from '../../../validate.js'
import type { Column, ColumnType } from '../../table/column.js'
import type { ColumnBuilder } from '../../table/column-builder.js'
import { type CheckedRowsOptions, checkRowsOptions, type RowsOptions, rowsOptionNames } from '../../table/from-rows.js'
import { Table } from '../../table/table.js'
import {
  decimalValue,
  declaredBuilder,
  holdLargeWholes,
  keptAsTexts,
  type WantedColumn,
  wantedColumns,
} from './declared-columns.js'

/** What the connection of the package @duckdb/node-api has, whichever version made it. */
export interface DuckdbConnection {
  // biome-ignore lint/suspicious/noExplicitAny: the package's own types of values are as many as its versions.
  stream(sql: string, values?: any): Promise<DuckdbResult>
}

/** A result that is streamed. */
export interface DuckdbResult {
  columnNames(): string[]
  columnType(column: number): { readonly typeId: number; toString(): string }
  /** Null, or a chunk of no rows, behind the last one. */
  fetchChunk(): Promise<{ readonly rowCount: number; getColumnValues(column: number): readonly unknown[] } | null>
}

/** Values for the parameters of a query: `$1`, `$2` … from a list, `$name` by name. */
export type DuckdbValues = readonly unknown[] | Readonly<Record<string, unknown>>

/** Options of `readQuery`. */
export interface QueryOptions extends RowsOptions {
  /** For the parameters of the query. Default: it has none. */
  readonly values?: DuckdbValues
}

/** Options of `queryChunks`. */
export interface QueryChunkOptions extends QueryOptions {
  /** Number of rows in each table; the last one may have fewer. Default: 10000. */
  readonly rowsPerChunk?: number
}

const DEFAULT_ROWS_PER_CHUNK = 10_000

/** Dates say themselves what they are: how numbers are read as dates is no question here. */
export const queryOptionNames = [...rowsOptionNames.filter((name) => name !== 'dates'), 'values'] as const

const MILLISECONDS_OF_DAY = 86_400_000
/** JavaScript has no later dates, and as many before 1970. */
const LAST_MILLISECOND = 8.64e15

const HUGEINT = 16
const DECIMAL = 19
const DATE = 13
const TIME = 14
const TIMESTAMP = 12
const TIMESTAMP_S = 20
const TIMESTAMP_MS = 21
const TIMESTAMP_NS = 22
const TIMESTAMP_TZ = 31
const TIME_NS = 39
const TYPES: ReadonlyMap<number, ColumnType> = new Map([
  [1, 'boolean'],
  // TINYINT to UBIGINT, FLOAT, DOUBLE; HUGEINT, UHUGEINT, BIGNUM.
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, HUGEINT, 32, 35, DECIMAL, TIME, TIME_NS].map((id) => [id, 'number'] as const),
  // A column of nothing.
  [36, 'number'],
  ...[DATE, TIMESTAMP, TIMESTAMP_S, TIMESTAMP_MS, TIMESTAMP_NS, TIMESTAMP_TZ].map((id) => [id, 'date'] as const),
  // VARCHAR, ENUM, UUID.
  ...[17, 23, 27].map((id) => [id, 'category'] as const),
])

/**
 * Runs a query in DuckDB and reads what it finds, as it comes, into a table. Types are DuckDB's: numbers and decimals are
 * numbers, VARCHAR, ENUM and UUID are categories, dates and timestamps are dates, NULL is a missing value. Whole numbers beyond
 * 2^53 become texts, so that no two of them fall together, and a note says so.
 *
 * @param connection of the package @duckdb/node-api: `await instance.connect()`
 * @param sql one statement, or several of which the last one has the rows
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a column that a table cannot hold, such as a list, and two of one name; errors
 *   of DuckDB itself as they are
 * @example
 * const table = await readQuery(connection, 'SELECT * FROM flats WHERE price < $limit', { values: { limit: 1e6 } })
 */
export async function readQuery(connection: DuckdbConnection, sql: string, options?: QueryOptions): Promise<Table> {
  const { values, ...rest } = knownOptions<QueryOptions>('readQuery', options, queryOptionNames)
  const query = new DuckdbQuery(connection, sql, values)
  const tables: Table[] = []
  for await (const table of tablesOf(query, checkRowsOptions(rest), Number.POSITIVE_INFINITY)) tables.push(table)
  return tables[0]!
}

/**
 * Runs a query in DuckDB and reads what it finds as a series of tables of `rowsPerChunk` rows, of which one at a time is in
 * memory: for more rows than fit into it, and for `fit` on a stream. Each table has its own levels of categories.
 *
 * @throws DeepblasError as `readQuery`; also for whole numbers beyond 2^53 in a column whose type `types` does not say
 * @example
 * for await (const table of queryChunks(connection, 'FROM flats', { rowsPerChunk: 50_000 })) console.log(table.rows)
 */
export function queryChunks(
  connection: DuckdbConnection,
  sql: string,
  options?: QueryChunkOptions,
): AsyncGenerator<Table, void, undefined> {
  const names = [...queryOptionNames, 'rowsPerChunk'] as const
  const given = knownOptions<QueryChunkOptions>('queryChunks', options, names)
  const { values, rowsPerChunk = DEFAULT_ROWS_PER_CHUNK, ...rest } = given
  const query = new DuckdbQuery(connection, sql, values)
  return tablesOf(query, checkRowsOptions(rest), positiveInteger('rowsPerChunk', rowsPerChunk))
}

/**
 * A query to DuckDB as the source of a table, for `trainTable` and the others that take one. It is run when it is read, and
 * again whenever it is read again.
 *
 * @param values for the parameters of the query
 * @example
 * const { model } = await trainTable(duckdbQuery(connection, 'FROM flats'), { target: 'price' })
 */
export function duckdbQuery(connection: DuckdbConnection, sql: string, values?: DuckdbValues): DuckdbQuery {
  return new DuckdbQuery(connection, sql, values)
}

/** What `duckdbQuery` makes. */
export class DuckdbQuery {
  readonly connection: DuckdbConnection
  readonly sql: string
  readonly values: DuckdbValues | undefined

  constructor(connection: DuckdbConnection, sql: string, values?: DuckdbValues) {
    const { stream } = (connection ?? {}) as Partial<DuckdbConnection>
    if (!isCallable(stream)) {
      const hint = 'DuckDBInstance.create and connect of that package make one.'
      throw invalid('connection', 'connection of the package @duckdb/node-api', connection, hint)
    }
    if (string('sql', sql).trim() === '') throw invalid('sql', 'query that is not empty', sql)
    if (values !== undefined && (typeof values !== 'object' || values === null)) {
      throw invalid('values', 'list of values, or values by name', values)
    }
    this.connection = connection
    this.sql = sql
    this.values = values
  }

  read(options: QueryOptions): Promise<Table> {
    return readQuery(this.connection, this.sql, {
      ...options,
      ...(this.values === undefined ? {} : { values: this.values }),
    })
  }

  /** @internal */
  async run(): Promise<DuckdbResult> {
    const { connection, sql, values } = this
    const result = await (values === undefined ? connection.stream(sql) : connection.stream(sql, values))
    if (isCallable((result as Partial<DuckdbResult> | undefined)?.fetchChunk)) return result
    const hint = 'The older package duckdb has connections of another kind.'
    throw invalid('connection', 'connection of the package @duckdb/node-api', connection, hint)
  }
}

async function* tablesOf(
  query: DuckdbQuery,
  given: CheckedRowsOptions,
  rowsPerChunk: number,
): AsyncGenerator<Table, void, undefined> {
  const result = await query.run()
  let columns: readonly QueryColumn[]
  try {
    columns = columnsOf(result, given, rowsPerChunk === Number.POSITIVE_INFINITY)
  } catch (error) {
    throw asQueryError(error)
  }
  const turns = new Turns()
  let rows = 0
  let row = 0
  const taken = async () => {
    rows = 0
    const all: Column[] = []
    for (const column of columns) all.push(await inTurns(column.builder.takeSteps()))
    return Table.of(all)
  }
  for (;;) {
    const chunk = await result.fetchChunk()
    const { rowCount = 0 } = chunk ?? {}
    if (chunk === null || rowCount === 0) break
    const values = columns.map(({ at }) => chunk.getColumnValues(at))
    for (let from = 0; from < rowCount; ) {
      const to = Math.min(rowCount, from + rowsPerChunk - rows)
      try {
        for (const [i, column] of columns.entries()) {
          column.add(values[i]!, from, to, row)
          await turns.giveWay()
        }
      } catch (error) {
        throw asQueryError(error)
      }
      rows += to - from
      row += to - from
      from = to
      if (rows === rowsPerChunk) yield await taken()
    }
  }
  // What finds nothing is a table of no rows, so that its columns are known.
  if (rows > 0 || row === 0 || rowsPerChunk === Number.POSITIVE_INFINITY) yield await taken()
}

function asQueryError(error: unknown): unknown {
  if (!(error instanceof FileProblem)) return error
  return new DeepblasError('ERR_DEEPBLAS_DATA', `Cannot read what the query finds: ${messageOf(error)}`, {
    cause: error,
  })
}

function columnsOf(result: DuckdbResult, given: CheckedRowsOptions, whole: boolean): readonly QueryColumn[] {
  const names = result.columnNames()
  const double = names.find((name, at) => names.indexOf(name) !== at)
  if (double !== undefined) {
    throw new FileProblem(`it has two columns named '${double}'. Give one another name: SELECT … AS …`)
  }
  const types = names.map((_, at) => result.columnType(at))
  const declared = names.map((name, at) => {
    return { name, type: TYPES.get(types[at]!.typeId), declared: String(types[at]!) }
  })
  return wantedColumns(declared, given).map((column) => {
    const at = names.indexOf(column.name)
    return new QueryColumn(column, at, types[at]!.typeId, given, whole)
  })
}

/** A column as its values come. */
class QueryColumn {
  readonly at: number
  builder: ColumnBuilder
  #column: WantedColumn
  readonly #typeId: number
  readonly #given: CheckedRowsOptions
  /** Whether numbers become texts where two of them would fall together. */
  #guards: boolean
  readonly #whole: boolean

  /** @param whole whether there is one table, in which a column may still become one of texts */
  constructor(column: WantedColumn, at: number, typeId: number, given: CheckedRowsOptions, whole: boolean) {
    this.at = at
    this.#column = withUnit(column, typeId)
    this.#typeId = typeId
    this.#given = given
    this.#whole = whole
    this.#guards = column.type === 'number' && !column.given
    this.builder = declaredBuilder(this.#column, given)
  }

  /** @param row the number of the first value's row, for messages */
  add(values: readonly unknown[], from: number, to: number, row: number): void {
    const plain: unknown[] = []
    for (let i = from; i < to; i++) plain.push(this.#plain(values[i], row + i - from))
    if (this.#guards && holdLargeWholes(plain)) this.#becomeTexts()
    for (const [i, value] of plain.entries()) {
      if (this.builder.add(value)) continue
      const { name, type } = this.#column
      throw new FileProblem(`row ${row + i} of its column '${name}' holds ${String(value)}, which is no ${type}`)
    }
  }

  /** The numbers so far are whole ones that are exact, and give the digits that DuckDB has. */
  #becomeTexts(): void {
    const { name } = this.#column
    if (!this.#whole) {
      throw new FileProblem(
        `its column '${name}' holds whole numbers beyond 2^53, of which no two may fall together; give types: ` +
          `{ '${name}': 'category' }, or 'number' if they are amounts`,
      )
    }
    const before = this.builder.take()
    this.#guards = false
    this.#column = keptAsTexts(this.#column)
    this.builder = declaredBuilder(this.#column, this.#given)
    if (before.type !== 'number') return
    for (const value of before.values) this.builder.add(Number.isNaN(value) ? undefined : String(value))
  }

  /** As a table takes it. */
  #plain(value: unknown, row: number): unknown {
    if (value === null || value === undefined || typeof value !== 'object') return value
    if (this.#typeId === DECIMAL) {
      const { value: digits, scale } = value as { readonly value: bigint; readonly scale: number }
      return decimalValue(digits, scale)
    }
    if (this.#typeId === TIME || this.#typeId === TIME_NS) return millisecondsOf(value) / 1000
    // UUID.
    if (TYPES.get(this.#typeId) !== 'date') return String(value)
    const milliseconds = millisecondsOf(value)
    const isInfinite = (value as { readonly isFinite?: boolean }).isFinite === false
    if (isInfinite || Math.abs(milliseconds) > LAST_MILLISECOND) {
      const { name } = this.#column
      const what = isInfinite ? 'infinity in place of a date' : `${String(value)}, which is too far for a date`
      throw new FileProblem(
        `row ${row} of its column '${name}' holds ${what}. Leave such rows out in the query, or make them NULL: ` +
          `CASE WHEN abs(year(${name})) < 10000 THEN ${name} END`,
      )
    }
    return this.#column.type === 'number' ? milliseconds : new Date(milliseconds)
  }
}

/** Of a value of time, which has one of these. Parts of a millisecond are cut off a date, and kept of a time of day. */
function millisecondsOf(value: object): number {
  const { days, seconds, millis, micros, nanos } = value as Readonly<Record<string, number | bigint | undefined>>
  if (days !== undefined) return Number(days) * MILLISECONDS_OF_DAY
  if (seconds !== undefined) return Number(seconds) * 1000
  if (millis !== undefined) return Number(millis)
  return micros === undefined ? Number(nanos) / 1e6 : Number(micros) / 1000
}

function withUnit(column: WantedColumn, typeId: number): WantedColumn {
  if (column.type !== 'number' || (typeId !== TIME && typeId !== TIME_NS)) return column
  return { ...column, notes: [{ kind: 'date', text: 'times of day as numbers, in seconds' }] }
}
