import { finiteNumber } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface AdagradOptions extends OptimizerOptions {
  /** The learning rate of update t, counted from 0, is divided by `1 + t · learningRateDecay`. Default 0. */
  readonly learningRateDecay?: number
  /** Initial value of the sum of squares. Default 0. */
  readonly initialAccumulator?: number
  /** Added after the root. Default 1e-10. */
  readonly epsilon?: number
}

/** Adagrad (Duchi, Hazan and Singer, 2011), in PyTorch's form. Default learning rate 0.01. */
export class Adagrad extends Optimizer<'sumOfSquares', 'rate'> {
  readonly name = 'Adagrad'
  readonly learningRateDecay: number
  readonly initialAccumulator: number
  readonly epsilon: number

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: AdagradOptions) {
    super(options, { learningRate: 0.01 }, ['learningRateDecay', 'initialAccumulator', 'epsilon'])
    this.learningRateDecay = finiteNumber('learningRateDecay', options?.learningRateDecay ?? 0, { min: 0 })
    this.initialAccumulator = finiteNumber('initialAccumulator', options?.initialAccumulator ?? 0, { min: 0 })
    this.epsilon = finiteNumber('epsilon', options?.epsilon ?? 1e-10, { exclusiveMin: 0 })
  }

  get ruleStates() {
    return ['sumOfSquares'] as const
  }

  numbers(step: number, learningRate: number) {
    return { rate: learningRate / (1 + (step - 1) * this.learningRateDecay) }
  }

  protected rule({
    parameter,
    gradient,
    sumOfSquares,
    rate,
  }: RuleValues<'sumOfSquares', 'rate'>): RuleResult<'sumOfSquares'> {
    const next = sumOfSquares.plus(gradient.squared())
    // States start at 0, so the initial value of the sum is added here.
    const root = next.plus(this.initialAccumulator).squareRoot().plus(this.epsilon)
    return { parameter: parameter.minus(rate.times(gradient).over(root)), sumOfSquares: next }
  }
}

recordedByFields(Adagrad)
