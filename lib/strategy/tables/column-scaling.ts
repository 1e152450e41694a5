import type { Scaling } from '../../data/encoding/fit/options.js'
import type { Table } from '../../data/table/table.js'
import { RunningMoments } from '../../statistics.js'

/** Deviations from the mean beyond which a few values would rule a standardized column. */
const FARTHEST = 15

/**
 * The scaling of the columns of a table: as asked for, for all columns or by name, otherwise by their values.
 *
 * @returns of the columns that are not standardized, or were asked for
 */
export function scalingFor(
  table: Table,
  target: string,
  asked: Scaling | Readonly<Record<string, Scaling>>,
): Record<string, Scaling> {
  if (typeof asked !== 'string') {
    const own = Object.entries(asked).filter(([name]) => table.has(name))
    return { ...scalingOf(table, target), ...Object.fromEntries(own) }
  }
  const numbers = table.columns.filter(({ name, type }) => type === 'number' && name !== target)
  return Object.fromEntries(numbers.map(({ name }) => [name, asked]))
}

/** Columns with values far from all others go by rank: incomes, balances, counts of rare events. */
function scalingOf(table: Table, target: string): Record<string, Scaling> {
  const found: Record<string, Scaling> = {}
  for (const column of table.columns) {
    if (column.type !== 'number' || column.name === target) continue
    if (farthest(column.values) > FARTHEST) found[column.name] = 'quantile'
  }
  return found
}

/** The largest distance from the mean, in deviations; missing values are left out. */
function farthest(values: Float64Array): number {
  const moments = new RunningMoments()
  for (const value of values) if (!Number.isNaN(value)) moments.add(value)
  const { mean, deviation } = moments
  if (!(deviation > 0)) return 0
  return (
    values.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value - mean))), 0) / deviation
  )
}
