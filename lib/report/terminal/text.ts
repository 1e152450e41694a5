/*
 * Text as a terminal shows it: columns rather than code units, and numbers that line up.
 */

const CONTROL = /\p{Cc}|\p{Cf}|[\u2028\u2029]/gu
const ZERO_WIDTH = /^[\p{M}\p{Cf}\u1160-\u11ff]+$/u
/** East Asian wide and full-width characters (Unicode's EastAsianWidth W and F); half-width ones are not among them. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u
/** Emoji that are drawn as pictures, flags, and what a variation selector makes a picture. */
const PICTURE = /\p{Emoji_Presentation}|\p{Regional_Indicator}{2}|\p{Emoji}\ufe0f/u
/** Zero width joiners between the parts of one picture, such as a family, and the selectors of pictures. */
const JOINED = /(?<=\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*)\u200d(?=\p{Extended_Pictographic})/gu
const PLAIN = /^[\u0020-\u007e]*$/

/** Made at the first text that needs it: a segmenter reads its rules, for longer than a small module takes to load. */
let segmenter: Intl.Segmenter | undefined
/** Code units that are segmented at once: a segmenter's time grows with the square of the text's length. */
const PIECE = 512

/** What a reader takes for one character, one after the other. */
function* charactersOf(text: string): Generator<string, void, undefined> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  for (let from = 0; from < text.length; ) {
    const piece = text.slice(from, from + PIECE)
    const ends = from + piece.length === text.length
    const segments = [...segmenter.segment(piece)].map(({ segment }) => segment)
    // The last one may go on in the next piece.
    if (!ends && segments.length > 1) segments.pop()
    for (const segment of segments) {
      from += segment.length
      yield segment
    }
  }
}

/** The text on one line and without control characters: a column's name in a file cannot steer the terminal. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text
  return text
    .split(JOINED)
    .map((part) => part.replaceAll(CONTROL, ' '))
    .join('\u200d')
}

/** How many columns of a terminal a printable text takes. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of charactersOf(text)) width += graphemeWidth(character)
  return width
}

/** A text in lines of a width, broken between words, and within a word that is longer than a line. */
export function wrapped(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text]
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    const longer = line === '' ? word : `${line} ${word}`
    if (textWidth(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(...cut(word, width))
  }
  return lines.filter((line) => line !== '')
}

function cut(word: string, width: number): string[] {
  const parts = ['']
  let used = 0
  for (const character of charactersOf(word)) {
    const own = graphemeWidth(character)
    if (used > 0 && used + own > width) {
      parts.push('')
      used = 0
    }
    parts[parts.length - 1] += character
    used += own
  }
  return parts
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
  for (const character of charactersOf(text)) {
    left -= graphemeWidth(character)
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

/** The width of one character as a reader sees it: a letter with its accents, a flag, a family of emoji. */
function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && grapheme < '\u0300') return 1
  if (ZERO_WIDTH.test(grapheme)) return 0
  return PICTURE.test(grapheme) || WIDE.test(grapheme) ? 2 : 1
}
