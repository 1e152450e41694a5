/*
 * What the columns of a table hold and how their numbers are written, by a sample of their values: of each column by all of
 * its values, and where they do not settle it, by the other columns.
 */

import type { Steps } from '../../turns.js'
import type { ColumnType } from './column.js'
import { isMissing } from './column-builder.js'
import type { ColumnNote } from './column-reading.js'
import type { DateOrder } from './dates/date-inference.js'
import { readDates } from './dates/read-dates.js'
import { inferType, mostStrays } from './infer-types.js'
import { type Notation, sameNotation } from './numbers/notation.js'
import { keptAsText, notesOf, unitNote } from './numbers/notation-notes.js'
import { type Allowed, type NumberSamples, notationOf, numberSamples, type Reading } from './numbers/number-samples.js'
import type { CheckedReadingOptions } from './reading-options.js'
import { numberOf } from './texts/cell-texts.js'
import { keptTextsNote } from './texts/kept-texts.js'

export interface SampledColumn {
  readonly name: string
  /** The type that somebody gave. */
  readonly type: ColumnType | undefined
  /** Those of the first rows, missing ones too. */
  readonly values: () => readonly unknown[]
}

export interface ColumnPlan {
  readonly name: string
  readonly type: ColumnType
  /** How numbers are written that are not written as 1234.5. */
  readonly notation: Notation | undefined
  /** How dates are written that are not written as ISO 8601 has them. */
  readonly dateFormat: string | undefined
  /** Whether points of numbers may stand between thousands: nothing tells. */
  readonly unsure?: boolean
  /** What is told of the column. */
  readonly notes: readonly ColumnNote[]
}

export interface PlannedColumns {
  readonly plans: readonly ColumnPlan[]
  /** The decimal point of the whole. */
  readonly decimal: '.' | ','
}

/** A column of numbers, before the others are known. */
interface Numbers {
  readonly name: string
  /** Its different texts; none of a column of plain numbers, of which there is nothing to tell. */
  readonly texts: ReadonlyMap<string, number>
  readonly hasTexts: boolean
  readonly samples: NumberSamples
  /** Whether somebody gave the type. */
  readonly given: boolean
  readonly notes: readonly ColumnNote[]
}

export interface PlanOptions extends CheckedReadingOptions {
  readonly dateFormats: ReadonlyMap<string, string>
  readonly dates: DateOrder | undefined
}

/**
 * @param delimiter what stands between the fields of a file: between commas a comma in a number is one between thousands
 * @param undecided makes the error of a column whose numbers cannot be told
 */
export function* planColumns(
  columns: readonly SampledColumn[],
  options: PlanOptions,
  delimiter: string | undefined,
  undecided: (column: string, why: string) => Error,
): Steps<PlannedColumns> {
  // Values and texts of a column are let go before those of the next: of many columns they are as much as the file.
  const known: (Numbers | ColumnPlan)[] = []
  for (const column of columns) {
    known.push(yield* numbersOrPlan(column, options, undecided))
    yield
  }
  const settled = new Set<'.' | ','>()
  let [commas, points] = [0, 0]
  for (const one of known) {
    if (!('samples' in one)) continue
    const [reading, other] = one.samples.readings
    if (reading?.settlesDecimal !== true || other !== undefined) continue
    settled.add(reading.decimal)
    if (reading.decimal === ',') commas++
    else points++
  }
  const agreed = settled.size === 1 ? [...settled][0] : undefined
  // Between commas a number with one is quoted: the others are written as programs do.
  const decimal = commas > points && delimiter !== ',' ? ',' : '.'
  const planned = (one: Numbers | ColumnPlan): ColumnPlan => {
    if (!('samples' in one)) return one
    const { name, samples } = one
    const { decimal: wanted } = options.allowedOf(name)
    const reading = chosen(one, wanted ?? options.notationOf(name)?.decimal, agreed, delimiter)
    if (reading === undefined) throw undecided(name, undecidedMessage(name, samples.readings))
    const told = agreed === undefined && delimiter === ';' ? pointNote(samples, reading) : []
    const plan = planNumbers({ ...one, notes: [...told, ...one.notes] }, reading, options, decimal)
    const settles = wanted !== undefined || agreed !== undefined || told.length > 0 || isPlainPoint(samples)
    return settles || one.given ? plan : { ...plan, unsure: true }
  }
  const plans: ColumnPlan[] = []
  for (const one of known) {
    if (plans.push(planned(one)) % COLUMNS_OF_STEP === 0) yield
  }
  return { plans, decimal: options.allowedOf('').decimal ?? decimal }
}

/** Columns that are settled between two steps, and values that are looked at. */
const COLUMNS_OF_STEP = 256
const VALUES_OF_STEP = 4096

function* numbersOrPlan(
  column: SampledColumn,
  options: PlanOptions,
  undecided: (column: string, why: string) => Error,
): Steps<Numbers | ColumnPlan> {
  const { name, type } = column
  // Somebody said what it is: nothing need be looked at.
  if (type === 'category' || type === 'boolean')
    return { name, type, notation: undefined, dateFormat: undefined, notes: [] }
  const { inValues } = options.marksOf(name)
  const all = column.values()
  yield
  const values: unknown[] = []
  for (const [i, value] of all.entries()) {
    if (!isMissing(value, inValues)) values.push(value)
    if (i % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
  }
  return (yield* numbersIn(column, all, values, options)) ?? (yield* planOthers(column, values, options, undecided))
}

/** @param decimal what numbers have that do not show it themselves */
function planNumbers(
  { name, texts, hasTexts, samples, notes }: Numbers,
  reading: Reading,
  options: PlanOptions,
  decimal: '.' | ',',
): ColumnPlan {
  const allowed = options.allowedOf(name)
  const prior = options.notationOf(name)
  const unsettled = samples.readings.length === 1 && !reading.settlesDecimal
  const plainPoint = allowed.decimal ?? prior?.decimal ?? (hasTexts ? decimal : '.')
  const point = unsettled ? plainPoint : reading.decimal
  const mark = reading.thousands ?? givenMark(allowed, point) ?? priorMark(prior, point)
  const found = notationOf({ decimal: point, thousands: mark }, samples)
  const notation: Notation = {
    ...found,
    ...(found.currency === undefined && prior?.currency !== undefined ? { currency: prior.currency } : {}),
    ...(prior?.percent === true ? { percent: true } : {}),
  }
  const own = sameNotation(notation, undefined) ? undefined : notation
  const told = [...notesOf(texts, notation, samples.accounting), ...notes]
  return { name, type: 'number', notation: own, dateFormat: undefined, notes: told }
}

/** Plans a column that is not one of numbers. */
function* planOthers(
  column: SampledColumn,
  values: readonly unknown[],
  options: PlanOptions,
  undecided: (column: string, why: string) => Error,
): Steps<ColumnPlan> {
  const { name } = column
  // Numbers were looked for before.
  const inferred = values.length === 0 ? 'category' : inferType(values)
  yield
  const base = column.type ?? (inferred === 'number' ? 'category' : inferred)
  const reading = yield* dateReading(column, base, values, options)
  if (reading.question !== undefined) throw undecided(name, reading.question)
  const { type, format: dateFormat, notes } = reading
  const untold = type === 'category' && column.type === undefined && notes.length === 0
  return { name, type, notation: undefined, dateFormat, notes: untold ? yield* textNotes(name, values) : notes }
}

function dateReading(
  { name, type: given }: SampledColumn,
  type: ColumnType,
  values: readonly unknown[],
  { dateFormats, dates }: PlanOptions,
): ReturnType<typeof readDates> {
  return readDates(values, { name, type, given: given !== undefined, format: dateFormats.get(name), dates })
}

/** What a column's values are as numbers; undefined for a column of others. */
function* numbersIn(
  column: SampledColumn,
  all: readonly unknown[],
  values: readonly unknown[],
  options: PlanOptions,
): Steps<Numbers | undefined> {
  const { name, type } = column
  if (type === 'date') return undefined
  const { inCategories } = options.marksOf(name)
  // Of words alone that may be missing values or categories, such as unknown, nothing is a number. A column of nothing
  // holds numbers as well as anything.
  if (type === undefined && values.length === 0 && !all.every((value) => isMissing(value, inCategories)))
    return undefined
  const strays = mostStrays(values.length)
  const most = type === 'number' ? Number.POSITIVE_INFINITY : strays
  const every: string[] = []
  let others = 0
  for (const [i, value] of values.entries()) {
    if (i % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    if (typeof value === 'string') every.push(value.trim())
    else if (typeof value !== 'number' && typeof value !== 'bigint' && ++others > most) return undefined
  }
  yield
  // To tell texts apart takes longer than all else; for plain numbers, which most columns hold, there is no need to.
  let texts = every.every(isPlainNumber) ? undefined : yield* counted(every)
  const counts = texts ?? { [Symbol.iterator]: () => onceEach(every) }
  yield
  if (type === undefined && keptAsText(values, counts, strays) !== undefined) return undefined
  yield
  if (others > 0 && values.length === others) return undefined
  const allowed = options.allowedOf(name)
  const prior = options.notationOf(name)
  const { notes } = yield* dateReading(column, 'number', values, options)
  const hasTexts = every.length > 0
  const given = type !== undefined
  if (prior !== undefined) texts ??= yield* counted(every)
  const asBefore =
    prior === undefined ? undefined : yield* numberSamples(texts ?? NO_TEXTS, strays, asNow(prior, allowed))
  if (asBefore === undefined) {
    const plain = plainSamples(counts, most, allowed)
    if (plain !== undefined) return { name, given, texts: NO_TEXTS, hasTexts, samples: plain, notes }
  }
  texts ??= yield* counted(every)
  const samples = asBefore ?? (yield* numberSamples(texts, most - others, allowed))
  if (samples === undefined || (type === undefined && mixed(samples))) return undefined
  return { name, given, texts, hasTexts, samples, notes }
}

/** A number that is one in any notation: signs, digits and points come before the letters. */
function isPlainNumber(text: string): boolean {
  return text.charCodeAt(0) <= LAST_DIGIT && numberOf(text) !== undefined
}

const LAST_DIGIT = 57

function* onceEach(texts: readonly string[]): Generator<readonly [text: string, count: number]> {
  for (const text of texts) yield [text, 1]
}

/** How often each text comes. */
function* counted(every: readonly string[]): Steps<ReadonlyMap<string, number>> {
  const texts = new Map<string, number>()
  for (const [i, text] of every.entries()) {
    if (i % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    texts.set(text, (texts.get(text) ?? 0) + 1)
  }
  return texts
}

const NO_TEXTS: ReadonlyMap<string, number> = new Map()

/** The notation that is known, as far as options do not say otherwise. */
function asNow(prior: Notation, allowed: Allowed): Allowed {
  return {
    decimal: allowed.decimal ?? prior.decimal,
    thousands: allowed.thousands ?? (allowed.decimal === prior.thousands ? undefined : prior.thousands) ?? 'none',
  }
}

const POINT_OR_THOUSAND = /^[-+]?[1-9]\d{0,2}\.\d{3}$/

/** Quickly, of columns that hold nothing but plain numbers, as most do. */
function plainSamples(
  texts: Iterable<readonly [text: string, count: number]>,
  most: number,
  { decimal }: Allowed,
): NumberSamples | undefined {
  if (decimal === ',') return undefined
  let hasPoint = false
  let onlyThousands = true
  let strangers = 0
  for (const [text, count] of texts) {
    if (numberOf(text) === undefined) {
      // Another notation may know it.
      strangers += count
      if (/\d/.test(text) || strangers > most) return undefined
    } else if (text.includes('.')) {
      hasPoint = true
      onlyThousands &&= POINT_OR_THOUSAND.test(text)
    }
  }
  if (hasPoint && onlyThousands) return undefined
  const reading: Reading = { decimal: '.', thousands: undefined, settlesDecimal: hasPoint, shown: undefined }
  return {
    readings: [reading],
    currency: undefined,
    otherCurrency: undefined,
    percents: 0,
    noPercents: 0,
    accounting: undefined,
    allTrailing: false,
    wholes: 0,
    marked: 0,
    padded: 0,
  }
}

/** Numbers of which one does not know what they count. */
function mixed({ otherCurrency, percents, noPercents, allTrailing }: NumberSamples): boolean {
  return otherCurrency !== undefined || (percents > 0 && noPercents > 0) || allTrailing
}

/** Currencies of countries that write thousands with a comma; three digits behind a decimal point are no price of theirs. */
const COMMA_COUNTRIES = new Set(['$', '£', '¥', '₹', 'US$', 'USD', 'GBP', 'INR', 'JPY', 'CNY'])

/** Fewer 1.015 among fewer 500 may have three digits behind the point by chance. */
const FEWEST_OF_EACH = 5

function isPlainPoint({ readings: [reading, other] }: NumberSamples): boolean {
  return other === undefined && reading?.settlesDecimal === true
}

function chosen(
  { samples: { readings, currency, wholes, marked, padded }, given }: Pick<Numbers, 'samples' | 'given'>,
  wanted: '.' | ',' | undefined,
  agreed: '.' | ',' | undefined,
  delimiter: string | undefined,
): Reading | undefined {
  if (readings.length === 1) return readings[0]
  const by = (decimal: '.' | ',') => readings.find((one) => one.decimal === decimal)
  if (wanted !== undefined && by(wanted) !== undefined) return by(wanted)
  const commas = currency !== undefined && COMMA_COUNTRIES.has(currency)
  if (agreed !== undefined && by(agreed) !== undefined) return commas && agreed === ',' ? undefined : by(agreed)
  const point = by('.')
  // Decimals of which all have three digits, or none, are rather thousands; so are 1.500 and 2.000, between the semicolons
  // of countries that write thousands with a point.
  const pointed = point?.thousands === undefined && by(',')?.thousands === '.'
  const strange = wholes >= FEWEST_OF_EACH || (delimiter === ';' && padded > 0)
  if (!given && pointed && marked >= FEWEST_OF_EACH && strange) return undefined
  // 1.015 is what every program writes; 1,015 is not.
  return commas || delimiter === ',' || point?.thousands === undefined ? point : undefined
}

/** Between semicolons, where decimal commas are at home, 1.015 may have been meant as a thousand. */
function pointNote({ readings }: NumberSamples, { decimal, thousands, shown }: Reading): readonly ColumnNote[] {
  if (readings.length < 2 || decimal !== '.' || thousands !== undefined || shown === undefined) return []
  const text = `decimal points: '${shown[0]}' is read as ${shown[1]}; if it is a thousand, give thousands: '.'`
  return [{ kind: 'number', text }]
}

function givenMark({ thousands }: Allowed, decimal: '.' | ',') {
  return thousands === undefined || thousands === 'none' || thousands === decimal ? undefined : thousands
}

function priorMark(prior: Notation | undefined, decimal: '.' | ',') {
  return prior?.thousands === decimal ? undefined : prior?.thousands
}

function undecidedMessage(name: string, readings: readonly Reading[]): string {
  const meanings = readings.flatMap(({ shown, decimal, thousands }) => {
    if (shown === undefined) return []
    const option = thousands === undefined ? `decimal: '${decimal}'` : `thousands: '${thousands}'`
    return [{ text: shown[0], meaning: `${option} for ${shown[1]}` }]
  })
  const text = meanings[0]?.text ?? ''
  return (
    `holds numbers such as '${text}' that may have a decimal point or thousands, and nothing tells ` +
    `which. Give ${meanings.map(({ meaning }) => meaning).join(' or ')}, or types: { '${name}': 'category' }`
  )
}

function* textNotes(name: string, values: readonly unknown[]): Steps<readonly ColumnNote[]> {
  const texts = new Map<string, number>()
  for (const [i, value] of values.entries()) {
    if (i % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    if (typeof value === 'string') texts.set(value.trim(), (texts.get(value.trim()) ?? 0) + 1)
  }
  const reason = keptAsText(values, texts, mostStrays(values.length))
  if (reason !== undefined) {
    const text = `${reason}; if the column holds numbers, give types: { '${name}': 'number' }`
    return [{ kind: 'text', text: `kept as texts: ${text}` }]
  }
  yield
  const units = unitNote(name, texts, mostStrays(values.length))
  if (units.length > 0) return units
  yield
  return keptTextsNote(name, texts)
}
