/*
 * What a CSV file does not say about itself: the character between its fields, the decimal point of its numbers, and
 * whether its first row is names.
 */
import { isMissing } from '../table/column-builder.js'
import { commaNumberOf, numberOf } from '../table/texts.js'
import { papaparse } from './csv-records.js'

const DELIMITERS = [',', ';', '\t', '|']
/** Rows that are compared. */
const ROWS = 50

/**
 * The delimiter by which most of the first rows have one number of fields, more than one; of equal ones that whose fields
 * hold the others least, and then that of more fields. A comma if there is none: a single column.
 */
export function guessDelimiter(text: string, quote: string, decimal: '.' | ',' | undefined): string {
  let best = { delimiter: decimal === ',' ? ';' : ',', share: 0, strays: 1, fields: 1 }
  for (const delimiter of DELIMITERS) {
    if (delimiter === decimal || delimiter === quote) continue
    const options = { delimiter, newline: '\n', quoteChar: quote, preview: ROWS }
    const rows = new (papaparse().Parser)(options)
      .parse(text, 0, false)
      .data.filter((row) => row.length > 1 || row[0]!.trim() !== '')
    const { share, fields } = commonLength(rows)
    if (fields < 2) continue
    const strays = straysIn(rows)
    const better = share - best.share || best.strays - strays || fields - best.fields
    if (better > 0) best = { delimiter, share, strays, fields }
  }
  return best.delimiter
}

/** The share of fields below the first row that hold what delimits fields elsewhere; in 3,14 it does not. */
function straysIn(rows: readonly (readonly string[])[]): number {
  const fields = rows.slice(rows.length > 1 ? 1 : 0).flat()
  const strays = fields.filter((field) => DELIMITERS.some((one) => field.includes(one)) && !COMMA_NUMBER.test(field))
  return strays.length / fields.length
}

/** Enough to see how numbers are written. */
const ROWS_OF_NUMBERS = 1000
const COMMA_NUMBER = /^\s*[+-]?\d+,\d+(e[+-]?\d+)?\s*$/i
const WITH_COMMA = /^\s*[+-]?\d+,(?!\d{3}\s*$)\d+(e[+-]?\d+)?\s*$/i
const WITH_POINT = /^\s*[+-]?\d*\.\d+(e[+-]?\d+)?\s*$/i

/** A comma where more numbers have one than a point; 1,234 may be a thousand, and tells nothing. */
export function guessDecimal(rows: readonly (readonly string[])[], delimiter: string): '.' | ',' {
  // Between commas no number has one.
  if (delimiter === ',') return '.'
  let [commas, points] = [0, 0]
  for (const fields of rows.slice(0, ROWS_OF_NUMBERS)) {
    for (const text of fields) {
      if (WITH_COMMA.test(text)) commas++
      else if (WITH_POINT.test(text)) points++
    }
  }
  return commas > points ? ',' : '.'
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
  { missing, decimal }: { readonly missing: ReadonlySet<string>; readonly decimal: '.' | ',' },
): boolean {
  const numberIn = decimal === ',' ? commaNumberOf : numberOf
  const numbers = first.flatMap((text, at) => {
    const value = numberIn(text)
    return value === undefined ? [] : [{ value, at }]
  })
  const isNumber = (text: string) => numberIn(text) !== undefined
  const words = first.flatMap((text, at) => (isNumber(text) || isMissing(text, missing) ? [] : [at]))
  for (const at of words) {
    const known = below.slice(0, ROWS_OF_NUMBERS).flatMap((row) => (isMissing(row[at]!, missing) ? [] : [row[at]!]))
    if (known.length > 0 && known.every(isNumber)) return true
  }
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
    for (const row of below) {
      const other = numberIn(row[at] ?? '')
      if (other === undefined) continue
      least = Math.min(least, other)
      most = Math.max(most, other)
    }
    // Years and counts are names now and then, 2.5 is not.
    return (value >= least && value <= most) || !Number.isInteger(value)
  })
  return within.length * 2 < numbers.length
}
