import { type ConfigurableMetric, configurableMetric, type NamedMetric, nameOption } from './metric.js'
import { recordRowValue } from './row-values.js'

/**
 * The squared distance of probabilities and what came true: `(p - y)²` of one output, its sum over classes, its mean over
 * outputs of 0 and 1 each; mean over rows (Brier, "Verification of forecasts expressed in terms of probability", 1950).
 */
export const brier: ConfigurableMetric<NamedMetric> = configurableMetric('brier', (options) => ({
  options: nameOption('brier', options),
  needs: ['labels', 'probabilities'],
  record: (record, recording) =>
    recordRowValue(record, recording, recording.task === 'classes' ? 'sum' : 'mean', ({ score, target }) =>
      score.minus(target).squared(),
    ),
}))
