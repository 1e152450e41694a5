import type { Recorder } from '../native/recorder.js'
import { ofMember, type PerMember, perMember, requireMembers } from '../per-member.js'
import { finiteNumber, fraction, knownOptions } from '../validate.js'
import { Optimizer, type Update } from './optimizer.js'

export interface AdamOptions {
  /** Default 0.001. For a population also one a member. */
  readonly learningRate?: PerMember
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number
  /** Decay of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number
  /** Default 1e-8. */
  readonly epsilon?: number
  /** Adam: added to the gradient; AdamW: shrinks the parameter directly. Default 0 for Adam, 0.01 for AdamW. */
  readonly weightDecay?: PerMember
}

const optionNames = ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay'] as const

/** Adam (Kingma and Ba, 2015; course 2, week 2), in PyTorch's form: epsilon is added after the bias correction. */
export class Adam extends Optimizer {
  readonly name: string = 'Adam'
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: PerMember
  readonly stateNames = ['firstMoment', 'secondMoment']
  protected readonly decoupled: boolean = false

  constructor(options?: AdamOptions) {
    const given = knownOptions<AdamOptions>('Adam', options, optionNames)
    super(given.learningRate ?? 0.001)
    this.beta1 = fraction('beta1', given.beta1 ?? 0.9)
    this.beta2 = fraction('beta2', given.beta2 ?? 0.999)
    this.epsilon = finiteNumber('epsilon', given.epsilon ?? 1e-8, { min: 0 })
    this.weightDecay = perMember('weightDecay', given.weightDecay ?? 0, (name, decay) =>
      finiteNumber(name, decay, { min: 0 }),
    )
  }

  override get recordingKey(): string {
    // A class of the user's may record something else.
    if (this.constructor !== Adam && this.constructor !== AdamW) return super.recordingKey
    return [this.name, this.beta1, this.beta2, this.epsilon, this.weightDecay].join()
  }

  override requireMembers(members: number): void {
    super.requireMembers(members)
    requireMembers('weightDecay', this.weightDecay, members)
  }

  override get sameForAll(): boolean {
    return super.sameForAll && typeof this.weightDecay === 'number'
  }

  numbers(step: number, learningRate: number, member = 0): readonly number[] {
    const stepSize = learningRate / (1 - this.beta1 ** step)
    const inverseRootCorrection = 1 / Math.sqrt(1 - this.beta2 ** step)
    return [stepSize, inverseRootCorrection, this.decoupled ? 1 - learningRate * ofMember(this.weightDecay, member) : 1]
  }

  protected rule(record: Recorder, { parameter, gradient, states, numbers }: Update): void {
    record.adam({
      parameter,
      gradient,
      firstMoment: states[0]!,
      secondMoment: states[1]!,
      stepSize: numbers[0]!,
      inverseRootCorrection: numbers[1]!,
      weightShrink: numbers[2]!,
      beta1: this.beta1,
      beta2: this.beta2,
      epsilon: this.epsilon,
      weightDecay: this.decoupled ? 0 : record.scalar(this.weightDecay),
    })
  }
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
export class AdamW extends Adam {
  override readonly name = 'AdamW'
  protected override readonly decoupled = true

  constructor(options?: AdamOptions) {
    super({ weightDecay: 0.01, ...knownOptions<AdamOptions>('AdamW', options, optionNames) })
  }
}
