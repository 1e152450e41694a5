import { invalid, isCallable, knownOptions, oneOf, string } from '../validate.js'
import { type ElementLoss, type ElementValues, recordElementRule } from './element-rule.js'
import { type Loss, mismatch, type TargetKind } from './loss.js'

export interface LossDefinition {
  /** Named in errors, in `history` and in model files. */
  readonly name: string
  /** One element's loss and its derivative by the prediction; the loss is the mean over rows and outputs. */
  readonly rule: (values: ElementValues) => ElementLoss
  /** What targets must be: 'values', 'binary' (0 to 1), 'signs' (-1 and +1) or 'counts' (at least 0). Default 'values'. */
  readonly targetKind?: Exclude<TargetKind, 'classes' | 'probabilities'>
  /** Activations of the last layer that it goes with. Default any. */
  readonly outputActivations?: readonly string[]
}

const kinds = ['values', 'binary', 'signs', 'counts'] as const

/**
 * A loss of your own, element by element: recorded once, and run natively. The prediction is the last layer's output
 * behind its activation. A model file remembers its name only: after `load`, give it to `evaluate` again.
 *
 * For a loss that sees whole rows write an object of type `Loss`.
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
    'outputActivations',
  ])
  const name = string('name', given.name)
  const { rule, outputActivations } = given
  if (!isCallable(rule)) throw invalid('rule', 'function of { prediction, target }', rule)
  return {
    name,
    targetKind: oneOf('targetKind', given.targetKind ?? 'values', kinds),
    takesLogits(outputActivation) {
      if (outputActivations === undefined || outputActivations.includes(outputActivation)) return false
      throw mismatch(name, outputActivations.map((one) => `'${one}'`).join(' or '), outputActivation)
    },
    record: (record, recording) => recordElementRule(record, recording, rule),
  }
}
