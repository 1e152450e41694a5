/*
 * Metrics by name, as instances, and as a model file keeps them.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { isBuiltInLoss, type Loss } from '../losses/loss.js'
import { calledHere } from '../names-elsewhere.js'
import { identityOf } from '../recording/recording-key.js'
import { boolean, invalid, isCallable, knownOptions, oneOf, plainObject, string } from '../validate.js'
import { accuracy } from './accuracy.js'
import { brier } from './brier.js'
import {
  meanAbsoluteErrorMetric,
  meanSquaredErrorMetric,
  medianAbsoluteError,
  r2,
  rootMeanSquaredError,
} from './errors.js'
import { confusion, f1, matthews, precision, recall } from './label-metrics.js'
import { logLoss } from './log-loss.js'
import { type ConfigurableMetric, isBuiltInMetric, type Metric } from './metric.js'
import { averagePrecision, rocAuc } from './ranking-metrics.js'
import { topK } from './top-k.js'

/** Metrics by name. */
export const metricNames = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'rocAuc',
  'averagePrecision',
  'logLoss',
  'brier',
  'matthews',
  'topK',
  'confusion',
  'meanSquaredError',
  'rootMeanSquaredError',
  'meanAbsoluteError',
  'medianAbsoluteError',
  'r2',
] as const
export type MetricName = (typeof metricNames)[number]

/**
 * A metric by name or instance; a loss that is also a metric, such as `meanSquaredError`, may be given in its place.
 */
export type MetricOption = MetricName | Metric | Loss

const known = {
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
  meanSquaredError: meanSquaredErrorMetric,
  rootMeanSquaredError,
  meanAbsoluteError: meanAbsoluteErrorMetric,
  medianAbsoluteError,
  r2,
} satisfies Record<MetricName, object> as unknown as Readonly<
  Record<MetricName, ConfigurableMetric<Record<string, Json>>>
>

/** Names that an epoch's result holds beside the metrics. */
const taken = ['loss', 'epoch', 'validation', 'learningRate', 'seconds']

/**
 * Gives the metric of a name or instance. A loss that is also a metric, such as `meanSquaredError`, gives that metric.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name (the message suggests the nearest one) and for
 *   anything that is not a metric
 */
export function metric(argument: string, value: unknown): Metric {
  if (typeof value === 'string' || value === undefined || value === null) {
    return known[oneOf(argument, value, metricNames, calledHere)]
  }
  if (typeof value !== 'object' && typeof value !== 'function') throw notAMetric(argument, value)
  if (isBuiltInLoss(value as Loss)) return known[oneOf(argument, (value as Loss).name, metricNames)]
  // Losses and optimizers have a name and record too.
  if ('takesLogits' in value || 'stateNames' in value) throw notAMetric(argument, value)
  const given = value as Metric
  if (!isBuiltInMetric(given)) {
    const one = isCallable(given.record) ? 1 : 0
    const two = isCallable(given.fromScores) ? 1 : 0
    if (typeof given.name !== 'string' || given.name === '' || one + two !== 1) throw notAMetric(argument, value)
    if (given.higherIsBetter !== undefined) boolean(`${argument}.higherIsBetter`, given.higherIsBetter)
  }
  if (taken.includes(given.name))
    throw invalid(`${argument}.name`, `another name than '${taken.join("', '")}'`, given.name)
  return given
}

/** deepblas's own metric of a name; undefined of another name. */
export function metricNamed(name: string): Metric | undefined {
  return Object.hasOwn(known, name) ? known[name as MetricName] : undefined
}

function notAMetric(argument: string, value: unknown): DeepblasError {
  return invalid(
    argument,
    "name of a metric such as 'accuracy', an instance such as topK(3), or a metric of your own",
    value,
    'Make one of your own with defineMetric.',
  )
}

/** A key for cached programs: equal for two metrics that record the same calls. */
export function metricKey(metric: Metric): string {
  return isBuiltInMetric(metric) ? `${metric.type} ${JSON.stringify(metric.options ?? {})}` : identityOf(metric)
}

/** The metric as a model file keeps it: a name, a name with options, or only the name of a metric of the user's own. */
export function savedMetric(metric: Metric): Json {
  const { name, type, options = {} } = metric
  if (!isBuiltInMetric(metric)) return { name, own: true }
  return Object.keys(options).length === 0 ? type! : { name: type!, options: { ...options } }
}

/**
 * Gives the metric that a file names. Of a metric of the user's own the file has only the name, not the code.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that `savedMetric` did not write
 */
export function metricFromFile(argument: string, value: unknown): Metric {
  if (typeof value === 'string') return metric(argument, value)
  const saved = plainObject(argument, value) as { name: string; options: object; own: boolean }
  const { name, options, own } = knownOptions<{ name: string; options: object; own: boolean }>(argument, saved, [
    'name',
    'options',
    'own',
  ])
  if (own !== true) return known[oneOf(`${argument}.name`, name, metricNames)](options as Record<string, Json>)
  const told = string(`${argument}.name`, name)
  return {
    name: told,
    fromScores() {
      throw new DeepblasError(
        'ERR_DEEPBLAS_ARGUMENT',
        `Expected the metric '${told}' but received nothing: the model was trained with a metric of its own, of which a ` +
          'file keeps the name only. Pass metrics to evaluate.',
      )
    },
  }
}
