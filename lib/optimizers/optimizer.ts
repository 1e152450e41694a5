import { identityOf } from '../native/identity.js'
import type { Recorder } from '../native/recorder.js'
import type { StepNumber, Tensor } from '../native/tensor.js'
import { ofMember, type PerMember, perMember, requireMembers } from '../per-member.js'
import { finiteNumber } from '../validate.js'

/** A range of the parameter arena that one rule updates. */
export interface Segment {
  readonly offset: number
  readonly length: number
}

/** What a rule records with: the range's tensors, and one tensor a state. */
export interface Update {
  readonly parameter: Tensor
  readonly gradient: Tensor
  readonly states: readonly Tensor[]
  readonly numbers: readonly StepNumber[]
}

/**
 * An update rule. It is configuration: its state belongs to the training. `numbers` fills the step table ahead of every
 * chunk, so that the native run never asks back.
 */
export abstract class Optimizer {
  abstract readonly name: string
  /** One for all members of a population, or one each. */
  readonly learningRate: PerMember

  constructor(learningRate: unknown) {
    this.learningRate = perMember('learningRate', learningRate, (name, rate) => finiteNumber(name, rate, { min: 0 }))
  }

  /** Equal for two optimizers that record the same calls: programs are kept by it. */
  get recordingKey(): string {
    return identityOf(this)
  }

  /** State arenas, each laid out like the parameters and starting at zero. */
  abstract readonly stateNames: readonly string[]
  /** Numbers of one step, counted from 1, of one member. */
  abstract numbers(step: number, learningRate: number, member?: number): readonly number[]
  /** Refuses lists of another length than the population has members. */
  requireMembers(members: number): void {
    requireMembers('learningRate', this.learningRate, members)
  }
  /** Whether all members take the same numbers at every step. */
  get sameForAll(): boolean {
    return typeof this.learningRate === 'number'
  }
  /** Records the rule for one range. */
  protected abstract rule(record: Recorder, update: Update): void

  /** Records the update of every segment. */
  record(record: Recorder, segments: readonly Segment[]): void {
    if (segments.length === 0) return
    const numbers = this.numbers(1, ofMember(this.learningRate, 0), 0).map(() => record.stepNumber())
    for (const { offset, length } of segments) {
      this.rule(record, {
        parameter: record.range('parameter', offset, length),
        gradient: record.range('gradient', offset, length),
        states: this.stateNames.map((_, slot) => record.range('state', offset, length, slot)),
        numbers,
      })
    }
  }
}
