/*
 * Text, in pieces, split into rows and fields: one pass, whose work is in proportion to the text whatever stands in it.
 */
import type { BadRow } from '../../table/table.js'
import { blankFrom, Finder } from './finder.js'
import { BLANKS, type CsvRecord, type Dialect, type Records } from './record.js'
import { HAS_NUL, textBehind, unclosed, unclosedFor } from './row-problems.js'

/** A row of more characters is a quote that was never closed. */
export const LONGEST_ROW = 64 * 1024 * 1024
/** Characters of a batch: few enough that reading them holds the event loop for a few milliseconds. */
const BATCH = 64 * 1024

/** Ends a file of MS-DOS. */
const CTRL_Z = '\u001a'

const RUN_OF_BLANKS = /[ \t]+/

/** What stands at a place: the end of a row; or that more text is needed to tell, or that the row is bad. */
const INCOMPLETE = -1
const BAD = -2
/** The row is long: others get their turn before it goes on. */
const PAUSED = -3

/** Within a row, where it was left. */
interface Pause {
  /** Where its first line ends, and whether nothing is quoted there. */
  readonly lineEnd: number
  readonly plain: boolean
  /** Where its next field begins. */
  readonly at: number
  /** Within a quoted field. */
  readonly field?: OpenField
}

/** A quoted field so far. */
interface OpenField {
  readonly opening: number
  /** What comes next, behind what `value` holds. */
  readonly from: number
  readonly value: string
  /** The first line end behind the opening quote. */
  readonly lineEnd: number
}

/**
 * Splits text that comes in pieces. Where a quote is not closed, or text follows a closing one, the line is bad by itself,
 * and the next line begins a new row: one stray quote costs one line.
 *
 * Every character is looked at a bounded number of times. A row that is not there whole is tried again once there is twice
 * as much of it. Where a row of many lines turns out bad, each of its lines is tried as a row; one that comes to stand
 * within quotes at the start of a line of the bad row would go on as that one did, and is bad without being followed.
 */
export class RecordSplitter {
  readonly #dialect: Dialect
  readonly #longest: number
  #text = ''
  /** A Ctrl-Z behind what has come, until it is known whether the file ends with it. */
  #held = ''
  /** Where the next row begins. */
  #at = 0
  /** Place of the text's first character in all of it. */
  #offset = 0
  #line: number
  #blanks = 0
  /** Until as much has come there is no use in trying again. */
  #wanted = 0
  /** Line starts up to here, of all the text, lead nowhere for a row that stands within quotes there. */
  #doomed = 0
  #unclosed = false
  #last = false
  /** Whether the rest of a line that was too long is still to come. */
  #dropping = false
  readonly #newline: Finder
  readonly #quote: Finder
  readonly #delimiter: Finder
  readonly #escape: Finder
  readonly #nul: Finder
  #fields: string[] = []
  #reason = ''
  #pause: Pause | undefined
  #paused: Pick<Pause, 'at' | 'field'> = { at: 0 }
  /** Up to here a row is taken without a pause. */
  #pauseAt = 0
  #scanned = 0
  /** Comment lines left out. */
  comments = 0

  /** @param longest characters of a row; a longer one is bad */
  constructor(dialect: Dialect, firstLine = 1, longest = LONGEST_ROW) {
    this.#dialect = dialect
    this.#line = firstLine
    this.#longest = longest
    this.#newline = new Finder('\n')
    this.#quote = new Finder(dialect.quote)
    this.#delimiter = new Finder(dialect.delimiter === BLANKS ? '' : dialect.delimiter)
    this.#escape = new Finder(dialect.escape)
    this.#nul = new Finder('\0')
  }

  /** Characters looked at, by which tests see that the work is in proportion to the text. */
  get scanned(): number {
    const finders = [this.#newline, this.#quote, this.#delimiter, this.#escape, this.#nul]
    return finders.reduce((sum, finder) => sum + finder.scanned, this.#scanned)
  }

  /** The line in which the next row begins. */
  get line(): number {
    return this.#line
  }

  /** Characters that were added and are of no row yet. */
  get left(): number {
    return this.#text.length - this.#at + this.#held.length
  }

  /** Whether blank lines stand before the next row. */
  get hasBlanks(): boolean {
    return this.#blanks > 0
  }

  /** Gives back what is left, to be added again or read elsewhere; undefined where what is known of it is still needed. */
  release(): string | undefined {
    if (this.#dropping || this.#offset + this.#at < this.#doomed) return undefined
    const rest = this.#text.slice(this.#at) + this.#held
    this.#text = ''
    this.#held = ''
    this.#at = 0
    this.#offset = 0
    this.#doomed = 0
    this.#wanted = 0
    this.#forget()
    return rest
  }

  /** The rows up to a line were read elsewhere; nothing may be left. */
  goOnAt(line: number): void {
    this.#line = line
  }

  /** The rows that are whole with this piece, in batches. */
  *add(piece: string): Generator<Records, void, undefined> {
    const text = this.#held + piece
    this.#held = text.endsWith(CTRL_Z) ? CTRL_Z : ''
    this.#append(text.slice(0, text.length - this.#held.length))
    if (this.#text.length >= this.#wanted) yield* this.#batches()
  }

  /** The rows that are left, without a Ctrl-Z at the end. */
  *end(): Generator<Records, void, undefined> {
    this.#last = true
    this.#forget()
    yield* this.#batches()
  }

  #append(piece: string): void {
    let text = piece
    if (this.#dropping) {
      const end = text.indexOf('\n')
      const dropped = end === -1 ? text.length : end + 1
      this.#offset += dropped
      if (end === -1) return
      this.#dropping = false
      this.#line++
      text = text.slice(dropped)
    }
    if (this.#at > 0) {
      this.#text = this.#text.slice(this.#at)
      this.#offset += this.#at
      this.#at = 0
    }
    this.#text += text
    this.#forget()
  }

  #forget(): void {
    this.#pause = undefined
    for (const finder of [this.#newline, this.#quote, this.#delimiter, this.#escape, this.#nul]) finder.forget()
  }

  *#batches(): Generator<Records, void, undefined> {
    let more = true
    while (more && this.#at < this.#text.length) {
      const records: CsvRecord[] = []
      const bad: BadRow[] = []
      const until = this.#at + BATCH
      while (this.#at < this.#text.length && this.#at < until) {
        more = this.#next(records, bad)
        if (!more || this.#pause !== undefined) break
      }
      if (records.length > 0 || bad.length > 0 || this.#pause !== undefined)
        yield { records, bad, isEndless: this.#dropping }
    }
    const rest = this.#text.length - this.#at
    this.#wanted = Math.min(2 * rest, this.#longest + 1)
  }

  /** @returns whether the row, or what stands in its place, was there whole */
  #next(records: CsvRecord[], bad: BadRow[]): boolean {
    const at = this.#at
    const pause = this.#pause
    const lineEnd = pause?.lineEnd ?? this.#lineEnd(at)
    if (lineEnd === INCOMPLETE) return this.#tooLong(bad)
    const { comment } = this.#dialect
    if (pause === undefined && comment !== '' && this.#text.startsWith(comment, at)) {
      this.comments++
      this.#goOn(lineEnd)
      return true
    }
    const plain =
      pause?.plain ?? (this.#quote.from(this.#text, at) >= lineEnd && this.#escape.from(this.#text, at) >= lineEnd)
    this.#pauseAt = (pause?.field?.from ?? pause?.at ?? at) + BATCH
    const isShort = pause === undefined && (lineEnd <= this.#pauseAt || this.#dialect.delimiter === BLANKS)
    const end = plain && isShort ? this.#plainRow(at, lineEnd) : this.#row(at, pause)
    if (end === PAUSED) {
      this.#pause = { lineEnd, plain, ...this.#paused }
      return true
    }
    this.#pause = undefined
    if (end === INCOMPLETE) return this.#tooLong(bad)
    if (end === BAD) {
      bad.push({ line: this.#line, reason: this.#reason })
      this.#goOn(lineEnd)
      return true
    }
    const fields = this.#fields
    if (this.#nul.from(this.#text, at) < end) bad.push({ line: this.#line, reason: HAS_NUL })
    else if (fields.length === 1 && fields[0]!.trim() === '' && plain) this.#blanks++
    else {
      records.push({ fields, line: this.#line, blanks: this.#blanks })
      this.#blanks = 0
    }
    this.#line += plain ? 0 : this.#newlinesBetween(at, end)
    this.#goOn(end)
    return true
  }

  /** Steps behind a line end. */
  #goOn(end: number): void {
    this.#at = end + 1
    this.#line++
  }

  #plainRow(at: number, end: number): number {
    const { delimiter } = this.#dialect
    const line = this.#text.slice(at, end)
    this.#scanned += line.length
    this.#fields = delimiter === BLANKS ? line.trim().split(RUN_OF_BLANKS) : line.split(delimiter)
    return end
  }

  /** A row with quotes or escapes in it, or one that is long. @returns where it ends, at a line end or that of the text */
  #row(start: number, pause?: Pause): number {
    const text = this.#text
    const { quote } = this.#dialect
    let open = pause?.field
    if (pause === undefined) this.#fields = []
    let at = pause?.at ?? start
    if (this.#dialect.delimiter === BLANKS) at = this.#behindBlanks(at)
    for (;;) {
      if (at > this.#pauseAt && open === undefined) {
        this.#paused = { at }
        return PAUSED
      }
      const opening = quote === '' ? -1 : this.#behindBlanks(at)
      let end = BAD
      if (opening >= 0 && text.startsWith(quote, opening)) {
        const field: number | OpenField = this.#quotedField(open ?? this.#opened(opening), start)
        open = undefined
        if (typeof field !== 'number') {
          this.#paused = { at, field }
          return PAUSED
        }
        end = field
        if (end === INCOMPLETE) return INCOMPLETE
        // Behind blanks a quote may be a character like any other.
        if (end === BAD && opening === at) return BAD
      }
      if (end === BAD) end = this.#unquotedField(at)
      if (end === INCOMPLETE) return INCOMPLETE
      if (end === text.length || text.charCodeAt(end) === 10) return end
      at = this.#behindDelimiter(end)
      if (at === INCOMPLETE) return INCOMPLETE
      // Blanks at the end of a line part no fields.
      if (this.#dialect.delimiter === BLANKS && (at === text.length || text.charCodeAt(at) === 10)) {
        return at === text.length && !this.#last ? INCOMPLETE : at
      }
    }
  }

  #opened(opening: number): OpenField {
    return { opening, from: opening + 1, value: '', lineEnd: this.#newline.from(this.#text, opening + 1) }
  }

  /** @returns where the field ends: at a delimiter, a line end, or the end of the text; or how far it was taken */
  #quotedField(open: OpenField, start: number): number | OpenField {
    const text = this.#text
    const { quote, escape: mark } = this.#dialect
    const { opening, from: next, lineEnd } = open
    let from = next
    let plain = true
    const valueTo = (end: number): string => {
      const value = text.slice(next, end)
      return open.value + (plain && mark === '' ? value : this.#unescaped(value.replaceAll(quote + quote, quote)))
    }
    for (;;) {
      // A quote was the last character: what stands before it is known.
      if (from > this.#pauseAt && from > next) return { ...open, from, value: valueTo(from) }
      const closing = text.indexOf(quote, from)
      this.#scanned += (closing === -1 ? text.length : closing) - from + 1
      const crossed = lineEnd < text.length && (closing === -1 || closing > lineEnd)
      if (crossed && this.#offset + lineEnd + 1 <= this.#doomed) {
        this.#reason = this.#unclosed ? unclosed(quote) : textBehind(quote, mark)
        return BAD
      }
      if (closing === -1) {
        const long = text.length - start > this.#longest
        if (!this.#last && !long) return INCOMPLETE
        this.#reason = this.#last ? unclosed(quote) : unclosedFor(quote, this.#longest)
        this.#doom(text.length, true)
        return BAD
      }
      if (mark !== '' && mark !== quote && this.#isEscaped(closing, opening + 1)) {
        from = closing + 1
        plain = false
        continue
      }
      if (closing + 1 === text.length && !this.#last) return INCOMPLETE
      if (text.startsWith(quote, closing + 1)) {
        from = closing + 2
        plain = false
        continue
      }
      const end = this.#fieldEndBehind(closing + 1)
      if (end === INCOMPLETE) return INCOMPLETE
      if (end === BAD) {
        this.#reason = textBehind(quote, mark)
        this.#doom(closing, false)
        return BAD
      }
      this.#fields.push(valueTo(closing))
      return end
    }
  }

  /** Where the field ends whose closing quote is before `at`. */
  #fieldEndBehind(at: number): number {
    const text = this.#text
    const { delimiter } = this.#dialect
    if (delimiter === BLANKS) {
      const isEnd = at === text.length || ' \t\n'.includes(text[at]!)
      return isEnd ? at : BAD
    }
    const end = this.#behindBlanks(at)
    if (end === text.length) return this.#last ? end : INCOMPLETE
    if (text.charCodeAt(end) === 10 || text.startsWith(delimiter, end)) return end
    // Half of a delimiter may stand at the end of what has come.
    return !this.#last && delimiter.startsWith(text.slice(end, end + delimiter.length)) ? INCOMPLETE : BAD
  }

  #unquotedField(at: number): number {
    const text = this.#text
    const { delimiter, escape: mark } = this.#dialect
    let end = at
    for (let from = at; ; from = end + 1) {
      const lineEnd = this.#lineEnd(from)
      end = delimiter === BLANKS ? blankFrom(text, from) : this.#delimiter.from(text, from)
      if (lineEnd !== INCOMPLETE && lineEnd < end) end = lineEnd
      // The line's end has not come: what stands at the end may go on, or be half of a delimiter.
      if (lineEnd === INCOMPLETE && end >= text.length) return INCOMPLETE
      if (mark === '' || !this.#isEscaped(end, at)) break
      if (end === text.length) break
    }
    const value = text.slice(at, end)
    this.#fields.push(mark === '' ? value : this.#unescaped(value))
    return end
  }

  #behindDelimiter(at: number): number {
    const { delimiter } = this.#dialect
    return delimiter === BLANKS ? this.#behindBlanks(at) : at + delimiter.length
  }

  /** Behind blanks that are no delimiters. */
  #behindBlanks(at: number): number {
    const text = this.#text
    const tabs = this.#dialect.delimiter !== '\t'
    let end = at
    for (;;) {
      const code = text.charCodeAt(end)
      if (!(code === 32 || (code === 9 && tabs)) || this.#dialect.delimiter === ' ') return end
      end++
    }
  }

  /** Whether an odd number of escapes stands before. */
  #isEscaped(at: number, first: number): boolean {
    const code = this.#dialect.escape.charCodeAt(0)
    let before = at - 1
    while (before >= first && this.#text.charCodeAt(before) === code) before--
    return (at - 1 - before) % 2 === 1
  }

  /** Without the escapes before quotes, delimiters, line ends and escapes; before anything else they are characters. */
  #unescaped(value: string): string {
    const { quote, escape: mark, delimiter } = this.#dialect
    if (mark === '' || mark === quote || !value.includes(mark)) return value
    let plain = ''
    let from = 0
    for (let at = value.indexOf(mark); at !== -1; at = value.indexOf(mark, from)) {
      const next = value[at + 1]
      const parts = delimiter === BLANKS ? next === ' ' || next === '\t' : next === delimiter[0]
      const takes = next !== undefined && (parts || next === quote || next === mark || next === '\n')
      plain += value.slice(from, takes ? at : at + 1)
      if (takes) plain += next
      from = takes ? at + 2 : at + 1
    }
    return plain + value.slice(from)
  }

  /** Remembers where rows lead that stand within quotes at the start of a line before `end`. */
  #doom(end: number, isUnclosed: boolean): void {
    const lineStart = this.#offset + this.#text.lastIndexOf('\n', end - 1) + 1
    if (lineStart <= this.#doomed) return
    this.#doomed = lineStart
    this.#unclosed = isUnclosed
  }

  /** A row that is not there whole. @returns whether it will never be, and was told as bad */
  #tooLong(bad: BadRow[]): boolean {
    if (this.#last || this.#text.length - this.#at <= this.#longest) return false
    bad.push({ line: this.#line, reason: `it has more than ${this.#longest} characters` })
    const end = this.#newline.from(this.#text, this.#at)
    if (end < this.#text.length) {
      this.#doom(this.#text.length, true)
      this.#goOn(end)
      return true
    }
    this.#at = this.#text.length
    this.#dropping = true
    return true
  }

  #newlinesBetween(at: number, end: number): number {
    let count = 0
    for (
      let next = this.#text.indexOf('\n', at);
      next !== -1 && next < end;
      next = this.#text.indexOf('\n', next + 1)
    ) {
      count++
    }
    return count
  }

  /** The end of the line, that of the text if it is the last one. */
  #lineEnd(at: number): number {
    const found = this.#newline.from(this.#text, at)
    if (found < this.#text.length) return found
    return this.#last ? this.#text.length : INCOMPLETE
  }
}
