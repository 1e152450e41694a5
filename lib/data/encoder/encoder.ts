import { DeepblasError } from '../../errors.js'
import type { Json } from '../../files/strict-json.js'
import type { NamedInputs } from '../../inputs.js'
import { isIterable, itemsOf } from '../../iteration.js'
import { type Matrix, native } from '../../native/addon.js'
import { classOfOutputs } from '../../outputs/classes.js'
import { inUnits, type TargetUnits } from '../../outputs/units.js'
import { onlyWhatItMade, refuseStructuredClone, showWhenInspected } from '../../own-methods.js'
import { types } from '../../recording/tensor.js'
import { atOnce, inTurns, type Steps } from '../../turns.js'
import { array, invalid } from '../../validate.js'
import { allocate } from '../arrays/allocate.js'
import type { NamedColumns } from '../contents/contents.js'
import type { Dataset } from '../dataset/dataset.js'
import { encodedDataset } from '../dataset/encoded-dataset.js'
import type { ColumnType } from '../table/column.js'
import type { TableNote } from '../table/column-reading.js'
import { ISO_FORMAT } from '../table/dates/date-format.js'
import { objectRow, plainCell } from '../table/plain-rows.js'
import { Table } from '../table/table.js'
import { spellingNotes } from '../table/texts/spelling.js'
import { requireColumns } from '../table/unknown-column.js'
import { checkRows, type EncoderCheck } from './check-rows.js'
import { type ColumnEncoding, type DroppedColumn, featureNames, widthOf } from './column-encoding.js'
import { type EncoderDescription, encoderFromJson, encoderToJson } from './encoder-json.js'
import { EncoderFit } from './fit/encoder-fit.js'
import type { EncoderOptions, Task } from './fit/options.js'
import { checkedOutputs, type EncodedOutputs } from './outputs.js'
import { codeOf, expectedBy, numberOf } from './read-cells.js'
import { type NameOfRow, nameOfRow, valuesOf } from './read-columns.js'
import { encodeTarget } from './target-encoding.js'
import type { TextReading } from './text-reading.js'
import { writeColumn } from './write-features.js'

const ROWS_OF_BLOCK = 512
/** Between two steps: rows as objects, and columns of a block. */
const ROWS_OF_STEP = 2048
const COLUMNS_OF_STEP = 64

/** In JavaScript nothing keeps anybody from calling a private constructor: this class alone has the key. */
const OWN = Symbol('Encoder')

/** Why an encoder is not cloned by structuredClone or postMessage, and what to do. */
const encoderCloning = 'An encoder: post encoder.toJSON(), and make it there with Encoder.fromJSON(json);'

/** An object with a value for every column. */
export type ObjectRow = Readonly<Record<string, unknown>>

/** Features as a network takes them: (rows, columns), row-major. */
export interface EncodedRows {
  readonly data: Float32Array
  readonly rows: number
  readonly columns: number
}

/**
 * How the columns of a table become the numbers of a network: numbers are scaled, categories become a column a level or
 * codes for an Embedding, dates several numbers; what is missing is filled and marked. Everything it goes by (means,
 * levels, labels) is fitted on the training rows, once. A model that is trained on a data set of an encoder keeps the
 * encoder, also in its file: it then takes rows as objects and answers in labels or in the target's own units. What
 * becomes of each kind of column: docs/guide/encoder.md.
 *
 * @example
 * const [train, test] = table.split(0.2, { seed: 1, stratify: 'churn' })
 * const encoder = await Encoder.fit(train, { target: 'churn' })
 * await model.fit(encoder.encode(train), { loss: 'binaryCrossEntropy' })
 * await model.evaluate(encoder.encode(test))
 */
export class Encoder {
  readonly #description: EncoderDescription
  #json: string | undefined

  static {
    onlyWhatItMade(Encoder, (object) => #description in object)
    showWhenInspected(Encoder.prototype, 'Encoder', ({ target, task, labels, columns, features, dropped }) => ({
      ...(target !== undefined && { target, task }),
      ...(labels && { labels }),
      columns: columns.map(({ name }) => name),
      dropped: dropped.map(({ name }) => name),
      features,
    }))
  }

  private constructor(description: EncoderDescription, key?: typeof OWN) {
    if (key !== OWN) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        'Expected no new Encoder(…). Make one with await Encoder.fit(table, { target }), or of JSON: Encoder.fromJSON(json).',
      )
    }
    this.#description = description
    refuseStructuredClone(this, encoderCloning)
  }

  /**
   * Looks at the training rows: a table, or a stream of tables such as `csvChunks` gives, in one pass that keeps levels and
   * sums but no rows. A stream gives the same encoder as one table of its rows.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a wrong option; ERR_DEEPBLAS_DATA for no rows, a column that is not
   *   there, numbers too large to be scaled, a target with missing values or of one value, or where no column is left
   */
  static async fit(tables: Table | AsyncIterable<Table>, options?: EncoderOptions): Promise<Encoder> {
    if (tables instanceof Table) return new Encoder(await inTurns(fitSteps(tables, options)), OWN)
    if (!isIterable(tables) || !(Symbol.asyncIterator in tables)) {
      throw invalid(
        'tables',
        'Table or AsyncIterable of tables',
        tables,
        'Make one with Table.fromRows(objects) or await readCsv(path).',
      )
    }
    const fit = new EncoderFit(options)
    for await (const table of itemsOf('tables', tables)) await inTurns(fit.add(table))
    return new Encoder(await inTurns(fit.finish()), OWN)
  }

  /** As `fit`, of one table at once. */
  static fitSync(table: Table, options?: EncoderOptions): Encoder {
    if (!(table instanceof Table)) throw invalid('table', 'Table', table, 'Make one with Table.fromRows or readCsv.')
    return new Encoder(atOnce(fitSteps(table, options)), OWN)
  }

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the part that is wrong */
  static fromJSON(value: unknown): Encoder {
    return new Encoder(encoderFromJson(value), OWN)
  }

  /** Plain JSON that `fromJSON` makes the same encoder of. */
  toJSON(): { [name: string]: Json } {
    return encoderToJson(this.#description)
  }

  /** Undefined for an encoder of features alone. */
  get task(): Task | undefined {
    return this.#description.target?.task
  }

  /** The column that is predicted. */
  get target(): string | undefined {
    return this.#description.target?.name
  }

  /** Classes, in the order of outputs: labels sorted as texts, or as numbers where all are. */
  get labels(): readonly string[] | undefined {
    const { target } = this.#description
    return target?.task === 'classification' ? target.labels : undefined
  }

  /** Of a regression: a value is the network's output times `deviation` plus `mean`. */
  get targetScale(): TargetUnits | undefined {
    const { target } = this.#description
    return target?.task === 'regression' ? { mean: target.mean, deviation: target.deviation } : undefined
  }

  /** How each column that is used is encoded, in the order of the features. */
  get columns(): readonly ColumnEncoding[] {
    return this.#description.columns
  }

  /** Columns that are not used, and why. */
  get dropped(): readonly DroppedColumn[] {
    return this.#description.dropped
  }

  /** Rows that it was fitted on. */
  get rows(): number {
    return this.#description.rows
  }

  /** How many numbers a row becomes. */
  get features(): number {
    return this.columns.reduce((sum, column) => sum + widthOf(column), 0)
  }

  /** What each number of a row is: 'age', 'age missing', 'job retired'. */
  get featureNames(): string[] {
    return this.columns.flatMap(featureNames)
  }

  /** Outputs of a network for the target: one for values and for two classes, else one a class. */
  get outputs(): number {
    const labels = this.labels?.length ?? 1
    return labels <= 2 ? 1 : labels
  }

  /** Option `inputs` of a model: the number of features; by name where columns are codes for an Embedding. */
  get inputs(): number | NamedInputs {
    const named = this.namedInputs
    if (named === undefined) return this.features
    const levels = new Map(
      this.columns.flatMap((column) =>
        column.kind === 'embedding' ? [[column.input!, column.levels.length + 1]] : [],
      ),
    )
    return Object.fromEntries(
      named.map(({ name, columns }) => {
        const own = levels.get(name)
        return [name, own === undefined ? columns : { levels: own }] as const
      }),
    )
  }

  /** The columns of each named input, where some are codes: numeric ones first. */
  get namedInputs(): readonly NamedColumns[] | undefined {
    const codes = this.columns.filter(({ kind }) => kind === 'embedding')
    if (codes.length === 0) return undefined
    const numeric = this.features - codes.length
    return [
      ...(numeric > 0 ? [{ name: 'numeric', columns: numeric }] : []),
      ...codes.map((column) => ({ name: (column as { input?: string }).input!, columns: 1 })),
    ]
  }

  /** The types of the columns as they were read, for a reader's option `types`: a zip code stays a text. */
  get types(): Readonly<Record<string, ColumnType>> {
    return Object.fromEntries(
      this.columns.map(({ name, kind }) => {
        if (kind === 'oneHot' || kind === 'embedding') return [name, 'category'] as const
        return [name, kind === 'quantile' ? 'number' : kind] as const
      }),
    )
  }

  /** How the columns of dates are written, for a reader's option `dateFormats`: 03/04/2024 stays what it was. */
  get dateFormats(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.columns.flatMap((column) => (column.kind === 'date' ? [[column.name, column.format ?? ISO_FORMAT]] : [])),
    )
  }

  /** What is odd about the names of classes and levels: spellings that may be one. */
  get notes(): readonly TableNote[] {
    const { target } = this.#description
    const told = (column: string, names: readonly string[]) =>
      spellingNotes(names, () => undefined).map((note): TableNote => ({ column, ...note }))
    return [
      ...(target?.task === 'classification' ? told(target.name, target.labels) : []),
      ...this.columns.flatMap((one) => ('levels' in one ? told(one.name, one.levels) : [])),
    ]
  }

  /**
   * How the columns were read, for a reader's option `readings`: thousands, decimal commas, currencies, and marks of missing
   * values that options changed. Columns of which there is nothing to say are left out.
   */
  get readings(): Readonly<Record<string, TextReading>> {
    const { columns, target } = this.#description
    const all: readonly (TextReading & { readonly name: string })[] =
      target === undefined ? columns : [...columns, target]
    return Object.fromEntries(
      all.flatMap(({ name, notation, missing }) =>
        notation === undefined && missing === undefined
          ? []
          : [[name, { ...(notation && { notation }), ...(missing && { missing }) }] as const],
      ),
    )
  }

  /**
   * The rows of a table as a data set, with targets where the table has the target's column. Other columns are not looked
   * at, and their order does not matter.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for a column that is missing, a text where a number should be, an unknown label
   */
  encode(table: Table): Dataset {
    return atOnce(this.#encoded(table))
  }

  /** As `encode`, with turns of the event loop in between: for large tables, in a process that has other work. */
  async encodeAsync(table: Table): Promise<Dataset> {
    return await inTurns(this.#encoded(table))
  }

  /** The features of a table, or of rows as objects: as a network takes them. The target is not looked at. */
  encodeFeatures(rows: Table | readonly ObjectRow[]): EncodedRows {
    return atOnce(this.featureSteps(rows))
  }

  /** As `encodeFeatures`, with turns of the event loop in between. The rows must not change meanwhile. */
  async encodeFeaturesAsync(rows: Table | readonly ObjectRow[]): Promise<EncodedRows> {
    return await inTurns(this.featureSteps(rows))
  }

  *#encoded(table: Table): Steps<Dataset> {
    const { data: x, rows, columns } = yield* this.featureSteps(table)
    const { target } = this.#description
    const y =
      target !== undefined && table.has(target.name)
        ? yield* encodeTarget(target, table.column(target.name), rowsOf(table))
        : undefined
    const matrix = yield* floatMatrix(x, rows, columns)
    return encodedDataset({ x: matrix, rows, columns, y, labels: this.labels, inputs: this.namedInputs }, this)
  }

  /** @internal */
  *featureSteps(rows: Table | readonly ObjectRow[]): Steps<EncodedRows> {
    const names = this.columns.map(({ name }) => name)
    if (rows instanceof Table) {
      requireColumns(names, rows.names)
      const rowName = rowsOf(rows)
      const valuesOfColumn = (column: ColumnEncoding) => valuesOf(column, rows.column(column.name), rowName)
      return yield* this.#filled(rows.rows, rowName, valuesOfColumn)
    }
    for (const [i, row] of array('rows', rows, 'objects').entries()) {
      objectRow(`rows[${i}]`, row)
      if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
    }
    return yield* this.#filled(
      rows.length,
      (row) => `row ${row}`,
      (column) => cellsOf(column, rows, names),
    )
  }

  /**
   * Looks for what the training rows did not have: texts that are no level (or were too rare to be one), and numbers and
   * dates that lie outside the training's range by more than a quarter of it. Both can be encoded, and what a network
   * makes of them is a guess. Missing values are neither. Of an encoder from a file of an earlier version, which has no
   * ranges, texts alone.
   *
   * @throws DeepblasError as `encode`
   * @example
   * const { unknown, outside } = encoder.check(table)
   * for (const { column, rows, examples } of unknown) console.log(`${column}: ${rows} rows, such as ${examples[0]}`)
   */
  check(rows: Table | readonly ObjectRow[]): EncoderCheck {
    return atOnce(this.#checked(rows))
  }

  /** As `check`, with turns of the event loop in between. The rows must not change meanwhile. */
  async checkAsync(rows: Table | readonly ObjectRow[]): Promise<EncoderCheck> {
    return await inTurns(this.#checked(rows))
  }

  *#checked(rows: Table | readonly ObjectRow[]): Steps<EncoderCheck> {
    const options = { types: this.types, dateFormats: this.dateFormats }
    const names = this.columns.map(({ name }) => name)
    const table = rows instanceof Table ? rows : yield* Table.rowSteps(yield* namedOnly(rows, names), options)
    const columnOf = ({ name }: ColumnEncoding) => table.column(name)
    return yield* checkRows(this.columns, { rows: table.rows, columnOf, rowName: rowsOf(table) })
  }

  /**
   * What the outputs of a network mean: label names for classes, values in the target's own units.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an encoder without a target, ERR_DEEPBLAS_SHAPE for other outputs
   */
  decode(given: EncodedOutputs): string[] | number[] {
    const { data, rows, outputs } = checkedOutputs(given)
    const { target } = this.#description
    if (target === undefined) throw invalid('the encoder', 'encoder with a target', undefined, 'Give fit a target.')
    // Two classes may have an output each.
    if (outputs !== this.outputs && outputs !== this.labels?.length) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_SHAPE',
        `Expected ${this.outputs} outputs for the target '${target.name}' but received ${outputs}.`,
      )
    }
    return Array.from({ length: rows }, (_, row) => {
      if (target.task === 'regression') return inUnits(data[row]!, target)
      return target.labels[classOfOutputs(data, row * outputs, outputs, 0.5)]!
    }) as string[] | number[]
  }

  /** Whether the other makes the same numbers of a table. */
  equals(other: Encoder | undefined): boolean {
    return this === other || (other !== undefined && this.#text() === other.#text())
  }

  #text(): string {
    this.#json ??= JSON.stringify(this.toJSON())
    return this.#json
  }

  *#filled(
    rows: number,
    rowName: NameOfRow,
    valuesOfColumn: (column: ColumnEncoding) => Steps<Float64Array | Int32Array>,
  ): Steps<EncodedRows> {
    if (rows === 0) throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected at least one row but received none.')
    const columns = this.features
    const data = allocate(rows, columns, Float32Array)
    const values: (Float64Array | Int32Array)[] = []
    for (const column of this.columns) {
      values.push(yield* valuesOfColumn(column))
      yield
    }
    const widths = this.columns.map(widthOf)
    // Block by block: the rows of a block stay in cache from column to column.
    for (let firstRow = 0; firstRow < rows; firstRow += ROWS_OF_BLOCK) {
      const end = Math.min(rows, firstRow + ROWS_OF_BLOCK)
      const filling = { data: data.subarray(firstRow * columns, end * columns), columns, firstRow, rowName }
      let to = 0
      for (const [i, column] of this.columns.entries()) {
        writeColumn(column, values[i]!.subarray(firstRow, end), filling, to)
        to += widths[i]!
        if (i % COLUMNS_OF_STEP === COLUMNS_OF_STEP - 1) yield
      }
      yield
    }
    return { data, rows, columns }
  }
}

/** Numbers of a step: a few milliseconds, of which most is the system's for memory that is touched for the first time. */
const NUMBERS_OF_STEP = 2 ** 20

/** Rows in native memory, copied step by step. */
function* floatMatrix(data: Float32Array, rows: number, columns: number): Steps<Matrix> {
  const matrix = new (native().Matrix)(rows, columns, types.indexOf('float32'))
  const some = Math.max(1, Math.floor(NUMBERS_OF_STEP / columns))
  for (let row = 0; row < rows; row += some) {
    matrix.write(data.subarray(row * columns, Math.min(rows, row + some) * columns), row)
    yield
  }
  return matrix
}

function* fitSteps(table: Table, options: EncoderOptions | undefined): Steps<EncoderDescription> {
  const fit = new EncoderFit(options)
  yield* fit.add(table)
  return yield* fit.finish()
}

function rowsOf(table: Table): NameOfRow {
  return (row) => nameOfRow(row, table.line(row))
}

/** Objects with the columns that count: others may hold anything. */
function* namedOnly(rows: readonly ObjectRow[], names: readonly string[]): Steps<ObjectRow[]> {
  const named: ObjectRow[] = []
  for (const [i, row] of array('rows', rows, 'objects').entries()) {
    objectRow(`rows[${i}]`, row)
    const own = row as ObjectRow
    requireColumns(names, Object.keys(own))
    named.push(Object.fromEntries(names.map((name) => [name, own[name]])))
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return named
}

/** `names`: of all columns of the encoder. */
function* cellsOf(
  encoding: ColumnEncoding,
  rows: readonly ObjectRow[],
  names: readonly string[],
): Steps<Float64Array | Int32Array> {
  const { name } = encoding
  const category = encoding.kind === 'oneHot' || encoding.kind === 'embedding' ? encoding : undefined
  const values = category === undefined ? new Float64Array(rows.length) : new Int32Array(rows.length)
  for (const [i, row] of rows.entries()) {
    // Null and undefined are missing values; a key that is not there is a mistake.
    if (!Object.hasOwn(row, name)) requireColumns(names, Object.keys(row))
    const place = () => `column '${name}', row ${i}`
    const cell = plainCell(row[name], name, category !== undefined, () => `${expectedBy(encoding)} in ${place()}`)
    values[i] = category === undefined ? numberOf(encoding, cell, place) : codeOf(category, cell, place)
    if (i % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return values
}
