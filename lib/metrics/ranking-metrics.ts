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
  /** Of several classes, each against the rest: 'macro', 'weighted' by the rows of each, or 'micro'. Default 'macro'. */
  readonly average?: RankingAverage
}

/**
 * Area under the receiver operating characteristic, exact with equal scores; of several classes each against the rest.
 * NaN where a class has no rows, or all of them.
 */
export const rocAuc: ConfigurableMetric<RankingMetricOptions> = ranking('rocAuc', areaUnderCurve)

/** Area under precision by recall, without interpolation; of several classes each against the rest. 0 without any rows. */
export const averagePrecision: ConfigurableMetric<RankingMetricOptions> = ranking('averagePrecision', precisionByRecall)

function ranking(name: string, rule: RankingRule): ConfigurableMetric<RankingMetricOptions> {
  return configurableMetric<RankingMetricOptions>(name, (options) => {
    const given = knownOptions<RankingMetricOptions>(name, options, ['average', 'name'])
    const average = oneOf('average', given.average ?? 'macro', rankingAverages)
    return {
      options: { ...given },
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
