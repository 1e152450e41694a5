import { reductions } from '../native/generated/enums.js'
import type { Recorder } from '../recording/recorder.js'
import { columnIndex, type Element } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import type { MetricRecording } from './metric.js'

/** The output as probabilities, rates or values, whatever form was recorded. */
export function recordScores(record: Recorder, { output, meaning, task }: MetricRecording): Tensor {
  if (meaning === 'probabilities' || meaning === 'values') return output
  const scores = record.empty(output.columns)
  if (meaning === 'logits' && task === 'classes') {
    record.softmaxForward({ output: scores, x: output })
  } else {
    record.map({ inputs: { output }, outputs: { scores } }, ({ output: x }) => ({
      scores: meaning === 'logits' ? x.sigmoid() : x.exponential(),
    }))
  }
  return scores
}

/**
 * Writes to `rowValue` the sum or mean over outputs of a rule of every score and its target; a class target is 1 at its
 * own output and 0 at the others.
 */
export function recordRowValue(
  record: Recorder,
  recording: MetricRecording,
  over: 'sum' | 'mean',
  rule: (values: { readonly score: Element; readonly target: Element }) => Element,
): void {
  const { target, rowValue } = recording
  const score = recordScores(record, recording)
  const indices = target.fields.type === 'int32'
  const values = score.columns === 1 ? rowValue : record.empty(score.columns)
  record.map({ inputs: { score, target }, outputs: { values } }, (all) => ({
    values: rule({ score: all.score, target: indices ? columnIndex().equals(all.target) : all.target }),
  }))
  if (values !== rowValue)
    record.reduceRows({ output: rowValue, x: values, kind: over === 'sum' ? reductions.sum : reductions.mean })
}
