import { DeepblasError } from '../../errors.js'
import { isFloat64Array, isInt32Array } from '../../kinds.js'
import { onlyWhatItMade } from '../../own-methods.js'
import { atOnce, ELEMENTS_OF_STEP, findPlace, type Steps } from '../../turns.js'
import {
  array,
  finiteNumber,
  invalid,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  string,
} from '../../validate.js'
import { splitRows } from '../arrays/split-rows.js'
import {
  type Cell,
  type Column,
  cellOf,
  columnLength,
  columnTypes,
  isSound,
  joinColumns,
  selectColumn,
  takeRows,
} from './column.js'
import type { TableNote } from './column-reading.js'
import { collectRows, type RowsOptions, rowsToColumns } from './from-rows.js'
import type { ObjectRow } from './plain-rows.js'
import { spelledColumn } from './texts/spelling.js'
import { unknownColumn } from './unknown-column.js'

/** A row of a file that could not be taken, and why. */
export interface BadRow {
  /** The line of the file that the row begins in, from 1. */
  readonly line: number
  readonly reason: string
}

/** The bad rows that a reader skipped. */
export interface SkippedRows {
  readonly rows: number
  /** The first hundred of them. */
  readonly first: readonly BadRow[]
}

/** In JavaScript nothing keeps anybody from calling a private constructor: this class alone has the key. */
const OWN = Symbol('Table')

const NONE_SKIPPED: SkippedRows = { rows: 0, first: [] }

/** What is known of the rows of a table that came from a text file. */
export interface FileRows {
  /** The line of the file that each row begins in, from 1. */
  readonly lines?: Int32Array | undefined
  /** What the reader took for granted, a sentence each. */
  readonly notes?: readonly string[]
}

/**
 * Rows and columns. Every column has a name and a type: number, category, boolean or date. Any value may be missing. A
 * table never changes; selecting from it makes a copy.
 *
 * @example
 * const flats = await readCsv('flats.csv')
 * const [train, test] = flats.without(['id']).split(0.2, { seed: 1 })
 */
export class Table {
  readonly rows: number
  readonly columns: readonly Column[]
  /** Bad rows that the reader was told to skip. */
  readonly skipped: SkippedRows
  /**
   * What the reader assumed, and what may be meant otherwise: first about the whole file, such as lines skipped above
   * the header, then about each column.
   */
  readonly notes: readonly TableNote[]
  readonly #lines: Int32Array | undefined
  readonly #byName: ReadonlyMap<string, Column>

  static {
    onlyWhatItMade(Table, (object) => #byName in object)
  }

  private constructor(
    rows: number,
    columns: readonly Column[],
    skipped: SkippedRows,
    file: FileRows,
    key?: typeof OWN,
  ) {
    if (key !== OWN) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected no new Table(…). Make one with Table.fromRows(objects), Table.of(columns) or await readCsv(path).',
      )
    }
    this.rows = rows
    this.columns = columns
    this.skipped = skipped
    this.notes = [
      ...(file.notes ?? []).map((text): TableNote => ({ kind: 'file', text })),
      ...columns.flatMap(({ name, reading }) => (reading?.notes ?? []).map((note) => ({ column: name, ...note }))),
    ]
    this.#lines = file.lines
    this.#byName = new Map(columns.map((column) => [column.name, column]))
  }

  /**
   * Makes a table of columns, which are not copied.
   *
   * @throws DeepblasError ERR_DEEPBLAS_SHAPE for columns of different length, ERR_DEEPBLAS_ARGUMENT for two of one name
   */
  static of(columns: readonly Column[], skipped: SkippedRows = NONE_SKIPPED, file: FileRows = {}): Table {
    array('columns', columns, 'columns')
    if (columns.length === 0) throw invalid('columns', 'at least one column', columns)
    const rows = columnLength(checkedColumn('columns[0]', columns[0]!))
    const names = new Set<string>()
    for (const [i, column] of columns.entries()) {
      checkedColumn(`columns[${i}]`, column)
      if (names.has(column.name)) throw invalid(`columns[${i}].name`, 'name of its own', column.name)
      names.add(column.name)
      if (columnLength(column) !== rows) {
        throw new DeepblasError(
          'ERR_DEEPBLAS_SHAPE',
          `Expected ${rows} rows for the column '${column.name}', as '${columns[0]!.name}' has, but received ${columnLength(column)}.`,
        )
      }
    }
    return new Table(rows, [...columns], skipped, file, OWN)
  }

  /**
   * A table of objects, one a row. Its columns are all their keys, in order of appearance; a key that a row lacks, null and
   * undefined are missing. Numbers, booleans and dates are themselves, texts are taken as a CSV file's.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for no rows or a value that its column cannot hold
   * @example
   * Table.fromRows([{ rooms: 3, city: 'Wien' }, { rooms: 2, city: null }])
   */
  static fromRows(rows: readonly ObjectRow[], options?: RowsOptions): Table {
    return Table.of(atOnce(rowsToColumns(array('rows', rows, 'objects'), options)))
  }

  /** @internal As `fromRows`, step by step. */
  static *rowSteps(rows: readonly ObjectRow[], options?: RowsOptions): Steps<Table> {
    return Table.of(yield* rowsToColumns(rows, options))
  }

  /** Does the same as `fromRows` for rows that come one by one, such as those of a database cursor. */
  static async fromRowStream(
    rows: AsyncIterable<ObjectRow> | Iterable<ObjectRow>,
    options?: RowsOptions,
  ): Promise<Table> {
    return Table.of(await collectRows(rows, options))
  }

  /**
   * Appends tables that have the same columns. The columns are in the order of the first table. Levels of categories
   * and notes are united.
   */
  static concat(tables: readonly Table[]): Table {
    return atOnce(Table.concatSteps(tables))
  }

  /** @internal As `concat`, step by step. */
  static *concatSteps(tables: readonly Table[]): Steps<Table> {
    array('tables', tables, 'tables')
    const [first] = tables
    if (first === undefined) throw invalid('tables', 'at least one table', tables)
    for (const [i, table] of tables.entries()) {
      if (!(table instanceof Table)) throw invalid(`tables[${i}]`, 'Table', table)
      if (table.columns.length === first.columns.length) continue
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${first.columns.length} columns for tables[${i}], as tables[0] has, but received ${table.columns.length}.`,
      )
    }
    const columns: Column[] = []
    for (const { name } of first.columns) {
      const joined = yield* joinColumns(tables.map((table) => table.column(name)))
      // Yes in one part and yes in another are told in neither.
      columns.push(joined.type === 'category' && joined.ignoreCase !== true ? spelledColumn(joined, false) : joined)
      yield
    }
    const skipped = {
      rows: tables.reduce((sum, table) => sum + table.skipped.rows, 0),
      first: tables.flatMap((table) => table.skipped.first).slice(0, MOST_SHOWN),
    }
    const notes = [...new Set(tables.flatMap(textsOfFile))]
    return Table.of(columns, skipped, { lines: joinLines(tables.map((table) => table.#lines)), notes })
  }

  /** The line of the text file that a row came from, from 1; undefined for a table that came from elsewhere. */
  line(row: number): number | undefined {
    return this.#lines?.[row]
  }

  /** Whether there is a column of that name. */
  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /** The names of the columns, in their order. */
  get names(): string[] {
    return this.columns.map((column) => column.name)
  }

  /**
   * Gives the column of that name.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA if there is none; it lists the names that there are
   */
  column(name: string): Column {
    const found = this.#byName.get(name)
    if (found === undefined) throw unknownColumn(name, this.names)
    return found
  }

  /** Makes a table of the given rows, in that order. Categories keep all their levels, even those that no row has. */
  select(rows: Int32Array | readonly number[]): Table {
    return atOnce(this.selectSteps(rows))
  }

  /** @internal As `select`, step by step. */
  *selectSteps(rows: Int32Array | readonly number[]): Steps<Table> {
    if (!isInt32Array(rows)) array('rows', rows, 'row numbers')
    const isRow = (row: number) => Number.isInteger(row) && row >= 0 && row < this.rows
    const wrong = yield* findPlace(rows.length, (at) => !isRow(rows[at]!))
    if (wrong >= 0) throw invalid('rows', `row numbers from 0 to ${this.rows - 1}`, rows[wrong])
    const taken = new Int32Array(rows)
    const lines = this.#lines && (yield* takeRows(this.#lines, taken, new Int32Array(taken.length)))
    const columns: Column[] = []
    for (const column of this.columns) {
      columns.push(yield* selectColumn(column, taken))
      yield
    }
    return Table.of(columns, NONE_SKIPPED, { lines, notes: textsOfFile(this) })
  }

  /** Makes a table without the named columns, all of which must exist. */
  without(names: readonly string[]): Table {
    for (const name of array('names', names, 'names of columns')) this.column(string('names', name))
    const kept = this.columns.filter((column) => !names.includes(column.name))
    if (kept.length === 0) throw invalid('names', 'names that leave a column', names)
    return Table.of(kept, this.skipped, { lines: this.#lines, notes: textsOfFile(this) })
  }

  /**
   * Splits the rows into two parts by a seeded shuffle, as `Dataset.split` does: the first part gets the rows that
   * `fraction` leaves.
   *
   * @param fraction share of the rows in the second part, above 0 and below 1
   * @param options `seed` (default 0); `stratify`: the category or boolean column, or column of few whole numbers, whose
   *   values are each split by the fraction, less than one row off; missing is a value of its own
   * @throws DeepblasError ERR_DEEPBLAS_DATA if a part would be empty
   */
  split(fraction: number, options?: { seed?: number; stratify?: string }): [Table, Table] {
    return atOnce(this.splitSteps(fraction, options))
  }

  /** @internal As `split`, step by step. */
  *splitSteps(fraction: number, options?: { seed?: number; stratify?: string }): Steps<[Table, Table]> {
    const { seed = 0, stratify } = knownOptions<{ seed?: number; stratify?: string }>('split', options, [
      'seed',
      'stratify',
    ])
    finiteNumber('fraction', fraction, { exclusiveMin: 0, exclusiveMax: 1 })
    nonNegativeInteger('seed', seed)
    const classes = stratify === undefined ? undefined : yield* classesOf(this.column(stratify))
    const { kept, held } = yield* splitRows(this.rows, fraction, seed, classes)
    return [yield* this.selectSteps(kept), yield* this.selectSteps(held)]
  }

  /** One value: a number, text, boolean or date; undefined where it is missing. */
  cell(row: number, name: string): Cell {
    const column = this.column(name)
    if (!(Number.isInteger(row) && row >= 0 && row < this.rows)) {
      throw invalid('row', `row number from 0 to ${this.rows - 1}`, row)
    }
    return cellOf(column, row)
  }

  /** One row as an object, with undefined for what is missing. */
  row(row: number): Record<string, Cell> {
    return Object.fromEntries(this.columns.map(({ name }) => [name, this.cell(row, name)]))
  }
}

/** Bad rows that are kept to be shown. */
export const MOST_SHOWN = 100

/** What is told of the file as a whole. */
function textsOfFile({ notes }: Table): readonly string[] {
  return notes.filter(({ kind }) => kind === 'file').map(({ text }) => text)
}

function joinLines(parts: readonly (Int32Array | undefined)[]): Int32Array | undefined {
  const known = parts.filter((part) => part !== undefined)
  if (known.length < parts.length) return undefined
  const lines = new Int32Array(known.reduce((sum, part) => sum + part.length, 0))
  let from = 0
  for (const part of known) {
    lines.set(part, from)
    from += part.length
  }
  return lines
}

function checkedColumn(argument: string, column: Column): Column {
  if (isSound(column)) return column
  plainObject(argument, column)
  string(`${argument}.name`, column.name)
  oneOf(`${argument}.type`, column.type, columnTypes)
  if (column.type === 'category') {
    if (!isInt32Array(column.codes)) throw invalid(`${argument}.codes`, 'Int32Array', column.codes)
    array(`${argument}.levels`, column.levels, 'strings')
    for (const code of column.codes) {
      if (code < -1 || code >= column.levels.length) {
        throw invalid(`${argument}.codes`, `codes from -1 to ${column.levels.length - 1}`, code)
      }
    }
  } else if (!isFloat64Array(column.values)) {
    throw invalid(`${argument}.values`, 'Float64Array', column.values)
  }
  return column
}

/** The values of a column as classes, in order of appearance. */
function* classesOf(column: Column): Steps<{ ofRow: Int32Array; count: number }> {
  const values = column.type === 'category' ? column.codes : column.values
  const numbers = new Map<number, number>()
  const ofRow = new Int32Array(values.length)
  // A Map takes NaN for a key like any other.
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    let own = numbers.get(value)
    if (own === undefined) {
      own = numbers.size
      numbers.set(value, own)
    }
    ofRow[row] = own
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return { ofRow, count: numbers.size }
}
