import { knownOptions, oneOf } from '../validate.js'
import {
  areaUnderCurve,
  precisionByRecall,
  type RankingAverage,
  type RankingRule,
  rankedColumns,
  rankingAverages,
} from './functions/ranking.js'
import { type ConfigurableMetric, configurableMetric, inSteps, type NamedMetric } from './metric.js'

export interface RankingMetricOptions extends NamedMetric {
  /**
   * How the values of several classes, each against the rest, become one: 'macro' is their mean, 'weighted' their mean
   * weighted by the rows of each class, 'micro' ranks all classes' scores together. Default 'macro'.
   */
  readonly average?: RankingAverage
}

/**
 * Area under the receiver operating characteristic curve, from 0 to 1, exact where scores are equal; of several classes
 * each against the rest. NaN where a class has no rows, or all of them. scikit-learn's `roc_auc_score`.
 */
export const rocAuc: ConfigurableMetric<RankingMetricOptions> = ranking('rocAuc', areaUnderCurve)

/**
 * Average precision: the area under the precision-recall curve, without interpolation; of several classes each against
 * the rest. 0 where a class has no rows. scikit-learn's `average_precision_score`.
 */
export const averagePrecision: ConfigurableMetric<RankingMetricOptions> = ranking('averagePrecision', precisionByRecall)

function ranking(name: string, rule: RankingRule): ConfigurableMetric<RankingMetricOptions> {
  return configurableMetric<RankingMetricOptions>(name, (options) => {
    const given = knownOptions<RankingMetricOptions>(name, options, ['average', 'name'])
    const average = oneOf('average', given.average ?? 'macro', rankingAverages)
    return {
      options: { ...given },
      higherIsBetter: true,
      needs: ['labels'],
      fromScores: inSteps(({ task, rows, outputs: columns, scores, targets, weights }) => {
        const isOf =
          task === 'classes'
            ? (row: number, column: number) => targets[row] === column
            : (row: number, column: number) => targets[row * columns + column] === 1
        return rankedColumns(rule, isOf, { data: scores, rows, columns }, weights, average)
      }),
    }
  })
}
