import type { PerMember } from '../per-member.js'
import { knownOptions, positiveInteger } from '../validate.js'
import { type DurationOptions, duration, rates, type Schedule, scheduleOf, unitOf } from './schedule.js'

export interface CoslogOptions extends DurationOptions {
  /** The highest rate, at least 0. For a population also a list with one rate per member. */
  readonly learningRate: PerMember
  /** Updates or epochs until the last fall ends; the rate is 0 from then on. */
  readonly steps: number
  /** Number of rises from 0 and falls to 0, each twice as long as the one before. Default 4. */
  readonly cycles?: number
}

/**
 * Cosine cycles on a logarithmic scale: `learningRate · (1 - cos(2π log2(1 + (2^cycles - 1) t))) / 2`, where t is the share
 * of `steps` that is over. A warm-up at the start, and large steps again when the training has come further (Holzmüller et
 * al., "Better by default", 2024, where `cycles` is 4).
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 *
 * @example
 * new Adam({ learningRate: coslog({ learningRate: 0.04, steps: 256, unit: 'epoch' }), beta2: 0.95 })
 */
export function coslog(options: CoslogOptions): Schedule {
  const given = knownOptions<CoslogOptions>('coslog', options, ['learningRate', 'steps', 'cycles', 'unit'])
  const steps = duration('steps', given.steps)
  const cycles = positiveInteger('cycles', given.cycles ?? 4)
  const unit = unitOf(given.unit)
  return scheduleOf({
    name: 'coslog',
    learningRate: rates('learningRate', given.learningRate),
    unit,
    options: { steps, cycles, unit },
    rule(base, time) {
      const share = Math.min(time / steps, 1)
      return (base * (1 - Math.cos(2 * Math.PI * Math.log2(1 + (2 ** cycles - 1) * share)))) / 2
    },
  })
}
