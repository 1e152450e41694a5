import { fraction } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface LionOptions extends OptimizerOptions {
  /** Share of the momentum in the direction of a step. Default 0.9. */
  readonly beta1?: number
  /** Decay rate of the momentum. Default 0.99. */
  readonly beta2?: number
}

/**
 * Lion: all elements take steps of one size, in the direction of a momentum's sign (Chen et al., "Symbolic discovery of
 * optimization algorithms", 2023). Default learning rate 0.0001; a third to a tenth of Adam's is usual. Its weight
 * decay is decoupled: raise it by the factor by which the learning rate is lower.
 */
export class Lion extends Optimizer<'momentum', 'learningRate'> {
  readonly name = 'Lion'
  readonly beta1: number
  readonly beta2: number

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: LionOptions) {
    super(options, { learningRate: 1e-4, decoupled: true }, ['beta1', 'beta2'])
    this.beta1 = fraction('beta1', options?.beta1 ?? 0.9)
    this.beta2 = fraction('beta2', options?.beta2 ?? 0.99)
  }

  get ruleStates() {
    return ['momentum'] as const
  }

  numbers(_step: number, learningRate: number) {
    return { learningRate }
  }

  protected rule(values: RuleValues<'momentum', 'learningRate'>): RuleResult<'momentum'> {
    const { parameter, gradient, momentum, learningRate } = values
    const direction = momentum
      .times(this.beta1)
      .plus(gradient.times(1 - this.beta1))
      .sign()
    return {
      parameter: parameter.minus(learningRate.times(direction)),
      momentum: momentum.times(this.beta2).plus(gradient.times(1 - this.beta2)),
    }
  }
}

recordedByFields(Lion)
