import { type ConfigurableMetric, configurableMetric, type NamedMetric, nameOption } from './metric.js'

/**
 * The share of rows whose largest output is the target class (of equal outputs the first counts); for outputs of 0 and 1
 * each, the share of outputs on the right side of one half.
 */
export const accuracy: ConfigurableMetric<NamedMetric> = configurableMetric('accuracy', (options) => ({
  options: nameOption('accuracy', options),
  needs: ['labels'],
  record(record, { output, task, target, threshold, rowValue }) {
    record.accuracy({ rowValue, output, target, binary: Number(task === 'binary'), threshold })
  },
}))
