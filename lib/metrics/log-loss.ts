import { SMALLEST_PROBABILITY } from './functions/probabilities.js'
import { type ConfigurableMetric, configurableMetric, type NamedMetric, nameOption } from './metric.js'
import { recordRowValue } from './row-values.js'

/**
 * Log loss: `-log` of the probability given to the true outcome, mean over rows (and outputs). It is the cross-entropy
 * without label smoothing, class weights and penalties. It is computed from the logits where the loss takes them;
 * elsewhere probabilities are kept 1e-7 away from 0 and 1.
 */
export const logLoss: ConfigurableMetric<NamedMetric> = configurableMetric('logLoss', (options) => ({
  options: nameOption('logLoss', options),
  higherIsBetter: false,
  needs: ['labels', 'probabilities'],
  record(record, recording) {
    const { output: logits, meaning, task, target, rowValue: rowLoss } = recording
    if (meaning === 'logits') {
      if (task === 'classes') record.softmaxCrossEntropy({ logits, target, rowLoss })
      else record.sigmoidBinaryCrossEntropy({ logits, target, rowLoss })
      return
    }
    recordRowValue(record, recording, task === 'classes' ? 'sum' : 'mean', ({ score, target: y }) => {
      const p = score.atLeast(SMALLEST_PROBABILITY).atMost(1 - SMALLEST_PROBABILITY)
      const terms = y.times(p.logarithm())
      if (task === 'classes') return terms.negated()
      return terms.plus(y.negated().plus(1).times(p.negated().plus(1).logarithm())).negated()
    })
  },
}))
