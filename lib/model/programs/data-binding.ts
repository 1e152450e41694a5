/*
 * Data sets as runs bind them: how the rows come, and one matrix per slot and member.
 */
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import type { Matrix } from '../../native/addon.js'
import type { DataMode, Scoring } from './compile.js'

/** Rows of a batch for evaluation: enough for full tiles, small enough to stay in cache. */
export const EVALUATION_BATCH = 512

/**
 * How a run reads its data, one matrix per slot and member, and which of those are its own.
 *
 * @param shuffled whether the rows come in an order of every epoch's own. Default false
 * @param asFloats whether bytes are converted before the run. Default false: while it reads them
 */
export function dataMode(
  data: readonly Dataset[],
  { loss }: Scoring,
  outputs: number,
  { shuffled = false, asFloats = false }: { shuffled?: boolean; asFloats?: boolean } = {},
) {
  const { type, matrices } = featuresOf(data, asFloats)
  const targets = data.map((one) => forRuns(one).targetMatrix(loss, outputs))
  const weights = data.map((one) => forRuns(one).weights)
  const weighted = weights.some((matrix) => matrix !== undefined)
  const mode: DataMode = {
    xType: type,
    shuffled,
    targetType: targets[0]!.type,
    targetColumns: targets[0]!.columns,
    weighted,
  }
  const slots: Matrix[][] = [matrices, targets.map(({ matrix }) => matrix)]
  const own: Matrix[] = []
  const equal = (one: Dataset) => {
    const made = forRuns(one).equalWeights()
    own.push(made)
    return made
  }
  if (weighted) slots.push(weights.map((matrix, member) => matrix ?? equal(data[member]!)))
  return { mode, slots, own }
}

/** The features as a run reads them: one type for all members. */
export function featuresOf(data: readonly Dataset[], asFloats = false) {
  // Members with data of different types all read floats.
  const floats = asFloats || data.some(({ type }) => type !== data[0]!.type)
  const type = floats ? ('float32' as const) : data[0]!.type
  return { type, matrices: data.map((one) => forRuns(one).featureMatrix(floats)) }
}

/** Rows of every member. */
export function rowsOf(data: readonly Dataset[], members: number): Float64Array {
  return Float64Array.from({ length: members }, (_, member) => (data[member] ?? data[0]!).rows)
}
