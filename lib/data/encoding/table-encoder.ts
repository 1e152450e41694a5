/*
 * What an encoder is to data sets, which stand above: they have one, and it makes them. Users have the class `Encoder`,
 * which extends this one above both.
 */
import { DeepblasError } from '../../errors.js'
import type { Json } from '../../files/strict-json.js'
import type { NamedInputs } from '../../inputs.js'
import type { NumberArray } from '../../kinds.js'
import { classOfOutputs } from '../../outputs/classes.js'
import { predictedValue, type TargetUnits } from '../../outputs/units.js'
import { onlyWhatItMade } from '../../own-methods.js'
import { atOnce, inTurns, type Steps } from '../../turns.js'
import { invalid } from '../../validate.js'
import type { NamedColumns, Parts } from '../contents/contents.js'
import type { ColumnType } from '../table/column.js'
import type { TableNote } from '../table/column-reading.js'
import { ISO_FORMAT } from '../table/dates/date-format.js'
import type { ObjectRow } from '../table/plain-rows.js'
import { Table } from '../table/table.js'
import { spellingNotes } from '../table/texts/spelling.js'
import { requireColumns } from '../table/unknown-column.js'
import { checkRows, type EncoderCheck } from './check-rows.js'
import { clampedValues } from './clamped.js'
import { type ColumnEncoding, type DroppedColumn, featureNames, widthOf } from './column-encoding.js'
import { type EncoderDescription, encoderToJson } from './encoder-json.js'
import { type EncodedRows, featureMatrix, fillFeatures } from './fill-features.js'
import type { Task } from './fit/options.js'
import { cellsOf, namedOnly, requireObjects } from './object-rows.js'
import { checkedOutputs, type EncodedOutputs } from './outputs.js'
import { type NameOfRow, nameOfRow, valuesOf } from './read-columns.js'
import { encodeTarget } from './target-encoding.js'
import type { TextReading } from './text-reading.js'

/** An encoder that makes `Data` of a table: all of `Encoder` but how one is made. */
export class TableEncoder<Data> {
  readonly #description: EncoderDescription
  readonly #dataOf: (parts: Parts) => Data
  #json: string | undefined

  static {
    onlyWhatItMade(TableEncoder, (object) => #description in object)
  }

  protected constructor(description: EncoderDescription, dataOf: (parts: Parts) => Data) {
    this.#description = description
    this.#dataOf = dataOf
  }

  /** Gives the encoder as plain JSON, from which `fromJSON` makes the same encoder. */
  toJSON(): { [name: string]: Json } {
    return encoderToJson(this.#description)
  }

  /** Whether the target is a class or a value; undefined for an encoder without a target. */
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

  /**
   * The units of a regression's target: a value is the network's output times `deviation` plus `mean`; with
   * `clampPredictions` also the bounds of predicted values, `min` and `max`.
   */
  get targetScale(): TargetUnits | undefined {
    const { target } = this.#description
    return target?.task === 'regression'
      ? { mean: target.mean, deviation: target.deviation, ...this.targetRange }
      : undefined
  }

  /**
   * The smallest and the largest target of the training rows, which no prediction is outside of; undefined unless the
   * encoder was fitted with `clampPredictions`.
   */
  get targetRange(): { readonly min: number; readonly max: number } | undefined {
    const { target } = this.#description
    if (target?.task !== 'regression' || target.min === undefined || target.max === undefined) return undefined
    return { min: target.min, max: target.max }
  }

  /**
   * Gives values in the target's own units with those outside `targetRange` brought to its nearer end: for what was not
   * made by `predict` or `decode`, which do so themselves. Without a range it gives a copy.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no array of numbers
   * @example
   * const mean = first.map((value, row) => (value + second[row]) / 2)
   * const prices = encoder.clamp(mean)
   */
  clamp(values: Float32Array): Float32Array<ArrayBuffer>
  clamp(values: readonly number[] | NumberArray): Float64Array<ArrayBuffer>
  clamp(values: readonly number[] | NumberArray): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
    return clampedValues(values, this.targetRange ?? {})
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

  /** Names of the features, one for each number of a row: 'age', 'age missing', 'job retired'. */
  get featureNames(): string[] {
    return this.columns.flatMap(featureNames)
  }

  /** Outputs that a network needs for the target: 1 for values and for two classes, otherwise one per class. */
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
        return [name, kind === 'quantile' || kind === 'robust' ? 'number' : kind] as const
      }),
    )
  }

  /** How the columns of dates are written, for a reader's option `dateFormats`: 03/04/2024 stays what it was. */
  get dateFormats(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.columns.flatMap((column) => (column.kind === 'date' ? [[column.name, column.format ?? ISO_FORMAT]] : [])),
    )
  }

  /** Notes about class names and levels: spellings that may mean the same. */
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
   * Encodes the rows of a table as a data set; it has targets if the table has the target's column. Additional columns
   * are ignored, and the order of columns does not matter.
   *
   * @throws DeepblasError ERR_DEEPBLAS_DATA for a column that is missing, a text where a number should be, an unknown label
   */
  encode(table: Table): Data {
    return atOnce(this.#encoded(table))
  }

  /**
   * Does the same as `encode`, and lets the event loop run in between: for large tables in a process that has other
   * work.
   */
  async encodeAsync(table: Table): Promise<Data> {
    return await inTurns(this.#encoded(table))
  }

  /** Encodes the features of a table, or of rows as objects, without targets. */
  encodeFeatures(rows: Table | readonly ObjectRow[]): EncodedRows {
    return atOnce(this.featureSteps(rows))
  }

  /** Does the same as `encodeFeatures`, and lets the event loop run in between. Do not change the rows meanwhile. */
  async encodeFeaturesAsync(rows: Table | readonly ObjectRow[]): Promise<EncodedRows> {
    return await inTurns(this.featureSteps(rows))
  }

  *#encoded(table: Table): Steps<Data> {
    const features = yield* this.featureSteps(table)
    const { rows, columns } = features
    const { target } = this.#description
    const y =
      target !== undefined && table.has(target.name)
        ? yield* encodeTarget(target, table.column(target.name), rowsOf(table))
        : undefined
    const parts: Parts = {
      x: yield* featureMatrix(features),
      xType: 'float32',
      scale: 1,
      features: columns,
      rows,
      targets: y && { data: y, rows, columns: 1 },
      weights: undefined,
      labels: this.labels,
      textTargets: this.labels !== undefined,
      featureShape: [columns],
      inputs: this.namedInputs,
      encoder: this,
    }
    return this.#dataOf(parts)
  }

  /** As `encodeFeatures`, in steps. @internal */
  *featureSteps(rows: Table | readonly ObjectRow[]): Steps<EncodedRows> {
    const names = this.columns.map(({ name }) => name)
    if (rows instanceof Table) {
      requireColumns(names, rows.names)
      const rowName = rowsOf(rows)
      return yield* fillFeatures(this.columns, {
        rows: rows.rows,
        rowName,
        valuesOfColumn: (column) => valuesOf(column, rows.column(column.name), rowName),
      })
    }
    const objects = yield* requireObjects(rows)
    return yield* fillFeatures(this.columns, {
      rows: objects.length,
      rowName: (row) => `row ${row}`,
      valuesOfColumn: (column) => cellsOf(column, objects, names),
    })
  }

  /**
   * Finds values that the training rows did not have: texts that are not a level (or were too rare to be one), and
   * numbers and dates outside the training range by more than a quarter of that range. They can be encoded, but the
   * predictions for them are guesses. Missing values do not count. An encoder from a file of an earlier version has no
   * ranges and finds only texts.
   *
   * @throws DeepblasError as `encode`
   * @example
   * const { unknown, outside } = encoder.check(table)
   * for (const { column, rows, examples } of unknown) console.log(`${column}: ${rows} rows, such as ${examples[0]}`)
   */
  check(rows: Table | readonly ObjectRow[]): EncoderCheck {
    return atOnce(this.#checked(rows))
  }

  /** Does the same as `check`, and lets the event loop run in between. Do not change the rows meanwhile. */
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
   * Translates outputs of a network: into labels for classes, into values in the target's own units otherwise.
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
      if (target.task === 'regression') return predictedValue(data[row]!, target)
      return target.labels[classOfOutputs(data, row * outputs, outputs, 0.5)]!
    }) as string[] | number[]
  }

  /** Whether another encoder would encode every table to the same numbers. */
  equals(other: TableEncoder<Data> | undefined): boolean {
    return this === other || (other !== undefined && this.#text() === other.#text())
  }

  #text(): string {
    this.#json ??= JSON.stringify(this.toJSON())
    return this.#json
  }
}

function rowsOf(table: Table): NameOfRow {
  return (row) => nameOfRow(row, table.line(row))
}
