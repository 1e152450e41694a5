import { DeepblasError } from '../errors.js'
import { ourMonitor } from '../names-elsewhere.js'
import { invalid, oneOf } from '../validate.js'
import type { EpochResult } from './callback.js'
import { numbersOf } from './scores.js'

/** Whether a monitored number should fall or rise. */
export type Direction = 'min' | 'max'

const RISING = /^(accuracy|precision|recall|f1|rocAuc|averagePrecision|matthews|r2|top(K|\d+)(Accuracy)?)$/
const FALLING = /^(loss|brier|poisson|hinge|huber|kullbackLeibler|\w+([eE]rror|[eE]ntropy|Loss))$/

/**
 * The direction in which a monitored number gets better.
 *
 * @param monitor the dotted path: `validation.loss`
 * @param mode 'auto' decides by the last name of the path
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT if 'auto' does not know the name: a wrong guess keeps the worst epoch
 */
export function monitorDirection(monitor: string, mode: unknown): Direction {
  const chosen = oneOf('mode', mode, ['auto', 'min', 'max'])
  if (chosen !== 'auto') return chosen
  const name = monitor.slice(monitor.lastIndexOf('.') + 1)
  if (RISING.test(name)) return 'max'
  if (FALLING.test(name)) return 'min'
  const ours = ourMonitor(monitor)
  if (ours !== undefined) {
    throw invalid('monitor', "dotted path of a number such as 'validation.loss'", monitor, `Write '${ours}'.`)
  }
  throw invalid(
    'mode',
    "'min' or 'max'",
    mode,
    `Only the losses and metrics of deepblas have a known direction: say whether a good '${monitor}' is low or high.`,
  )
}

/**
 * The number at a dotted path of an epoch's result.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT if no number is there; the message lists the numbers that are
 */
export function monitoredValue(monitor: string, result: EpochResult): number {
  const numbers = numbersOf(result)
  const found = numbers.find(([path]) => path === monitor)
  if (found !== undefined) return found[1]

  const advice =
    monitor.startsWith('validation.') && result.validation === undefined
      ? 'Pass validation data to fit, or monitor one of those.'
      : 'Monitor one of those, or ask fit for the metric.'
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a number called '${monitor}' in the epoch's result for monitor ` +
      `but received only ${numbers.map(([path]) => path).join(', ')}. ${advice}`,
  )
}
