/*
 * Single values as they come, from a table's column or an object, read as an encoder's column wants them: numbers (NaN
 * where missing), or codes of levels (0 where unknown or missing).
 */

import { DeepblasError } from '../../errors.js'
import { isDate } from '../../kinds.js'
import { describe, typeName } from '../../validate.js'
import type { Column } from '../table/column.js'
import { isMissing } from '../table/column-builder.js'
import { dateFormat } from '../table/dates/date-format.js'
import { numberReader } from '../table/numbers/number-reader.js'
import { booleanOf, dateOf } from '../table/texts/cell-texts.js'
import { defaultMarks, marksOf } from '../table/texts/missing-marks.js'
import { oneSpelling } from '../table/texts/spelling.js'
import type { CategoryEncoding, ColumnEncoding } from './column-encoding.js'
import type { TextReading } from './text-reading.js'

type Place = () => string

/** One value for an encoding of numbers, booleans or dates: a number or a date may come as a text. */
export function numberOf(encoding: ColumnEncoding, value: unknown, place: Place): number {
  const { kind } = encoding
  const { missing, toNumber } = textsOf(encoding)
  if (isMissing(value, missing)) return Number.NaN
  const number =
    kind === 'date'
      ? timeOf(value, encoding.format)
      : kind === 'boolean'
        ? truthOf(value)
        : plainNumber(value, toNumber)
  if (number !== undefined) return number
  throw wrong(encoding, value, place)
}

interface Texts {
  readonly missing: ReadonlySet<string>
  readonly toNumber: (text: string) => number | undefined
}

const readers = new WeakMap<ColumnEncoding, Texts>()

/** How the texts of a column are read: as its table was. */
function textsOf(encoding: ColumnEncoding & TextReading): Texts {
  let own = readers.get(encoding)
  if (own === undefined) {
    const { inValues } = encoding.missing === undefined ? defaultMarks : marksOf(encoding.missing)
    own = { missing: inValues, toNumber: numberReader(encoding.notation) }
    readers.set(encoding, own)
  }
  return own
}

function wrong(encoding: ColumnEncoding, value: unknown, place: Place): DeepblasError {
  const hint = typeof value === 'object' ? ` of type ${typeName(value)}. Give the value itself` : ''
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected ${expectedBy(encoding)} in ${place()} but received ${describe(value)}${hint}.`,
  )
}

/** What a value of the column may be, for messages. */
export function expectedBy(encoding: ColumnEncoding): string {
  if (encoding.kind !== 'date' || encoding.format === undefined) return EXPECTED[encoding.kind]
  return `a date (a Date, or a text as ${encoding.format}, as the training rows had)`
}

const EXPECTED: Readonly<Record<ColumnEncoding['kind'], string>> = {
  number: 'a number',
  quantile: 'a number',
  robust: 'a number',
  boolean: 'true or false',
  date: 'a date (a Date, or a text such as 2024-05-31)',
  oneHot: 'a text',
  embedding: 'a text',
}

function plainNumber(value: unknown, toNumber: (text: string) => number | undefined): number | undefined {
  if (typeof value === 'string') return toNumber(value)
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? Number(value)
    : undefined
}

function truthOf(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value)
  const isBit = value === 0 || value === 1 || value === 0n || value === 1n
  return typeof value === 'string' || isBit ? booleanOf(String(value), true) : undefined
}

function timeOf(value: unknown, format: string | undefined): number | undefined {
  if (isDate(value)) return value.getTime()
  if (format === undefined) return typeof value === 'string' ? dateOf(value) : undefined
  // 20241231 may come as a number.
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' ? dateFormat('format', format).read(text) : undefined
}

/** The code of one value among the levels of an encoding. As in a file, blanks around a text do not count. */
export function codeOf(encoding: CategoryEncoding, value: unknown, place: Place): number {
  if (value === undefined || value === null) return 0
  const text = levelTextOf(value)
  // No text of an object would be a level: taken for an unknown one, it would go unnoticed.
  if (text === undefined) throw wrong(encoding, value, place)
  const code = codeOfLevel(encoding, text)
  return code === 0 && typeof value === 'boolean' ? codeOfTruth(encoding, value) : code
}

/** True among levels such as yes and no is yes, where no other level says the same. */
function codeOfTruth({ levels }: CategoryEncoding, value: boolean): number {
  const same = levels.flatMap((level, i) => (booleanOf(level, true) === Number(value) ? [i + 1] : []))
  return same.length === 1 ? same[0]! : 0
}

/** The code of a level as a table has it; 0 for what is no level. */
export function codeOfLevel(encoding: CategoryEncoding, text: string): number {
  return levelCodes(encoding).get(encoding.ignoreCase === true ? oneSpelling(text) : text) ?? 0
}

/** As a table reads it: what it takes for no category is undefined. */
function levelTextOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim()
  if (isDate(value)) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  const plain = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
  return plain ? String(value) : undefined
}

/** A value of a column of numbers as the text of a level. */
export function textOf(type: Column['type'], value: number): string {
  if (type === 'boolean') return value === 1 ? 'true' : 'false'
  return type === 'date' ? new Date(value).toISOString() : String(value)
}

const known = new WeakMap<CategoryEncoding, Map<string, number>>()

function levelCodes(encoding: CategoryEncoding): Map<string, number> {
  let codes = known.get(encoding)
  if (codes === undefined) {
    codes = new Map(encoding.levels.map((level, i) => [level, i + 1]))
    known.set(encoding, codes)
  }
  return codes
}
