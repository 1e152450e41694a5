/*
 * Which format the dates of a column have, by all of its sampled values together. Where day and month cannot be told
 * apart, that is a question to the user and never a guess.
 */
import type { Steps } from '../../../turns.js'
import { describe } from '../../../validate.js'
import { dateOf } from '../texts/cell-texts.js'
import { dateFormat, ISO_FORMAT } from './date-format.js'

/**
 * How dates of numbers alone are read: dayFirst, 31/12/2024; monthFirst, 12/31/2024; iso, where no dates but those of ISO
 * 8601 are recognized and all others are texts.
 */
export const dateOrders = ['dayFirst', 'monthFirst', 'iso'] as const

export type DateOrder = (typeof dateOrders)[number]

/** What the texts of a column are, if they are dates. */
export interface FoundDates {
  /** Whether the column is one of dates; if not, `note` says why they are none. */
  readonly are: boolean
  /** Undefined for ISO 8601. */
  readonly format: string | undefined
  /** What a user must be asked before the column can be read, a sentence without its subject. */
  readonly question: string | undefined
  /** What a user should know of the column, a sentence without its subject. */
  readonly note: string | undefined
}

/** Where the parts of a date of numbers alone stand; named months can be told apart by themselves. */
type Order = 'day first' | 'month first' | 'year first' | 'named'

interface Candidate {
  readonly pattern: string
  readonly order: Order
  readonly read: (text: string) => number | undefined
}

const SEPARATORS = ['.', '/', '-'] as const
const NAMED = [
  'd MMM yyyy',
  'd-MMM-yyyy',
  'd/MMM/yyyy',
  'd.MMM.yyyy',
  'd. MMM yyyy',
  "d 'de' MMM 'de' yyyy",
  'd MMM, yyyy',
  'dMMMyyyy',
  'd-MMM-yy',
  'd MMM yy',
  'dMMMyy',
  'MMM d, yyyy',
  'MMM d yyyy',
  'MMM-d-yyyy',
  'MMM/d/yyyy',
  'yyyy MMM d',
  'yyyy-MMM-d',
  'yyyy/MMM/d',
  'EEE, d MMM yyyy',
  'EEE d MMM yyyy',
  'EEE, d MMM yy',
  'EEE, d-MMM-yyyy',
  'EEE, d-MMM-yy',
  'EEE, MMM d, yyyy',
  'EEE, MMM d yyyy',
  'EEE MMM d yyyy',
  'EEE MMM d HH:mm:ss yyyy',
  'EEE MMM d HH:mm:ss X yyyy',
  'EEE MMM d HH:mm:ss yyyy X',
] as const

let candidates: readonly Candidate[] | undefined

/** Formats that are recognized without being asked for, the likelier ones first. */
function allCandidates(): readonly Candidate[] {
  const numeric = (pattern: string, order: Order) => ({ pattern, order })
  candidates ??= [
    ...SEPARATORS.flatMap((s) => [
      numeric(`dd${s}MM${s}yyyy`, 'day first'),
      numeric(`MM${s}dd${s}yyyy`, 'month first'),
      numeric(`yyyy${s}MM${s}dd`, 'year first'),
    ]),
    numeric('dd MM yyyy', 'day first'),
    numeric('MM dd yyyy', 'month first'),
    numeric('yyyy MM dd', 'year first'),
    numeric('dd. MM. yyyy', 'day first'),
    numeric('yyyy. MM. dd', 'year first'),
    numeric('yyyy. MM. dd.', 'year first'),
    ...SEPARATORS.flatMap((s) => [
      numeric(`dd${s}MM${s}yy`, 'day first'),
      numeric(`MM${s}dd${s}yy`, 'month first'),
      numeric(`yy${s}MM${s}dd`, 'year first'),
    ]),
    ...['yyyyMMddTHHmmss', 'yyyyMMddTHHmmssX', 'yyyyMMddTHHmm', 'yyyyMMddTHHmmX'].map((p) => numeric(p, 'year first')),
    ...NAMED.map((pattern) => numeric(pattern, 'named')),
  ].map(({ pattern, order }) => {
    const { read } = dateFormat('format', pattern)
    const short = !pattern.includes('yyyy') && order !== 'named'
    return {
      pattern,
      order,
      read: (text: string) => (short && !SHORT_DATE.test(text) ? undefined : plausible(read(text))),
    }
  })
  return candidates
}

/** Versions and the like are numbers with points between them too, but seldom of two digits each. */
const SHORT_DATE = /^\s*(?:\d\d([.-])\d\d\1\d\d|\d\d?\/\d\d?\/\d\d)(?!\d)/

const [EARLIEST, LATEST] = [Date.UTC(1000, 0), Date.UTC(3000, 0)]

/** Numbers that are no dates may look like those of the year 57. */
function plausible(time: number | undefined): number | undefined {
  return time !== undefined && time >= EARLIEST && time < LATEST ? time : undefined
}

/** Texts that can only be meant as dates, of a day that there is or not. */
const MEANT_AS_DATE = /^\d{1,2}([./-])\d{1,2}\1\d{4}\b|^\d{4}([./-])\d{1,2}\2\d{1,2}\b/
/** Share of the values from which on dates of no day, such as the 31st of February, are no mistakes among dates. */
const MOST_IMPOSSIBLE = 0.5
/** A thousand texts tell as much as all of them. */
const MOST_LOOKED_AT = 1000
/** Share of the values that look like dates from which on a column of texts is said to do so. */
const FEWEST_LIKE_DATES = 0.9

export interface DateQuestionOptions {
  readonly name: string
  readonly order: DateOrder | undefined
  /** Values that may be no dates: strays. All of them, where a user has said that the column is one of dates. */
  readonly strays: number
}

/**
 * Looks at the texts of a column.
 *
 * @param values what is there in the first rows; dates that are values of their own are none that a format is needed for
 */
export function* findDates(
  values: readonly unknown[],
  { name, order, strays }: DateQuestionOptions,
): Steps<FoundDates> {
  const texts = values.filter((value) => typeof value === 'string')
  const others = values.length - texts.length
  const allowed = allCandidates().filter((one) => isAllowed(one, order))
  const tolerated = Math.max(strays, Math.floor((1 - FEWEST_LIKE_DATES) * texts.length))
  if (texts.length === 0 || straysOf(texts, datelike, tolerated) > tolerated) return NONE
  // Most columns of dates are read by one format to the last value.
  if (straysOf(texts, dateOf, 0) === 0) return ISO_DATES
  yield
  const whole: Candidate[] = []
  for (const one of allowed) {
    if ((yield* countStrays(texts, one.read, 0)) === 0) whole.push(one)
  }
  if (whole.length > 0) return decided(name, texts, whole)
  // Read by no format whatsoever, and yet a date: a mistake that says nothing of the format.
  const possible: string[] = []
  for (const [i, text] of texts.entries()) {
    if (i % TEXTS_OF_STEP === TEXTS_OF_STEP - 1) yield
    if (!MEANT_AS_DATE.test(text.trim()) || allCandidates().some(({ read }) => read(text) !== undefined)) {
      possible.push(text)
    }
  }
  const impossible = texts.length - possible.length
  if (possible.length === 0 || impossible >= MOST_IMPOSSIBLE * texts.length) {
    return order === 'iso' ? NONE : unknownFormat(name, texts)
  }
  const most = Math.min(strays, possible.length - 1 + others)
  const iso = yield* countStrays(possible, dateOf, most)
  const found: (Candidate & { readonly strays: number })[] = []
  for (const one of allowed) found.push({ ...one, strays: yield* countStrays(possible, one.read, most) })
  const least = Math.min(iso, ...found.map((one) => one.strays))
  if (least > most) return order === 'iso' ? NONE : yield* withoutFormat(name, possible, order)
  if (iso === least) return ISO_DATES
  return decided(
    name,
    possible,
    found.filter((one) => one.strays === least),
  )
}

/** Texts that are looked at between two steps. */
const TEXTS_OF_STEP = 256

/** As `straysOf`, step by step. */
function* countStrays(
  texts: readonly string[],
  read: (text: string) => number | undefined,
  most: number,
): Steps<number> {
  let strays = 0
  for (const [i, text] of texts.entries()) {
    if (i % TEXTS_OF_STEP === TEXTS_OF_STEP - 1) yield
    if (read(text) === undefined && ++strays > most) break
  }
  return strays
}

/** By formats that read the texts equally well: the first of them, or a question where they differ in order. */
function decided(name: string, texts: readonly string[], best: readonly Candidate[]): FoundDates {
  if (new Set(best.map((one) => one.order)).size > 1) {
    return { are: true, format: undefined, question: questionOf(name, texts, best), note: undefined }
  }
  const { pattern } = best[0]!
  return { are: true, format: pattern, question: undefined, note: `dates as ${pattern}` }
}

/** Characters, blanks around it included. */
const LONGEST_DATE = 200

/** How dates begin, in whatever format: digits and what parts them, or a name before digits. */
const BEGINS_LIKE_A_DATE = /^\s*(?:\d{1,4}\D|\d{8}T|\p{L}{2,10}\.?[ ,/-])/u

function datelike(text: string): number | undefined {
  return text.length <= LONGEST_DATE && BEGINS_LIKE_A_DATE.test(text) ? 0 : undefined
}

const ISO_DATES: FoundDates = { are: true, format: undefined, question: undefined, note: undefined }
const NONE: FoundDates = { are: false, format: undefined, question: undefined, note: undefined }

function isAllowed({ order, pattern }: Candidate, asked: DateOrder | undefined): boolean {
  if (asked === 'iso') return false
  if (asked === undefined || order === 'named') return true
  const short = order === 'year first' && !pattern.includes('yyyy')
  return !short && order !== (asked === 'dayFirst' ? 'month first' : 'day first')
}

/** How many texts are not read, counted no further than one above `most`. */
function straysOf(texts: readonly string[], read: (text: string) => number | undefined, most: number): number {
  let strays = 0
  for (const text of texts) if (read(text) === undefined && ++strays > most) break
  return strays
}

function questionOf(name: string, texts: readonly string[], best: readonly Candidate[]): string {
  const byOrder = [...new Map(best.map((one) => [one.order, one])).values()]
  const different = texts.find((text) => new Set(byOrder.map(({ read }) => read(text))).size > 1)
  const shown = different ?? texts[0]!
  const meanings = byOrder.map(({ order, read }) => {
    const time = read(shown)
    return time === undefined ? order : `${order} (${longDate(time)})`
  })
  const formats = byOrder.map(({ pattern }) => `dateFormats: { '${name}': '${pattern}' }`)
  return (
    `holds dates such as ${describe(shown)} that may be ${alternatives(meanings)}, and no value tells which: give ` +
    `${alternatives(formats)}; dates: 'dayFirst' or dates: 'monthFirst' say it for all columns, and types: { '${name}': 'category' } ` +
    'keeps the texts'
  )
}

/** Why a column of texts that look like dates is none of dates. */
function* withoutFormat(name: string, texts: readonly string[], order: DateOrder | undefined): Steps<FoundDates> {
  const looked = texts.slice(0, MOST_LOOKED_AT)
  const readers = [{ pattern: ISO_FORMAT, order: 'year first' as Order, read: dateOf }, ...allCandidates()]
  const counts = new Map<(typeof readers)[number], { rows: number; example: string }>()
  let like = 0
  for (const [i, text] of looked.entries()) {
    if (i % TEXTS_OF_STEP === TEXTS_OF_STEP - 1) yield
    const fitting = readers.filter(({ read }) => read(text) !== undefined)
    if (fitting.length > 0) like++
    // What may be read in two ways says nothing of the format.
    if (new Set(fitting.map((one) => one.order)).size > 1) continue
    const [first] = fitting
    if (first === undefined) continue
    const before = counts.get(first)
    counts.set(first, { rows: (before?.rows ?? 0) + 1, example: before?.example ?? text })
  }
  if (like < FEWEST_LIKE_DATES * looked.length) return unknownFormat(name, looked)
  const seen = [...counts].sort((a, b) => b[1].rows - a[1].rows)
  const shown = seen.slice(0, 4).map(([{ pattern, order }, { example }]) => {
    return `${describe(example)} (${order === 'named' || pattern === ISO_FORMAT ? pattern : `${pattern}, ${order}`})`
  })
  if (order === 'dayFirst' || order === 'monthFirst') {
    const against = seen.find(([one]) => !isAllowed(one, order))
    if (against !== undefined) {
      const [{ pattern, order: own }, { example }] = against
      const question =
        `holds dates such as ${describe(example)}, which are ${own} where dates says '${order}': give dateFormats: ` +
        `{ '${name}': '${pattern}' }, or correct the values`
      return { are: true, format: undefined, question, note: undefined }
    }
  }
  const unread = looked.find((text) => !seen.some(([{ read }]) => read(text) !== undefined) && LIKE_A_DATE.test(text))
  const orders = readers.filter(({ read }) => unread !== undefined && read(unread) !== undefined)
  if (orders.length > 1) {
    const patterns = seen.map(([{ pattern }]) => pattern)
    const formats = orders.map(({ pattern }) => `dateFormats: { '${name}': '${[pattern, ...patterns].join('|')}' }`)
    const note =
      `texts, though they look like dates of several formats: ${alternatives([describe(unread), ...shown])}. To read them as ` +
      `dates, give ${alternatives(formats)}`
    return { ...NONE, note }
  }
  const contradict =
    seen.some(([one]) => one.order === 'day first') && seen.some(([one]) => one.order === 'month first')
  const advice = contradict
    ? 'Some are day first and others month first: correct the file.'
    : `To read them as dates, give dateFormats: { '${name}': '${seen.map(([{ pattern }]) => pattern).join('|')}' }.`
  return {
    are: false,
    format: undefined,
    question: undefined,
    note: `texts, though they look like dates of several formats: ${alternatives(shown)}. ${advice}`,
  }
}

/** Days, months and years in whatever language and order, at the start of a text. */
const LIKE_A_DATE =
  /^(?:\p{L}{2,10}\.?,? )?(?:\d{1,2}([./-]) ?\d{1,2}\1 ?\d{4}(?!\d)|\d{4}([./-]) ?\d{1,2}\2 ?\d{1,2}(?!\d)|\d{1,2}\.?[ -](?:de )?\p{L}{3,10}\.?,?[ -](?:de )?\d{4}(?!\d)|\d{4}年|(?:0?[1-9]|1[0-2])[./][12]\d{3}$|[12]\d{3}[-/.](?:0[1-9]|1[0-2])$)/u

/** Texts that are dates for a reader, but of no format that is known. */
function unknownFormat(name: string, texts: readonly string[]): FoundDates {
  const like = texts.slice(0, MOST_LOOKED_AT).filter((text) => LIKE_A_DATE.test(text.trim()))
  if (like.length === 0 || like.length < FEWEST_LIKE_DATES * Math.min(texts.length, MOST_LOOKED_AT)) return NONE
  const note =
    `texts, though they look like dates, such as ${describe(like[0])}: there is no such day or time, or the format is not ` +
    `recognized. If it can be written as one such as 'dd.MM.yyyy HH:mm', give it: dateFormats: { '${name}': '…' }`
  return { ...NONE, note }
}

/** Whole numbers of eight or fourteen digits that are all dates stay numbers, and the user is told. */
export function noteOfCompactDates(name: string, values: readonly unknown[]): string | undefined {
  if (values.length < FEWEST_COMPACT) return undefined
  for (const pattern of ['yyyyMMdd', 'yyyyMMddHHmmss']) {
    const { read } = dateFormat('format', pattern)
    const are = values.every((value) => {
      const time = read(String(value))
      return time !== undefined && time >= FIRST_COMPACT && time < LAST_COMPACT
    })
    if (are) {
      return `numbers, though all of them look like dates (${pattern}). To read them as dates, give dateFormats: { '${name}': '${pattern}' }.`
    }
  }
  return undefined
}

const FEWEST_COMPACT = 3
const [FIRST_COMPACT, LAST_COMPACT] = [Date.UTC(1800, 0), Date.UTC(2200, 0)]

function longDate(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}

function alternatives(parts: readonly string[]): string {
  return parts.length < 3 ? parts.join(' or ') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`
}
