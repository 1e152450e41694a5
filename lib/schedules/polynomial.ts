import type { PerMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface PolynomialOptions extends DurationOptions {
  /** Rate at the start, at least 0. For a population also a list with one rate per member. */
  readonly learningRate: PerMember
  /** Updates or epochs until the minimum is reached. */
  readonly steps: number
  /** Exponent of the fall, above 0; 1 is a straight line. Default 1. */
  readonly power?: number
  /** The lowest rate, at least 0. Default 0. */
  readonly minimum?: number
}

/**
 * Polynomial decay: `minimum + (learningRate - minimum) · (1 - t / steps)^power`, and the minimum after `steps`
 * (PyTorch's PolynomialLR).
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function polynomial(options: PolynomialOptions): Schedule {
  const names = ['learningRate', 'steps', 'power', 'minimum', 'unit'] as const
  const given = knownOptions<PolynomialOptions>('polynomial', options, names)
  const steps = duration('steps', given.steps)
  const power = finiteNumber('power', given.power ?? 1, { exclusiveMin: 0 })
  const minimum = finiteNumber('minimum', given.minimum ?? 0, { min: 0 })
  const unit = unitOf(given.unit)
  return scheduleOf({
    name: 'polynomial',
    learningRate: rates('learningRate', given.learningRate),
    unit,
    options: { steps, power, minimum, unit },
    rule: (base, time) => minimum + (base - minimum) * (1 - Math.min(time / steps, 1)) ** power,
  })
}
