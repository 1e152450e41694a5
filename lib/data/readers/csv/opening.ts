/*
 * How a CSV file begins: what stands above its rows, and how these are written.
 */
import { FileProblem } from '../../../files/file-error.js'
import { numberOf } from '../../table/texts/cell-texts.js'
import { type TextPiece, textOf } from '../bytes/text-piece.js'
import { firstRows, guessDelimiter, guessEscape } from './dialect.js'
import type { CheckedCsvOptions } from './options.js'
import type { Dialect } from './record.js'

/** Characters by which a file's dialect is known. */
const FIRST_CHARACTERS = 64 * 1024

export interface Opening {
  readonly dialect: Dialect
  /** The text read so far, from the first row on. */
  readonly text: string
  /** The line in which that begins, from 1. */
  readonly line: number
  /** What was taken for granted, a sentence each. */
  readonly notes: readonly string[]
}

/** @param pieces of which as many are taken as it needs */
export async function readOpening(
  pieces: AsyncGenerator<TextPiece, void, undefined>,
  given: CheckedCsvOptions,
): Promise<Opening> {
  const more = async () => {
    const next = await pieces.next()
    return next.done === true ? undefined : textOf(next.value)
  }
  let text = await skipLines(more, given.skipRows)
  while (text.length < FIRST_CHARACTERS) {
    const piece = await more()
    if (piece === undefined) break
    text += piece
  }
  refuseOtherTexts(text)
  const notes: string[] = []
  let line = 1 + given.skipRows
  let { delimiter } = given
  const separator = SEPARATOR.exec(text)
  if (separator !== null) {
    delimiter ??= separator[1] === '\\t' ? '\t' : separator[1]!
    notes.push(`Line ${line}, '${separator[0].trim()}', names the delimiter and is not a row.`)
    text = text.slice(separator[0].length)
    line++
  }
  const { quote } = given
  const remarks = given.comment === undefined ? leadingRemarks(text) : { lines: 0, characters: 0 }
  const below = text.slice(remarks.characters)
  delimiter ??= guessDelimiter(below, given)
  let dialect: Dialect = { delimiter, quote, escape: '', comment: given.comment ?? '' }
  dialect = { ...dialect, escape: given.escape ?? guessEscape(below, dialect) }
  if (given.escape === undefined && dialect.escape !== '') {
    notes.push(`A backslash before a quote makes it a part of the text. If it does not, give escape: ''.`)
  }
  if (remarks.lines > 0) {
    const kept = namesColumns(text.slice(remarks.lastBegins, remarks.characters), below, dialect) ? 1 : 0
    const count = remarks.lines - kept
    if (count > 0) {
      const lines = count === 1 ? `Line ${line} begins` : `Lines ${line} to ${line + count - 1} begin`
      notes.push(
        `${lines} with # and ${count === 1 ? 'is' : 'are'} left out as ${count === 1 ? 'a comment' : 'comments'}.`,
      )
      text = kept === 1 ? text.slice(remarks.lastBegins) : below
      line += count
    }
  }
  return { dialect, text, line, notes }
}

/** As Excel writes and reads it. */
const SEPARATOR = /^"?sep=(\\t|[^\n"])"?[ ]*(\n|$)/i

interface Remarks {
  readonly lines: number
  /** Where the last of them begins, and where they end. */
  readonly lastBegins?: number
  readonly characters: number
}

/** Lines at the start that begin with #, and blank ones between them. */
function leadingRemarks(text: string): Remarks {
  let [lines, at, lastBegins] = [0, 0, 0]
  while (text.startsWith('#', at)) {
    const end = text.indexOf('\n', at)
    // Without a line below they are all there is.
    if (end === -1) return { lines: 0, characters: 0 }
    lines++
    lastBegins = at
    at = end + 1
  }
  return { lines, lastBegins, characters: at }
}

/** Whether a line that begins with # has a name for every column: #chrom, start, end. */
function namesColumns(line: string, below: string, dialect: Dialect): boolean {
  const [fields] = firstRows(line, dialect, 1)
  const [row] = firstRows(below, dialect, 1)
  if (fields === undefined || row === undefined || fields.length !== row.length) return false
  return fields.length > 1 || numberOf(row[0]!) !== undefined
}

async function skipLines(more: () => Promise<string | undefined>, lines: number): Promise<string> {
  let left = lines
  for (;;) {
    if (left === 0) return ''
    const piece = await more()
    if (piece === undefined) return ''
    let at = 0
    while (left > 0) {
      const end = piece.indexOf('\n', at)
      if (end === -1) break
      at = end + 1
      left--
    }
    if (left === 0) return piece.slice(at)
  }
}

/** Other texts that come in place of a CSV file. */
function refuseOtherTexts(text: string): void {
  const start = text.slice(0, 1000)
  if (/^\s*\{\s*("[^"\n]*"\s*:|\}|$)/.test(start)) {
    const lines = /^\s*\{[^\n]*\}[ \t]*\n\s*\{/.test(text.slice(0, FIRST_CHARACTERS))
    throw new FileProblem(
      lines
        ? 'it is not CSV but JSON lines, an object a line: give Table.fromRows(lines.map((line) => JSON.parse(line)))'
        : 'it is not CSV but JSON: give the rows in it, an array of objects, to Table.fromRows(JSON.parse(text).rows)',
    )
  }
  if (/^\s*\[\s*(\{\s*"|\[\s*["\d[-]|\]\s*$)/.test(start)) {
    throw new FileProblem('it is not CSV but JSON: give an array of objects to Table.fromRows(JSON.parse(text))')
  }
  if (/^\s*<(!doctype|html|head|body|table|\?xml|svg)\b/i.test(start)) {
    throw new FileProblem('it is not CSV but HTML or XML, perhaps the page of an error: download the file itself')
  }
}
