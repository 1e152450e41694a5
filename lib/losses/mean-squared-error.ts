import { knownOptions } from '../validate.js'
import { type ConfigurableLoss, configurableLoss, type NoOptions } from './loss.js'

/**
 * Mean squared error: the mean over rows and outputs of `(prediction - target)²`, in the square of the targets' unit.
 */
export const meanSquaredError: ConfigurableLoss<NoOptions> = configurableLoss((options) => {
  knownOptions('meanSquaredError', options, [])
  return {
    name: 'meanSquaredError',
    targetKind: 'values',
    takesLogits: () => false,
    record(record, { prediction, target, sampleWeights, weightSum, rowLoss, gradient }) {
      record.meanSquaredError({ prediction, target, sampleWeights, weightSum, rowLoss, gradient })
    },
  }
})
