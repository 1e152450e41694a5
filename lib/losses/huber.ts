import { finiteNumber, knownOptions } from '../validate.js'
import { recordElementRule } from './element-rule.js'
import { type ConfigurableLoss, configurableLoss } from './loss.js'

export interface HuberOptions {
  /** Errors larger than this count linearly; in the targets' unit. Above 0. Default 1. */
  readonly delta?: number
}

/**
 * Huber's loss, quadratic for small errors and linear for large ones: `d²/2` where `|d| <= delta`, else `delta · (|d| -
 * delta/2)`; mean over rows and outputs (Huber, "Robust estimation of a location parameter", 1964). `huber({ delta: 0.5
 * })`.
 */
export const huber: ConfigurableLoss<HuberOptions> = configurableLoss((options) => {
  const given = knownOptions<HuberOptions>('huber', options, ['delta'])
  const delta = finiteNumber('delta', given.delta ?? 1, { exclusiveMin: 0 })
  return {
    name: 'huber',
    options: { delta },
    targetKind: 'values',
    takesLogits: () => false,
    record: (record, recording) =>
      recordElementRule(record, recording, ({ prediction, target }) => {
        const difference = prediction.minus(target)
        const size = difference.absolute()
        // d²/2 and delta · (|d| - delta/2) are one formula of the smaller of |d| and delta.
        const bounded = size.atMost(delta)
        return {
          value: bounded.times(size.minus(bounded.times(0.5))),
          derivative: difference.atMost(delta).atLeast(-delta),
        }
      }),
  }
})
