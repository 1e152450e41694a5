import type { PerMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface ExponentialDecayOptions extends DurationOptions {
  /** Of the start. For a population also one a member. */
  readonly learningRate: PerMember
  /** What the rate is multiplied by in one update or epoch. Default 0.95. */
  readonly factor?: number
}

/**
 * `learningRate · factor^t` (PyTorch's ExponentialLR). With unit 'epoch' it falls a little at every update, by `factor`
 * in an epoch.
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const given = knownOptions<ExponentialDecayOptions>('exponentialDecay', options, ['learningRate', 'factor', 'unit'])
  const factor = finiteNumber('factor', given.factor ?? 0.95, { exclusiveMin: 0 })
  const unit = unitOf(given.unit)
  return scheduleOf({
    name: 'exponentialDecay',
    learningRate: rates('learningRate', given.learningRate),
    unit,
    options: { factor, unit },
    rule: (base, time) => base * factor ** time,
  })
}
