/*
 * The rows of a CSV file as papaparse splits them into fields, with the lines that they begin in.
 */
import { FileProblem } from '../../files/file-error.js'
import { type Papaparse, vendored } from '../../vendor.js'
import type { BadRow } from '../table/table.js'

/** A row of more characters is a quote that was never closed. */
const LONGEST_ROW = 64 * 1024 * 1024

const HAS_NUL = "it has a NUL character (if the file is in UTF-16, give encoding: 'utf-16le')"

export interface Dialect {
  readonly delimiter: string
  readonly quote: string
}

/** A row: its fields, and the line of the file that it begins in. */
export interface CsvRecord {
  readonly fields: readonly string[]
  readonly line: number
}

/** Rows in their order, and those that are none: for their quotes, or a NUL character. */
export interface Records {
  readonly records: readonly CsvRecord[]
  readonly bad: readonly BadRow[]
}

let library: Papaparse | undefined

export function papaparse(): Papaparse {
  library ??= vendored('papaparse')
  return library
}

/**
 * Splits text that comes in pieces. Blank lines are left out. Where a quote is not closed, or text follows a closing one,
 * the line is bad by itself, and the next line begins a new row: one stray quote costs one line.
 */
export async function* splitRecords(
  pieces: AsyncIterable<string>,
  dialect: Dialect,
): AsyncGenerator<Records, void, undefined> {
  const splitter = new Splitter(dialect)
  for await (const piece of pieces) {
    const records = splitter.add(piece)
    if (records !== undefined) yield records
  }
  yield splitter.end()
}

class Splitter {
  readonly #dialect: Dialect
  #text = ''
  #line = 1
  /** Until as much has come there is no use in trying again: a long row is not split anew with every piece. */
  #wanted = 0

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  add(piece: string): Records | undefined {
    this.#text += piece
    if (this.#text.length < this.#wanted) return undefined
    const before = this.#text.length
    const records = this.#split(before > LONGEST_ROW)
    this.#wanted = this.#text.length === before ? 2 * before : 0
    return records
  }

  end(): Records {
    return this.#split(true)
  }

  /** @param last whether a row that is not closed will never be */
  #split(last: boolean): Records {
    const records: CsvRecord[] = []
    const bad: BadRow[] = []
    while (this.#text !== '') {
      const { delimiter, quote } = this.#dialect
      const options = { delimiter, newline: '\n', quoteChar: quote }
      const { Parser } = papaparse()
      const { data, errors, meta } = new Parser(options).parse(this.#text, 0, !last)
      const wrong = errors[0]
      // A row that is not there yet may turn out right: a quote may be closed by a blank and a delimiter, which follow.
      if (wrong === undefined || (!last && wrong.row >= data.length)) {
        this.#take(data, data.length, records, bad)
        this.#text = last ? '' : this.#text.slice(meta.cursor)
        break
      }
      this.#take(data, wrong.row, records, bad)
      const before = { ...options, preview: wrong.row, fastMode: false }
      const start = wrong.row === 0 ? 0 : new Parser(before).parse(this.#text, 0, false).meta.cursor
      const end = this.#text.indexOf('\n', start)
      bad.push({ line: this.#line, reason: reasonOf(wrong.code, quote) })
      this.#line++
      this.#text = end === -1 ? '' : this.#text.slice(end + 1)
    }
    return { records, bad }
  }

  #take(data: readonly string[][], count: number, records: CsvRecord[], bad: BadRow[]): void {
    const quoted = this.#text.includes(this.#dialect.quote)
    const nul = this.#text.includes('\0')
    for (let i = 0; i < count; i++) {
      const fields = data[i]!
      if (nul && fields.some((field) => field.includes('\0'))) bad.push({ line: this.#line, reason: HAS_NUL })
      else if (fields.length > 1 || fields[0]!.trim() !== '') records.push({ fields, line: this.#line })
      this.#line += 1 + (quoted ? newlinesIn(fields) : 0)
    }
  }
}

function reasonOf(code: string, quote: string): string {
  return code === 'MissingQuotes'
    ? `a field begins with ${quote} and does not end with one`
    : `text follows the ${quote} that ends a field; a quote within a quoted field is written twice`
}

function newlinesIn(fields: readonly string[]): number {
  let count = 0
  for (const field of fields) {
    for (let at = field.indexOf('\n'); at !== -1; at = field.indexOf('\n', at + 1)) count++
  }
  return count
}

/** The error of the first bad row, where none may be skipped. */
export function badRowProblem({ line, reason }: BadRow): FileProblem {
  return new FileProblem(`line ${line}: ${reason}. Correct the row, or leave such rows out with skipBadRows: true`)
}
