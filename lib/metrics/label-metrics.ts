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
   * 'binary': of class 1 alone; 'macro': the mean over classes; 'weighted': the mean weighted by the rows of each;
   * 'micro': from the counts of all classes together. Default 'binary' for one output, 'macro' for several.
   */
  readonly average?: Average
  /** An output above it is taken for a 1. Default 0.5, and 0 for the loss 'hinge'. Classes have none. */
  readonly threshold?: number
}

/** Of what was taken for a class, the share that is of it; 0 where nothing was. `precision({ average: 'micro' })`. */
export const precision: ConfigurableMetric<LabelMetricOptions> = averaged('precision', precisionOf)

/** Of what is of a class, the share that was taken for it; 0 where nothing is. */
export const recall: ConfigurableMetric<LabelMetricOptions> = averaged('recall', recallOf)

/** The harmonic mean of precision and recall; 0 where there is nothing to count. */
export const f1: ConfigurableMetric<LabelMetricOptions> = averaged('f1', f1Of)

/** The correlation of predictions and targets, from -1 to 1; 0 where either is all one class. */
export const matthews: ConfigurableMetric<NamedMetric> = configurableMetric('matthews', (options) => ({
  options: nameOption('matthews', options),
  needs: ['oneLabel'],
  fromScores: (rows) => matthewsOf(confusionOfRows(rows, rows.threshold)),
}))

/** Rows (or sums of weights) by class, `[true class][predicted class]`. */
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
      // The positive class of several is class 1 of two.
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
  const { task, rows, outputs, scores, targets, weights } = given
  if (task === 'binary')
    return confusionOf(
      targets,
      scores.map((score) => Number(score > threshold)),
      weights,
      2,
    )
  const predicted = Float64Array.from({ length: rows }, (_, row) => {
    let best = 0
    for (let c = 1; c < outputs; c++) if (scores[row * outputs + c]! > scores[row * outputs + best]!) best = c
    return best
  })
  return confusionOf(targets, predicted, weights, outputs)
}

/** Of several outputs of 0 and 1 each. */
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
