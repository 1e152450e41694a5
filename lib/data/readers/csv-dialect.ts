/*
 * What a CSV file does not say about itself: the character between its fields, the decimal point of its numbers, and
 * whether its first row is names.
 */
import { numberOf } from '../table/texts.js'
import { papaparse } from './csv-records.js'

const DELIMITERS = [',', ';', '\t', '|']
/** Rows that are compared. */
const ROWS = 50

/**
 * The delimiter by which most of the first rows have one number of fields, more than one; of equal ones that of more
 * fields. A comma if there is none: a single column.
 */
export function guessDelimiter(text: string, quote: string, decimal: '.' | ','): string {
  let best = { delimiter: decimal === ',' ? ';' : ',', share: 0, fields: 1 }
  for (const delimiter of DELIMITERS) {
    if (delimiter === decimal || delimiter === quote) continue
    const options = { delimiter, newline: '\n', quoteChar: quote, preview: ROWS }
    const rows = new (papaparse().Parser)(options)
      .parse(text, 0, false)
      .data.filter((row) => row.length > 1 || row[0]!.trim() !== '')
    const { share, fields } = commonLength(rows)
    const better = share > best.share || (share === best.share && fields > best.fields)
    if (fields > 1 && better) best = { delimiter, share, fields }
  }
  return best.delimiter
}

/** Enough to see how numbers are written. */
const ROWS_OF_NUMBERS = 1000
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
 * Whether the first row names the columns. It does not if it holds numbers where the rows below do, at least half of them
 * within the range of those, unless the numbers merely count the columns: 0, 1, 2.
 *
 * @param below rows of as many fields as the first
 */
export function hasHeader(first: readonly string[], below: readonly (readonly string[])[]): boolean {
  const numbers = first.flatMap((text, at) => {
    const value = numberOf(text)
    return value === undefined ? [] : [{ value, at }]
  })
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
      const other = numberOf(row[at] ?? '')
      if (other === undefined) continue
      least = Math.min(least, other)
      most = Math.max(most, other)
    }
    return value >= least && value <= most
  })
  return within.length * 2 < numbers.length
}
