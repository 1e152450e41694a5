import type { Recorder } from '../recording/recorder.js'
import { boolean, finiteNumber, fraction } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields, type Update } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface AdamOptions extends OptimizerOptions {
  /** Decay rate of the mean of gradients. Default 0.9. */
  readonly beta1?: number
  /** Decay rate of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number
  /** Added to the root of the corrected mean of squares. Default 1e-8. */
  readonly epsilon?: number
  /** Whether steps are divided by the largest mean of squares so far (AMSGrad; Reddi et al., 2018). Default false. */
  readonly amsgrad?: boolean
}

type State = 'firstMoment' | 'secondMoment' | 'largestMoment'
type Numbers = 'stepSize' | 'inverseRootCorrection'

/**
 * Adam (Kingma and Ba, 2015; course 2, week 2), in PyTorch's form: epsilon is added after the bias correction. Default
 * learning rate 0.001.
 */
export class Adam extends Optimizer<State, Numbers> {
  readonly name: string = 'Adam'
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly amsgrad: boolean

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: AdamOptions, defaults: OptimizerOptions = {}) {
    super(options, { learningRate: 0.001, ...defaults }, ['beta1', 'beta2', 'epsilon', 'amsgrad'])
    this.beta1 = fraction('beta1', options?.beta1 ?? 0.9)
    this.beta2 = fraction('beta2', options?.beta2 ?? 0.999)
    this.epsilon = finiteNumber('epsilon', options?.epsilon ?? 1e-8, { min: 0 })
    this.amsgrad = boolean('amsgrad', options?.amsgrad ?? false)
  }

  get ruleStates(): readonly State[] {
    return this.amsgrad ? ['firstMoment', 'secondMoment', 'largestMoment'] : ['firstMoment', 'secondMoment']
  }

  numbers(step: number, learningRate: number) {
    return {
      stepSize: learningRate / (1 - this.beta1 ** step),
      inverseRootCorrection: 1 / Math.sqrt(1 - this.beta2 ** step),
    }
  }

  protected rule(values: RuleValues<State, Numbers>): RuleResult<State> {
    const { parameter, gradient, stepSize, inverseRootCorrection } = values
    const firstMoment = values.firstMoment.times(this.beta1).plus(gradient.times(1 - this.beta1))
    const secondMoment = values.secondMoment.times(this.beta2).plus(gradient.squared().times(1 - this.beta2))
    const largestMoment = this.amsgrad ? secondMoment.atLeast(values.largestMoment) : secondMoment
    const denominator = largestMoment.squareRoot().times(inverseRootCorrection).plus(this.epsilon)
    const next = parameter.minus(stepSize.times(firstMoment).over(denominator))
    return { parameter: next, firstMoment, secondMoment, largestMoment }
  }

  protected override recordKernel(record: Recorder, update: Update<State, Numbers>): boolean {
    if (this.amsgrad) return false
    const { parameter, gradient, states, numbers, weightShrink, weightDecay, factor, limit, waits } = update
    record.adam({
      parameter,
      gradient,
      firstMoment: states.firstMoment,
      secondMoment: states.secondMoment,
      stepSize: numbers.stepSize,
      inverseRootCorrection: numbers.inverseRootCorrection,
      weightShrink,
      beta1: this.beta1,
      beta2: this.beta2,
      epsilon: this.epsilon,
      weightDecay,
      factor,
      limit,
      waits,
    })
    return true
  }
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). Default weight decay 0.01, learning rate 0.001. */
export class AdamW extends Adam {
  override readonly name = 'AdamW'

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: AdamOptions) {
    super(options, { weightDecay: 0.01, decoupled: true })
  }
}

recordedByFields(Adam, AdamW)
