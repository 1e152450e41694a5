/*
 * What an encoder needs to know of a column, gathered in one pass of bounded memory.
 */

import { RandomStream } from '../../../random/stream.js'
import { streams } from '../../../random/streams.js'
import type { Steps } from '../../../turns.js'
import type { Column, ColumnType } from '../../table/column.js'
import { RunningScale } from '../mean-and-deviation.js'
import { textOf } from '../read-cells.js'
import { type TextReading, textReadingOf } from '../text-reading.js'
import { datePartsOf } from '../write-features.js'

/** Levels of a column that are counted; those that come later are counted together. */
export const MOST_LEVELS = 100_000
/** Values that quantiles are taken of: of more, a sample. */
const MOST_SAMPLED = 100_000
/** Values between two steps. */
const VALUES_OF_STEP = 16_384

export interface StatisticsOptions {
  /** Whether quantiles will be asked for. */
  readonly sample: boolean
  /** Whether numbers are counted by value: those of a target may be classes. */
  readonly count: boolean
}

/** What an encoder goes by of one column, gathered over as many tables as there are. */
export class ColumnStatistics {
  readonly name: string
  readonly type: ColumnType
  /** How the texts of dates were written. */
  readonly format: string | undefined
  /** Whether spellings of a category's text were united. */
  readonly ignoreCase: boolean
  /** How its texts were read. */
  readonly texts: TextReading
  rows = 0
  missing = 0
  /** Rows of every value, as text, where they are counted; complete unless `levelsLeftOut`. */
  readonly counts = new Map<string, number>()
  /** Rows whose values were not counted, because there were too many values. */
  levelsLeftOut = 0
  /** Whether all numbers are whole. */
  whole = true
  /** Whether two values differ, missing ones aside. */
  varies = false
  /** The number farthest from 0, and the first row that has it. */
  largest = 0
  rowOfLargest = 0
  lineOfLargest: number | undefined
  /** The least and the greatest number or date. */
  least = Number.POSITIVE_INFINITY
  most = Number.NEGATIVE_INFINITY
  /** Whether a date has a time of day. */
  hour = false
  readonly values = new RunningScale()
  readonly days = new RunningScale()
  readonly years = new RunningScale()
  readonly daysOfMonth = new RunningScale()
  #first: number | undefined
  readonly #countsNumbers: boolean
  #sample: number[] | undefined
  #random: RandomStream | undefined

  constructor(column: Column, { sample, count }: StatisticsOptions) {
    const { name, type } = column
    this.name = name
    this.type = type
    this.format = column.type === 'date' ? column.format : undefined
    this.ignoreCase = column.type === 'category' && column.ignoreCase === true
    this.texts = textReadingOf(column)
    this.#countsNumbers = count
    if (sample && type === 'number') this.#sample = []
  }

  get known(): number {
    return this.rows - this.missing
  }

  /** @param lineOf the line of the file that a row of the column's table is from, if it is from one */
  *add(column: Column, lineOf: (row: number) => number | undefined): Steps<void> {
    if (column.type === 'category') {
      yield* this.#addTexts(column.levels, column.codes)
      return
    }
    const { values } = column
    const before = this.rows
    for (let row = 0; row < values.length; row++) {
      this.#addNumber(values[row]!)
      if (row % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    }
    if (this.rowOfLargest >= before) this.lineOfLargest = lineOf(this.rowOfLargest - before)
  }

  /** In order of size. */
  sorted(): Float64Array {
    return Float64Array.from(this.#sample ?? []).sort()
  }

  *#addTexts(levels: readonly string[], codes: Int32Array): Steps<void> {
    const counts = new Float64Array(levels.length)
    for (let row = 0; row < codes.length; row++) {
      if (codes[row]! < 0) this.missing++
      else counts[codes[row]!]!++
      if (row % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    }
    this.rows += codes.length
    for (const [code, level] of levels.entries()) {
      if (counts[code]! > 0) this.#count(level, counts[code]!)
      if (code % VALUES_OF_STEP === VALUES_OF_STEP - 1) yield
    }
    this.varies = this.counts.size > 1
  }

  #addNumber(value: number): void {
    this.rows++
    // What is not finite says as little as nothing.
    if (!Number.isFinite(value)) {
      this.missing++
      return
    }
    this.#first ??= value
    if (value !== this.#first) this.varies = true
    if (value < this.least) this.least = value
    if (value > this.most) this.most = value
    if (this.type === 'date') {
      this.#addDate(value)
      return
    }
    this.values.add(value)
    if (Math.abs(value) > Math.abs(this.largest)) {
      this.largest = value
      this.rowOfLargest = this.rows - 1
    }
    if (this.whole && !Number.isInteger(value)) this.whole = false
    // Once there are too many, nobody will take them for classes.
    if (this.levelsLeftOut > 0) this.levelsLeftOut++
    else if (this.#countsNumbers) this.#count(textOf(this.type, value), 1)
    if (this.#sample !== undefined) this.#draw(this.#sample, value)
  }

  #addDate(time: number): void {
    const parts = datePartsOf(time)!
    this.days.add(parts.days)
    this.years.add(parts.year)
    this.daysOfMonth.add(parts.dayOfMonth)
    if (parts.hour !== 0) this.hour = true
  }

  #count(level: string, rows: number): void {
    const before = this.counts.get(level)
    const most = this.type === 'category' ? MOST_LEVELS : MOST_NUMBERS
    if (before === undefined && this.counts.size === most) this.levelsLeftOut += rows
    else this.counts.set(level, (before ?? 0) + rows)
  }

  /** A sample of equal chances, of numbers that come one by one (Vitter's algorithm R). */
  #draw(sample: number[], value: number): void {
    const seen = this.known
    if (sample.length < MOST_SAMPLED) sample.push(value)
    else {
      this.#random ??= new RandomStream(0, streams.columnSample)
      const place = Math.floor(this.#random.uniform() * seen)
      if (place < MOST_SAMPLED) sample[place] = value
    }
  }
}

/** Different numbers that are counted: more are no classes. */
export const MOST_NUMBERS = 1000
