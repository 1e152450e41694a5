/*
 * Why a column of texts that look like numbers is none of numbers: what a user would want to know who takes it for one.
 */
import type { ColumnNote } from '../column-reading.js'
import { coreNumber, isWrittenNumber, peel } from '../numbers/notation.js'
import { numberOf } from './cell-texts.js'

/** Different texts that are no numbers and are named; of more, they are values of a category with numbers among them. */
const MOST_STRANGERS = 3
/** The share of rows from which on numbers are what a column holds. */
const MOST_OF_ROWS = 0.5
/** Fewer different numbers may be grades or codes. */
const FEWEST_NUMBERS = 5
const FEWEST_BESIDE_WORD = 2
const MOST_LOOKED_AT = 1000
/** Characters: columns of longer texts hold no numbers. */
const LONGEST = 500

/** @param texts how often each text comes, without blanks around it; missing ones are not among them */
export function keptTextsNote(name: string, texts: ReadonlyMap<string, number>): readonly ColumnNote[] {
  const strangers: (readonly [text: string, rows: number])[] = []
  let [rows, numbers, rowsOfNumbers] = [0, 0, 0]
  for (const text of texts.keys()) if (text.length > LONGEST) return []
  for (const entry of texts) {
    const [text, count] = entry
    rows += count
    if (numberOf(text) !== undefined || isWrittenNumber(text)) {
      numbers++
      rowsOfNumbers += count
    } else strangers.push(entry)
  }
  // Of 0, 1 and TBD the last may be nothing; of 1, 2 and 3+ it is a value.
  const isOneWord = numbers >= FEWEST_BESIDE_WORD && strangers.length === 1 && !/\p{Nd}/u.test(strangers[0]![0])
  if ((numbers < FEWEST_NUMBERS && !isOneWord) || rowsOfNumbers < MOST_OF_ROWS * rows) return affixNote(name, texts)
  if (strangers.length === 0) return twoPointsNote(name, texts)
  const shown = strangers.slice(0, MOST_STRANGERS).map(([text]) => `'${short(text)}'`)
  const strange = rows - rowsOfNumbers
  if (strangers.length > MOST_STRANGERS) {
    const why = `${strange} of its ${rows} values, such as ${shown.join(', ')}, are no numbers`
    return [{ kind: 'text', text: `kept as texts: ${why}` }]
  }
  const why =
    `all its values but ${shown.join(', ')} (${strange} row${strange === 1 ? '' : 's'}) are numbers; ` +
    `if ${strangers.length === 1 ? 'it stands' : 'they stand'} for nothing, give alsoMissing: [${shown.join(', ')}]`
  return [{ kind: 'text', text: `kept as texts: ${why}` }]
}

/** What is told where some numbers have a decimal comma and others a decimal point. */
function twoPointsNote(name: string, texts: ReadonlyMap<string, number>): readonly ColumnNote[] {
  const only = (point: '.' | ',', other: '.' | ',') =>
    [...texts.keys()].find((text) => {
      const core = peel(text)?.core
      return core?.includes(point) === true && !core.includes(other) && coreNumber(core, other, point) === undefined
    })
  const [comma, point] = [only(',', '.'), only('.', ',')]
  if (comma === undefined || point === undefined) return []
  const why = `some of its numbers have a decimal comma, such as '${comma}', and others a decimal point, such as '${point}'`
  return [{ kind: 'text', text: `kept as texts: ${why}; write '${name}' in one way to have numbers` }]
}

/** Anything without digits, digits of any script with marks between, anything without digits. */
const AROUND = /^(\P{Nd}*?)([-+\u2212]?\p{Nd}(?:[\p{Nd}.,'\u2019_ \u00b7\u066b\u066c]*\p{Nd})?)(\P{Nd}*)$/u

/** What is told of numbers with the same signs around all of them, or with digits of another script. */
function affixNote(name: string, texts: ReadonlyMap<string, number>): readonly ColumnNote[] {
  const [first = ''] = texts.keys()
  if (texts.size >= FEWEST_NUMBERS && [...texts.keys()].every((text) => TIME_OF_DAY.test(text))) {
    const advice = `write '${name}' as minutes or hours to have numbers`
    return [
      { kind: 'text', text: `kept as texts: its values, such as '${first}', are times of day or durations; ${advice}` },
    ]
  }
  let around: string | undefined
  let example = ''
  const cores = new Set<string>()
  let isQuantity = false
  for (const text of texts.keys()) {
    const [, before, core, behind] = AROUND.exec(text) ?? []
    if (before === undefined || core === undefined || behind === undefined) return []
    const own = `${before}\n${behind}`
    if (own !== (around ?? own)) return []
    around = own
    example ||= text
    // C17 and room 5 are names; Rp 1.500 and ='5' are not.
    isQuantity ||= /[^\p{Nd}+\u2212-]/u.test(core) || /[^0-9+\u2212-]/.test(core) || !/\p{L}/u.test(before + behind)
    if (cores.add(core).size === MOST_LOOKED_AT) break
  }
  if (!isQuantity || cores.size < FEWEST_NUMBERS) return []
  const why = `its values, such as '${short(example)}', hold numbers in a way that is not recognized`
  return [{ kind: 'text', text: `kept as texts: ${why}; write '${name}' as 1234.5 to have numbers` }]
}

const TIME_OF_DAY = /^\d{1,3}:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?: ?[AP]\.?M\.?)?$/i

function short(text: string): string {
  return text.length > 30 ? `${text.slice(0, 30)}…` : text
}
