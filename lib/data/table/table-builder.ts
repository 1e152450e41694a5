/*
 * A table as rows of texts come: each row is taken whole or not at all.
 */
import type { Steps } from '../../turns.js'
import { BlockReader, type RowSyntax } from './block-reader.js'
import type { Column, ColumnType } from './column.js'
import { type ColumnBuilder, columnBuilder } from './column-builder.js'
import type { ColumnNote } from './column-reading.js'
import { growingIntegers } from './growing-values.js'
import type { Notation } from './numbers/notation.js'
import { notationAdvice } from './numbers/notation-notes.js'
import { type BadRow, MOST_SHOWN, Table } from './table.js'
import { type MissingMarks, marksFor } from './texts/missing-marks.js'

export interface PlannedColumn {
  readonly name: string
  readonly type: ColumnType
  /** Where a row has it. */
  readonly at: number
  /** Whether somebody said the type, rather than the first rows. */
  readonly given: boolean
  /** How dates are written, where not as ISO 8601 has them. */
  readonly dateFormat: string | undefined
  /** How numbers are written, where not as 1234.5. */
  readonly notation: Notation | undefined
  /** Whether points of numbers may stand between thousands. */
  readonly unsure?: boolean | undefined
  /** What is told of the column. */
  readonly notes: readonly ColumnNote[]
  /** What stands for a missing value. */
  readonly marks: MissingMarks
  /** Whether spellings of a category's text are united. */
  readonly ignoreCase?: boolean | undefined
}

const HELD: Readonly<Record<ColumnType, string>> = {
  number: 'numbers',
  boolean: 'booleans (true, false)',
  date: 'dates (2024-12-31, with a time or without)',
  category: 'texts',
}

/** Columns between two steps. */
const COLUMNS_OF_STEP = 1000

export class TableBuilder {
  readonly #columns: readonly PlannedColumn[]
  readonly #builders: readonly ColumnBuilder[]
  readonly #lines = growingIntegers()
  #rows = 0
  #skipped = 0
  #firstSkipped: BadRow[] = []

  private constructor(columns: readonly PlannedColumn[], builders: readonly ColumnBuilder[]) {
    this.#columns = columns
    this.#builders = builders
  }

  static *of(columns: readonly PlannedColumn[]): Steps<TableBuilder> {
    const builders: ColumnBuilder[] = []
    for (const { name, type, given, marks, dateFormat, notation, unsure, notes, ignoreCase } of columns) {
      const options = { ...marksFor(type, marks), inferred: !given, dateFormat, notation, unsure, notes, ignoreCase }
      builders.push(columnBuilder(name, type, options))
      if (builders.length % COLUMNS_OF_STEP === 0) yield
    }
    return new TableBuilder(columns, builders)
  }

  /** Rows since the last `take`. */
  get rows(): number {
    return this.#rows
  }

  /** Whether a row has so many fields that taking it is better done step by step. */
  get isWide(): boolean {
    return this.#columns.length > COLUMNS_OF_STEP
  }

  /**
   * @param line the line of the file that the row begins in
   * @returns what is wrong with the row; undefined if it was taken
   */
  add(fields: readonly string[], line: number): string | undefined {
    return this.#ended(fields, line, this.#addSome(fields, 0, this.#columns.length))
  }

  /** The same, step by step. */
  *addSteps(fields: readonly string[], line: number): Steps<string | undefined> {
    const { length } = this.#columns
    for (let from = 0; from < length; from += COLUMNS_OF_STEP) {
      const bad = this.#addSome(fields, from, Math.min(length, from + COLUMNS_OF_STEP))
      if (bad !== -1) return this.#ended(fields, line, bad)
      yield
    }
    return this.#ended(fields, line, -1)
  }

  /** @param bad the first column whose field does not fit; -1 where there is none */
  #ended(fields: readonly string[], line: number, bad: number): string | undefined {
    if (bad !== -1) {
      for (let before = 0; before < bad; before++) this.#builders[before]!.undo()
      return this.#misfit(this.#columns[bad]!, fields[this.#columns[bad]!.at]!)
    }
    this.#rows++
    this.#lines.push(line)
    return undefined
  }

  /** @returns the first column whose field does not fit; -1 where there is none */
  #addSome(fields: readonly string[], from: number, to: number): number {
    for (let i = from; i < to; i++) if (!this.#builders[i]!.add(fields[this.#columns[i]!.at])) return i
    return -1
  }

  /** For rows of so many fields, of a text; undefined where they must come by `add`, one by one. */
  blockReader(syntax: RowSyntax): BlockReader | undefined {
    return BlockReader.of(
      this.#columns.map(({ at }, i) => ({ at, builder: this.#builders[i]! })),
      syntax,
    )
  }

  /** Takes the rows of a block from one on, up to the first that does not fit. @returns which that is */
  addBlock(block: BlockReader, from: number): number {
    const end = block.add(from)
    this.#rows += end - from
    this.#lines.pushAll(block.lines, from, end)
    return end
  }

  skip(row: BadRow): void {
    this.#skipped++
    if (this.#firstSkipped.length < MOST_SHOWN) this.#firstSkipped.push(row)
  }

  /** @param notes what was taken for granted when the file was read */
  *take(notes: readonly string[]): Steps<Table> {
    const skipped = { rows: this.#skipped, first: this.#firstSkipped }
    this.#rows = 0
    this.#skipped = 0
    this.#firstSkipped = []
    const columns: Column[] = []
    for (const builder of this.#builders) {
      columns.push(yield* builder.takeSteps())
      yield
    }
    return Table.of(columns, skipped, { lines: yield* this.#lines.take(), notes })
  }

  #misfit({ name, type, given, dateFormat }: PlannedColumn, text: string): string {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
    const notation = type === 'number' ? notationAdvice(name, text) : undefined
    if (notation !== undefined) return `the column '${name}' holds ${HELD[type]} but here '${shown}' (${notation})`
    const advice = given ? '' : `; if the column holds texts, give types: { '${name}': 'category' }`
    return (
      `the column '${name}' holds ${dateFormat === undefined ? HELD[type] : `dates as ${dateFormat}`} but here '${shown}' ` +
      `(if that stands for nothing, name it in missing${advice})`
    )
  }
}
