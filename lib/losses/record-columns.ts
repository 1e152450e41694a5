import type { Recorder } from '../recording/recorder.js'
import { columnIndex, type Element, elementOf } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'

/** Four operations an output, below what a rule may have. */
const OUTPUTS_OF_A_RULE = 20

/** Numbers, one an output, as one row, which goes with every row of the batch. */
export function recordColumns(record: Recorder, values: readonly number[]): Tensor {
  const row = record.scratch(values.length, values.length)
  for (let from = 0; from < values.length; from += OUTPUTS_OF_A_RULE) {
    const part = values.slice(from, from + OUTPUTS_OF_A_RULE)
    const inputs: Record<string, Tensor> = from === 0 ? {} : { row }
    const column = columnIndex()
    record.map({ inputs, outputs: { row } }, (given) => ({
      row: part.reduce<Element>(
        (rest, value, i) => column.equals(from + i).select(value, rest),
        given.row ?? elementOf(0),
      ),
    }))
  }
  return row
}
