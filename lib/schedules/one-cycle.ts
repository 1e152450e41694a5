import type { PerMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface OneCycleOptions extends DurationOptions {
  /** The largest rate, at least 0. For a population also a list with one rate per member. */
  readonly learningRate: PerMember
  /** Updates or epochs until the lowest rate is reached. */
  readonly steps: number
  /** Share of the cycle in which the rate rises, between 0 and 1. Default 0.3. */
  readonly rise?: number
  /** The first rate is `learningRate / startDivisor`. Default 25. */
  readonly startDivisor?: number
  /** The last rate is the first one divided by this. Default 10000. */
  readonly endDivisor?: number
}

/**
 * The rate rises along half a cosine, then falls along a longer one to almost 0 (PyTorch's OneCycleLR with total_steps
 * = steps + 1; Smith and Topin, "Super-convergence", 2018). After `steps` the rate stays at the lowest.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const names = ['learningRate', 'steps', 'rise', 'startDivisor', 'endDivisor', 'unit'] as const
  const given = knownOptions<OneCycleOptions>('oneCycle', options, names)
  const steps = duration('steps', given.steps)
  const rise = finiteNumber('rise', given.rise ?? 0.3, { exclusiveMin: 0, exclusiveMax: 1 })
  const startDivisor = finiteNumber('startDivisor', given.startDivisor ?? 25, { exclusiveMin: 0 })
  const endDivisor = finiteNumber('endDivisor', given.endDivisor ?? 1e4, { exclusiveMin: 0 })
  const unit = unitOf(given.unit)
  return scheduleOf({
    name: 'oneCycle',
    learningRate: rates('learningRate', given.learningRate),
    unit,
    options: { steps, rise, startDivisor, endDivisor, unit },
    rule(largest, time, last) {
      const first = largest / startDivisor
      // PyTorch's place of the top: a share of all updates, the last one included. Very short cycles begin at the top.
      const top = Math.max(rise * (steps + last) - last, 0)
      if (time < top) return between(first, largest, time / top)
      return between(largest, first / endDivisor, Math.min((time - top) / (steps - top), 1))
    },
  })
}

/** The rate between two others, along half a cosine. */
function between(from: number, to: number, part: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2
}
