import { reductions } from '../native/generated/enums.js'
import { batchRows, elementOf } from '../recording/rule.js'
import type { Tensor } from '../recording/tensor.js'
import { knownOptions } from '../validate.js'
import { givesLogarithms, takesSoftmaxLogits } from './cross-entropy.js'
import { rowFactor, rowSums, softmaxParts } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss, type NoOptions } from './loss.js'

/**
 * Kullback-Leibler divergence `Σ y (log y - log p)` over classes, mean over rows (PyTorch's 'batchmean'): how far the
 * output is from a row of probabilities, such as another model's. Outputs are 'softmax', 'logSoftmax' or 'linear'
 * (logits); the loss is computed from the logits. Targets are rows of probabilities (batch, outputs); a target of 0
 * adds nothing.
 */
export const kullbackLeibler: ConfigurableLoss<NoOptions> = configurableLoss((options) => {
  knownOptions('kullbackLeibler', options, [])
  return {
    name: 'kullbackLeibler',
    targetKind: 'probabilities',
    takesLogits: (outputActivation, outputs) => takesSoftmaxLogits('kullbackLeibler', outputActivation, outputs),
    record(record, recording) {
      const { prediction: logits, target, rowLoss, gradient, output, outputActivation } = recording
      const { largest, exponentials, sum, logSum } = softmaxParts(record, logits)
      const values = record.empty(logits.columns)
      // Term by term, so that nearly equal distributions come to nearly 0.
      record.map({ inputs: { logits, target, largest, logSum }, outputs: { values } }, (all) => {
        const { logits: z, target: y, largest: most, logSum: total } = all
        const terms = y.times(y.logarithm().minus(z.minus(most).minus(total)))
        return { values: y.equals(0).select(0, terms) }
      })
      record.reduceRows({ output: rowLoss, x: values, kind: reductions.sum })
      if (gradient !== undefined) {
        const mass = rowSums(record, target)
        const factor = rowFactor(record, recording)
        const inputs: Record<string, Tensor> = {
          exponentials,
          sum,
          target,
          mass,
          ...(factor === undefined ? {} : { factor }),
        }
        record.map({ inputs, outputs: { gradient } }, (all) => {
          const probability = all.exponentials!.over(all.sum!)
          const share = all.factor ?? elementOf(1).over(batchRows())
          return { gradient: probability.times(all.mass!).minus(all.target!).times(share) }
        })
      }
      if (output === undefined) return
      record.map({ inputs: { logits, exponentials, largest, sum, logSum }, outputs: { output } }, (all) => ({
        output: givesLogarithms(outputActivation)
          ? all.logits.minus(all.largest).minus(all.logSum)
          : all.exponentials.over(all.sum),
      }))
    },
    activationGradient({ activation, target, outputActivation }) {
      if (givesLogarithms(outputActivation)) return -target
      return target === 0 ? 0 : -target / activation
    },
  }
})
