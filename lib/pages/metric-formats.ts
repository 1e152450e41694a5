import { formattedInterval, type NumberFormat } from './numbers.js'

/** How a metric's values and the changes of it are written. */
export interface MetricFormats {
  readonly value: NumberFormat
  readonly change: NumberFormat
}

/** Metrics that are shares of rows. */
const shares: readonly string[] = ['accuracy', 'precision', 'recall', 'f1', 'topK']

export function formatsOf(metric: string): MetricFormats {
  return shares.includes(metric) ? { value: 'percent', change: 'points' } : { value: 'number', change: 'change' }
}

/** Nothing where there is no interval. */
export function intervalText(
  interval: readonly [low: number | null, high: number | null] | null,
  format: NumberFormat,
): string {
  return interval === null ? '' : formattedInterval(interval, format)
}
