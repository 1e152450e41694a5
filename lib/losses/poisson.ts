import { activationNamed } from '../activations/activation.js'
import { knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss, mismatch, type NoOptions } from './loss.js'

/** Added to a rate before its logarithm, so that the logarithm of 0 stays finite, as in PyTorch. */
const SMALL = 1e-8

/** Activations whose output may be below 0, or is never above 1. */
const noRate =
  /^(sigmoid|hardSigmoid|tanh|relu6|leakyRelu|elu|selu|gelu|silu|mish|softsign|hardSwish|softmax|logSoftmax)$/

/**
 * For targets that are counts (at least 0): the negative log likelihood of a Poisson distribution without its constant
 * term, mean over rows and outputs (PyTorch's `PoissonNLLLoss`). A 'linear' output is the logarithm of the rate, and
 * the loss is `e^z - y·z`. An output that is positive by itself ('softplus', 'relu', an exponential of your own) is the
 * rate, and the loss is `a - y·log(a + 1e-8)`. `predict` gives what the last layer gives: with a 'linear' output take
 * the exponential to get the rate.
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
      const { gives } = activationNamed(recording.outputActivation ?? 'linear')
      const logRates = gives === 'sums'
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
