/*
 * The number that a callback monitors: whether an epoch will have it, and whether it can tell epochs apart.
 */

import type { Callback, EpochResult } from '../../callbacks/callback.js'
import { numbersByPath } from '../../callbacks/scores.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { Metric } from '../../metrics/metric.js'
import { type MetricName, metricNames } from '../../metrics/names.js'
import { monitorHint } from '../../names-elsewhere.js'
import { didYouMean, invalid } from '../../validate.js'
import type { Network } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import { type Always, alwaysOf } from '../scoring/always.js'

const VALIDATION = 'validation.'

/** What decides which numbers the epochs of a fit have. */
export interface MonitoredSettings {
  readonly network: Network
  readonly scoring: Scoring
  readonly validation: readonly Dataset[] | undefined
  /** Left out for a stream, whose rows are not known. */
  readonly train?: readonly Dataset[] | undefined
}

/** A callback as messages name it. */
export function callbackName({ constructor: maker }: Callback): string {
  const name: unknown = maker?.name
  return typeof name !== 'string' || name === '' || name === 'Object' ? 'a callback' : name
}

/**
 * Checks before the first step that an epoch's result will have the numbers that callbacks monitor.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names the callback and lists the numbers there will be
 */
export function requireMonitored(
  callbacks: readonly Callback[],
  metrics: readonly Metric[],
  validation: unknown,
  validationGiven: unknown,
): void {
  const scores = ['loss', ...metrics.map(({ name }) => name)]
  const all = [
    ...scores,
    ...(validation === undefined ? [] : scores.map((name) => VALIDATION + name)),
    'learningRate',
    'seconds',
  ]
  for (const callback of callbacks) {
    const { monitors } = callback
    if (monitors === undefined) continue
    const name = callbackName(callback)
    // A metric of several numbers has them under its own name.
    if (all.some((path) => monitors === path || monitors.startsWith(`${path}.`))) continue
    if (monitors.startsWith(VALIDATION) && validation === undefined) {
      const hint = `Give validation: 0.1, or let it monitor the training: new ${name}({ monitor: 'loss' }).`
      throw invalid('validation', `fraction or Dataset, which ${name} monitors`, validationGiven, hint)
    }
    const part = monitors.startsWith(VALIDATION) ? VALIDATION : ''
    const tail = monitors.slice(part.length)
    const near = part === '' ? all : scores
    const hint = metricNames.includes(tail as MetricName)
      ? `Ask for the metric: fit({ metrics: ['${tail}'] }).`
      : (monitorHint(monitors) ?? didYouMean(tail, near)?.replace("'", `'${part}`) ?? 'Monitor one of those.')
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for monitor of ${name} a number that every epoch will have, one of ${all.join(', ')}, but received ` +
        `'${monitors}'. ${hint}`,
    )
  }
}

/** Follows the monitored numbers of one fit, and warns of those that are NaN. */
export class MonitoredNumbers {
  readonly #settings: MonitoredSettings
  /** Pairs of callback and number for which a warning was given. */
  readonly #told = new Set<string>()
  /** For each callback and number: how many epochs were NaN, and whether one was not. */
  readonly #seen = new Map<string, { epochs: number; known: boolean }>()

  /** By data set and number. */
  readonly #asked = new Map<Dataset, Map<string, Always | undefined>>()

  constructor(settings: MonitoredSettings) {
    this.#settings = settings
  }

  /**
   * @param member undefined for a callback that watches all members
   * @throws DeepblasError ERR_DEEPBLAS_DATA for a number that the data can never have
   */
  see(callback: Callback, member: number | undefined, result: EpochResult): void {
    const path = callback.monitors
    if (path === undefined) return
    const value = numbersByPath(result).find(([name]) => name === path)?.[1]
    if (value === undefined) return
    const name = callbackName(callback)
    const key = `${name} '${path}'`
    const why = this.#whyAlways(path, member)
    if (why !== undefined) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected for '${path}', which ${name} monitors, a number that tells one epoch from another, but it is ${why}`,
      )
    }
    const seen = this.#seen.get(key) ?? { epochs: 0, known: false }
    this.#seen.set(key, seen)
    if (!Number.isNaN(value)) {
      seen.known = true
      return
    }
    seen.epochs++
    if (this.#told.has(key)) return
    this.#told.add(key)
    const whose = member === undefined || this.#members === 1 ? '' : ` of member ${member}`
    warn(
      `'${path}'${whose}, which ${name} monitors, is NaN in epoch ${result.epoch}: such an epoch counts as one without ` +
        'improvement. See history.epochs for the others.',
    )
  }

  /** Called when all epochs have been told. */
  end(): void {
    for (const [key, { epochs, known }] of this.#seen) {
      if (known || epochs === 0) continue
      warn(
        `${key} was NaN in every epoch: the callback has had no number to go by, so no epoch was found best, nothing was ` +
          'put back and no checkpoint of a best epoch was written.',
      )
    }
  }

  get #members(): number {
    const { train, validation } = this.#settings
    return Math.max(train?.length ?? 1, validation?.length ?? 1)
  }

  /** The value that the number has whatever the model predicts, and why; undefined where the predictions decide. */
  #whyAlways(path: string, member: number | undefined): string | undefined {
    const { validation, train, scoring, network } = this.#settings
    const held = path.startsWith(VALIDATION)
    const all = held ? validation : train
    const name = held ? path.slice(VALIDATION.length) : path
    const metric = scoring.metrics.find((one) => one.name === name)
    if (all === undefined || (metric === undefined && name !== 'loss')) return undefined
    const data = member === undefined ? all : [all[member] ?? all[0]!]
    const found = data.map((one) => {
      const asked = this.#asked.get(one) ?? new Map<string, Always | undefined>()
      this.#asked.set(one, asked)
      if (!asked.has(name)) asked.set(name, alwaysOf(metric, one, scoring, network.outputs))
      return asked.get(name)
    })
    // The mean over members is NaN if one of them is, and constant if all of them are.
    const first = found.find((one) => Number.isNaN(one?.value)) ?? (found.includes(undefined) ? undefined : found[0])
    if (first === undefined) return undefined
    const part = held ? 'validation' : 'training'
    const advice =
      first.lack === 'classes' && held
        ? 'Give fit validation data with rows of every class: ' +
          'const [train, validation] = data.split(0.2, { stratified: true }).'
        : `Give fit ${part} data with ${first.lack === 'classes' ? 'rows of every class' : first.lack}.`
    const other = name === 'loss' ? '' : ` Or monitor another number, such as '${held ? VALIDATION : ''}loss'.`
    return `${first.value} in every epoch: ${first.text} of the ${part} data. ${advice}${other}`
  }
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'DeepblasWarning', code: 'DEEPBLAS_MONITOR_NAN' })
}
