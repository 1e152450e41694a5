import type { PerMember } from '../per-member.js'
import { boolean, finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface CosineOptions extends DurationOptions {
  /** Of the start, and of every restart. For a population also one a member. */
  readonly learningRate: PerMember
  /** Updates or epochs until the minimum is reached. */
  readonly steps: number
  /** Default 0. */
  readonly minimum?: number
  /** Starts again after `steps` rather than stay at the minimum. Default false. */
  readonly restarts?: boolean
  /** With restarts: how much longer each fall is than the one before. Default 1. */
  readonly lengthen?: number
}

/**
 * `minimum + (learningRate - minimum) · (1 + cos(π t / steps)) / 2`, and the minimum from then on (PyTorch's
 * CosineAnnealingLR); with restarts from the top again (CosineAnnealingWarmRestarts). Loshchilov and Hutter, "SGDR", 2017.
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

/** How much of the present fall is over; `time` in lengths of the first one. */
function partOfFall(time: number, lengthen: number): number {
  // A time in epochs is a quotient, which may lie a rounding below a whole number.
  if (lengthen === 1) return Math.max(0, time - Math.floor(time + 1e-9))
  // The first n falls take (lengthenⁿ - 1) / (lengthen - 1).
  const fall = Math.floor(Math.log1p(time * (lengthen - 1)) / Math.log(lengthen) + 1e-9)
  const length = lengthen ** fall
  return Math.max(0, time - (length - 1) / (lengthen - 1)) / length
}
