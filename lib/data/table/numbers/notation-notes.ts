/*
 * What is told of how a column's numbers were read, and of numbers that were kept as texts.
 */
import type { ColumnNote } from '../column-reading.js'
import { numberOf } from '../texts/cell-texts.js'
import {
  coreNumber,
  isWrittenNumber,
  type Notation,
  peel,
  sameCurrency,
  thousandsMarks,
  writtenNumber,
} from './notation.js'

/**
 * What was assumed to read a column's texts as numbers.
 *
 * @param accounting a text whose sign is not a hyphen before it
 */
export function notesOf(
  texts: ReadonlyMap<string, number>,
  notation: Notation,
  accounting: string | undefined,
): readonly ColumnNote[] {
  const { decimal, thousands, currency, percent } = notation
  const notes: ColumnNote[] = []
  const marks = thousands === ' ' ? /\d[ \u00a0\u202f\u2009]\d/ : thousands === "'" ? /\d['\u2019]\d/ : undefined
  const shows = (test: (text: string) => boolean) =>
    [...texts.keys()].find((text) => test(text) && read(text) !== undefined)
  const read = (text: string) => writtenNumber(text, notation)
  const tell = (what: string, text: string | undefined) => {
    const number = text === undefined ? undefined : read(text)
    if (number !== undefined) notes.push({ kind: 'number', text: `${what}: '${text}' is read as ${number}` })
  }
  if (thousands !== undefined) {
    const between = thousands === ' ' ? 'a blank' : `'${thousands}'`
    tell(
      `${between} between thousands`,
      shows((text) => marks?.test(text) ?? text.includes(thousands)),
    )
  }
  if (decimal === ',')
    tell(
      'decimal commas',
      shows((text) => text.includes(',')),
    )
  if (currency !== undefined) {
    tell(
      `the currency ${currency} is left off`,
      shows((text) => peel(text)?.currency !== undefined),
    )
  }
  if (percent === true)
    tell(
      'percent signs are left off',
      shows((text) => text.includes('%')),
    )
  tell('signs', accounting)
  return notes
}

const LEADING_ZERO = /^0\d+$/
const WHOLE = /^[-+]?\d+$/
/** Fewer digits are no telephone number. */
const PHONE = /^\+[1-9]\d{6,}$/

/**
 * Why a column's numbers are names that numbers could not give back; undefined where they are numbers.
 *
 * @param texts with how often each comes; one may be there several times
 */
export function keptAsText(
  values: readonly unknown[],
  texts: Iterable<readonly [text: string, count: number]>,
  mostStrays: number,
): string | undefined {
  for (const value of values) {
    if (typeof value === 'bigint' && !isSafe(value)) return tooLarge(String(value))
  }
  let [zeros, others, phones, known] = [0, 0, 0, 0]
  let zero = ''
  let width: number | undefined
  let oneWidth = true
  let hasFractions = false
  for (const [text, count] of texts) {
    known += count
    if (text.length > 15 && WHOLE.test(text) && !isSafe(BigInt(text.replace('+', '')))) return tooLarge(text)
    const first = text.charCodeAt(0)
    // Digits, signs: a name that begins with neither is no number at all.
    if (first > 57) {
      others += count
      if (others > mostStrays) return undefined
      continue
    }
    width ??= text.length
    if (width !== text.length) oneWidth = false
    if (LEADING_ZERO.test(text)) {
      zeros += count
      zero ||= text
    } else if (PHONE.test(text)) phones += count
    else if (!WHOLE.test(text)) {
      // Numbers with a fraction are measured, not named; one is enough to know.
      const isNumber = hasFractions || numberOf(text) !== undefined || isWrittenNumber(text)
      if (isNumber) hasFractions = true
      else others += count
      if (others > mostStrays) return undefined
    }
  }
  if (zeros > 0 && !hasFractions && (oneWidth || zeros > mostStrays))
    return `a number would lose the zeros before '${zero}'`
  if (phones > 0 && phones >= known - mostStrays) return 'numbers that all begin with + are telephone numbers'
  return undefined
}

/** Whether a number tells this whole number apart from all others. */
function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value))
}

function tooLarge(text: string): string {
  return `a number would lose the last digits of '${text}'`
}

const WITH_UNIT = /^([-+\u2212]?[\d.,]+(?:e[+-]?\d+)?)\s*([^\d\s.,+\-%][^\d\s]{0,11})$/iu

/** What is told of texts that are numbers with one unit behind them. */
export function unitNote(name: string, texts: ReadonlyMap<string, number>, mostStrays: number): readonly ColumnNote[] {
  let unit: string | undefined
  let [strangers, known] = [0, 0]
  const different = new Set<string>()
  const currencies = new Set<string>()
  let [percents, plain] = [0, 0]
  for (const [text, count] of texts) {
    const peeled = peel(text)
    if (peeled?.currency !== undefined) currencies.add(peeled.currency)
    if (peeled?.percent === true) percents += count
    else if (peeled !== undefined) plain += count
    const [, digits, own] = WITH_UNIT.exec(text) ?? []
    if (own === undefined || (unit !== undefined && own !== unit)) strangers += count
    else {
      unit = own
      known += count
      different.add(digits!)
    }
    if (strangers > mostStrays && peeled === undefined) return []
  }
  const [one, ...more] = currencies
  const other = more.find((sign) => !sameCurrency(sign, one))
  if (other !== undefined) {
    return [{ kind: 'unit', text: `kept as texts: its numbers are of several currencies, such as ${one} and ${other}` }]
  }
  if (percents > 0 && plain > 0) {
    const advice = `if they are all percentages, give types: { '${name}': 'number' }`
    return [{ kind: 'unit', text: `kept as texts: some of its numbers have a percent sign and others none; ${advice}` }]
  }
  if (unit === undefined || strangers > mostStrays || known < 2 || different.size < 2) return []
  const advice = `if '${unit}' is a unit, take it off to have numbers`
  return [{ kind: 'unit', text: `kept as texts: its numbers have '${unit}' behind them; ${advice}` }]
}

/** What to give so that a text that a column cannot take is read as a number; undefined where it is none. */
export function notationAdvice(name: string, text: string): string | undefined {
  const peeled = peel(text)
  if (peeled === undefined || numberOf(text) !== undefined) return undefined
  const { core, currency, percent } = peeled
  if (currency !== undefined || percent) {
    const notation = currency === undefined ? 'percent: true' : `currency: '${currency}'`
    return `where all are written so, give readings: { '${name}': { notation: { ${notation} } } }`
  }
  const comma = core.includes(',') && coreNumber(core, ',', undefined) !== undefined
  const thousands = thousandsMarks.find((mark) => {
    const point = mark === '.' ? ',' : '.'
    return coreNumber(core, point, mark) !== undefined && coreNumber(core, point, undefined) === undefined
  })
  const parts = [
    ...(comma ? ["if its comma is a decimal point, give decimal: ','"] : []),
    ...(thousands === undefined ? [] : [`if it has thousands, give thousands: '${thousands}'`]),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}
