/*
 * A column as it grows: values come one by one, and one that is not of the column's type is refused.
 */
import { isDate } from '../../kinds.js'
import type { FieldKind } from '../../native/generated/enums.js'
import { atOnce, type Steps } from '../../turns.js'
import { type Column, type ColumnType, soundColumn } from './column.js'
import { type ColumnNote, columnReading } from './column-reading.js'
import { dateFormat, ISO_FORMAT } from './dates/date-format.js'
import { growingFloats, growingIntegers } from './growing-values.js'
import type { Notation } from './numbers/notation.js'
import { numberReader, zerosNote } from './numbers/number-reader.js'
import { UnsurePoints } from './numbers/unsure-points.js'
import { booleanOf, dateOf } from './texts/cell-texts.js'
import { keptMarks, MarkCounts } from './texts/mark-counts.js'
import { defaultMarks, missingInValues } from './texts/missing-marks.js'
import { spelledColumn } from './texts/spelling.js'

/** Levels and rows between two steps. */
const ROWS_OF_STEP = 65_536

/** A text whose level is not known yet. */
const UNSEEN = -2

type CategoryColumn = Extract<Column, { type: 'category' }>

export interface BuilderOptions {
  /** Texts that stand for a missing value, without blanks around them. */
  readonly missing: ReadonlySet<string>
  /** How numbers are written. Default: as 1234.5. */
  readonly notation?: Notation | undefined
  /** Whether points of plain numbers may stand between thousands. Default: false. */
  readonly unsure?: boolean | undefined
  /** Whether the type was inferred: then a whole number beyond 2^53 is refused. Default: false. */
  readonly inferred?: boolean
  /** The texts of `missing` where options changed them. */
  readonly given?: readonly string[] | undefined
  /** How the texts of a column of dates are written. Default: as ISO 8601 has them. */
  readonly dateFormat?: string | undefined
  /** What is told of the column. */
  readonly notes?: readonly ColumnNote[] | undefined
  /** Whether spellings of a category's text are united. Default: false. */
  readonly ignoreCase?: boolean | undefined
}

/** How a column's texts may be read, many rows at once, beside `add`. */
export interface FieldReading {
  readonly kind: FieldKind
  /** The decimal point of numbers. */
  readonly point: '.' | ','
  /** Whether numbers with zeros before them, and whole ones beyond 2^53, are for `add` alone. */
  readonly strict: boolean
  /** Texts that stand for a missing value, the empty one first. */
  readonly missing: readonly string[]
}

export interface ColumnBuilder {
  /** Takes a value for the next row; tells whether it is of the column's type or missing. */
  add(value: unknown): boolean
  /** Removes the value added last. */
  undo(): void
  /** May change as values come. */
  readonly reading: FieldReading
  /** Of a column of values: those of rows that were read in that way, between two places of an array. */
  addValues(values: Float64Array, from: number, to: number): void
  /** Tells that a value among those is missing for this text. */
  addMark(text: string): void
  /** The number that a text is, for rows that are read in that way. */
  numberOf(text: string): number | undefined
  /** Of a column of texts: a new text, whose number is the next one behind those of `reading.missing`. */
  learn(text: string): void
  /** The numbers of the texts of rows that were read in that way. */
  addTexts(numbers: Int32Array, from: number, to: number): void
  /** The column of all values added since the last call. */
  take(): Column
  /** The same, step by step. */
  takeSteps(): Steps<Column>
}

export function columnBuilder(name: string, type: ColumnType, options: BuilderOptions): ColumnBuilder {
  return type === 'category' ? new CategoryBuilder(name, options) : new ValueBuilder(name, type, options)
}

/** Whether a value is missing, whatever the type of its column. */
export function isMissing(value: unknown, missing: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return isMissingText(value.trim(), missing)
  return value === undefined || value === null || (typeof value === 'number' && Number.isNaN(value))
}

function isMissingText(trimmed: string, missing: ReadonlySet<string>): boolean {
  return trimmed === '' || missing.has(trimmed)
}

/** Each once, the empty one first. One that UTF-8 cannot hold is in no text that is read so. */
function knownTexts(missing: ReadonlySet<string>): string[] {
  return [...new Set(['', ...missing])].filter((text) => !HALF_PAIR.test(text))
}

const HALF_PAIR = /\p{Surrogate}/u

class ValueBuilder implements ColumnBuilder {
  readonly #name: string
  readonly #type: 'number' | 'boolean' | 'date'
  readonly #missing: ReadonlySet<string>
  /** Whether a text such as -999 stands for nothing: then no text is a number before that is known. */
  readonly #numbersMayBeMissing: boolean
  /** Whether a text that stands for nothing could be a value otherwise. */
  readonly #valuesMayBeMissing: boolean
  readonly #toNumber: (text: string) => number | undefined
  readonly #dateFormat: string | undefined
  readonly #toDate: typeof dateOf
  readonly #options: BuilderOptions
  readonly #marks = new MarkCounts()
  /** The mark of the value added last. */
  #mark: string | undefined
  /** What the value added last was counted as, beside its mark. */
  #countedAs: 'point' | 'zero' | undefined
  /** Numbers with zeros before them, which are lost. */
  #zeros = 0
  #zero = ''
  /** Numbers that may have thousands, where nothing tells. */
  readonly #points: UnsurePoints | undefined
  readonly #values = growingFloats()

  constructor(name: string, type: 'number' | 'boolean' | 'date', options: BuilderOptions) {
    const { missing, notation, inferred = false, unsure = false, dateFormat: format } = options
    this.#name = name
    this.#type = type
    this.#dateFormat = format === ISO_FORMAT ? undefined : format
    this.#toDate = format === undefined ? dateOf : dateFormat(`the format of '${name}'`, format).read
    this.#missing = missing
    this.#options = options
    this.#toNumber = numberReader(notation, inferred)
    this.#points = unsure && notation === undefined && type === 'number' ? new UnsurePoints() : undefined
    const isUsual = missing === defaultMarks.inValues || missing === defaultMarks.inCategories
    this.#numbersMayBeMissing = !isUsual && [...missing].some((text) => this.#toNumber(text) !== undefined)
    const toValue = type === 'boolean' ? (text: string) => booleanOf(text, true) : this.#toDate
    this.#valuesMayBeMissing =
      type === 'number'
        ? this.#numbersMayBeMissing
        : !isUsual && [...missing].some((text) => toValue(text.trim()) !== undefined)
  }

  get reading(): FieldReading {
    const { notation, inferred = false } = this.#options
    const isPlain =
      this.#type === 'number'
        ? notation?.thousands === undefined && notation?.currency === undefined && notation?.percent !== true
        : this.#dateFormat === undefined
    const isSettled = this.#points === undefined || this.#points.settled
    return {
      kind: isPlain && isSettled && !this.#valuesMayBeMissing ? this.#type : 'text',
      point: notation?.decimal ?? '.',
      strict: inferred,
      missing: knownTexts(this.#missing),
    }
  }

  addValues(values: Float64Array, from: number, to: number): void {
    this.#values.pushAll(values as Float64Array<ArrayBuffer>, from, to)
  }

  addMark(text: string): void {
    this.#marks.add(text)
  }

  numberOf(text: string): number | undefined {
    return this.#toNumber(text)
  }

  learn(): void {}

  addTexts(): void {}

  add(value: unknown): boolean {
    this.#mark = undefined
    this.#countedAs = undefined
    const number = typeof value === 'string' ? this.#fromText(value) : this.#fromValue(value)
    if (number === undefined) return false
    if (this.#points?.settled === false && typeof value === 'string' && this.#points.look(value)) {
      this.#countedAs = 'point'
    }
    this.#values.push(number)
    return true
  }

  undo(): void {
    this.#values.pop()
    if (this.#mark !== undefined) this.#marks.remove(this.#mark)
    if (this.#countedAs === 'point') this.#points!.takeBack()
    if (this.#countedAs === 'zero') this.#zeros--
  }

  take(): Column {
    return atOnce(this.takeSteps())
  }

  *takeSteps(): Steps<Column> {
    const values = yield* this.#values.take()
    const { notation, given: missing, notes = [] } = this.#options
    const zeros = zerosNote(this.#name, this.#zeros, this.#zero)
    this.#zeros = 0
    const points = this.#points?.take() ?? []
    const told = toldOf({ notation, missing, notes: [...notes, ...points, ...this.#marks.take(), ...zeros] })
    if (this.#type !== 'date') return soundColumn({ name: this.#name, ...told, type: this.#type, values })
    const written = this.#dateFormat === undefined ? {} : { format: this.#dateFormat }
    return soundColumn({ name: this.#name, ...told, type: 'date', values, ...written })
  }

  #fromText(text: string): number | undefined {
    if (this.#type === 'number' && !this.#numbersMayBeMissing) {
      const number = this.#toNumber(text)
      if (number !== undefined) {
        if (this.#options.inferred === true && text.charCodeAt(0) === 48 && text.length > 1) this.#countZeros(text)
        return number
      }
    }
    const trimmed = text.trim()
    if (isMissingText(trimmed, this.#missing)) {
      this.#mark = trimmed
      this.#marks.add(trimmed)
      return Number.NaN
    }
    if (this.#type === 'number') return this.#toNumber(trimmed)
    return this.#type === 'boolean' ? booleanOf(trimmed, true) : this.#toDate(trimmed)
  }

  #countZeros(text: string): void {
    if (!/^0\d+$/.test(text)) return
    this.#zeros++
    this.#countedAs = 'zero'
    this.#zero ||= text
  }

  #fromValue(value: unknown): number | undefined {
    if (value === undefined || value === null) return Number.NaN
    if (typeof value === 'number') {
      if (Number.isNaN(value)) return value
      if (this.#type === 'number') return Number.isFinite(value) ? value : Number.NaN
      // 20241231 as a number, where a format such as yyyyMMdd is known.
      if (this.#type === 'date') return this.#dateFormat === undefined ? undefined : this.#toDate(String(value))
      return value === 0 || value === 1 ? value : undefined
    }
    if (typeof value === 'bigint') {
      if (this.#type === 'date' && this.#dateFormat !== undefined) return this.#toDate(String(value))
      return this.#type === 'number' ? Number(value) : undefined
    }
    if (typeof value === 'boolean') return this.#type === 'date' ? undefined : Number(value)
    // An invalid date is NaN: missing.
    return this.#type === 'date' && isDate(value) ? value.getTime() : undefined
  }
}

class CategoryBuilder implements ColumnBuilder {
  readonly #name: string
  readonly #missing: ReadonlySet<string>
  readonly #options: BuilderOptions
  readonly #marks = new MarkCounts()
  /** The mark of the value added last. */
  #mark: string | undefined
  #numbers = new Map<string, number>()
  readonly #codes = growingIntegers()
  /** Texts that `addTexts` knows by number, those for a missing value first, and their levels: UNSEEN before a row has one. */
  readonly #texts: string[]
  readonly #marksKnown: number
  #levels: Int32Array<ArrayBuffer> = new Int32Array(0)

  constructor(name: string, options: BuilderOptions) {
    this.#name = name
    this.#missing = options.missing
    this.#options = options
    this.#texts = knownTexts(options.missing)
    this.#marksKnown = this.#texts.length
  }

  get reading(): FieldReading {
    return { kind: 'level', point: '.', strict: false, missing: knownTexts(this.#missing) }
  }

  addValues(): void {}

  addMark(): void {}

  numberOf(): undefined {}

  learn(text: string): void {
    if (this.#texts.push(text) <= this.#levels.length) return
    const levels = new Int32Array(2 * this.#texts.length).fill(UNSEEN)
    levels.set(this.#levels)
    this.#levels = levels
  }

  addTexts(numbers: Int32Array, from: number, to: number): void {
    const codes = new Int32Array(to - from)
    for (let i = from; i < to; i++) {
      const number = numbers[i]!
      codes[i - from] = number < this.#marksKnown ? this.#missingAs(number) : this.#levelOfNumber(number)
    }
    this.#codes.pushAll(codes, 0, codes.length)
  }

  #missingAs(number: number): number {
    if (number > 0) this.#marks.add(this.#texts[number]!)
    return -1
  }

  #levelOfNumber(number: number): number {
    const known = this.#levels[number]!
    if (known !== UNSEEN) return known
    const level = this.#levelOf(this.#texts[number]!)
    this.#levels[number] = level
    return level
  }

  add(value: unknown): boolean {
    const code = this.#codeOf(value)
    if (code === undefined) return false
    this.#codes.push(code)
    return true
  }

  undo(): void {
    this.#codes.pop()
    if (this.#mark !== undefined) this.#marks.remove(this.#mark)
  }

  take(): Column {
    return atOnce(this.takeSteps())
  }

  *takeSteps(): Steps<Column> {
    const codes = yield* this.#codes.take()
    const levels: string[] = []
    for (const level of this.#numbers.keys()) if (levels.push(level) % ROWS_OF_STEP === 0) yield
    this.#numbers = new Map()
    this.#levels.fill(UNSEEN)
    const column = yield* withoutUnused({ name: this.#name, type: 'category', levels, codes })
    const { given: missing, notes = [], ignoreCase = false } = this.#options
    const kept = missing === undefined ? keptMarks(yield* possibleMarks(column)) : []
    const told = toldOf({ missing, notes: [...notes, ...this.#marks.take(), ...kept] })
    return soundColumn(spelledColumn({ ...column, ...told }, ignoreCase))
  }

  #codeOf(value: unknown): number | undefined {
    this.#mark = undefined
    if (isMissing(value, this.#missing)) {
      if (typeof value === 'string') {
        this.#mark = value.trim()
        this.#marks.add(this.#mark)
      }
      return -1
    }
    if (isDate(value)) return Number.isNaN(value.getTime()) ? -1 : this.#levelOf(value.toISOString())
    if (typeof value === 'string') return this.#levelOf(value.trim())
    const kind = typeof value
    return kind === 'number' || kind === 'bigint' || kind === 'boolean' ? this.#levelOf(String(value)) : undefined
  }

  #levelOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    // A copy: a field cut out of a megabyte of file would keep all of it in memory.
    this.#numbers.set(Buffer.from(text, 'utf16le').toString('utf16le'), this.#numbers.size)
    return this.#numbers.size - 1
  }
}

/** What a column tells of itself, where there is anything. */
function toldOf(all: Parameters<typeof columnReading>[0]): Pick<Column, 'reading'> {
  const reading = columnReading(all)
  return reading === undefined ? {} : { reading }
}

/** Words that would stand for nothing in a column of numbers, and their rows. */
function* possibleMarks({ levels, codes }: CategoryColumn): Steps<[mark: string, rows: number][]> {
  const places = new Map<number, number>()
  for (const [code, level] of levels.entries()) if (WORDS.has(level)) places.set(code, 0)
  if (places.size === 0) return []
  for (let row = 0; row < codes.length; row++) {
    const before = places.get(codes[row]!)
    if (before !== undefined) places.set(codes[row]!, before + 1)
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return [...places].map(([code, rows]) => [levels[code]!, rows])
}

const WORDS = new Set(missingInValues)

/** Rows that were taken back may leave a level behind that no row has. */
function* withoutUnused(column: CategoryColumn): Steps<CategoryColumn> {
  const { codes, levels } = column
  const used = new Uint8Array(levels.length)
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! >= 0) used[codes[row]!] = 1
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  if (!used.includes(0)) return column
  const numbers = new Int32Array(levels.length)
  const kept: string[] = []
  for (const [code, level] of levels.entries()) {
    if (used[code] === 1) numbers[code] = kept.push(level) - 1
    if (code % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! >= 0) codes[row] = numbers[codes[row]!]!
    if (row % ROWS_OF_STEP === ROWS_OF_STEP - 1) yield
  }
  return { ...column, levels: kept }
}
