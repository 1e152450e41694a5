/*
 * How the features of training rows are spread, column by column: of numbers, not of codes.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { RunningMoments } from '../../statistics.js'
import { inTurns, type Steps } from '../../turns.js'
import { networkOf, type Recipe } from './recipe.js'

/** One column of numbers. */
export interface NumericColumn {
  readonly column: number
  readonly mean: number
  readonly deviation: number
  /** Whether it has two values at most, as marks of categories and answers of yes or no have. */
  readonly twoValued: boolean
}

/** A group of columns: a named input, or all where inputs have no names. */
export interface ColumnGroup {
  readonly name: string | undefined
  readonly from: number
  readonly columns: number
}

/** Inputs that hold numbers, in the order of the data's columns. */
export function numericGroups(recipe: Recipe): ColumnGroup[] {
  const { train } = recipe
  const { layout, codes } = networkOf(recipe)
  if (train.inputs === undefined) {
    return codes.length > 0 ? [] : [{ name: undefined, from: 0, columns: train.features }]
  }
  const coded = new Set(codes.map(({ name }) => name))
  let from = 0
  return train.inputs.flatMap(({ name, columns }) => {
    const group = { name: layout === undefined ? undefined : name, from, columns }
    from += columns
    return coded.has(name) ? [] : [group]
  })
}

const known = new WeakMap<Dataset, Promise<readonly NumericColumn[]>>()

/** The columns that hold numbers; computed once for every data set. */
export function numericColumns(recipe: Recipe): Promise<readonly NumericColumn[]> {
  const { train } = recipe
  const columns = known.get(train) ?? inTurns(momentsOf(train, numericGroups(recipe)))
  known.set(train, columns)
  return columns
}

/** Rows between two steps. */
const ROWS_OF_STEP = 16

function* momentsOf(data: Dataset, groups: readonly ColumnGroup[]): Steps<readonly NumericColumn[]> {
  const columns = groups.flatMap(({ from, columns: count }) => Array.from({ length: count }, (_, at) => from + at))
  const moments = columns.map(() => new RunningMoments())
  const values = columns.map((): number[] => [])
  for (let row = 0; row < data.rows; row++) {
    const features = data.row(row)
    for (const [place, column] of columns.entries()) {
      const value = features[column]!
      moments[place]!.add(value)
      const seen = values[place]!
      if (seen.length < 3 && !seen.includes(value)) seen.push(value)
    }
    if (row % ROWS_OF_STEP === 0) yield
  }
  return columns.map((column, place) => {
    const { mean, deviation } = moments[place]!
    return { column, mean, deviation, twoValued: values[place]!.length < 3 }
  })
}
