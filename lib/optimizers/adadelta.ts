import { finiteNumber, fraction } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay rate of both means of squares, of the gradients and of the steps. Default 0.9. */
  readonly rho?: number
  /** Added inside the roots. Default 1e-6. */
  readonly epsilon?: number
}

type State = 'meanSquare' | 'meanSquareStep'

/**
 * Adadelta (Zeiler, 2012), in PyTorch's form: the size of earlier steps takes the place of a tuned learning rate.
 * Default learning rate 1.
 */
export class Adadelta extends Optimizer<State, 'learningRate'> {
  readonly name = 'Adadelta'
  readonly rho: number
  readonly epsilon: number

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: AdadeltaOptions) {
    super(options, { learningRate: 1 }, ['rho', 'epsilon'])
    this.rho = fraction('rho', options?.rho ?? 0.9)
    this.epsilon = finiteNumber('epsilon', options?.epsilon ?? 1e-6, { exclusiveMin: 0 })
  }

  get ruleStates() {
    return ['meanSquare', 'meanSquareStep'] as const
  }

  numbers(_step: number, learningRate: number) {
    return { learningRate }
  }

  protected rule(values: RuleValues<State, 'learningRate'>): RuleResult<State> {
    const { parameter, gradient, learningRate } = values
    const meanSquare = values.meanSquare.times(this.rho).plus(gradient.squared().times(1 - this.rho))
    const usual = values.meanSquareStep.plus(this.epsilon).squareRoot()
    const step = usual.over(meanSquare.plus(this.epsilon).squareRoot()).times(gradient)
    const meanSquareStep = values.meanSquareStep.times(this.rho).plus(step.squared().times(1 - this.rho))
    return { parameter: parameter.minus(learningRate.times(step)), meanSquare, meanSquareStep }
  }
}

recordedByFields(Adadelta)
