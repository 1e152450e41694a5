/*
 * How the texts of a column were read, and what was assumed: what a table tells of its columns, and what an encoder keeps so
 * that later texts are read in the same way.
 */
import type { Notation } from './notation.js'

export const noteKinds = ['number', 'missing', 'word', 'text', 'zeros', 'unit', 'date', 'spelling'] as const

export type NoteKind = (typeof noteKinds)[number]

/** Something that was assumed of a column, in plain words. */
export interface ColumnNote {
  /**
   * What it is about: how a `number` is written, marks of `missing` values, a `word` that is kept as a value although it may
   * stand for nothing, numbers kept as `text`, `zeros` that are lost, a `unit`, how a `date` is written, or the `spelling` of
   * texts.
   */
  readonly kind: NoteKind
  readonly text: string
}

/** A note with the column that it is about. */
export interface TableNote extends ColumnNote {
  readonly column: string
}

/** How a column was read. */
export interface ColumnReading {
  /** How its numbers are written, where that is not 1234.5. */
  readonly notation?: Notation
  /** The texts that stand for a missing value, where options changed them. */
  readonly missing?: readonly string[]
  readonly notes?: readonly ColumnNote[]
}

/** Undefined where there is nothing to tell. */
export function columnReading({
  notation,
  missing,
  notes = [],
}: {
  readonly [Part in keyof ColumnReading]: ColumnReading[Part] | undefined
}): ColumnReading | undefined {
  if (notation === undefined && missing === undefined && notes.length === 0) return undefined
  return {
    ...(notation === undefined ? {} : { notation }),
    ...(missing === undefined ? {} : { missing }),
    ...(notes.length === 0 ? {} : { notes }),
  }
}

/** Of parts of one column: as the first was read; notes of each kind are those of the first part that has any. */
export function joinReadings(parts: readonly (ColumnReading | undefined)[]): ColumnReading | undefined {
  const notes: ColumnNote[] = []
  for (const part of parts) {
    const own = (part?.notes ?? []).filter(({ kind }) => notes.every((one) => one.kind !== kind))
    notes.push(...own)
  }
  return columnReading({ ...parts[0], notes })
}
