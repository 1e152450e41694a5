import type { PerMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { type DurationOptions, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface ExponentialDecayOptions extends DurationOptions {
  /** Rate at the start, at least 0. For a population also a list with one rate per member. */
  readonly learningRate: PerMember
  /** Factor of one update or epoch, above 0. Default 0.95. */
  readonly factor?: number
}

/**
 * Exponential decay: `learningRate · factor^t` (PyTorch's ExponentialLR). With unit 'epoch' the rate falls a little at
 * every update, by `factor` in an epoch.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
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
