import { type ConfigurableMetric, configurableMetric, type NamedMetric, nameOption } from './metric.js'
import { recordRowValue } from './row-values.js'

/**
 * Brier score: the squared distance between probabilities and outcomes, mean over rows. A row has `(p - y)²` for one
 * output, the sum of it over classes, and the mean of it over outputs that are each 0 or 1 (Brier, "Verification of
 * forecasts expressed in terms of probability", 1950).
 */
export const brier: ConfigurableMetric<NamedMetric> = configurableMetric('brier', (options) => ({
  options: nameOption('brier', options),
  higherIsBetter: false,
  needs: ['labels', 'probabilities'],
  record: (record, recording) =>
    recordRowValue(record, recording, recording.task === 'classes' ? 'sum' : 'mean', ({ score, target }) =>
      score.minus(target).squared(),
    ),
}))
