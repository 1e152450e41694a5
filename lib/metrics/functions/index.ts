import { accuracy, confusion, f1, matthews, precision, recall } from './labels.js'
import { brier, logLoss, topK } from './probabilities.js'
import { coverage, pinball } from './quantiles.js'
import { averagePrecision, rocAuc } from './ranking.js'
import { meanAbsoluteError, meanSquaredError, medianAbsoluteError, r2, rootMeanSquaredError } from './regression.js'

/**
 * Every metric as a function of arrays, computed in float64: targets first, then predictions or scores.
 *
 * @example
 * metrics.rocAuc([0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8])
 */
export const metrics = {
  accuracy,
  precision,
  recall,
  f1,
  rocAuc,
  averagePrecision,
  logLoss,
  brier,
  matthews,
  topK,
  confusion,
  meanSquaredError,
  rootMeanSquaredError,
  meanAbsoluteError,
  medianAbsoluteError,
  r2,
  pinball,
  coverage,
} as const
