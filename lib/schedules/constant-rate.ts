import type { PerMember } from '../per-member.js'
import { knownOptions } from '../validate.js'
import { rates, type Schedule, scheduleOf } from './schedule.js'

export interface ConstantRateOptions {
  readonly learningRate: PerMember
}

/**
 * Keeps the same rate at every update. A plain number as `learningRate` means this; use it as the schedule after
 * `warmUp`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a rate below 0 or an option that is unknown
 */
export function constantRate(options: ConstantRateOptions): Schedule {
  const given = knownOptions<ConstantRateOptions>('constantRate', options, ['learningRate'])
  return scheduleOf({
    name: 'constantRate',
    learningRate: rates('learningRate', given.learningRate),
    rule: (base) => base,
  })
}
