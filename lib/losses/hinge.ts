import { activationNamed } from '../activations/activation.js'
import { elementOf } from '../recording/rule.js'
import { knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss, mismatch, type NoOptions } from './loss.js'

/**
 * Hinge loss `max(0, 1 - target · prediction)`, mean over rows and outputs: the margin of a support vector machine
 * (Cortes and Vapnik, 1995). Targets are -1 and +1, or 0 and 1, where 0 counts as -1. For 'linear' or 'tanh' outputs: a
 * positive output means the class +1.
 */
export const hinge: ConfigurableLoss<NoOptions> = configurableLoss((options) => {
  knownOptions('hinge', options, [])
  return {
    name: 'hinge',
    targetKind: 'signs',
    takesLogits(outputActivation) {
      const { gives } = activationNamed(outputActivation)
      if (gives !== 'probabilities' && gives !== 'logProbabilities') return false
      throw mismatch('hinge', "'linear' or another with both signs", outputActivation)
    },
    record: (record, recording) =>
      recordElementRule(record, recording, ({ prediction, target }) => {
        const margin = elementOf(1).minus(target.times(prediction))
        return { value: margin.atLeast(0), derivative: margin.lessThan(0).select(0, target.negated()) }
      }),
  }
})
