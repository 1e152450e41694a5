import type { Scaling } from '../../data/encoding/fit/options.js'
import type { Table } from '../../data/table/table.js'
import { RunningMoments } from '../../statistics.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { invalid } from '../../validate.js'
import type { TableRecipe } from './recipe.js'

/** Deviations from the mean beyond which a few values would rule a standardized column. */
const FARTHEST = 15

/**
 * The scaling of the columns of a table: as asked for, for all columns or by name, otherwise as usual.
 *
 * @param usual of columns that nothing is asked for: one for all, or by their values
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a column that has no scale
 * @returns of the columns that are not standardized, or were asked for
 */
export function* scalingFor(
  table: Table,
  target: string,
  asked: Scaling | Readonly<Record<string, Scaling>>,
  usual: TableRecipe['scaling'] = 'byValues',
): Steps<Record<string, Scaling>> {
  if (typeof asked !== 'string') {
    const own = Object.entries(asked).filter(([name]) => table.has(name))
    const other = own.find(([name]) => !['number', 'boolean'].includes(table.column(name).type))
    if (other !== undefined) {
      const { name, type } = table.column(other[0])
      throw invalid('scaling', 'columns of numbers or booleans', `${name}, which is ${type}`)
    }
    const others = usual === 'byValues' ? yield* scalingOf(table, target) : oneForAll(table, target, usual)
    return { ...others, ...Object.fromEntries(own) }
  }
  return oneForAll(table, target, asked)
}

/** Booleans have two forms, of which 'robust' takes the other. */
function oneForAll(table: Table, target: string, scaling: Scaling): Record<string, Scaling> {
  const types = scaling === 'robust' ? ['number', 'boolean'] : ['number']
  const scaled = table.columns.filter(({ name, type }) => types.includes(type) && name !== target)
  return Object.fromEntries(scaled.map(({ name }) => [name, scaling]))
}

/** Columns with values far from all others go by rank: incomes, balances, counts of rare events. */
function* scalingOf(table: Table, target: string): Steps<Record<string, Scaling>> {
  const found: Record<string, Scaling> = {}
  for (const column of table.columns) {
    if (column.type !== 'number' || column.name === target) continue
    if ((yield* farthest(column.values)) > FARTHEST) found[column.name] = 'quantile'
  }
  return found
}

/** The largest distance from the mean, in deviations; missing values are left out. */
function* farthest(values: Float64Array): Steps<number> {
  const moments = new RunningMoments()
  for (let row = 0; row < values.length; row++) {
    if (!Number.isNaN(values[row])) moments.add(values[row]!)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  const { mean, deviation } = moments
  if (!(deviation > 0)) return 0
  let most = 0
  for (let row = 0; row < values.length; row++) {
    if (!Number.isNaN(values[row])) most = Math.max(most, Math.abs(values[row]! - mean))
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return most / deviation
}
