import { boolean, invalid, isCallable, knownOptions, nonNegativeInteger, oneOf, string } from '../validate.js'
import { type ElementLoss, type ElementValues, recordElementRule } from './element-rule.js'
import { type Loss, mismatch, type TargetKind } from './loss.js'

export interface LossDefinition {
  /** The name in errors and in model files. */
  readonly name: string
  /**
   * One element's loss, and its derivative with respect to the prediction; the loss is the mean over rows and outputs.
   */
  readonly rule: (values: ElementValues) => ElementLoss
  /**
   * Which targets the loss accepts: 'values' (any), 'binary' (0 to 1), 'signs' (-1 and +1) or 'counts' (at least 0).
   * Default 'values'.
   */
  readonly targetKind?: Exclude<TargetKind, 'classes' | 'probabilities'>
  /** Whether one column of targets serves all outputs. Default false: every output has a column of its own. */
  readonly sharedTarget?: boolean
  /**
   * With `sharedTarget`: the index, from 0, of the output that metrics read as the predicted value. Left out, metrics are
   * refused.
   */
  readonly valueOutput?: number
  /** Activations that the last layer may have. Default any. */
  readonly outputActivations?: readonly string[]
}

const kinds = ['values', 'binary', 'signs', 'counts'] as const

/**
 * Makes a loss of your own from a rule over one element, which is recorded once and runs natively. The prediction is
 * the last layer's output after its activation. A model file keeps only the name: after `load`, pass the loss to
 * `evaluate` again.
 *
 * For a loss that needs whole rows, write an object of type `Loss`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or of the wrong type
 * @example
 * const squaredLog = defineLoss({
 *   name: 'squaredLog',
 *   targetKind: 'counts',
 *   rule({ prediction, target }) {
 *     const difference = prediction.plus(1).logarithm().minus(target.plus(1).logarithm())
 *     return { value: difference.squared(), derivative: difference.times(2).over(prediction.plus(1)) }
 *   },
 * })
 */
export function defineLoss(definition: LossDefinition): Loss {
  const given = knownOptions<LossDefinition>('defineLoss', definition, [
    'name',
    'rule',
    'targetKind',
    'sharedTarget',
    'valueOutput',
    'outputActivations',
  ])
  const name = string('name', given.name)
  const { rule, outputActivations } = given
  if (!isCallable(rule)) throw invalid('rule', 'function of { prediction, target }', rule)
  return {
    name,
    targetKind: oneOf('targetKind', given.targetKind ?? 'values', kinds),
    ...(given.sharedTarget === undefined ? {} : { sharedTarget: boolean('sharedTarget', given.sharedTarget) }),
    ...(given.valueOutput === undefined ? {} : { valueOutput: nonNegativeInteger('valueOutput', given.valueOutput) }),
    takesLogits(outputActivation) {
      if (outputActivations === undefined || outputActivations.includes(outputActivation)) return false
      throw mismatch(name, outputActivations.map((one) => `'${one}'`).join(' or '), outputActivation)
    },
    record: (record, recording) => recordElementRule(record, recording, rule),
  }
}
