import { largestOf } from '../extremes.js'
import type { MetricTask, OutputMeaning } from './meaning.js'

/** One column of outputs (rows, outputs). */
export function columnOf(output: Float32Array, outputs: number, column: number): Float32Array {
  return Float32Array.from({ length: output.length / outputs }, (_, row) => output[row * outputs + column]!)
}

/** Outputs (rows, outputs) as probabilities, rates or values, in float64. */
export function scoresOfOutputs(
  output: Float32Array,
  meaning: OutputMeaning,
  task: MetricTask,
  outputs: number,
): Float64Array {
  const scores = new Float64Array(output)
  if (meaning === 'probabilities' || meaning === 'values') return scores
  if (meaning !== 'logits') return scores.map(Math.exp)
  if (task !== 'classes') return scores.map((z) => 1 / (1 + Math.exp(-z)))
  for (let at = 0; at < scores.length; at += outputs) {
    const row = scores.subarray(at, at + outputs)
    const largest = largestOf(row)
    let sum = 0
    for (const [i, z] of row.entries()) sum += row[i] = Math.exp(z - largest)
    for (const [i, term] of row.entries()) row[i] = term / sum
  }
  return scores
}
