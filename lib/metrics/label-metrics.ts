import { classOfOutputs } from '../outputs/classes.js'
import { finiteNumber, knownOptions, oneOf } from '../validate.js'
import {
  type Average,
  averageOf,
  averages,
  type Counts,
  confusionOf,
  countsOf,
  f1Of,
  matthewsOf,
  precisionOf,
  recallOf,
} from './functions/labels.js'
import { type ConfigurableMetric, configurableMetric, type NamedMetric, nameOption, type ScoredRows } from './metric.js'

export interface LabelMetricOptions extends NamedMetric {
  /**
   * 'binary': the value of class 1 alone; 'macro': the mean over classes; 'weighted': the mean weighted by the rows of
   * each class; 'micro': the value from the counts of all classes together. Default 'binary' for one output, 'macro'
   * for several.
   */
  readonly average?: Average
  /**
   * Outputs above this count as class 1. Default a probability of 0.5, or an output of 0 for the loss 'hinge'. It has
   * no meaning for outputs that are one per class, where the largest output decides.
   */
  readonly threshold?: number
}

/**
 * Precision: of the rows predicted as a class, the share that belongs to it; 0 where none is predicted. `precision({
 * average: 'micro' })`.
 */
export const precision: ConfigurableMetric<LabelMetricOptions> = averaged('precision', precisionOf)

/** Recall: of the rows that belong to a class, the share predicted as that class; 0 where the class has no rows. */
export const recall: ConfigurableMetric<LabelMetricOptions> = averaged('recall', recallOf)

/** F1 score: the harmonic mean of precision and recall; 0 where a class has neither rows nor predictions. */
export const f1: ConfigurableMetric<LabelMetricOptions> = averaged('f1', f1Of)

/** Matthews correlation coefficient of predictions and targets, from -1 to 1; 0 where either is all one class. */
export const matthews: ConfigurableMetric<NamedMetric> = configurableMetric('matthews', (options) => ({
  options: nameOption('matthews', options),
  higherIsBetter: true,
  needs: ['oneLabel'],
  fromScores: (rows) => matthewsOf(confusionOfRows(rows, rows.threshold)),
}))

/** Confusion matrix: numbers of rows (or sums of their weights), `[true class][predicted class]`. */
export const confusion: ConfigurableMetric<NamedMetric> = configurableMetric('confusion', (options) => ({
  options: nameOption('confusion', options),
  needs: ['oneLabel'],
  fromScores: (rows) => confusionOfRows(rows, rows.threshold),
}))

function averaged(name: string, rule: (counts: Counts) => number): ConfigurableMetric<LabelMetricOptions> {
  return configurableMetric<LabelMetricOptions>(name, (options) => {
    const given = knownOptions<LabelMetricOptions>(name, options, ['average', 'threshold', 'name'])
    const average = given.average === undefined ? undefined : oneOf('average', given.average, averages)
    if (given.threshold !== undefined) finiteNumber('threshold', given.threshold)
    return {
      options: { ...given },
      higherIsBetter: true,
      // Among classes, 'binary' means class 1 of two.
      needs: average === 'binary' ? ['labels', 'oneLabel', 'twoClasses'] : ['labels'],
      fromScores(rows) {
        const threshold = given.threshold ?? rows.threshold
        const chosen = average ?? (rows.outputs === 1 ? 'binary' : 'macro')
        if (rows.task !== 'binary' || rows.outputs === 1) {
          return averageOf(rule, countsOf(confusionOfRows(rows, threshold)), chosen, false)
        }
        return averageOf(rule, countsOfOutputs(rows, threshold), chosen, true)
      },
    }
  })
}

function confusionOfRows(given: ScoredRows, threshold: number): number[][] {
  const { task, outputs, scores, targets, weights } = given
  // Each of several outputs of 0 and 1 is a row of its own.
  const columns = task === 'binary' ? 1 : outputs
  const predicted = Float64Array.from({ length: scores.length / columns }, (_, row) =>
    classOfOutputs(scores, row * columns, columns, threshold),
  )
  return confusionOf(targets, predicted, weights, task === 'binary' ? 2 : outputs)
}

/** The counts of each of several outputs that are each 0 or 1. */
function countsOfOutputs({ rows, outputs, scores, targets, weights }: ScoredRows, threshold: number): Counts[] {
  return Array.from({ length: outputs }, (_, column) => {
    const of = (data: Float64Array, rule: (value: number) => boolean) =>
      Float64Array.from({ length: rows }, (__, row) => Number(rule(data[row * outputs + column]!)))
    const counts = confusionOf(
      of(targets, (target) => target === 1),
      of(scores, (score) => score > threshold),
      weights,
      2,
    )
    return countsOf(counts)[1]!
  })
}
