import { finiteNumber, fraction } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface AdamaxOptions extends OptimizerOptions {
  /** Decay rate of the mean of gradients. Default 0.9. */
  readonly beta1?: number
  /** Decay rate of the largest gradient. Default 0.999. */
  readonly beta2?: number
  /** Added to every gradient's size. Default 1e-8. */
  readonly epsilon?: number
}

type State = 'firstMoment' | 'largest'

/**
 * Adamax, Adam with the largest gradient in place of the mean of squares (Kingma and Ba, 2015, section 7.1), in
 * PyTorch's form. Default learning rate 0.002.
 */
export class Adamax extends Optimizer<State, 'stepSize'> {
  readonly name = 'Adamax'
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: AdamaxOptions) {
    super(options, { learningRate: 0.002 }, ['beta1', 'beta2', 'epsilon'])
    this.beta1 = fraction('beta1', options?.beta1 ?? 0.9)
    this.beta2 = fraction('beta2', options?.beta2 ?? 0.999)
    this.epsilon = finiteNumber('epsilon', options?.epsilon ?? 1e-8, { exclusiveMin: 0 })
  }

  get ruleStates() {
    return ['firstMoment', 'largest'] as const
  }

  numbers(step: number, learningRate: number) {
    return { stepSize: learningRate / (1 - this.beta1 ** step) }
  }

  protected rule(values: RuleValues<State, 'stepSize'>): RuleResult<State> {
    const { parameter, gradient, stepSize } = values
    const firstMoment = values.firstMoment.times(this.beta1).plus(gradient.times(1 - this.beta1))
    const largest = values.largest.times(this.beta2).atLeast(gradient.absolute().plus(this.epsilon))
    return { parameter: parameter.minus(stepSize.times(firstMoment).over(largest)), firstMoment, largest }
  }
}

recordedByFields(Adamax)
