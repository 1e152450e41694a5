/*
 * Whether a column whose type is known or inferred is one of dates, in which format, and what is told of that.
 */
import type { ColumnType } from './column.js'
import type { ColumnNote } from './column-reading.js'
import { type DateOrder, findDates, noteOfCompactDates } from './date-inference.js'
import { mostStrays } from './infer.js'

export interface DateReading {
  readonly type: ColumnType
  /** Of dates, where not as ISO 8601 has them. */
  readonly format: string | undefined
  /** What a user must be asked before the column can be read, a sentence without its subject. */
  readonly question: string | undefined
  readonly notes: readonly ColumnNote[]
}

/**
 * @param values those that are not missing
 * @param options `type`: as the other rules have it; `given`: whether a user said so; `format`: that of the user
 */
export function readDates(
  values: readonly unknown[],
  options: {
    readonly name: string
    readonly type: ColumnType
    readonly given: boolean
    readonly format: string | undefined
    readonly dates: DateOrder | undefined
  },
): DateReading {
  const { name, type, given, format, dates } = options
  const as = (reading: Partial<DateReading>): DateReading => ({
    type,
    format,
    question: undefined,
    notes: [],
    ...reading,
  })
  if (format !== undefined || (given && type !== 'date')) return as({})
  if (type === 'number') {
    const note = dates === 'iso' ? undefined : noteOfCompactDates(name, values)
    return as(note === undefined ? {} : { notes: [told(note)] })
  }
  if (type === 'boolean') return as({})
  const strays = given ? values.length : mostStrays(values.length)
  const found = findDates(values, { name, order: dates, strays })
  if (found.question !== undefined) return as({ question: found.question })
  const notes = found.note === undefined ? [] : [told(found.note)]
  return found.are ? as({ type: 'date', format: found.format, notes }) : as({ notes: given ? [] : notes })
}

function told(text: string): ColumnNote {
  return { kind: 'date', text }
}
