import type { Column } from '../data/table/column.js'
import { ELEMENTS_OF_STEP, type Steps } from '../turns.js'

/** The numbers behind a column: values, or the codes of its levels. */
export function valuesOf(column: Column): Float64Array | Int32Array {
  return column.type === 'category' ? column.codes : column.values
}

/** Whether one of the numbers behind a column stands for nothing. */
export function isMissing(column: Column, value: number): boolean {
  return column.type === 'category' ? value < 0 : Number.isNaN(value)
}

/** How many rows have no value. */
export function* countMissing(column: Column): Steps<number> {
  const values = valuesOf(column)
  let missing = 0
  for (let row = 0; row < values.length; row++) {
    if (isMissing(column, values[row]!)) missing++
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return missing
}

/** Of more texts than this, the most frequent one is not looked for. */
const MOST_SORTED = 1000

/** Values and the rows that have them, the most frequent first. */
export function* levelCounts(column: Column): Steps<[level: string, rows: number][]> {
  if (column.type === 'category') return yield* textCounts(column.levels, column.codes)
  const { values } = column
  const counts = new Map<number, number>()
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  const name = (value: number) => (column.type === 'boolean' ? String(value !== 0) : String(value))
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([value, rows]) => [name(value), rows])
}

function* textCounts(levels: readonly string[], codes: Int32Array): Steps<[level: string, rows: number][]> {
  const counts = new Uint32Array(levels.length)
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! >= 0) counts[codes[row]!]!++
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  const known: [string, number][] = []
  for (let code = 0; code < levels.length; code++) {
    if (counts[code]! > 0) known.push([levels[code]!, counts[code]!])
    if (code % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  // Of texts that are all different there is no most frequent one.
  return known.length > MOST_SORTED ? known : known.sort((a, b) => b[1] - a[1])
}
