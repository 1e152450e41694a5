/*
 * Numbers as people write them: 1,234.50 and 1.234,50, $5 and 5 €, 12 %, (5) for -5. A column is written in one way, its
 * notation, by which every text of it is read.
 */

/** What stands between thousands; a blank is any of those that typography knows, an apostrophe straight or curly. */
export const thousandsMarks = [',', '.', ' ', "'"] as const

export type ThousandsMark = (typeof thousandsMarks)[number]

/** How the numbers of a column are written. */
export interface Notation {
  /** The decimal point. */
  readonly decimal: '.' | ','
  /** The mark that may stand between thousands: 1,234,567, or 12,34,567 as in India. Default: none. */
  readonly thousands?: ThousandsMark
  /** A sign or code of a currency that may stand before or after. Default: none. */
  readonly currency?: string
  /** Whether a percent sign may stand behind. 12.5 % is 12.5. Default: false. */
  readonly percent?: boolean
}

/** What stands around the digits of a number. */
export interface PeeledNumber {
  /** Digits with what stands between them. */
  readonly core: string
  readonly negative: boolean
  /** Whether the sign is a minus behind the number. */
  readonly trailingMinus: boolean
  readonly plus: boolean
  readonly currency: string | undefined
  readonly percent: boolean
}

const MINUS = '[-\u2212\u2010\u2011\u2013\ufe63\uff0d]'
const CODES =
  'AED|ARS|AUD|BDT|BGN|BRL|CAD|CHF|CLP|CNY|COP|CRC|CZK|DKK|EGP|EUR|GBP|GEL|GHS|HKD|HRK|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|' +
  'KZT|LKR|MAD|MXN|MYR|NGN|NOK|NZD|PEN|PHP|PKR|PLN|QAR|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|UGX|USD|UYU|VND|XAF|' +
  'XOF|ZAR|usd|eur|gbp|chf'
/** Letters before a dollar sign, and what is written without a sign of its own. */
const CURRENCY = `(?:(?:US|AU|CA|NZ|HK|NT|MX|R|A|C|S)?\\$|\\p{Sc}|(?:${CODES})(?![A-Za-z])|Rs\\.?|kr\\.?|zł|Kč|lei|Fr\\.?|SFr\\.?|元|円|руб\\.?)`
const FIRST = new RegExp(`^(?:(${MINUS})|(\\+)|(${CURRENCY}))[ \\u00a0\\u202f\\u2009]*`, 'u')
const LAST = new RegExp(`[ \\u00a0\\u202f\\u2009]*(?:(${MINUS})|(%)|(${CURRENCY}))$`, 'u')
/** A price of whole units: 5,- and 5.– */
const WHOLE_PRICE = /(\d)[.,][-\u2013\u2014]{1,2}$/
const CORE = /^[\d.,](?:[\d., '\u2019\u00a0\u202f\u2009]*[\d.,])?(?:e[+-]?\d+)?$/i
const DIGIT = /\d/
/** Characters; float64 writes 1.797e308 in 309 digits, and 103 marks may stand between them. */
const LONGEST_NUMBER = 500

/** Takes signs, currency and percent off a number; undefined for a text that is none in any notation. */
export function peel(text: string): PeeledNumber | undefined {
  let rest = text.trim()
  // No number is so long; what stands around one in longer texts takes the square of their length to find.
  if (rest.length > LONGEST_NUMBER || !DIGIT.test(rest)) return undefined
  let negative = false
  let [trailingMinus, plus, percent] = [false, false, false]
  let currency: string | undefined
  let signed = false
  const take = (sign: 'minus' | 'plus' | undefined): boolean => {
    if (sign === undefined) return true
    if (signed) return false
    signed = true
    negative = sign === 'minus'
    plus = sign === 'plus'
    return true
  }
  const unwrap = () => {
    if (!rest.startsWith('(') || !rest.endsWith(')')) return true
    rest = rest.slice(1, -1).trim()
    return take('minus')
  }
  if (!unwrap()) return undefined
  for (let found = FIRST.exec(rest); found !== null; found = FIRST.exec(rest)) {
    const [whole, minus, added, sign] = found
    if (sign !== undefined && currency !== undefined) return undefined
    if (!take(minus !== undefined ? 'minus' : added !== undefined ? 'plus' : undefined)) return undefined
    currency ??= sign
    rest = rest.slice(whole.length)
  }
  if (!unwrap()) return undefined
  rest = rest.replace(WHOLE_PRICE, '$1')
  for (let found = LAST.exec(rest); found !== null; found = LAST.exec(rest)) {
    const [whole, minus, share, sign] = found
    if ((sign !== undefined && (currency !== undefined || percent)) || (share !== undefined && percent))
      return undefined
    if (minus !== undefined) {
      if (!take('minus')) return undefined
      trailingMinus = true
    }
    if (share !== undefined) percent = true
    currency ??= sign
    rest = rest.slice(0, -whole.length).replace(WHOLE_PRICE, '$1')
  }
  // (5)% and (5) €: what stands behind is outside of the brackets.
  if (!unwrap()) return undefined
  if (!CORE.test(rest) || (percent && currency !== undefined)) return undefined
  return { core: rest, negative, trailingMinus, plus, currency, percent }
}

const GROUPED: Readonly<Record<ThousandsMark, RegExp>> = {
  ',': /^(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d\d)+,\d{3})$/,
  '.': /^[1-9]\d{0,2}(?:\.\d{3})+$/,
  ' ': /^[1-9]\d{0,2}(?:[ \u00a0\u202f\u2009]\d{3})+$/,
  "'": /^[1-9]\d{0,2}(?:['\u2019]\d{3})+$/,
}
const MARKS: Readonly<Record<ThousandsMark, RegExp>> = {
  ',': /,/g,
  '.': /\./g,
  ' ': /[ \u00a0\u202f\u2009]/g,
  "'": /['\u2019]/g,
}
const DIGITS = /^\d*$/
const EXPONENT = /e[+-]?\d+$/i

/** The digits of a number in a notation, without its sign; undefined where they are none in it, or too large a one. */
export function coreNumber(core: string, decimal: '.' | ',', thousands: ThousandsMark | undefined): number | undefined {
  const exponent = EXPONENT.exec(core)?.[0] ?? ''
  const digits = exponent === '' ? core : core.slice(0, -exponent.length)
  const at = digits.indexOf(decimal)
  let whole = at === -1 ? digits : digits.slice(0, at)
  const fraction = at === -1 ? '' : digits.slice(at + 1)
  if (!DIGITS.test(fraction) || (whole === '' && fraction === '')) return undefined
  if (!DIGITS.test(whole)) {
    if (thousands === undefined || exponent !== '' || !GROUPED[thousands].test(whole)) return undefined
    whole = whole.replace(MARKS[thousands], '')
  }
  const number = Number(`${whole}.${fraction}${exponent}`.replace(/^\./, '0.').replace(/\.(?=$|e)/i, ''))
  return Number.isFinite(number) ? number : undefined
}

/** The number that a text is in a notation; undefined for any other text. */
export function writtenNumber(text: string, { decimal, thousands, currency, percent }: Notation): number | undefined {
  const peeled = peel(text)
  if (peeled === undefined) return undefined
  if (peeled.percent && percent !== true) return undefined
  if (peeled.currency !== undefined && !sameCurrency(peeled.currency, currency)) return undefined
  const number = coreNumber(peeled.core, decimal, thousands)
  return number !== undefined && peeled.negative ? -number : number
}

export function sameCurrency(one: string, other: string | undefined): boolean {
  return other !== undefined && one.toLowerCase().replace(/\.$/, '') === other.toLowerCase().replace(/\.$/, '')
}

/** Whether a text is a number in any notation. */
export function isWrittenNumber(text: string): boolean {
  return looseNumberOf(text) !== undefined
}

/** The number of a text in the plainest notation in which it is one. */
export function looseNumberOf(text: string): number | undefined {
  const peeled = peel(text)
  if (peeled === undefined) return undefined
  for (const { decimal, thousands } of pairs) {
    const number = coreNumber(peeled.core, decimal, thousands)
    if (number !== undefined) return peeled.negative ? -number : number
  }
  return undefined
}

/** Whether two notations are the same. */
export function sameNotation(one: Notation | undefined, other: Notation | undefined): boolean {
  return (
    (one?.decimal ?? '.') === (other?.decimal ?? '.') &&
    one?.thousands === other?.thousands &&
    one?.currency === other?.currency &&
    (one?.percent ?? false) === (other?.percent ?? false)
  )
}

/** Every decimal point with every mark of thousands, the plainest first. */
export const pairs: readonly Pick<Notation, 'decimal' | 'thousands'>[] = [
  { decimal: '.' },
  { decimal: ',' },
  { decimal: '.', thousands: ',' },
  { decimal: '.', thousands: ' ' },
  { decimal: '.', thousands: "'" },
  { decimal: ',', thousands: '.' },
  { decimal: ',', thousands: ' ' },
  { decimal: ',', thousands: "'" },
]
