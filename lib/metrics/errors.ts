import { explainedOf, medianErrorOf } from './functions/regression.js'
import {
  type ConfigurableMetric,
  configurableMetric,
  inSteps,
  type NamedMetric,
  nameOption,
  type ScoredRows,
} from './metric.js'
import { recordRowValue } from './row-values.js'

/**
 * Mean squared error: the mean over rows and outputs of `(prediction - target)²`, in the square of the targets' unit.
 */
export const meanSquaredErrorMetric: ConfigurableMetric<NamedMetric> = configurableMetric(
  'meanSquaredError',
  (options) => ({
    options: nameOption('meanSquaredError', options),
    higherIsBetter: false,
    needs: ['numbers'],
    unitPower: 2,
    record: (record, recording) =>
      recordRowValue(record, recording, 'mean', ({ score, target }) => score.minus(target).squared()),
  }),
)

/** The square root of the mean squared error over rows and outputs together, in the targets' unit. */
export const rootMeanSquaredError: ConfigurableMetric<NamedMetric> = configurableMetric(
  'rootMeanSquaredError',
  (options) => ({
    options: nameOption('rootMeanSquaredError', options),
    higherIsBetter: false,
    needs: ['numbers'],
    unitPower: 1,
    record: (record, recording) =>
      recordRowValue(record, recording, 'mean', ({ score, target }) => score.minus(target).squared()),
    finish: Math.sqrt,
  }),
)

/** Mean absolute error: the mean over rows and outputs of `|prediction - target|`, in the targets' unit. */
export const meanAbsoluteErrorMetric: ConfigurableMetric<NamedMetric> = configurableMetric(
  'meanAbsoluteError',
  (options) => ({
    options: nameOption('meanAbsoluteError', options),
    higherIsBetter: false,
    needs: ['numbers'],
    unitPower: 1,
    record: (record, recording) =>
      recordRowValue(record, recording, 'mean', ({ score, target }) => score.minus(target).absolute()),
  }),
)

/** The weighted median of `|prediction - target|`, in the targets' unit; for several outputs the mean over them. */
export const medianAbsoluteError: ConfigurableMetric<NamedMetric> = configurableMetric(
  'medianAbsoluteError',
  (options) => ({
    options: nameOption('medianAbsoluteError', options),
    higherIsBetter: false,
    needs: ['numbers'],
    fromScores: inSteps((rows) => medianErrorOf(...matrices(rows), rows.weights)),
  }),
)

/**
 * Coefficient of determination: the share of the targets' variance that the predictions explain; for several outputs
 * the mean over them. NaN for fewer than two rows.
 */
export const r2: ConfigurableMetric<NamedMetric> = configurableMetric('r2', (options) => ({
  options: nameOption('r2', options),
  higherIsBetter: true,
  needs: ['numbers'],
  fromScores: (rows) => explainedOf(...matrices(rows), rows.weights),
}))

function matrices({ targets, scores, rows, outputs: columns }: ScoredRows) {
  return [
    { data: targets, rows, columns },
    { data: scores, rows, columns },
  ] as const
}
