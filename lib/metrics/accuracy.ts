import { type ConfigurableMetric, configurableMetric, type NamedMetric, nameOption } from './metric.js'

/**
 * The share of rows whose largest output is the target class (of equal outputs the first counts). For outputs that are
 * each 0 or 1: the share of outputs on the right side of the threshold: a probability of 0.5, or an output of 0 for the
 * loss 'hinge'.
 */
export const accuracy: ConfigurableMetric<NamedMetric> = configurableMetric('accuracy', (options) => ({
  options: nameOption('accuracy', options),
  higherIsBetter: true,
  needs: ['labels'],
  record(record, { output, task, target, threshold, rowValue }) {
    record.accuracy({ rowValue, output, target, binary: Number(task === 'binary'), threshold })
  },
}))
