/*
 * How the texts of a column were read, and what was assumed: what a table tells of its columns.
 */

export const noteKinds = ['text', 'date', 'spelling'] as const

export type NoteKind = (typeof noteKinds)[number]

/** Something that was assumed of a column, in plain words. */
export interface ColumnNote {
  /** What it is about: numbers kept as `text`, how a `date` is written, or the `spelling` of texts. */
  readonly kind: NoteKind
  readonly text: string
}

/** A note with the column that it is about. */
export interface TableNote extends ColumnNote {
  readonly column: string
}

/** How a column was read. */
export interface ColumnReading {
  readonly notes?: readonly ColumnNote[]
}

/** Undefined where there is nothing to tell. */
export function columnReading({
  notes = [],
}: { readonly [Part in keyof ColumnReading]: ColumnReading[Part] | undefined }): ColumnReading | undefined {
  return notes.length === 0 ? undefined : { notes }
}

/** Of parts of one column: one note of each kind. */
export function joinReadings(parts: readonly (ColumnReading | undefined)[]): ColumnReading | undefined {
  const notes = new Map<NoteKind, ColumnNote>()
  for (const note of parts.flatMap((part) => part?.notes ?? [])) if (!notes.has(note.kind)) notes.set(note.kind, note)
  return columnReading({ notes: [...notes.values()] })
}
