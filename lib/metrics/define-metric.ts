import type { Element } from '../recording/rule.js'
import { array, boolean, invalid, isCallable, knownOptions, oneOf, string } from '../validate.js'
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
   * Whether a higher number is better, which callbacks that monitor the metric need to know. Default not known: set the
   * option `mode` of such a callback.
   */
  readonly higherIsBetter?: boolean
  /**
   * A rule over one output and its target, recorded and run natively: the metric is its mean over rows and outputs,
   * weighted by sample weights. A class target is 1 at its own output and 0 at the others. Give either this or
   * `fromScores`.
   */
  readonly rule?: (values: { readonly score: Element; readonly target: Element }) => Element
  /**
   * A function of the scores of all rows at once, in float64. It returns a number, or an array of numbers or of arrays of
   * numbers such as a confusion matrix; NaN where the rows leave the metric undefined, as `rocAuc` does for rows of one
   * class. Give either this or `rule`.
   */
  readonly fromScores?: (rows: ScoredRows) => MetricValue
}

const needs = ['labels', 'oneLabel', 'twoClasses', 'severalClasses', 'probabilities', 'numbers'] as const

/**
 * Makes a metric of your own, for `fit` and `evaluate`. A model file keeps only its name. Callbacks that monitor it
 * learn by `higherIsBetter` whether it should rise or fall; without it, by their own option `mode`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT unless there is either a `rule` or `fromScores`, and for an option that
 *   is unknown or of the wrong type
 * @example
 * const within = defineMetric({
 *   name: 'withinOne',
 *   needs: ['numbers'],
 *   higherIsBetter: true,
 *   rule: ({ score, target }) => score.minus(target).absolute().lessThan(1),
 * })
 */
export function defineMetric(definition: MetricDefinition): Metric {
  const given = knownOptions<MetricDefinition>('defineMetric', definition, [
    'name',
    'needs',
    'higherIsBetter',
    'rule',
    'fromScores',
  ])
  const { rule, fromScores } = given
  const name = string('name', given.name)
  const wanted = array('needs', given.needs ?? [], 'needs').map((one, i) => oneOf(`needs[${i}]`, one, needs))
  if ((rule === undefined) === (fromScores === undefined)) {
    throw invalid('definition', "either a 'rule' or 'fromScores'", definition)
  }
  const called = rule === undefined ? 'fromScores' : 'rule'
  if (!isCallable(given[called])) throw invalid(called, 'function', given[called])
  const { higherIsBetter } = given
  if (higherIsBetter !== undefined) boolean('higherIsBetter', higherIsBetter)
  const common = { name, needs: wanted, ...(higherIsBetter !== undefined && { higherIsBetter }) }
  if (rule === undefined) return { ...common, fromScores: fromScores! }
  return { ...common, record: (record, recording) => recordRowValue(record, recording, 'mean', rule) }
}
