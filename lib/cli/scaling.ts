import type { Scaling } from '../data/encoder/fit-options.js'
import type { Table } from '../data/table/table.js'

/** Deviations from the mean beyond which a few values would rule a standardised column. */
const FARTHEST = 15

/** Columns with values far from all others go by rank: incomes, balances, counts of rare events. */
export function scalingOf(table: Table, target: string): Record<string, Scaling> {
  const found: Record<string, Scaling> = {}
  for (const column of table.columns) {
    if (column.type !== 'number' || column.name === target) continue
    if (farthest(column.values) > FARTHEST) found[column.name] = 'quantile'
  }
  return found
}

/** The largest distance from the mean, in deviations; missing values are left out. */
function farthest(values: Float64Array): number {
  let [known, mean, squares] = [0, 0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    known++
    const difference = value - mean
    mean += difference / known
    squares += difference * (value - mean)
  }
  const deviation = Math.sqrt(squares / known)
  if (!(deviation > 0)) return 0
  return (
    values.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value - mean))), 0) / deviation
  )
}
