import { finiteNumber, fraction } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface RAdamOptions extends OptimizerOptions {
  /** Decay rate of the mean of gradients. Default 0.9. */
  readonly beta1?: number
  /** Decay rate of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number
  /** Added to the root before its correction. Default 1e-8. */
  readonly epsilon?: number
}

type State = 'firstMoment' | 'secondMoment'
type Numbers = 'plainSize' | 'adaptiveSize'

/**
 * Rectified Adam (Liu et al., 2020), in PyTorch's form: the first updates use the momentum alone, because their mean of
 * squares is not yet reliable. Default learning rate 0.001.
 */
export class RAdam extends Optimizer<State, Numbers> {
  readonly name = 'RAdam'
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: RAdamOptions) {
    super(options, { learningRate: 0.001 }, ['beta1', 'beta2', 'epsilon'])
    this.beta1 = fraction('beta1', options?.beta1 ?? 0.9)
    this.beta2 = fraction('beta2', options?.beta2 ?? 0.999)
    this.epsilon = finiteNumber('epsilon', options?.epsilon ?? 1e-8, { exclusiveMin: 0 })
  }

  get ruleStates() {
    return ['firstMoment', 'secondMoment'] as const
  }

  numbers(step: number, learningRate: number) {
    const stepSize = learningRate / (1 - this.beta1 ** step)
    const correction = 1 - this.beta2 ** step
    const longest = 2 / (1 - this.beta2) - 1
    const length = longest - (2 * step * this.beta2 ** step) / correction
    if (!(length > 5)) return { plainSize: stepSize, adaptiveSize: 0 }
    const trust = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length)
    return { plainSize: 0, adaptiveSize: stepSize * Math.sqrt(trust * correction) }
  }

  protected rule(values: RuleValues<State, Numbers>): RuleResult<State> {
    const { parameter, gradient, plainSize, adaptiveSize } = values
    const firstMoment = values.firstMoment.times(this.beta1).plus(gradient.times(1 - this.beta1))
    const secondMoment = values.secondMoment.times(this.beta2).plus(gradient.squared().times(1 - this.beta2))
    const size = plainSize.plus(adaptiveSize.over(secondMoment.squareRoot().plus(this.epsilon)))
    return { parameter: parameter.minus(size.times(firstMoment)), firstMoment, secondMoment }
  }
}

recordedByFields(RAdam)
