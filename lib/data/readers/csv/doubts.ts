/*
 * Files that can be read, but perhaps in another way than they were meant: told with the option that says so.
 */

import { looseNumberOf } from '../../table/numbers/notation.js'
import { dateOf, numberOf } from '../../table/texts/cell-texts.js'
import type { MissingMarks } from '../../table/texts/missing-marks.js'
import { standsAboveNumbers } from './dialect.js'

type Fields = readonly string[]

const ROWS = 50
/** Rows that are looked at for a header below a title. */
const ROWS_OF_TITLE = 5
const FEWEST_ROWS = 2
/** What may stand between fields, though nobody would guess it. */
const SEPARATORS = [',', ';', '\t', '|', ':', '~', '^', '\u0001', '/', '&', '!', '\u00a6', '\u00a7']

interface Beginning {
  readonly first: Fields
  /** The rows below the first, of as many fields. */
  readonly below: readonly { readonly fields: Fields; readonly line: number }[]
  /** Whether the first row was taken for names, without being asked to. */
  readonly isNamed: boolean
  /** What was taken to stand between fields. */
  readonly delimiter: string
  readonly delimiterGiven: boolean
  readonly marks: MissingMarks
}

/** Sentences on what may be meant otherwise. */
export function doubtsOf({ first, below, isNamed, delimiter, delimiterGiven, marks }: Beginning): readonly string[] {
  const rows = below.slice(0, ROWS).map(({ fields }) => fields)
  const doubts: string[] = []
  if (first.length === 1 && !delimiterGiven && rows.length > 0) {
    const separator = SEPARATORS.find((one) => isBetween(one, first[0]!, rows))
    if (separator !== undefined) {
      const shown = JSON.stringify(separator).slice(1, -1)
      const advice = separator === delimiter ? 'take off the quotes around whole lines' : `give delimiter: '${shown}'`
      doubts.push(`Every line is one field. If '${shown}' stands between fields, ${advice}.`)
    }
  }
  if (!isNamed) return doubts
  const isAbove = standsAboveNumbers(first, rows, marks)
  const next = isAbove ? undefined : namesBelow(below, marks)
  if (next !== undefined) {
    doubts.push(
      `Line ${next} stands above numbers and may name the columns, rather than the first row. If it does, give skipRows: ${next - 1}.`,
    )
  } else if (!isAbove && looksLikeRow(first, rows)) {
    const shown = first.slice(0, 3).map((text) => `'${text}'`)
    doubts.push(
      `The first row (${shown.join(', ')}${first.length > 3 ? ', …' : ''}) names the columns. If it is a row like the others, give header: false.`,
    )
  }
  return doubts
}

/** Whether a character parts the one field of every row into as many parts, and the first one into words. */
function isBetween(separator: string, first: string, rows: readonly Fields[]): boolean {
  const parts = first.split(separator)
  if (parts.length < 2 || parts.some((part) => part.trim() === '')) return false
  return rows.length >= FEWEST_ROWS && rows.every(([field]) => field!.split(separator).length === parts.length)
}

/** The line of a row near the start that stands above numbers, as names do. */
function namesBelow(below: Beginning['below'], marks: MissingMarks): number | undefined {
  for (let at = 0; at < Math.min(ROWS_OF_TITLE, below.length - FEWEST_ROWS); at++) {
    const { fields, line } = below[at]!
    const rest = below.slice(at + 1, at + 1 + ROWS).map((row) => row.fields)
    if (standsAboveNumbers(fields, rest, marks) && fields.every((text) => text.trim() !== '')) return line
  }
  return undefined
}

/** Whether a row has numbers, dates, or texts that its columns hold below too. */
function looksLikeRow(first: Fields, rows: readonly Fields[]): boolean {
  return first.some((text, at) => {
    const word = text.trim()
    if (word === '' || rows.length === 0) return false
    const isValue = numberOf(word) !== undefined || looseNumberOf(word) !== undefined || dateOf(word) !== undefined
    return isValue || rows.some((fields) => fields[at]?.trim() === word)
  })
}
