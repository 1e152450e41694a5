/*
 * How the rows of a text are written, and what they are once they are split.
 */
import type { BlockReader } from '../../table/block-reader.js'
import type { BadRow } from '../../table/table.js'

/** Fields stand between runs of blanks and tabs. */
export const BLANKS = 'blanks'

/** How rows are written. */
export interface Dialect {
  /** One character or several; or `blanks`. */
  readonly delimiter: string
  /** Empty where no character quotes. */
  readonly quote: string
  /** The character that takes its meaning from a quote, delimiter or line end behind it; empty for none. */
  readonly escape: string
  /** How lines begin that are no rows; empty for none. */
  readonly comment: string
}

/** A row: its fields, and the line of the file that it begins in. */
export interface CsvRecord {
  readonly fields: readonly string[]
  readonly line: number
  /** Blank lines between the row before and this one. */
  readonly blanks: number
}

/** Rows in their order, and those that are none: for their quotes, or a NUL character. */
export interface Records {
  readonly records: readonly CsvRecord[]
  readonly bad: readonly BadRow[]
  /** Rows that were read many at once, in place of records. */
  readonly block?: BlockReader
  /** Whether the last of the bad rows goes on: all that follows may be of it. */
  readonly isEndless?: boolean
}
