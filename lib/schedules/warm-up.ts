import type { PerMember } from '../per-member.js'
import { finiteNumber, knownOptions } from '../validate.js'
import { constantRate } from './constant-rate.js'
import {
  type DurationOptions,
  duration,
  isSchedule,
  ourSchedule,
  type Schedule,
  scheduleOrRates,
  unitOf,
} from './schedule.js'

export interface WarmUpOptions extends DurationOptions {
  /** Updates or epochs until the full rate is reached. */
  readonly steps: number
  /** Share of the full rate at the first update, at least 0. Default 0.1. */
  readonly from?: number
}

/**
 * Puts a warm-up before another schedule: the rate rises on a straight line from a share of that schedule's first rate
 * to all of it (PyTorch's LinearLR, then SequentialLR). The other schedule's own time begins when the warm-up ends.
 * Goyal et al., "Accurate, large minibatch SGD", 2017.
 *
 * @param then the schedule that follows, or a constant rate
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 * @example
 * new AdamW({ learningRate: warmUp(cosine({ learningRate: 1e-3, steps: 9, unit: 'epoch' }), { steps: 1, unit: 'epoch' }) })
 */
export function warmUp(then: Schedule | PerMember, options: WarmUpOptions): Schedule {
  const checked = scheduleOrRates('then', then)
  const after = isSchedule(checked) ? checked : constantRate({ learningRate: checked })
  const given = knownOptions<WarmUpOptions>('warmUp', options, ['steps', 'from', 'unit'])
  const steps = duration('steps', given.steps)
  const from = finiteNumber('from', given.from ?? 0.1, { min: 0 })
  const unit = unitOf(given.unit)
  const shown = { before: after, steps, from, unit }
  return ourSchedule(
    {
      name: 'warmUp',
      learningRate: after.learningRate,
      ...shown,
      rate(step, place = {}) {
        const length = steps * (unit === 'epoch' ? (place.stepsPerEpoch ?? 1) : 1)
        if (step < length) return after.rate(0, place) * (from + ((1 - from) * step) / length)
        return after.rate(step - length, place)
      },
    },
    after,
  )
}
