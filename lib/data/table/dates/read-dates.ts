/*
 * Whether a column whose type is known or inferred is one of dates, in which format, and what is told of that.
 */
import type { Steps } from '../../../turns.js'
import type { ColumnType } from '../column.js'
import type { ColumnNote } from '../column-reading.js'
import { mostStrays } from '../infer-types.js'
import { type DateOrder, findDates, noteOfCompactDates } from './date-inference.js'

export interface DateReading {
  readonly type: ColumnType
  /** How dates are written, where not as ISO 8601 has them. */
  readonly format: string | undefined
  /** What a user must be asked before the column can be read, a sentence without its subject. */
  readonly question: string | undefined
  readonly notes: readonly ColumnNote[]
}

/**
 * @param values those that are not missing
 * @param options `type`: as the other rules have it; `given`: whether a user said so; `format`: that of the user
 */
export function* readDates(
  values: readonly unknown[],
  options: {
    readonly name: string
    readonly type: ColumnType
    readonly given: boolean
    readonly format: string | undefined
    readonly dates: DateOrder | undefined
  },
): Steps<DateReading> {
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
  const found = yield* findDates(values, { name, order: dates, strays })
  if (found.question !== undefined) return as({ question: found.question })
  if (!found.are && !given) {
    const note = yield* wordsAmongDates(values, { name, order: dates })
    if (note !== undefined) return as({ notes: [note] })
  }
  const notes = found.note === undefined ? [] : [told(found.note)]
  return found.are ? as({ type: 'date', format: found.format, notes }) : as({ notes: given ? [] : notes })
}

/** Different words that are named; of more, a column holds texts with dates among them. */
const MOST_WORDS = 3
const FEWEST_DATES = 5

/** The note of a column that would hold dates but for a word or two, which may stand for nothing. */
function* wordsAmongDates(
  values: readonly unknown[],
  { name, order }: { readonly name: string; readonly order: DateOrder | undefined },
): Steps<ColumnNote | undefined> {
  const words = new Map<string, number>()
  const others: unknown[] = []
  for (const value of values) {
    if (typeof value !== 'string' || /\d/.test(value)) {
      others.push(value)
      continue
    }
    words.set(value.trim(), (words.get(value.trim()) ?? 0) + 1)
    if (words.size > MOST_WORDS) return undefined
  }
  if (words.size === 0 || others.length < Math.max(FEWEST_DATES, values.length / 2)) return undefined
  const { are, format, question } = yield* findDates(others, { name, order, strays: mostStrays(others.length) })
  if (!are && question === undefined) return undefined
  const shown = [...words.keys()].map((word) => `'${word}'`).join(', ')
  const rows = values.length - others.length
  const written = format === undefined ? '' : ` as ${format}`
  return told(
    `texts: all its values but ${shown} (${rows} row${rows === 1 ? '' : 's'}) are dates${written}; ` +
      `if ${words.size === 1 ? 'it stands' : 'they stand'} for nothing, give alsoMissing: [${shown}]`,
  )
}

function told(text: string): ColumnNote {
  return { kind: 'date', text }
}
