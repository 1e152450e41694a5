import type { PerMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface StepDecayOptions extends DurationOptions {
  /** Rate at the start, at least 0. For a population also a list with one rate per member. */
  readonly learningRate: PerMember
  /** Updates or epochs from one fall to the next. */
  readonly every: number
  /** Factor of each fall, above 0. Default 0.1. */
  readonly factor?: number
}

/**
 * Step decay: `learningRate · factor^⌊t / every⌋` (PyTorch's StepLR).
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
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
    // A time in epochs is a quotient, which rounding may put just below a whole number.
    rule: (base, time) => base * factor ** Math.floor(time / every + 1e-9),
  })
}
