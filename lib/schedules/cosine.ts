import type { PerMember } from '../per-member.js'
import { boolean, finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface CosineOptions extends DurationOptions {
  /** Rate at the start and at every restart, at least 0. For a population also a list with one rate per member. */
  readonly learningRate: PerMember
  /** Updates or epochs until the minimum is reached. */
  readonly steps: number
  /** The lowest rate, at least 0. Default 0. */
  readonly minimum?: number
  /** Whether the fall starts again after `steps`, rather than the rate staying at the minimum. Default false. */
  readonly restarts?: boolean
  /** With restarts: each fall is this many times as long as the one before; at least 1. Default 1. */
  readonly lengthen?: number
}

/**
 * Cosine annealing: `minimum + (learningRate - minimum) · (1 + cos(π t / steps)) / 2`, and the minimum after `steps`
 * (PyTorch's CosineAnnealingLR), or with `restarts` from the top again (CosineAnnealingWarmRestarts). Loshchilov and
 * Hutter, "SGDR", 2017.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function cosine(options: CosineOptions): Schedule {
  const names = ['learningRate', 'steps', 'minimum', 'restarts', 'lengthen', 'unit'] as const
  const given = knownOptions<CosineOptions>('cosine', options, names)
  const steps = duration('steps', given.steps)
  const minimum = finiteNumber('minimum', given.minimum ?? 0, { min: 0 })
  const restarts = boolean('restarts', given.restarts ?? false)
  const lengthen = finiteNumber('lengthen', given.lengthen ?? 1, { min: 1 })
  const unit = unitOf(given.unit)
  return scheduleOf({
    name: 'cosine',
    learningRate: rates('learningRate', given.learningRate),
    unit,
    options: { steps, minimum, restarts, lengthen, unit },
    rule(base, time) {
      const part = restarts ? partOfFall(time / steps, lengthen) : Math.min(time / steps, 1)
      return minimum + ((base - minimum) * (1 + Math.cos(Math.PI * part))) / 2
    },
  })
}

/** The share of the present fall that is over; `time` is counted in lengths of the first fall. */
function partOfFall(time: number, lengthen: number): number {
  // A time in epochs is a quotient, which rounding may put just below a whole number.
  if (lengthen === 1) return Math.max(0, time - Math.floor(time + 1e-9))
  // The first n falls take (lengthenⁿ - 1) / (lengthen - 1).
  const fall = Math.floor(Math.log1p(time * (lengthen - 1)) / Math.log(lengthen) + 1e-9)
  const length = lengthen ** fall
  return Math.max(0, time - (length - 1) / (lengthen - 1)) / length
}
