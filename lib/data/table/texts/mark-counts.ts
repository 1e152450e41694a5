import type { ColumnNote } from '../column-reading.js'

/** Texts that are shown in a note. */
const MOST_SHOWN = 5

/** How many rows of a column have which mark for a missing value. */
export class MarkCounts {
  #counts = new Map<string, number>()

  add(mark: string): void {
    this.#counts.set(mark, (this.#counts.get(mark) ?? 0) + 1)
  }

  remove(mark: string): void {
    this.#counts.set(mark, this.#counts.get(mark)! - 1)
  }

  /** The note of the marks counted since the last call; empty fields are nothing to tell. */
  take(): readonly ColumnNote[] {
    const counts = [...this.#counts].filter(([mark, rows]) => mark !== '' && rows > 0)
    this.#counts = new Map()
    if (counts.length === 0) return []
    return [{ kind: 'missing', text: `${rowsOf(counts)} ${isOrAre(counts)} read as missing` }]
  }
}

/** Words that are values of a category here, and marks elsewhere. */
export function keptMarks(counts: readonly (readonly [mark: string, rows: number])[]): readonly ColumnNote[] {
  if (counts.length === 0) return []
  const names = counts.slice(0, MOST_SHOWN).map(([mark]) => `'${mark}'`)
  const advice = `if ${counts.length === 1 ? 'it stands' : 'they stand'} for nothing, give alsoMissing: [${names.join(', ')}]`
  return [{ kind: 'word', text: `${rowsOf(counts)} ${isOrAre(counts)} kept as a value (${advice})` }]
}

function rowsOf(counts: readonly (readonly [mark: string, rows: number])[]): string {
  const sorted = [...counts].sort((a, b) => b[1] - a[1])
  const shown = sorted.slice(0, MOST_SHOWN).map(([mark, rows]) => `'${mark}' (${rows} row${rows === 1 ? '' : 's'})`)
  return `${shown.join(', ')}${sorted.length > MOST_SHOWN ? ' and others' : ''}`
}

function isOrAre(counts: readonly unknown[]): string {
  return counts.length === 1 ? 'is' : 'are'
}
