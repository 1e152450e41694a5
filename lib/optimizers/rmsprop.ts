import { boolean, finiteNumber, fraction } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface RMSPropOptions extends OptimizerOptions {
  /** Decay rate of the mean of squared gradients. Default 0.99. */
  readonly rho?: number
  /** Momentum of the step, applied after the division. Default 0. */
  readonly momentum?: number
  /**
   * Whether to divide by the gradients' standard deviation rather than by the root of their mean square. Default false.
   */
  readonly centered?: boolean
  /** Added after the root. Default 1e-8. */
  readonly epsilon?: number
}

type State = 'meanSquare' | 'mean' | 'velocity'

/**
 * RMSProp (Hinton's lecture 6e, 2012; course 2, week 2), in PyTorch's form. Default learning rate 0.01.
 *
 * @example
 * new RMSProp({ learningRate: 0.001, rho: 0.9 })
 */
export class RMSProp extends Optimizer<State, 'learningRate'> {
  readonly name = 'RMSProp'
  readonly rho: number
  readonly momentum: number
  readonly centered: boolean
  readonly epsilon: number

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: RMSPropOptions) {
    super(options, { learningRate: 0.01 }, ['rho', 'momentum', 'centered', 'epsilon'])
    this.rho = fraction('rho', options?.rho ?? 0.99)
    this.momentum = fraction('momentum', options?.momentum ?? 0)
    this.centered = boolean('centered', options?.centered ?? false)
    this.epsilon = finiteNumber('epsilon', options?.epsilon ?? 1e-8, { exclusiveMin: 0 })
  }

  get ruleStates(): readonly State[] {
    return ['meanSquare', ...(this.centered ? (['mean'] as const) : []), ...this.#moving]
  }

  get #moving(): readonly 'velocity'[] {
    return this.momentum > 0 ? ['velocity'] : []
  }

  numbers(_step: number, learningRate: number) {
    return { learningRate }
  }

  protected rule(values: RuleValues<State, 'learningRate'>): RuleResult<State> {
    const { parameter, gradient, learningRate } = values
    const meanSquare = values.meanSquare.times(this.rho).plus(gradient.squared().times(1 - this.rho))
    const mean = this.centered ? values.mean.times(this.rho).plus(gradient.times(1 - this.rho)) : 0
    // It is a variance, which rounding could bring below 0.
    const square = mean === 0 ? meanSquare : meanSquare.minus(mean.squared()).atLeast(0)
    const scaled = gradient.over(square.squareRoot().plus(this.epsilon))
    const velocity = this.momentum > 0 ? values.velocity.times(this.momentum).plus(scaled) : scaled
    return { parameter: parameter.minus(learningRate.times(velocity)), meanSquare, mean, velocity }
  }
}

recordedByFields(RMSProp)
