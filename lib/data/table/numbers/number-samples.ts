/*
 * What the texts of a column say about how its numbers are written: in which notations they are numbers, and whether two
 * notations make different numbers of them.
 */
import type { Steps } from '../../../turns.js'
import { numberOf } from '../texts/cell-texts.js'
import {
  coreNumber,
  type Notation,
  type PeeledNumber,
  pairs,
  peel,
  sameCurrency,
  type ThousandsMark,
} from './notation.js'

/** Texts that are looked at between two steps. */
const TEXTS_OF_STEP = 2048

/** Notations by which the texts are the same numbers. */
export interface Reading {
  readonly decimal: '.' | ','
  readonly thousands: ThousandsMark | undefined
  /** Whether another decimal point would make other numbers, or none, of the texts. */
  readonly settlesDecimal: boolean
  /** A text that is a number in this reading, and a different one in another reading, and the number. */
  readonly shown: readonly [text: string, number: number] | undefined
}

/** What of a column's texts are numbers. */
export interface NumberSamples {
  readonly readings: readonly Reading[]
  /** The currency that most texts with one have. */
  readonly currency: string | undefined
  /** Another one than that, where there is one. */
  readonly otherCurrency: string | undefined
  /** Texts with a percent sign, and texts without that are not 0. */
  readonly percents: number
  readonly noPercents: number
  /** A text with a minus behind, in brackets, or with a sign that is no hyphen. */
  readonly accounting: string | undefined
  /** Whether all numbers have a minus behind them. */
  readonly allTrailing: boolean
  /** Different texts of digits alone, and others. */
  readonly wholes: number
  readonly marked: number
  /** How many of these end with a 0, which no program writes that writes no more digits than it must. */
  readonly padded: number
}

const NOTHING_AROUND: Pick<PeeledNumber, 'negative' | 'trailingMinus' | 'plus' | 'currency' | 'percent'> = {
  negative: false,
  trailingMinus: false,
  plus: false,
  currency: undefined,
  percent: false,
}

const ONLY_DIGITS = /^\d+$/

interface Sample {
  readonly text: string
  readonly count: number
  readonly peeled: PeeledNumber
}

export interface Allowed {
  readonly decimal?: '.' | ',' | undefined
  /** 'none': nothing stands between thousands. */
  readonly thousands?: ThousandsMark | 'none' | undefined
}

/**
 * Undefined where more texts than `most` are numbers in no notation that is allowed.
 *
 * @param texts how often each text comes
 * @param others values that are numbers by themselves
 */
export function* numberSamples(
  texts: ReadonlyMap<string, number>,
  most: number,
  allowed: Allowed,
): Steps<NumberSamples | undefined> {
  const samples: Sample[] = []
  let [strangers, looked] = [0, 0]
  for (const [text, count] of texts) {
    if (++looked % TEXTS_OF_STEP === 0) yield
    const peeled = peeledFast(text)
    if (peeled !== undefined) samples.push({ text, count, peeled })
    else if (numberOf(text) === undefined) {
      strangers += count
      if (strangers > most) return undefined
    }
  }
  const readings = yield* readingsOf(samples, most - strangers, allowed)
  if (readings.length === 0) return undefined
  return { readings, ...signsOf(samples) }
}

/** As `peel`, without a search for what plain numbers, which most are, do not have. */
function peeledFast(text: string): PeeledNumber | undefined {
  const first = text.charCodeAt(0)
  const plain = first >= 48 && first <= 57 && /^[\d.,]+$/.test(text)
  return plain && !/[.,]$/.test(text) ? { core: text, ...NOTHING_AROUND } : peel(text)
}

const BLANK = /[ \u00a0\u202f\u2009]/
const APOSTROPHE = /['\u2019]/

function* readingsOf(samples: readonly Sample[], most: number, allowed: Allowed): Steps<Reading[]> {
  const used = new Set<ThousandsMark>([',', '.'])
  for (const { peeled } of samples) {
    if (BLANK.test(peeled.core)) used.add(' ')
    if (APOSTROPHE.test(peeled.core)) used.add("'")
  }
  const tried = pairs.filter(
    ({ decimal, thousands }) =>
      (thousands === undefined || used.has(thousands)) &&
      (allowed.decimal === undefined || decimal === allowed.decimal) &&
      (allowed.thousands === undefined || thousands === undefined || thousands === allowed.thousands),
  )
  let fewest = most
  const results: (Pick<Reading, 'decimal' | 'thousands'> & {
    readonly numbers: readonly (number | undefined)[]
    readonly failures: number
  })[] = []
  for (const { decimal, thousands } of tried) {
    const numbers: (number | undefined)[] = []
    let failures = 0
    for (const [i, { peeled, count }] of samples.entries()) {
      if (i % TEXTS_OF_STEP === TEXTS_OF_STEP - 1) yield
      const number = coreNumber(peeled.core, decimal, thousands)
      numbers.push(number)
      if (number !== undefined) continue
      failures += count
      // Another notation is better.
      if (failures > fewest) break
    }
    if (failures > fewest) continue
    fewest = failures
    results.push({ decimal, thousands, numbers, failures })
    yield
  }
  const fitting = results.filter(({ failures }) => failures === fewest)
  const groups: (typeof results)[] = []
  for (const one of fitting) {
    const group = groups.find(([first]) => one.numbers.every((number, i) => number === first!.numbers[i]))
    if (group === undefined) groups.push([one])
    else group.push(one)
  }
  return groups.map((group): Reading => {
    const { decimal, thousands, numbers } = group[0]!
    const others = groups.find((other) => other !== group)?.[0]
    const at = others === undefined ? -1 : numbers.findIndex((number, i) => number !== others.numbers[i])
    return {
      decimal,
      thousands,
      settlesDecimal: group.every((one) => one.decimal === decimal),
      shown: at === -1 || numbers[at] === undefined ? undefined : [samples[at]!.text, numbers[at]],
    }
  })
}

function signsOf(samples: readonly Sample[]): Omit<NumberSamples, 'readings'> {
  const currencies = new Map<string, number>()
  let [percents, noPercents, trailing, known, wholes, padded] = [0, 0, 0, 0, 0, 0]
  let accounting: string | undefined
  for (const { text, count, peeled } of samples) {
    known += count
    if (ONLY_DIGITS.test(peeled.core)) wholes++
    else if (peeled.core.endsWith('0')) padded++
    if (peeled.currency !== undefined) currencies.set(peeled.currency, (currencies.get(peeled.currency) ?? 0) + count)
    if (peeled.percent) percents += count
    else if (/[1-9]/.test(peeled.core)) noPercents += count
    if (peeled.trailingMinus) trailing += count
    if (peeled.negative && !text.trim().startsWith('-')) accounting ??= text.trim()
  }
  const [currency, ...others] = [...currencies].sort((a, b) => b[1] - a[1]).map(([sign]) => sign)
  return {
    currency,
    otherCurrency: others.find((sign) => !sameCurrency(sign, currency)),
    percents,
    noPercents,
    accounting,
    allTrailing: known > 0 && trailing === known,
    wholes,
    marked: samples.length - wholes,
    padded,
  }
}

/** A notation without what it does not have. */
export function notationOf(reading: Pick<Reading, 'decimal' | 'thousands'>, samples: NumberSamples): Notation {
  return {
    decimal: reading.decimal,
    ...(reading.thousands === undefined ? {} : { thousands: reading.thousands }),
    ...(samples.currency === undefined ? {} : { currency: samples.currency }),
    ...(samples.percents > 0 ? { percent: true } : {}),
  }
}
