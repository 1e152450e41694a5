import { reductions } from '../native/generated/enums.js'
import type { Recorder } from '../recording/recorder.js'
import { columnIndex } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { knownOptions, positiveInteger } from '../validate.js'
import { DEFAULT_K } from './functions/probabilities.js'
import { type ConfigurableMetric, configurableMetric, type NamedMetric } from './metric.js'

export interface TopKMetricOptions extends NamedMetric {
  /** How many of the highest outputs count. Default 2, as in scikit-learn. */
  readonly k?: number
}

/**
 * The share of rows whose class is among the k highest outputs: `topK(3)`, or `topK({ k: 3, name: 'top3' })`. Of equal
 * outputs the later class counts as the higher, as in scikit-learn.
 */
export const topK: ConfigurableMetric<number | TopKMetricOptions> = configurableMetric('topK', (options) => {
  const chosen = typeof options === 'number' ? { k: options } : options
  const given = knownOptions<TopKMetricOptions>('topK', chosen, ['k', 'name'])
  const k = positiveInteger('k', given.k ?? DEFAULT_K)
  return {
    options: { ...given, k },
    higherIsBetter: true,
    needs: ['severalClasses'],
    record(record, { output, target, rowValue }) {
      const own = record.empty(output.columns)
      const indices = target.fields.type === 'int32'
      // The output of the row's class, found by a sum over one; the others are left out, infinite ones too.
      const wanted = record.empty(1)
      const place = indices ? target : recordLargest(record, target)
      record.map({ inputs: { output, place }, outputs: { own } }, (all) => ({
        own: columnIndex().equals(all.place).select(all.output, 0),
      }))
      record.reduceRows({ output: wanted, x: own, kind: reductions.sum })
      const before = record.empty(output.columns)
      record.map({ inputs: { output, wanted, place }, outputs: { before } }, (all) => ({
        before: all.output
          .moreThan(all.wanted)
          .plus(all.output.equals(all.wanted).times(columnIndex().moreThan(all.place))),
      }))
      const count = record.empty(1)
      record.reduceRows({ output: count, x: before, kind: reductions.sum })
      record.map({ inputs: { count }, outputs: { rowValue } }, (all) => ({ rowValue: all.count.lessThan(k) }))
    },
  }
})

/** The class of a row of probabilities: the first of those that are largest. */
function recordLargest(record: Recorder, target: Tensor): Tensor {
  const most = record.empty(1)
  record.reduceRows({ output: most, x: target, kind: reductions.largest })
  const negated = record.empty(target.columns)
  record.map({ inputs: { target, most }, outputs: { negated } }, (all) => ({
    negated: all.target.equals(all.most).select(columnIndex().negated(), -target.columns),
  }))
  const first = record.empty(1)
  record.reduceRows({ output: first, x: negated, kind: reductions.largest })
  const place = record.empty(1)
  record.map({ inputs: { first }, outputs: { place } }, (all) => ({ place: all.first.negated() }))
  return place
}
