import type { Recorder } from '../native/recorder.js'
import { type PerMember, perMember, requireMembers } from '../per-member.js'
import { boolean, finiteNumber, fraction, invalid, knownOptions } from '../validate.js'
import { Optimizer, type Update } from './optimizer.js'

export interface SGDOptions {
  /** Default 0.01. For a population also one a member. */
  readonly learningRate?: PerMember
  /** Default 0: plain gradient descent. */
  readonly momentum?: number
  /** Looks ahead along the velocity; needs a momentum. Default false. */
  readonly nesterov?: boolean
  /** Added to the gradient as weightDecay · parameter (PyTorch's). Default 0. For a population also one a member. */
  readonly weightDecay?: PerMember
}

/**
 * Gradient descent: `p -= learningRate · g`, with momentum `v = momentum · v + g; p -= learningRate · v` (PyTorch's
 * form). Course 1, week 2; course 2, week 2; Sutskever et al. (2013) for Nesterov's.
 */
export class SGD extends Optimizer {
  readonly name = 'SGD'
  readonly momentum: number
  readonly nesterov: boolean
  readonly weightDecay: PerMember

  constructor(options?: SGDOptions) {
    const given = knownOptions<SGDOptions>('SGD', options, ['learningRate', 'momentum', 'nesterov', 'weightDecay'])
    super(given.learningRate ?? 0.01)
    this.momentum = fraction('momentum', given.momentum ?? 0)
    this.nesterov = boolean('nesterov', given.nesterov ?? false)
    this.weightDecay = perMember('weightDecay', given.weightDecay ?? 0, (name, decay) =>
      finiteNumber(name, decay, { min: 0 }),
    )
    if (this.nesterov && this.momentum === 0) {
      throw invalid(
        'momentum',
        'momentum above 0 with nesterov',
        this.momentum,
        'Nesterov looks ahead along the momentum.',
      )
    }
  }

  get stateNames(): readonly string[] {
    return this.momentum > 0 ? ['velocity'] : []
  }

  override requireMembers(members: number): void {
    super.requireMembers(members)
    requireMembers('weightDecay', this.weightDecay, members)
  }

  override get sameForAll(): boolean {
    return super.sameForAll && typeof this.weightDecay === 'number'
  }

  override get recordingKey(): string {
    if (this.constructor !== SGD) return super.recordingKey
    return [this.name, this.momentum, this.nesterov, this.weightDecay].join()
  }

  numbers(_step: number, learningRate: number): readonly number[] {
    return [learningRate]
  }

  protected rule(record: Recorder, { parameter, gradient, states, numbers }: Update): void {
    record.sgd({
      parameter,
      gradient,
      velocity: states[0],
      learningRate: numbers[0]!,
      momentum: this.momentum,
      nesterov: Number(this.nesterov),
      weightDecay: record.scalar(this.weightDecay),
    })
  }
}
