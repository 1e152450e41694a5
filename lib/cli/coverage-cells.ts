/*
 * Intervals and sets of a stated coverage as the cells of a file.
 */
import type { Dataset } from '../data/dataset/dataset.js'
import type { Sequential } from '../model/sequential.js'
import { TableModel } from '../strategy/tables/table-model.js'
import type { Given } from './command.js'
import { valueDigits } from './prediction-cells.js'
import { UsageError } from './terminal.js'
import { decimal } from './values.js'

/** Between the labels of a set. */
const SEPARATOR = ' | '

export const coverageOption = {
  value: '<share>',
  help: 'adds an interval, or the set of labels, that holds the target with this chance; the model needs --folds',
} as const

export function coverageOf(given: Given): number | undefined {
  return decimal(given, 'coverage', 'a number above 0 and below 1', { exclusiveMin: 0, below: 1 })
}

/**
 * Gives intervals or sets of one coverage for the rows of a model.
 *
 * @throws UsageError for a model that was not trained with folds, or on too few rows for so much coverage
 */
export function coveredBy(model: Sequential | TableModel, coverage: number, path: string) {
  const [one] = model instanceof TableModel ? [model] : []
  if (one === undefined) throw new UsageError(`--coverage: ${path} holds one network. Train it with --folds 5.`)
  const classes = one.labels !== undefined
  try {
    // Before anything is read: whether the model can.
    if (classes) one.predictSetsSync(noRows(one), { coverage })
    else one.predictIntervalSync(noRows(one), { coverage })
  } catch (cause) {
    throw new UsageError(`--coverage: ${path}: ${(cause as Error).message}`, { cause })
  }
  return {
    names: classes ? ['set'] : ['lower', 'upper'],
    cells: (data: Dataset, decimalMark: '.' | ',') =>
      classes ? setCells(one, data, coverage) : intervalCells(one, data, coverage, decimalMark),
  }
}

/** A row of any numbers. */
function noRows({ inputs }: TableModel) {
  return { data: new Float32Array(inputs), shape: [1, inputs] }
}

async function setCells(model: TableModel, data: Dataset, coverage: number): Promise<string[][]> {
  return (await model.predictSets(data, { coverage })).map((set) => [set.join(SEPARATOR)])
}

async function intervalCells(
  model: TableModel,
  data: Dataset,
  coverage: number,
  decimalMark: '.' | ',',
): Promise<string[][]> {
  const { deviation } = model.encoder.targetScale!
  const written = (value: number) => String(valueDigits(value, deviation)).replace('.', decimalMark)
  const { lower, upper } = await model.predictInterval(data, { coverage })
  return Array.from(lower, (low, row) => [written(low), written(upper[row]!)])
}
