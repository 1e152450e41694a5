import { knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss, type NoOptions } from './loss.js'

/**
 * Mean absolute error: the mean over rows and outputs of `|prediction - target|`, in the targets' unit. Its derivative
 * at 0 is 0. Outliers move it less than the mean squared error.
 */
export const meanAbsoluteError: ConfigurableLoss<NoOptions> = configurableLoss((options) => {
  knownOptions('meanAbsoluteError', options, [])
  return {
    name: 'meanAbsoluteError',
    targetKind: 'values',
    takesLogits: () => false,
    record: (record, recording) =>
      recordElementRule(record, recording, ({ prediction, target }) => {
        const difference = prediction.minus(target)
        return { value: difference.absolute(), derivative: difference.sign() }
      }),
  }
})
