/*
 * Numbers as pages show them, in tables as on axes. Runs in the browser too.
 */

export const numberFormats = ['number', 'percent', 'points', 'change', 'seconds'] as const

/**
 * How the numbers of a chart are written:
 * - 'number': as they are, to three or four digits;
 * - 'percent': shares of 1 as percents;
 * - 'points': differences of shares as percentage points, with a sign;
 * - 'change': differences of other figures, with a sign;
 * - 'seconds': lengths of time.
 */
export type NumberFormat = (typeof numberFormats)[number]

/** With its unit; a dash for what is missing or no finite number. */
export function formatted(value: number | undefined | null, format: NumberFormat): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (format === 'seconds') return duration(value)
  if (format === 'percent') return `${digits(100 * value, 1)} %`
  if (format === 'points') return `${signed(100 * value, 1)} points`
  return format === 'change' ? signed(value) : digits(value)
}

/** An interval with its unit once; an end without bound is null, as JSON has it, or infinite. */
export function formattedInterval(
  [low, high]: readonly [low: number | null, high: number | null],
  format: NumberFormat,
): string {
  const bounded = [low, high].some((end) => end !== null && Number.isFinite(end))
  if (!bounded) return 'not known'
  const from = formatted(low ?? Number.NEGATIVE_INFINITY, format)
  const bare = format === 'percent' || format === 'points' ? from.replace(/ (%|points)$/, '') : from
  return `${bare} to ${formatted(high ?? Number.POSITIVE_INFINITY, format)}`
}

/** As on an axis, whose label tells the unit. */
export function onAxis(value: number, format: NumberFormat): string {
  if (format === 'percent') return digits(100 * value)
  if (format === 'points') return signed(100 * value)
  if (format === 'change') return signed(value)
  return digits(value)
}

/** The unit that an axis has behind its label; empty where there is none. */
export function unitOf(format: NumberFormat): string {
  return { number: '', percent: ' (%)', points: ' (percentage points)', change: '', seconds: ' (s)' }[format]
}

/** Seconds, minutes or hours. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${digits(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

function signed(value: number, decimals?: number): string {
  const text = digits(Math.abs(value), decimals)
  if (/^[0.]*$/.test(text)) return text
  return `${value < 0 ? '−' : '+'}${text}`
}

/** So many decimals, or three significant digits; whole thousands in groups. */
function digits(value: number, decimals?: number): string {
  const size = Math.abs(value)
  if (size < 1e9 && decimals !== undefined) return minus(value.toFixed(decimals))
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return minus(value.toExponential(2))
  if (Number.isInteger(value) || size >= 1000) return minus(Math.round(value).toLocaleString('en-US'))
  return minus(String(Number(value.toPrecision(3))))
}

function minus(text: string): string {
  return text.replace(/^-(?=[0.]*$)/, '').replace(/^-/, '−')
}
