import { DeepblasError } from '../errors.js'
import type { Metric } from '../metrics/metric.js'
import { metricNamed } from '../metrics/names.js'
import { ourMonitor } from '../names-elsewhere.js'
import { invalid, oneOf } from '../validate.js'
import type { EpochResult, FitInfo } from './callback.js'
import { numbersByPath } from './scores.js'

/** Whether a monitored number should fall or rise. */
export type Direction = 'min' | 'max'

/** The part of a metric that is needed here: its name, and whether higher is better. */
type Judged = Pick<Metric, 'name' | 'higherIsBetter'>

/**
 * The direction in which a monitored number gets better; undefined where only the metrics of a fit can tell.
 *
 * @param monitor the dotted path: `validation.loss`
 * @param mode 'auto' asks the metric that the last name of the path names
 * @param metrics of the fit, where there is one
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown mode, or a number under the name that other libraries give
 *   it
 */
export function monitorDirection(
  monitor: string,
  mode: unknown,
  metrics: readonly Judged[] = [],
): Direction | undefined {
  const chosen = oneOf('mode', mode, ['auto', 'min', 'max'])
  if (chosen !== 'auto') return chosen
  const name = monitor.slice(monitor.lastIndexOf('.') + 1)
  if (name === 'loss') return 'min'
  const named = metrics.find((one) => one.name === name) ?? metricNamed(name)
  if (named?.higherIsBetter !== undefined) return named.higherIsBetter ? 'max' : 'min'
  const ours = ourMonitor(monitor)
  if (ours === undefined || metrics.some((one) => one.name === name)) return undefined
  throw invalid('monitor', "dotted path of a number such as 'validation.loss'", monitor, `Write '${ours}'.`)
}

/** The number that a callback monitors, and which of two values is better. */
export class Monitor {
  readonly path: string
  readonly #mode: unknown
  #direction: Direction | undefined

  /** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT as `monitorDirection` */
  constructor(path: string, mode: unknown) {
    this.path = path
    this.#mode = mode
    this.#direction = monitorDirection(path, mode)
  }

  /**
   * Called before the first step of every fit, when metrics of the user's own are known.
   *
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT if the direction is not known: a wrong guess would keep the worst epoch
   */
  begin(info: FitInfo | undefined): void {
    this.#direction = monitorDirection(this.path, this.#mode, info?.metrics)
    this.#required()
  }

  get direction(): Direction {
    return this.#required()
  }

  valueIn(result: EpochResult): number {
    return monitoredValue(this.path, result)
  }

  #required(): Direction {
    if (this.#direction !== undefined) return this.#direction
    throw invalid(
      'mode',
      "'min' or 'max'",
      this.#mode,
      `Nobody says whether a good '${this.path}' is low or high: give the callback a mode, or the metric higherIsBetter.`,
    )
  }
}

/**
 * The number at a dotted path of an epoch's result.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT if no number is there; the message lists the numbers that are
 */
function monitoredValue(monitor: string, result: EpochResult): number {
  const numbers = numbersByPath(result)
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
