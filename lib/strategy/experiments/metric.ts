import type { Loss } from '../../losses/loss.js'
import type { Metric } from '../../metrics/metric.js'
import { metric as metricOf } from '../../metrics/names.js'
import { taskOf } from '../../outputs/meaning.js'
import { invalid } from '../../validate.js'

/**
 * What an experiment goes by: accuracy of classes and R² of values, unless another one is asked for.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for one that does not say which way is better, and for an error of values
 *   where there are classes
 */
export function experimentMetric(given: unknown, { targetKind }: Loss): Metric {
  const values = taskOf(targetKind) === 'values'
  const metric = metricOf('metric', given ?? (values ? 'r2' : 'accuracy'))
  if (metric.higherIsBetter === undefined) {
    throw invalid('metric', 'metric that says by higherIsBetter which way is better', metric.name)
  }
  if (!values && metric.needs?.includes('numbers') === true) {
    throw invalid(
      'metric',
      'metric of classes',
      metric.name,
      "For classes there are 'accuracy', 'rocAuc' and 'logLoss'.",
    )
  }
  return metric
}
