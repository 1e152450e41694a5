/*
 * Many rows of a text at once, read by native code into the columns of a table that grows. Rows that are not written
 * plainly, or are bad, are left to be taken one by one.
 */
import { isAscii } from 'node:buffer'
import { type Addon, native, type RowReader, type RowRoom } from '../../native/addon.js'
import {
  type EventField,
  eventFields,
  type FieldKind,
  fieldEvents,
  fieldKinds,
  type RowsEnd,
  type RowsField,
  rowsEnds,
  rowsFields,
} from '../../native/generated/enums.js'
import type { ColumnBuilder, FieldReading } from './column-builder.js'

/** How rows are written. */
export interface RowSyntax {
  readonly delimiter: string
  /** '' for none. */
  readonly quote: string
  /** How lines begin that are no rows; '' for none. */
  readonly comment: string
  /** Of a row. */
  readonly fields: number
  /** Whether an empty field more may stand at the end. */
  readonly trailing: boolean
}

interface ReadColumn {
  /** Where a row has it. */
  readonly at: number
  readonly builder: ColumnBuilder
}

/** Fields of a block, of all its rows together, and bytes of text: few enough that they take a millisecond or two. */
const FIELDS_OF_BLOCK = 65_536
const MOST_ROWS = 8192
const BYTES_OF_BLOCK = 128 * 1024
/** Of more fields there would be few rows in a block. */
const MOST_FIELDS = 16_384
/** Lines are told in 32 bits. */
const LAST_LINE = 2 ** 31 - 2 ** 24
/** What numbers and words are made of, or stands around them. */
const IN_VALUES = /[\w.+\-\s]/

/** Whether it is one byte of UTF-8, and no part of a value. */
function stands(character: string): boolean {
  return character.length === 1 && character < '\u0080' && !IN_VALUES.test(character)
}

const placeOf = (field: RowsField) => rowsFields.indexOf(field)
const [ROWS, NEXT, LINE, END, EVENTS, TRIED, FIELD] = (
  ['rows', 'next', 'line', 'end', 'events', 'tried', 'field'] as const
).map(placeOf) as [number, number, number, number, number, number, number]
const ofEvent = (field: EventField) => eventFields.indexOf(field)
const [EVENT, EVENT_ROW, EVENT_FIELD, EVENT_BEGIN, EVENT_END] = (
  ['event', 'row', 'field', 'begin', 'end'] as const
).map(ofEvent) as [number, number, number, number, number]
const ends = Object.keys(rowsEnds) as RowsEnd[]

export class BlockReader {
  readonly #columns: readonly ReadColumn[]
  readonly #syntax: RowSyntax
  readonly #reader: RowReader
  readonly #room: RowRoom
  readonly #kinds: FieldKind[]
  readonly #readings: readonly FieldReading[]
  /** Of a field, among the columns. */
  readonly #placeOf: Int32Array
  /** The column whose texts became too many to number, which is read text by text from the next block on; -1 for none. */
  #crowded = -1
  #text: Buffer = Buffer.alloc(0)
  /** The block's own text where it is ASCII, and where that begins. */
  #ascii: string | undefined
  #asciiFrom = 0

  private constructor(addon: Addon, columns: readonly ReadColumn[], syntax: RowSyntax) {
    this.#columns = columns
    this.#syntax = syntax
    this.#readings = columns.map(({ builder }) => builder.reading)
    this.#kinds = this.#readings.map(({ kind, point }) => (point === syntax.delimiter ? 'text' : kind))
    this.#placeOf = new Int32Array(syntax.fields).fill(-1)
    const readings = new Int32Array(3 * syntax.fields)
    for (let field = 0; field < syntax.fields; field++) readings.set([fieldKinds.skip, '.'.charCodeAt(0), 0], 3 * field)
    for (const [place, { at }] of columns.entries()) {
      const { point, strict } = this.#readings[place]!
      this.#placeOf[at] = place
      readings.set([fieldKinds[this.#kinds[place]!], point.charCodeAt(0), strict ? 1 : 0], 3 * at)
    }
    const { delimiter, quote, comment, trailing } = syntax
    this.#reader = new addon.RowReader(delimiter, quote, comment, trailing, readings)
    for (const [place, { at }] of columns.entries()) this.#reader.know(at, this.#readings[place]!.missing)
    const rows = Math.min(MOST_ROWS, Math.max(1, Math.floor(FIELDS_OF_BLOCK / syntax.fields)))
    const fields = rows * columns.length
    this.#room = {
      values: new Float64Array(fields),
      codes: new Int32Array(fields),
      cells: new Int32Array(2 * fields),
      lines: new Int32Array(rows),
      begins: new Int32Array(rows),
      events: new Int32Array(eventFields.length * Math.max(syntax.fields, Math.ceil(fields / 4))),
      told: new Float64Array(rowsFields.length),
    }
  }

  /** @returns undefined where rows of this syntax, or on this machine, are taken one by one */
  static of(columns: readonly ReadColumn[], syntax: RowSyntax): BlockReader | undefined {
    const { delimiter, quote, fields } = syntax
    if (fields > MOST_FIELDS || !(delimiter === '\t' || stands(delimiter))) return undefined
    if (quote !== '' && (quote === delimiter || !stands(quote))) return undefined
    try {
      return new BlockReader(native(), columns, syntax)
    } catch {
      // What must be told of an addon that does not load is told where nothing goes without it.
      return undefined
    }
  }

  get fields(): number {
    return this.#syntax.fields
  }

  /** Rows that were read last. */
  get rows(): number {
    return this.#room.told[ROWS]!
  }

  /** Where the row behind them begins. */
  get next(): number {
    return this.#room.told[NEXT]!
  }

  /** In which line it does. */
  get line(): number {
    return this.#room.told[LINE]!
  }

  /** Up to where that row was looked at. */
  get tried(): number {
    return this.#room.told[TRIED]!
  }

  /** In which lines the rows begin. */
  get lines(): Int32Array<ArrayBuffer> {
    return this.#room.lines as Int32Array<ArrayBuffer>
  }

  /**
   * Reads rows between two places of a text, which stays as it is until they have been added.
   *
   * @returns why no more were read
   */
  read(text: Buffer, from: number, to: number, line: number, mostRows: number): RowsEnd {
    const { told, lines } = this.#room
    this.#text = text
    this.#ascii = undefined
    if (line > LAST_LINE) {
      told.set([0, from, line], ROWS)
      told[TRIED] = from
      return 'unusual'
    }
    this.#lookAtKinds()
    // Not before the rows of the block before were added, whose texts have numbers.
    if (this.#crowded >= 0) this.#setKind(this.#crowded, 'text')
    this.#crowded = -1
    this.#reader.read(text, from, to, line, Math.min(mostRows, lines.length), BYTES_OF_BLOCK, this.#room)
    this.#learn()
    const end = ends[told[END]!]!
    if (end !== 'texts') return end
    this.#crowded = this.#placeOf[told[FIELD]!]!
    return 'full'
  }

  /** Adds the rows from one on to their columns, up to the first that does not fit. @returns which that is */
  add(from: number): number {
    const rounded = this.#round(from)
    const end = this.#addCells(from, rounded)
    if (end === from) return end
    this.#tellMarks(from, end)
    const { values, codes, lines } = this.#room
    for (const [place, kind] of this.#kinds.entries()) {
      const first = place * lines.length
      const { builder } = this.#columns[place]!
      if (kind === 'level') builder.addTexts(codes, first + from, first + end)
      else if (kind !== 'text') builder.addValues(values, first + from, first + end)
    }
    return end
  }

  /** The text of a row, and its line. */
  row(row: number): { readonly text: string; readonly line: number } {
    const { begins, lines } = this.#room
    const end = row + 1 < this.rows ? begins[row + 1]! : this.next
    return { text: this.#text.toString('utf8', begins[row]!, end), line: lines[row]! }
  }

  /** Gives up native memory. */
  release(): void {
    this.#reader.release()
  }

  /** Columns may come to be read in another way, once it is known how their numbers are written. */
  #lookAtKinds(): void {
    for (const [place, kind] of this.#kinds.entries()) {
      if (kind !== 'text' || this.#readings[place]!.kind !== 'text') continue
      const reading = this.#columns[place]!.builder.reading
      if (reading.kind !== 'text' && reading.point !== this.#syntax.delimiter) this.#setKind(place, reading.kind)
    }
  }

  #setKind(place: number, kind: FieldKind): void {
    this.#kinds[place] = kind
    this.#reader.setKind(this.#columns[place]!.at, fieldKinds[kind])
  }

  /** New texts have their numbers whether their rows are taken or not. */
  #learn(): void {
    const { events, told } = this.#room
    const until = told[EVENTS]! * eventFields.length
    for (let at = 0; at < until; at += eventFields.length) {
      if (events[at + EVENT] !== fieldEvents.text) continue
      const { builder } = this.#columns[this.#placeOf[events[at + EVENT_FIELD]!]!]!
      builder.learn(this.#textOf(events[at + EVENT_BEGIN]!, events[at + EVENT_END]!).trim())
    }
  }

  /** Reads the numbers that native code leaves open. @returns the first row that has none */
  #round(from: number): number {
    const { events, told, values, lines } = this.#room
    const until = told[EVENTS]! * eventFields.length
    for (let at = 0; at < until; at += eventFields.length) {
      const row = events[at + EVENT_ROW]!
      if (events[at + EVENT] !== fieldEvents.number || row < from) continue
      const place = this.#placeOf[events[at + EVENT_FIELD]!]!
      const text = this.#textOf(events[at + EVENT_BEGIN]!, events[at + EVENT_END]!)
      const number = this.#columns[place]!.builder.numberOf(text)
      if (number === undefined) return row
      values[place * lines.length + row] = number
    }
    return this.rows
  }

  #tellMarks(from: number, to: number): void {
    const { events, told } = this.#room
    const until = told[EVENTS]! * eventFields.length
    for (let at = 0; at < until; at += eventFields.length) {
      const row = events[at + EVENT_ROW]!
      if (events[at + EVENT] !== fieldEvents.mark || row < from || row >= to) continue
      const place = this.#placeOf[events[at + EVENT_FIELD]!]!
      this.#columns[place]!.builder.addMark(this.#readings[place]!.missing[events[at + EVENT_BEGIN]!]!)
    }
  }

  /** Adds the columns that are read text by text. @returns the first row that does not fit, or `to` */
  #addCells(from: number, to: number): number {
    const texts = this.#kinds.flatMap((kind, place) => (kind === 'text' ? [place] : []))
    if (texts.length === 0) return to
    const { cells } = this.#room
    const columns = this.#columns.length
    for (let row = from; row < to; row++) {
      for (const [i, place] of texts.entries()) {
        const at = 2 * (row * columns + place)
        if (this.#columns[place]!.builder.add(this.#textOf(cells[at]!, cells[at + 1]!))) continue
        for (const before of texts.slice(0, i)) this.#columns[before]!.builder.undo()
        return row
      }
    }
    return to
  }

  /** @param end -1 less the place where the quotes in it are doubled */
  #textOf(begin: number, end: number): string {
    if (end >= 0) return this.#slice(begin, end)
    const { quote } = this.#syntax
    return this.#slice(begin, -1 - end).replaceAll(quote + quote, quote)
  }

  #slice(begin: number, end: number): string {
    if (this.#ascii === undefined) {
      const first = this.rows > 0 ? this.#room.begins[0]! : this.next
      const last = Math.max(this.next, this.tried)
      this.#asciiFrom = first
      this.#ascii = isAscii(this.#text.subarray(first, last)) ? this.#text.toString('latin1', first, last) : ''
    }
    // A text that begins before the block, or is not ASCII, is taken from the bytes.
    if (this.#ascii === '' || end > this.#asciiFrom + this.#ascii.length) return this.#text.toString('utf8', begin, end)
    return this.#ascii.slice(begin - this.#asciiFrom, end - this.#asciiFrom)
  }
}
