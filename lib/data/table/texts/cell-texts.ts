/*
 * What the texts of a file mean: numbers, booleans, dates.
 */

const BOOLEANS: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['t', 1],
  ['yes', 1],
  ['y', 1],
  ['1', 1],
  ['false', 0],
  ['f', 0],
  ['no', 0],
  ['n', 0],
  ['0', 0],
])

/** As pandas, R and JavaScript write it. */
const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i

const ISO_DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?)?$/

/**
 * A decimal number, blanks around it or not; NaN, a missing one, for infinity and for numbers too large for float64;
 * undefined for anything else: an empty text, hexadecimal digits, thousands separators.
 */
export function numberOf(text: string): number | undefined {
  const number = Number(text)
  // Number('') and Number('  ') are 0, and Number('0x1f') is 31.
  if (number === 0 ? text.trim() === '' : !Number.isFinite(number)) {
    return INFINITE.test(text) || Math.abs(number) === Number.POSITIVE_INFINITY ? Number.NaN : undefined
  }
  return text.length > 2 && isRadixPrefix(text) ? undefined : number
}

function isRadixPrefix(text: string): boolean {
  // Of a number's letters only e can be second: x, o and b are others' digits. Blanks may come before them.
  const second = text.charCodeAt(1) | 32
  if (second === 120 || second === 111 || second === 98) return true
  return text.charCodeAt(0) <= 32 && /^\s*0[xob]/i.test(text)
}

/** The same with a comma for a decimal point: 3,14. */
export function commaNumberOf(text: string): number | undefined {
  return text.includes('.') ? undefined : numberOf(text.replace(',', '.'))
}

/** @param loosely whether yes and no, 1 and 0 count too, or true and false alone */
export function booleanOf(text: string, loosely: boolean): number | undefined {
  const word = text.trim().toLowerCase()
  return loosely || word === 'true' || word === 'false' ? BOOLEANS.get(word) : undefined
}

/**
 * Milliseconds since 1970 of an ISO 8601 date, with a time or without; a time without a zone is UTC. Undefined for
 * anything else, such as the 30th of February.
 */
export function dateOf(text: string): number | undefined {
  const match = ISO_DATE.exec(text.trim())
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match
  const thousandths = Number(fraction.padEnd(3, '0').slice(0, 3))
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined
  date.setUTCHours(Number(hour), Number(minute), Number(second), thousandths)
  return date.getTime() - zoneOffset(zone)
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
