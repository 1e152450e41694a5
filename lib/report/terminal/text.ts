/*
 * Text as a terminal shows it: columns rather than code units, and numbers that line up.
 */

const CONTROL = /\p{Cc}|\p{Cf}|[\u2028\u2029]/gu
const ZERO_WIDTH = /^\p{M}$/u
/** East Asian wide and full-width characters, and emoji. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u

/** The text on one line and without control characters: a column's name in a file cannot steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, ' ')
}

/** How many columns of a terminal a printable text takes. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** Fills a text with spaces up to a width, on the right, or on the left for `align` 'right'. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'left' ? text + space : space + text
}

/** As much of a text as fits a width; an ellipsis ends it if something is missing. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let left = width - textWidth(ellipsis)
  if (left < 0) return ''
  for (const character of text) {
    left -= characterWidth(character)
    if (left < 0) break
    kept += character
  }
  return kept + ellipsis
}

/** A number to about five digits: `7`, `0.2134`, `12.346`, `123456`, `3.10e-7`. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const magnitude = Math.abs(value)
  if (magnitude >= 1e9) return value.toExponential(2)
  if (Number.isInteger(value)) return String(value)
  if (magnitude < 1e-3) return value.toExponential(2)
  const integerDigits = Math.max(1, Math.floor(Math.log10(magnitude)) + 1)
  return value.toFixed(Math.max(0, 5 - integerDigits))
}

/** A score, always with decimals so that it does not jump about as it changes: `1.0000`, `0.2134`. */
export function formatScore(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 10 ? value.toFixed(4) : formatNumber(value)
}

/** A share as a percentage: `94.3 %`. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** A time: `0.4 s`, `42 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

function characterWidth(character: string): number {
  if (character < '\u0300') return 1
  if (ZERO_WIDTH.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
