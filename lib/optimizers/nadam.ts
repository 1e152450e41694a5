import { finiteNumber, fraction } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface NAdamOptions extends OptimizerOptions {
  /** The momentum that is approached. Default 0.9. */
  readonly beta1?: number
  /** Decay rate of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number
  /** Added to the root of the corrected mean of squares. Default 1e-8. */
  readonly epsilon?: number
  /** How fast the momentum grows. Default 0.004. */
  readonly momentumDecay?: number
}

type State = 'firstMoment' | 'secondMoment'
type Numbers = 'gradientSize' | 'momentSize' | 'inverseRootCorrection'

/** A product of momenta below this changes nothing: in float64, 1 minus the product is 1. */
const NOTHING = 1e-20

/**
 * Adam with Nesterov's momentum (Dozat, 2016), in the form of PyTorch 1; since 2.0, PyTorch's first updates are up to
 * 0.7 % longer. The momentum of update t is `beta1 · (1 - 0.96^(t · momentumDecay) / 2)`. Default learning rate 0.002.
 */
export class NAdam extends Optimizer<State, Numbers> {
  readonly name = 'NAdam'
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly momentumDecay: number
  /** Products of the momenta up to an update: computed once, a function of the options alone. */
  readonly #products = [1]

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: NAdamOptions) {
    super(options, { learningRate: 0.002 }, ['beta1', 'beta2', 'epsilon', 'momentumDecay'])
    this.beta1 = fraction('beta1', options?.beta1 ?? 0.9)
    this.beta2 = fraction('beta2', options?.beta2 ?? 0.999)
    this.epsilon = finiteNumber('epsilon', options?.epsilon ?? 1e-8, { min: 0 })
    this.momentumDecay = finiteNumber('momentumDecay', options?.momentumDecay ?? 0.004, { min: 0 })
  }

  get ruleStates() {
    return ['firstMoment', 'secondMoment'] as const
  }

  numbers(step: number, learningRate: number) {
    return {
      gradientSize: (learningRate * (1 - this.#momentum(step))) / (1 - this.#product(step)),
      // The momentum of this update counts twice in the second product: PyTorch's before 2.0 (its pull request 92699).
      momentSize: (learningRate * this.#momentum(step + 1)) / (1 - this.#product(step + 1) * this.#momentum(step)),
      inverseRootCorrection: 1 / Math.sqrt(1 - this.beta2 ** step),
    }
  }

  #momentum(step: number): number {
    return this.beta1 * (1 - 0.5 * 0.96 ** (step * this.momentumDecay))
  }

  #product(step: number): number {
    const products = this.#products
    while (products.length <= step && products.at(-1)! > NOTHING) {
      products.push(products.at(-1)! * this.#momentum(products.length))
    }
    return products[step] ?? 0
  }

  protected rule(values: RuleValues<State, Numbers>): RuleResult<State> {
    const { parameter, gradient, gradientSize, momentSize, inverseRootCorrection } = values
    const firstMoment = values.firstMoment.times(this.beta1).plus(gradient.times(1 - this.beta1))
    const secondMoment = values.secondMoment.times(this.beta2).plus(gradient.squared().times(1 - this.beta2))
    const denominator = secondMoment.squareRoot().times(inverseRootCorrection).plus(this.epsilon)
    const direction = gradientSize.times(gradient).plus(momentSize.times(firstMoment))
    return { parameter: parameter.minus(direction.over(denominator)), firstMoment, secondMoment }
  }
}

recordedByFields(NAdam)
