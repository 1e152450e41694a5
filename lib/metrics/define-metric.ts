import type { Element } from '../recording/rule.js'
import { array, invalid, isCallable, knownOptions, oneOf, string } from '../validate.js'
import type { Metric, MetricNeed, MetricValue, ScoredRows } from './metric.js'
import { recordRowValue } from './row-values.js'

export interface MetricDefinition {
  /** The metric's name in results; not one of 'loss', 'epoch', 'validation', 'learningRate', 'seconds'. */
  readonly name: string
  /**
   * What the metric needs of targets and outputs; where that is missing, an error names the metric. Default no needs.
   */
  readonly needs?: readonly MetricNeed[]
  /**
   * A rule over one output and its target, recorded and run natively: the metric is its mean over rows and outputs,
   * weighted by sample weights. A class target is 1 at its own output and 0 at the others. Give either this or
   * `fromScores`.
   */
  readonly rule?: (values: { readonly score: Element; readonly target: Element }) => Element
  /** A function of the scores of all rows at once, in float64. Give either this or `rule`. */
  readonly fromScores?: (rows: ScoredRows) => MetricValue
}

const needs = ['labels', 'oneLabel', 'twoClasses', 'severalClasses', 'probabilities', 'numbers'] as const

/**
 * Makes a metric of your own, for `fit` and `evaluate`. A model file keeps only its name. Tell callbacks that monitor
 * it by `mode` whether it should fall or rise.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT unless there is either a `rule` or `fromScores`, and for an option that
 *   is unknown or of the wrong type
 * @example
 * const within = defineMetric({
 *   name: 'withinOne',
 *   needs: ['numbers'],
 *   rule: ({ score, target }) => score.minus(target).absolute().lessThan(1),
 * })
 */
export function defineMetric(definition: MetricDefinition): Metric {
  const given = knownOptions<MetricDefinition>('defineMetric', definition, ['name', 'needs', 'rule', 'fromScores'])
  const { rule, fromScores } = given
  const name = string('name', given.name)
  const wanted = array('needs', given.needs ?? [], 'needs').map((one, i) => oneOf(`needs[${i}]`, one, needs))
  if ((rule === undefined) === (fromScores === undefined)) {
    throw invalid('definition', "either a 'rule' or 'fromScores'", definition)
  }
  const called = rule === undefined ? 'fromScores' : 'rule'
  if (!isCallable(given[called])) throw invalid(called, 'function', given[called])
  if (rule === undefined) return { name, needs: wanted, fromScores: fromScores! }
  return { name, needs: wanted, record: (record, recording) => recordRowValue(record, recording, 'mean', rule) }
}
