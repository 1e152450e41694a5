/*
 * What is the matter with a row that cannot be taken, and what to do about it.
 */
import { FileProblem } from '../../../files/file-error.js'
import type { BadRow } from '../../table/table.js'

export const HAS_NUL = "it has a NUL character (if the file is in UTF-16, give encoding: 'utf-16le')"

export function unclosed(quote: string): string {
  return `a field begins with ${quote} and does not end with one${noQuotes(quote)}`
}

export function unclosedFor(quote: string, characters: number): string {
  return `a field begins with ${quote} and does not end with one within ${characters} characters${noQuotes(quote)}`
}

function noQuotes(quote: string): string {
  return ` (if ${quote} is a character like any other, give quote: '')`
}

export function textBehind(quote: string, mark: string): string {
  const hint = mark === '' ? "; if it is written with a backslash, give escape: '\\\\'" : ''
  return `text follows the ${quote} that ends a field; a quote within a quoted field is written twice${hint}`
}

/** The error of the first bad row, where none may be skipped. */
export function badRowProblem({ line, reason }: BadRow): FileProblem {
  return new FileProblem(`line ${line}: ${reason}. Correct the row, or leave such rows out with skipBadRows: true`)
}
