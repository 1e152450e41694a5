import type { Recorder } from '../recording/recorder.js'
import { boolean, fraction, invalid } from '../validate.js'
import { Optimizer, type RuleResult, type RuleValues, recordedByFields, type Update } from './optimizer.js'
import type { OptimizerOptions } from './options.js'

export interface SGDOptions extends OptimizerOptions {
  /** Momentum of the step. Default 0: plain gradient descent. */
  readonly momentum?: number
  /** Whether to use Nesterov's momentum, which needs a momentum above 0. Default false. */
  readonly nesterov?: boolean
}

/**
 * Gradient descent: `p -= learningRate · g`, with momentum `v = momentum · v + g; p -= learningRate · v` (PyTorch's
 * form). Default learning rate 0.01. Course 1, week 2; course 2, week 2; Sutskever et al. (2013) for Nesterov's.
 */
export class SGD extends Optimizer<'velocity', 'learningRate'> {
  readonly name = 'SGD'
  readonly momentum: number
  readonly nesterov: boolean

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range */
  constructor(options?: SGDOptions) {
    super(options, { learningRate: 0.01 }, ['momentum', 'nesterov'])
    this.momentum = fraction('momentum', options?.momentum ?? 0)
    this.nesterov = boolean('nesterov', options?.nesterov ?? false)
    if (this.nesterov && this.momentum === 0) {
      throw invalid(
        'momentum',
        'momentum above 0 with nesterov',
        this.momentum,
        'Nesterov looks ahead along the momentum.',
      )
    }
  }

  get ruleStates() {
    return this.momentum > 0 ? (['velocity'] as const) : []
  }

  numbers(_step: number, learningRate: number) {
    return { learningRate }
  }

  protected rule(values: RuleValues<'velocity', 'learningRate'>): RuleResult<'velocity'> {
    const { parameter, gradient, velocity, learningRate } = values
    if (this.momentum === 0) return { parameter: parameter.minus(learningRate.times(gradient)), velocity: 0 }
    const next = velocity.times(this.momentum).plus(gradient)
    const direction = this.nesterov ? gradient.plus(next.times(this.momentum)) : next
    return { parameter: parameter.minus(learningRate.times(direction)), velocity: next }
  }

  protected override recordKernel(record: Recorder, update: Update<'velocity', 'learningRate'>): boolean {
    if (update.weightShrink !== 1) return false
    record.sgd({
      parameter: update.parameter,
      gradient: update.gradient,
      velocity: this.momentum > 0 ? update.states.velocity : undefined,
      learningRate: update.numbers.learningRate,
      momentum: this.momentum,
      nesterov: Number(this.nesterov),
      weightDecay: update.weightDecay,
      factor: update.factor,
      limit: update.limit,
      waits: update.waits,
    })
    return true
  }
}

recordedByFields(SGD)
