/*
 * The options that say how texts are read, for all columns or by column, as one answer for each column.
 */
import { array, invalid, oneOf, plainObject, string } from '../../validate.js'
import type { ColumnReading } from './column-reading.js'
import { type Notation, type ThousandsMark, thousandsMarks } from './numbers/notation.js'
import type { Allowed } from './numbers/number-samples.js'
import {
  defaultMarks,
  type MissingMarks,
  marksOf,
  marksWith,
  marksWithout,
  type TextsByColumn,
} from './texts/missing-marks.js'

/** How texts are read as numbers and as missing values. */
export interface ReadingOptions {
  /**
   * Texts that stand for a missing value, in place of `missingTexts` and, in numbers, booleans and dates, of words such as
   * None; for all columns, or by column: `{ garage: [] }`. Blanks always do.
   */
  readonly missing?: TextsByColumn
  /** More texts that stand for a missing value, beside those: `['-999']`, or by column. */
  readonly alsoMissing?: TextsByColumn
  /** Texts that are values although they would stand for a missing one: `['NA']`, or by column `{ region: ['NA'] }`. */
  readonly notMissing?: TextsByColumn
  /**
   * The decimal point, for all columns or by column. Default: what each column's texts show, or else those of the other
   * columns; `.` where none does.
   */
  readonly decimal?: DecimalMark | Readonly<Record<string, DecimalMark>>
  /**
   * The mark between thousands: `,`, `.`, a blank or an apostrophe, or `none`; for all columns or by column. Default:
   * what each column's texts show.
   */
  readonly thousands?: ThousandsMark | 'none' | Readonly<Record<string, ThousandsMark | 'none'>>
  /**
   * How columns are to be read where the other options do not say it: `encoder.readings`, so that a file is read as the
   * training data was. A column that more than 2 % of the texts of a file do not follow is read by itself. Names that the
   * file does not have are passed over.
   */
  readonly readings?: Readonly<Record<string, Pick<ColumnReading, 'notation' | 'missing'>>>
}

/** The decimal point of numbers. */
export type DecimalMark = '.' | ','

export const readingOptionNames = ['missing', 'alsoMissing', 'notMissing', 'decimal', 'thousands', 'readings'] as const

export interface CheckedReadingOptions {
  /** Texts that stand for a missing value in a category, unless a column has its own. */
  readonly missing: ReadonlySet<string>
  readonly marksOf: (column: string) => MissingMarks
  readonly allowedOf: (column: string) => Allowed
  readonly notationOf: (column: string) => Notation | undefined
  /** Columns that options name: every one must be there. */
  readonly namedInReading: readonly string[]
}

const decimals = ['.', ','] as const
const thousands = [...thousandsMarks, 'none'] as const

export function checkReadingOptions(options: ReadingOptions): CheckedReadingOptions {
  const missing = byColumn('missing', options.missing, isList, texts)
  const more = byColumn('alsoMissing', options.alsoMissing, isList, texts)
  const kept = byColumn('notMissing', options.notMissing, isList, texts)
  const decimal = byColumn('decimal', options.decimal, isText, (name, one) => oneOf(name, one, decimals))
  const between = byColumn('thousands', options.thousands, isText, (name, one) => oneOf(name, one, thousands))
  const readings = checkedReadings(options.readings)
  const known = new Map<string, MissingMarks>()
  const marks = (column: string) => {
    let own = known.get(column)
    if (own === undefined) {
      const given = missing.of(column) ?? readings.get(column)?.missing
      const marks = marksWith(given === undefined ? defaultMarks : marksOf(given), more.of(column) ?? [])
      own = marksWithout(marks, kept.of(column) ?? [])
      known.set(column, own)
    }
    return own
  }
  const allowed = (column: string) => allowedBy(decimal.of(column), between.of(column), column)
  const named = [...missing.names, ...more.names, ...kept.names, ...decimal.names, ...between.names]
  for (const column of ['', ...named]) allowed(column)
  return {
    missing: marks('').inCategories,
    marksOf: marks,
    allowedOf: allowed,
    notationOf: (column) => readings.get(column)?.notation,
    namedInReading: named,
  }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a mark that would be both */
function allowedBy(
  decimal: DecimalMark | undefined,
  mark: ThousandsMark | 'none' | undefined,
  column: string,
): Allowed {
  if (mark !== undefined && mark === decimal) {
    const where = column === '' ? 'thousands' : `thousands of '${column}'`
    throw invalid(where, 'another mark than the decimal point', mark)
  }
  // What stands between thousands is no decimal point.
  return { decimal: decimal ?? (mark === ',' ? '.' : mark === '.' ? ',' : undefined), thousands: mark }
}

function checkedReadings(given: unknown): ReadonlyMap<string, Pick<ColumnReading, 'notation' | 'missing'>> {
  const entries = Object.entries(given === undefined ? {} : plainObject('readings', given))
  return new Map(
    entries.map(([name, one]) => {
      const what = `readings['${name}']`
      const { notation, missing } = plainObject(what, one)
      return [
        name,
        {
          ...(notation === undefined ? {} : { notation: checkedNotation(`${what}.notation`, notation) }),
          ...(missing === undefined ? {} : { missing: texts(`${what}.missing`, missing) }),
        },
      ]
    }),
  )
}

export function checkedNotation(what: string, value: unknown): Notation {
  const given = plainObject(what, value)
  const decimal = given.decimal === undefined ? '.' : oneOf(`${what}.decimal`, given.decimal, decimals)
  const mark = given.thousands === undefined ? undefined : oneOf(`${what}.thousands`, given.thousands, thousandsMarks)
  if (mark === decimal) throw invalid(`${what}.thousands`, 'another mark than the decimal point', mark)
  const { percent } = given
  if (percent !== undefined && typeof percent !== 'boolean') throw invalid(`${what}.percent`, 'true or false', percent)
  const unknown = Object.keys(given).find((name) => !['decimal', 'thousands', 'currency', 'percent'].includes(name))
  if (unknown !== undefined) throw invalid(what, 'decimal, thousands, currency and percent', unknown)
  return {
    decimal,
    ...(mark === undefined ? {} : { thousands: mark }),
    ...(given.currency === undefined ? {} : { currency: string(`${what}.currency`, given.currency) }),
    ...(percent === true ? { percent } : {}),
  }
}

interface ByColumn<Value> {
  of(column: string): Value | undefined
  readonly names: readonly string[]
}

/** An option that is one value, or an object of one for each column. */
function byColumn<Value>(
  option: string,
  given: unknown,
  isValue: (given: unknown) => boolean,
  check: (name: string, value: unknown) => Value,
): ByColumn<Value> {
  if (given === undefined) return { of: () => undefined, names: [] }
  if (isValue(given) || typeof given !== 'object' || given === null) {
    const value = check(option, given)
    return { of: () => value, names: [] }
  }
  const values = new Map(Object.entries(given).map(([name, one]) => [name, check(`${option}['${name}']`, one)]))
  return { of: (column) => values.get(column), names: [...values.keys()] }
}

function isList(given: unknown): boolean {
  return Array.isArray(given)
}

function isText(given: unknown): boolean {
  return typeof given === 'string'
}

function texts(name: string, given: unknown): readonly string[] {
  return array(name, given, 'strings').map((text, i) => string(`${name}[${i}]`, text).trim())
}
