/*
 * The number by which a callback goes: whether an epoch will have it, and why it is NaN.
 */
import { numbersOf } from '../callbacks/scores.js'
import type { Dataset } from '../data/dataset.js'
import { DeepblasError } from '../errors.js'
import { isBuiltInMetric, type Metric } from '../metrics/metric.js'
import { type MetricName, metricNames } from '../metrics/names.js'
import { foreignMonitorHint } from '../names-elsewhere.js'
import { didYouMean, invalid } from '../validate.js'
import type { Callback, EpochResult } from './callback.js'
import type { Scoring } from './compile.js'
import { metricTask } from './metric-task.js'

const VALIDATION = 'validation.'

/** What the numbers of a fit are of. */
export interface MonitoredSettings {
  readonly scoring: Scoring
  readonly validation: readonly Dataset[] | undefined
  /** Left out for a stream, of which nobody knows the rows. */
  readonly train?: readonly Dataset[]
}

/** A callback as messages name it. */
export function callbackName({ constructor: maker }: Callback): string {
  const name: unknown = maker?.name
  return typeof name !== 'string' || name === '' || name === 'Object' ? 'a callback' : name
}

/**
 * Checks before the first step that an epoch's result will have the numbers that callbacks go by.
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
      throw invalid('validation', `fraction or Dataset, which ${name} monitors`, validationGiven)
    }
    const part = monitors.startsWith(VALIDATION) ? VALIDATION : ''
    const tail = monitors.slice(part.length)
    const near = part === '' ? all : scores
    const hint = metricNames.includes(tail as MetricName)
      ? `Ask for the metric: fit({ metrics: ['${tail}'] }).`
      : (foreignMonitorHint(monitors) ?? didYouMean(tail, near)?.replace("'", `'${part}`) ?? 'Monitor one of those.')
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for monitor of ${name} a number that every epoch will have, one of ${all.join(', ')}, but received ` +
        `'${monitors}'. ${hint}`,
    )
  }
}

/** Follows the monitored numbers of one fit, and tells of those that are NaN. */
export class MonitoredNumbers {
  readonly #settings: MonitoredSettings
  /** Callback and number, of all that have been told of. */
  readonly #told = new Set<string>()
  /** By callback and number: epochs that were NaN, and whether one was not. */
  readonly #seen = new Map<string, { epochs: number; known: boolean }>()

  constructor(settings: MonitoredSettings) {
    this.#settings = settings
  }

  /**
   * @param member undefined for a callback that watches all
   * @throws DeepblasError ERR_DEEPBLAS_DATA for a number that the data can never have
   */
  see(callback: Callback, member: number | undefined, result: EpochResult): void {
    const path = callback.monitors
    if (path === undefined) return
    const value = numbersOf(result).find(([name]) => name === path)?.[1]
    if (value === undefined) return
    const name = callbackName(callback)
    const key = `${name} '${path}'`
    const seen = this.#seen.get(key) ?? { epochs: 0, known: false }
    this.#seen.set(key, seen)
    if (!Number.isNaN(value)) {
      seen.known = true
      return
    }
    seen.epochs++
    if (this.#told.has(key)) return
    const why = this.#whyNever(path, member, result)
    if (why !== undefined) {
      throw new DeepblasError(
        'ERR_DEEPBLAS_DATA',
        `Expected a number for '${path}', which ${name} monitors, but it is NaN in every epoch: ${why}`,
      )
    }
    this.#told.add(key)
    const whose = member === undefined || this.#members === 1 ? '' : ` of member ${member}`
    warn(
      `'${path}'${whose}, which ${name} monitors, is NaN in epoch ${result.epoch}: such an epoch counts as one without ` +
        'improvement. See history.epochs for the others.',
    )
  }

  /** Once all epochs are told. */
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

  /** Why the number is NaN whatever the model predicts; undefined where the data does not tell. */
  #whyNever(path: string, member: number | undefined, result: EpochResult): string | undefined {
    const { validation, train, scoring } = this.#settings
    const held = path.startsWith(VALIDATION)
    const all = held ? validation : train
    if (all === undefined) return undefined
    const name = held ? path.slice(VALIDATION.length) : path
    const part = held ? 'validation' : 'training'
    const data = member === undefined ? all : [all[member] ?? all[0]!]
    for (const one of data) {
      const weights = one.sampleWeights()
      if (weights?.every((weight) => weight === 0)) {
        return `all ${one.rows} rows of the ${part} data have weight 0. Give some of them a weight above 0.`
      }
    }
    const metric = scoring.metrics.find((one) => one.name === name)
    // Predictions that are not finite make every number NaN, and the loss first.
    const { loss } = held ? result.validation! : result
    if (metric?.fromScores === undefined || !isBuiltInMetric(metric) || !Number.isFinite(loss)) return undefined
    for (const one of data) {
      const lack = lackOf(metric, one, scoring)
      if (lack === undefined) continue
      const stratified = held
        ? 'Give fit validation data with rows of every class: ' +
          'const [train, validation] = data.split(0.2, { stratified: true }).'
        : 'Give fit rows of every class.'
      const advice = lack.kind === 'classes' ? stratified : `Give fit more ${part} rows.`
      return `${lack.text} of the ${part} data. ${advice} Or monitor another number, such as '${held ? VALIDATION : ''}loss'.`
    }
    return undefined
  }
}

/** What a data set has too little of for a metric that is NaN on it. */
function lackOf(
  metric: Metric,
  data: Dataset,
  { loss }: Scoring,
): { readonly kind: 'classes' | 'rows'; readonly text: string } | undefined {
  const { data: targets, columns } = data.targetTable!
  const weights = data.sampleWeights()
  const task = metricTask(metric, loss, columns)
  const counted = Array.from({ length: data.rows }, (_, row) => row).filter((row) => weights?.[row] !== 0)
  const rows = `${counted.length} row${counted.length === 1 ? '' : 's'}${weights === undefined ? '' : ' of a weight above 0'}`
  if (task === 'values') return { kind: 'rows', text: `${metric.name} cannot be told of the ${rows}` }
  if (columns === 1) {
    const classes = [...new Set(counted.map((row) => targets[row]!))]
    const nameOf = (code: number) => (data.labels?.[code] === undefined ? `${code}` : `'${data.labels[code]}'`)
    if (classes.length > 1) {
      const known = `${classes
        .sort((a, b) => a - b)
        .slice(0, 5)
        .map(nameOf)
        .join(', ')}${classes.length > 5 ? ', …' : ''}`
      return {
        kind: 'classes',
        text: `${metric.name} needs rows of every class, but has only those of ${known} in the ${rows}`,
      }
    }
    return {
      kind: 'classes',
      text: `${metric.name} needs rows of two classes, but ${nameOf(classes[0]!)} is the class of all ${rows}`,
    }
  }
  return {
    kind: 'classes',
    text: `${metric.name} needs rows of every class, but some output has one class only in the ${rows}`,
  }
}

function warn(message: string): void {
  process.emitWarning(message, { type: 'DeepblasWarning', code: 'DEEPBLAS_MONITOR_NAN' })
}
