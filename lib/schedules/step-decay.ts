import type { PerMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface StepDecayOptions extends DurationOptions {
  /** Of the start. For a population also one a member. */
  readonly learningRate: PerMember
  /** Updates or epochs from one fall to the next. */
  readonly every: number
  /** What the rate is multiplied by. Default 0.1. */
  readonly factor?: number
}

/**
 * `learningRate · factor^⌊t / every⌋`: falls in steps (PyTorch's StepLR).
 *
 * @example
 * new SGD({ learningRate: stepDecay({ learningRate: 0.1, every: 30, factor: 0.1, unit: 'epoch' }) })
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const given = knownOptions<StepDecayOptions>('stepDecay', options, ['learningRate', 'every', 'factor', 'unit'])
  const every = duration('every', given.every)
  const factor = finiteNumber('factor', given.factor ?? 0.1, { exclusiveMin: 0 })
  const unit = unitOf(given.unit)
  return scheduleOf({
    name: 'stepDecay',
    learningRate: rates('learningRate', given.learningRate),
    unit,
    options: { every, factor, unit },
    // A time in epochs is a quotient, which may lie a rounding below a whole number.
    rule: (base, time) => base * factor ** Math.floor(time / every + 1e-9),
  })
}
