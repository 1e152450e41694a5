/*
 * How the texts of a column were read, and what was assumed: what a table tells of its columns, and what an encoder keeps so
 * that later texts are read in the same way.
 */
import type { Notation } from './numbers/notation.js'

export const noteKinds = ['number', 'missing', 'word', 'text', 'zeros', 'unit', 'date', 'spelling', 'file'] as const

export type NoteKind = (typeof noteKinds)[number]

/** Something that the reader assumed about a column, as a sentence. */
export interface ColumnNote {
  /**
   * What it is about: how a `number` is written, marks of `missing` values, a `word` that is kept as a value although it may
   * stand for nothing, numbers kept as `text`, `zeros` that are lost, a `unit`, how a `date` is written, or the `spelling` of
   * texts; of a table also how the `file` is written as a whole.
   */
  readonly kind: NoteKind
  readonly text: string
}

/** A note about a column, or about the whole file if it names none. */
export interface TableNote extends ColumnNote {
  readonly column?: string
}

/** How the texts of a column were read. */
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

/** How a column in parts was read: as its first part, with the notes of all. */
export function joinReadings(parts: readonly (ColumnReading | undefined)[]): ColumnReading | undefined {
  return columnReading({ ...parts[0], notes: joinNotes(parts.flatMap((part) => part?.notes ?? [])) })
}

const ROWS = /\((\d+) rows?\)/g

/** Notes that differ in how many rows they are about are one, with the sum of the rows. */
function joinNotes(notes: readonly ColumnNote[]): readonly ColumnNote[] {
  const alike = new Map<string, ColumnNote[]>()
  // Parts that were selected from one table have its notes, which are of the same rows.
  for (const note of new Set(notes)) {
    const key = `${note.kind} ${note.text.replaceAll(ROWS, '()')}`
    const known = alike.get(key)
    if (known === undefined) alike.set(key, [note])
    else known.push(note)
  }
  return [...alike.values()].map(([first, ...more]) => {
    if (more.length === 0) return first!
    const counts = [first!, ...more].map(({ text }) => [...text.matchAll(ROWS)].map(([, rows]) => Number(rows)))
    let at = 0
    const text = first!.text.replaceAll(ROWS, () => {
      const rows = counts.reduce((sum, own) => sum + own[at]!, 0)
      at++
      return `(${rows} row${rows === 1 ? '' : 's'})`
    })
    return { kind: first!.kind, text }
  })
}
