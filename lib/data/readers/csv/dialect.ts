/*
 * What a CSV file does not say about itself: the character between its fields, and whether its first row is names.
 */
import { isMissing } from '../../table/column-builder.js'
import { isWrittenNumber, looseNumberOf } from '../../table/numbers/notation.js'
import { commaNumberOf, numberOf } from '../../table/texts/cell-texts.js'
import type { MissingMarks } from '../../table/texts/missing-marks.js'
import { BLANKS, type Dialect } from './record.js'
import { RecordSplitter } from './records.js'

const DELIMITERS = [',', ';', '\t', '|']
/** Rows of fields between blanks look like sentences: this many, of one length, are rows. */
const FEWEST_ROWS_OF_BLANKS = 3
/** Rows that are compared. */
const ROWS = 50
/** Characters that are looked at: enough for those rows, unless they are very long. */
const CHARACTERS = 64 * 1024

/** What the options say, or do not. */
export interface DialectGiven {
  readonly quote: string
  readonly escape: string | undefined
  readonly comment: string | undefined
  readonly decimal: '.' | ',' | undefined
}

/**
 * The delimiter by which most of the first rows have one number of fields, more than one; of equal ones that whose fields
 * hold the others least, and then that of more fields. Otherwise runs of blanks, where they part rows of numbers. A comma
 * if there is none: a single column.
 */
export function guessDelimiter(
  text: string,
  { quote, escape: mark = '', comment = '', decimal }: DialectGiven,
): string {
  let best = { delimiter: decimal === ',' ? ';' : ',', share: 0, strays: 1, fields: 1 }
  const start = text.slice(0, CHARACTERS)
  const rowsBy = (delimiter: string) => {
    const rows = firstRows(start, { delimiter, quote, escape: mark, comment }, ROWS)
    // The last one may be cut short.
    return start.length < text.length && rows.length > 1 && rows.length < ROWS ? rows.slice(0, -1) : rows
  }
  // Between commas, numbers with one may stand in quotes: that is seen where nothing else delimits fields.
  const others = [...DELIMITERS, '::'].filter((one) => one !== decimal)
  for (const delimiter of decimal === undefined ? others : [...others, decimal]) {
    if ((delimiter === decimal && (delimiter !== ',' || best.share > 0)) || delimiter === quote) continue
    const rows = rowsBy(delimiter)
    const { share, fields } = commonLength(rows)
    if (fields < 2) continue
    const strays = straysIn(rows)
    const better = share - best.share || best.strays - strays || fields - best.fields
    if (better > 0) best = { delimiter, share, strays, fields }
  }
  return best.fields < 2 && areRowsOfNumbers(rowsBy(BLANKS), decimal) ? BLANKS : best.delimiter
}

/** Up to so many rows that a text begins with; the last one may be cut short where it is the only one. */
export function firstRows(text: string, dialect: Dialect, count: number): (readonly string[])[] {
  const splitter = new RecordSplitter(dialect)
  const rows: (readonly string[])[] = []
  for (const part of [splitter.add(text), splitter.end()]) {
    for (const { records } of part) {
      for (const { fields } of records) if (rows.push(fields) === count) return rows
    }
  }
  return rows
}

/** Whether all rows, the first of which may be names, have one length, and half of their columns or more hold numbers. */
function areRowsOfNumbers(rows: readonly (readonly string[])[], decimal: '.' | ',' | undefined): boolean {
  const below = rows.slice(1)
  const fields = below[0]?.length ?? 0
  const first = rows[0]?.length ?? 0
  if (rows.length < FEWEST_ROWS_OF_BLANKS || fields < 2 || !below.every(({ length }) => length === fields)) return false
  // Names may lack one for those of the rows.
  if (first !== fields && first !== fields - 1) return false
  const numberIn = decimal === ',' ? commaNumberOf : numberOf
  let numbers = 0
  for (let at = 0; at < fields; at++) if (below.every((row) => numberIn(row[at]!) !== undefined)) numbers++
  return 2 * numbers >= fields
}

/** A backslash where quotes behind one make sense of rows that are bad without, and of all that are looked at. */
export function guessEscape(text: string, dialect: Dialect): string {
  const { quote } = dialect
  if (quote === '' || !text.includes(`\\${quote}`)) return ''
  return badRows(text, dialect) > 0 && badRows(text, { ...dialect, escape: '\\' }) === 0 ? '\\' : ''
}

function badRows(text: string, dialect: Dialect): number {
  let count = 0
  for (const { bad } of new RecordSplitter(dialect).add(text)) count += bad.length
  return count
}

/** The share of fields below the first row that hold what delimits fields elsewhere; in 3,14 it does not. */
function straysIn(rows: readonly (readonly string[])[]): number {
  const fields = rows.slice(rows.length > 1 ? 1 : 0).flat()
  const strays = fields.filter((field) => DELIMITERS.some((one) => field.includes(one)) && !isWrittenNumber(field))
  return strays.length / fields.length
}

/** Enough to see how numbers are written. */
const ROWS_OF_NUMBERS = 1000
const FIELDS_OF_NUMBERS = 50_000
const FEWEST_ROWS_OF_NUMBERS = 5

/** Rows of as many fields together as are looked at in a few milliseconds. */
function firstOf(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const width = rows[0]?.length ?? 1
  return rows.slice(
    0,
    Math.min(ROWS_OF_NUMBERS, Math.max(FEWEST_ROWS_OF_NUMBERS, Math.ceil(FIELDS_OF_NUMBERS / width))),
  )
}

/** The number of fields that most rows have, and their share. */
function commonLength(rows: readonly (readonly string[])[]): { share: number; fields: number } {
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  let best = { count: 0, fields: 0 }
  for (const [fields, count] of counts) if (count > best.count) best = { count, fields }
  return { share: best.count / rows.length, fields: best.fields }
}

/**
 * Whether the first row names the columns. It does if it holds a word where the rows below have numbers. It does not if it
 * holds numbers where they do, at least half of them within the range of those, unless the numbers merely count the
 * columns: 0, 1, 2.
 *
 * @param below rows of as many fields as the first
 */
export function hasHeader(
  first: readonly string[],
  below: readonly (readonly string[])[],
  marks: MissingMarks,
): boolean {
  const shown = firstOf(below)
  const numbers = first.flatMap((text, at) => {
    const value = anyNumberOf(text)
    return value === undefined ? [] : [{ value, at }]
  })
  if (standsAboveNumbers(first, shown, marks)) return true
  if (numbers.length === 0) return true
  if (numbers.length === first.length && first.length > 1) {
    const start = numbers[0]!.value
    if ((start === 0 || start === 1) && numbers.every(({ value, at }) => value === start + at)) return true
  }
  // One row of nothing but numbers names nothing; one with a word in it may.
  if (below.length === 0) return numbers.length < first.length
  const within = numbers.filter(({ value, at }) => {
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    for (const row of shown) {
      const other = anyNumberOf(row[at] ?? '')
      if (other === undefined) continue
      least = Math.min(least, other)
      most = Math.max(most, other)
    }
    // Years and counts are names now and then, 2.5 is not.
    return (value >= least && value <= most) || !Number.isInteger(value)
  })
  return within.length * 2 < numbers.length
}

/** Whether a word of the first row stands where all rows below that have a value have numbers. */
export function standsAboveNumbers(
  first: readonly string[],
  below: readonly (readonly string[])[],
  { inCategories, inValues }: MissingMarks,
): boolean {
  const shown = firstOf(below)
  return first.some((word, at) => {
    // A column may be named unknown, or None.
    if (anyNumberOf(word) !== undefined || isMissing(word, inCategories)) return false
    const known = shown.flatMap((row) => (isMissing(row[at]!, inValues) ? [] : [row[at]!]))
    return known.length > 0 && known.every((text) => anyNumberOf(text) !== undefined)
  })
}

/** A number in any notation. */
function anyNumberOf(text: string): number | undefined {
  return numberOf(text) ?? looseNumberOf(text)
}
