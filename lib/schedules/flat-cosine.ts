import type { PerMember } from '../per-member.js'
import { finiteNumber, fraction, knownOptions } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface FlatCosineOptions extends DurationOptions {
  /** Rate at the start, at least 0. For a population also a list with one rate per member. */
  readonly learningRate: PerMember
  /** Updates or epochs until the minimum is reached. */
  readonly steps: number
  /** Share of `steps` for which the rate stays, at least 0 and less than 1. Default 0.5. */
  readonly flat?: number
  /** The lowest rate, at least 0. Default 0. */
  readonly minimum?: number
}

/**
 * A rate that stays, then falls along a half cosine: `learningRate` up to the share `flat` of `steps`, then
 * `minimum + (learningRate - minimum) · (1 + cos(π (t - flat) / (1 - flat))) / 2`, where t is the share that is over, and
 * the minimum afterwards. RealMLP (Holzmüller et al., 2024) has it, by `flat` 0.5, for dropout and weight decay.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 *
 * @example
 * new Adam({ learningRate: flatCosine({ learningRate: 1e-3, steps: 50, unit: 'epoch' }) })
 */
export function flatCosine(options: FlatCosineOptions): Schedule {
  const names = ['learningRate', 'steps', 'flat', 'minimum', 'unit'] as const
  const given = knownOptions<FlatCosineOptions>('flatCosine', options, names)
  const steps = duration('steps', given.steps)
  const flat = fraction('flat', given.flat ?? 0.5)
  const minimum = finiteNumber('minimum', given.minimum ?? 0, { min: 0 })
  const unit = unitOf(given.unit)
  return scheduleOf({
    name: 'flatCosine',
    learningRate: rates('learningRate', given.learningRate),
    unit,
    options: { steps, flat, minimum, unit },
    rule(base, time) {
      const share = Math.min(Math.max(time / steps - flat, 0) / (1 - flat), 1)
      return minimum + ((base - minimum) * (1 + Math.cos(Math.PI * share))) / 2
    },
  })
}
