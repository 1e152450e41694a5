/*
 * The one pass over a data set that gives loss and all metrics: sums of what is a mean over rows, and, where some metric
 * sees all rows at once, the outputs of all rows from the same batches.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { largestOf } from '../../extremes.js'
import type { Arena } from '../../native/addon.js'
import type { Network } from '../network/network.js'
import { compileScoring, memberTable, type RowScore, type Scoring } from '../programs/compile.js'
import { dataMode, EVALUATION_BATCH, rowsOf } from '../programs/data-binding.js'
import type { PassSettings } from '../programs/passes.js'
import { AllRowsMetrics } from './all-rows-metrics.js'

export interface ScoringPass {
  readonly settings: PassSettings & { readonly numbers: Float64Array }
  /** Of the pass's accumulators, in order. */
  readonly scores: readonly RowScore[]
  /** The metrics of the outputs that the pass gives; undefined where it gives none. */
  readonly allRows: AllRowsMetrics | undefined
}

/** Loss and metrics of every member of a network, over one data set for all, or one each. */
export function scoringPass(
  network: Network,
  parameters: Arena,
  data: readonly Dataset[],
  scoring: Scoring,
  members: number,
): ScoringPass {
  const allRows = AllRowsMetrics.of(network, data, scoring, members)
  const { mode, slots, own } = dataMode(data, scoring, network.outputs)
  const rows = rowsOf(data, members)
  const compiled = compileScoring(network, mode, scoring, { costRows: rows, givesOutputs: allRows !== undefined })
  const settings = {
    program: compiled.program,
    batch: Math.min(EVALUATION_BATCH, largestOf(rows)),
    rows,
    numbers: memberTable(compiled, members),
    parameters,
    slots,
    own,
    ...allRows?.passOutput,
  }
  return { settings, scores: compiled.scores, allRows }
}
