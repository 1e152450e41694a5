/*
 * A column as it grows: values come one by one, and one that is not of the column's type is refused.
 */
import { isDate } from '../../kinds.js'
import type { Column, ColumnType } from './column.js'
import { type ColumnNote, type ColumnReading, columnReading } from './column-reading.js'
import { dateFormat, ISO_FORMAT } from './date-format.js'
import { booleanOf, commaNumberOf, dateOf, numberOf } from './texts.js'

/** Rows of a block: large enough that joining them is quick, small enough that the last one wastes little. */
const BLOCK = 65_536

export interface BuilderOptions {
  /** Texts that stand for a missing value, without blanks around them. */
  readonly missing: ReadonlySet<string>
  /** The decimal point of texts. Default: `.`. */
  readonly decimal?: '.' | ','
  /** How the texts of a column of dates are written. Default: as ISO 8601 has them. */
  readonly dateFormat?: string | undefined
  /** What is told of the column. */
  readonly notes?: readonly ColumnNote[] | undefined
}

export interface ColumnBuilder {
  /** Takes a value for the next row; tells whether it is of the column's type or missing. */
  add(value: unknown): boolean
  /** Removes the value added last. */
  undo(): void
  /** The column of all values added since the last call. */
  take(): Column
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

class ValueBuilder implements ColumnBuilder {
  readonly #name: string
  readonly #type: 'number' | 'boolean' | 'date'
  readonly #missing: ReadonlySet<string>
  /** Whether a text such as -999 stands for nothing: then no text is a number before that is known. */
  readonly #numbersMayBeMissing: boolean
  readonly #toNumber: typeof numberOf
  readonly #dateFormat: string | undefined
  readonly #toDate: typeof dateOf
  readonly #reading: ColumnReading | undefined
  #full: Float64Array<ArrayBuffer>[] = []
  #block = new Float64Array(BLOCK)
  #used = 0

  constructor(name: string, type: 'number' | 'boolean' | 'date', options: BuilderOptions) {
    const { missing, decimal, dateFormat: format } = options
    this.#name = name
    this.#type = type
    this.#reading = columnReading({ notes: options.notes })
    this.#dateFormat = format === ISO_FORMAT ? undefined : format
    this.#toDate = format === undefined ? dateOf : dateFormat(`the format of '${name}'`, format).read
    this.#missing = missing
    this.#toNumber = decimal === ',' ? commaNumberOf : numberOf
    this.#numbersMayBeMissing = [...missing].some((text) => this.#toNumber(text) !== undefined)
  }

  add(value: unknown): boolean {
    const number = typeof value === 'string' ? this.#fromText(value) : this.#fromValue(value)
    if (number === undefined) return false
    if (this.#used === BLOCK) {
      this.#full.push(this.#block)
      this.#block = new Float64Array(BLOCK)
      this.#used = 0
    }
    this.#block[this.#used++] = number
    return true
  }

  undo(): void {
    if (this.#used === 0) {
      this.#block = this.#full.pop()!
      this.#used = BLOCK
    }
    this.#used--
  }

  take(): Column {
    const values = new Float64Array(this.#full.length * BLOCK + this.#used)
    let from = 0
    for (const block of this.#full) {
      values.set(block, from)
      from += BLOCK
    }
    values.set(this.#block.subarray(0, this.#used), from)
    this.#full = []
    this.#used = 0
    const told = this.#reading === undefined ? {} : { reading: this.#reading }
    if (this.#type !== 'date') return { name: this.#name, ...told, type: this.#type, values }
    const written = this.#dateFormat === undefined ? {} : { format: this.#dateFormat }
    return { name: this.#name, ...told, type: 'date', values, ...written }
  }

  #fromText(text: string): number | undefined {
    if (this.#type === 'number' && !this.#numbersMayBeMissing) {
      const number = this.#toNumber(text)
      if (number !== undefined) return number
    }
    const trimmed = text.trim()
    if (isMissingText(trimmed, this.#missing)) return Number.NaN
    if (this.#type === 'number') return this.#toNumber(trimmed)
    return this.#type === 'boolean' ? booleanOf(trimmed, true) : this.#toDate(trimmed)
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
    if (typeof value === 'bigint') return this.#type === 'number' ? Number(value) : undefined
    if (typeof value === 'boolean') return this.#type === 'date' ? undefined : Number(value)
    // An invalid date is NaN: missing.
    return this.#type === 'date' && isDate(value) ? value.getTime() : undefined
  }
}

class CategoryBuilder implements ColumnBuilder {
  readonly #name: string
  readonly #missing: ReadonlySet<string>
  readonly #reading: ColumnReading | undefined
  #numbers = new Map<string, number>()
  #full: Int32Array<ArrayBuffer>[] = []
  #block = new Int32Array(BLOCK)
  #used = 0

  constructor(name: string, { missing, notes }: BuilderOptions) {
    this.#name = name
    this.#reading = columnReading({ notes })
    this.#missing = missing
  }

  add(value: unknown): boolean {
    const code = this.#codeOf(value)
    if (code === undefined) return false
    if (this.#used === BLOCK) {
      this.#full.push(this.#block)
      this.#block = new Int32Array(BLOCK)
      this.#used = 0
    }
    this.#block[this.#used++] = code
    return true
  }

  undo(): void {
    if (this.#used === 0) {
      this.#block = this.#full.pop()!
      this.#used = BLOCK
    }
    this.#used--
  }

  take(): Column {
    const levels = [...this.#numbers.keys()]
    const blocks = [...this.#full, this.#block.slice(0, this.#used)]
    const codes = new Int32Array(this.#full.length * BLOCK + this.#used)
    for (const [i, block] of blocks.entries()) codes.set(block, i * BLOCK)
    this.#numbers = new Map()
    this.#full = []
    this.#used = 0
    const told = this.#reading === undefined ? {} : { reading: this.#reading }
    return withoutUnused({ name: this.#name, ...told, type: 'category', levels, codes })
  }

  #codeOf(value: unknown): number | undefined {
    if (isMissing(value, this.#missing)) return -1
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

/** Rows that were taken back may leave a level behind that no row has. */
function withoutUnused(column: Column & { type: 'category' }): Column {
  const used = new Uint8Array(column.levels.length)
  for (const code of column.codes) if (code >= 0) used[code] = 1
  if (!used.includes(0)) return column
  const levels = column.levels.filter((_, code) => used[code] === 1)
  const numbers = new Map(levels.map((level, code) => [level, code]))
  return { ...column, levels, codes: column.codes.map((code) => numbers.get(column.levels[code] ?? '') ?? -1) }
}
