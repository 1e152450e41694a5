/*
 * The function that reads a column's texts as numbers, by its notation.
 */
import type { ColumnNote } from '../column-reading.js'
import { commaNumberOf, numberOf } from '../texts/cell-texts.js'
import { type Notation, writtenNumber } from './notation.js'

const PLAIN: Notation = { decimal: '.' }
const WHOLE = /^\s*[-+]?\d+\s*$/

/**
 * Signs as accountants write them, (5) and 5-, are read in every notation.
 *
 * @param exactly whether whole numbers beyond 2^53, which fall together, are no numbers
 */
export function numberReader(notation: Notation = PLAIN, exactly = false): (text: string) => number | undefined {
  const direct = notation.decimal === ',' ? commaNumberOf : numberOf
  const read = (text: string) => direct(text) ?? writtenNumber(text, notation)
  if (!exactly) return read
  return (text) => {
    const number = read(text)
    return number !== undefined && Math.abs(number) > Number.MAX_SAFE_INTEGER && WHOLE.test(text) ? undefined : number
  }
}

/** Told of numbers whose leading zeros are lost, where they were too few to make names of all. */
export function zerosNote(name: string, rows: number, example: string): readonly ColumnNote[] {
  if (rows === 0) return []
  const text =
    `${rows} number${rows === 1 ? ' has' : 's have'} zeros before ${rows === 1 ? 'it' : 'them'} that are lost, such as ` +
    `'${example}'; if the column holds names, give types: { '${name}': 'category' }`
  return [{ kind: 'zeros', text }]
}
