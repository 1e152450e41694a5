import { type Scaling, scalings } from '../data/encoder/fit/options.js'
import type { Table } from '../data/table/table.js'
import { RunningMoments } from '../statistics.js'
import type { Given } from './command.js'
import { assignments } from './values.js'

/** Deviations from the mean beyond which a few values would rule a standardised column. */
const FARTHEST = 15

/**
 * What `--scaling` asks for: one scaling for all columns of numbers, or column=scaling between commas.
 *
 * @throws UsageError for anything else
 */
export function scalingOption(given: Given): ScalingOption {
  const texts = given.lists.get('scaling') ?? []
  const all = scalings.find((one) => texts.length === 1 && texts[0] === one)
  return all === undefined ? { columns: assignments(given, 'scaling', scalings, 'scaling') } : { all, columns: {} }
}

export interface ScalingOption {
  readonly all?: Scaling
  readonly columns: Readonly<Record<string, Scaling>>
}

/** The scaling of the columns of a table: as asked for, otherwise by their values. */
export function scalingFor(table: Table, target: string, { all, columns }: ScalingOption): Record<string, Scaling> {
  const numbers = table.columns.filter(({ name, type }) => type === 'number' && name !== target)
  const others =
    all === undefined ? scalingOf(table, target) : Object.fromEntries(numbers.map(({ name }) => [name, all]))
  const asked = Object.entries(columns).filter(([name]) => table.has(name))
  return { ...others, ...Object.fromEntries(asked) }
}

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
  const moments = new RunningMoments()
  for (const value of values) if (!Number.isNaN(value)) moments.add(value)
  const { mean, deviation } = moments
  if (!(deviation > 0)) return 0
  return (
    values.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value - mean))), 0) / deviation
  )
}
