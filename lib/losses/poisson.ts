import { knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss, mismatch, type NoOptions } from './loss.js'

/** Keeps the logarithm of a rate of 0 finite, as PyTorch does. */
const SMALL = 1e-8

/** Activations whose output may be below 0, or is never above 1. */
const noRate =
  /^(sigmoid|hardSigmoid|tanh|relu6|leakyRelu|elu|selu|gelu|silu|mish|softsign|hardSwish|softmax|logSoftmax)$/

/**
 * Counts as targets: the negative log likelihood of a Poisson distribution without its constant, mean over rows and
 * outputs. A 'linear' output is the logarithm of the rate, `e^z - y·z`; an output that is
 * positive by itself ('softplus', 'relu', an exponential of your own) is the rate, `a - y·log(a + 1e-8)`. Predictions are
 * what the last layer gives: with a 'linear' output take their exponential for the rate.
 */
export const poisson: ConfigurableLoss<NoOptions> = configurableLoss((options) => {
  knownOptions('poisson', options, [])
  return {
    name: 'poisson',
    targetKind: 'counts',
    linearOutput: 'logRates',
    takesLogits(outputActivation) {
      if (!noRate.test(outputActivation)) return false
      throw mismatch(
        'poisson',
        "'linear' (log rates), 'softplus' or another of positive numbers (rates)",
        outputActivation,
      )
    },
    record(record, recording) {
      const logRates = (recording.outputActivation ?? 'linear') === 'linear'
      recordElementRule(record, recording, ({ prediction, target }) => {
        if (logRates) {
          const rate = prediction.exponential()
          return { value: rate.minus(target.times(prediction)), derivative: rate.minus(target) }
        }
        const rate = prediction.plus(SMALL)
        return {
          value: prediction.minus(target.times(rate.logarithm())),
          derivative: target.over(rate).negated().plus(1),
        }
      })
    },
  }
})
