import type { Column } from '../data/table/column.js'

/** The numbers behind a column: values, or the codes of its levels. */
export function valuesOf(column: Column): Float64Array | Int32Array {
  return column.type === 'category' ? column.codes : column.values
}

/** Whether one of the numbers behind a column stands for nothing. */
export function isMissing(column: Column, value: number): boolean {
  return column.type === 'category' ? value < 0 : Number.isNaN(value)
}

/** Of more texts than this, the most frequent one is not looked for. */
const MOST_SORTED = 1000

/** Values and the rows that have them, the most frequent first. */
export function levelCounts(column: Column): [level: string, rows: number][] {
  if (column.type === 'category') {
    const counts = new Uint32Array(column.levels.length)
    for (const code of column.codes) if (code >= 0) counts[code]!++
    const known = column.levels
      .map((level, code): [string, number] => [level, counts[code]!])
      .filter(([, rows]) => rows > 0)
    // Of texts that are all different there is no most frequent one.
    return known.length > MOST_SORTED ? known : known.sort((a, b) => b[1] - a[1])
  }
  const counts = new Map<number, number>()
  for (const value of column.values) if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1)
  const name = (value: number) => (column.type === 'boolean' ? String(value !== 0) : String(value))
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([value, rows]) => [name(value), rows])
}
