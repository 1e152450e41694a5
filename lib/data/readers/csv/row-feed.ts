/*
 * Which rows of a text are read by native code, many at once, and which one by one: first those that tell what the columns
 * hold, later every row that is not written plainly, or is bad. Both give the same table.
 */
import type { BlockReader } from '../../table/block-reader.js'
import { type TextPiece, textOf } from '../bytes/text-piece.js'
import type { Dialect, Records } from './record.js'
import { RecordSplitter } from './records.js'
import type { CsvAssembly } from './records-to-tables.js'

const LINE_FEED = 10
/** Half a pair of surrogates, which UTF-8 cannot hold. */
const HALF_PAIR = /\p{Surrogate}/u
/** Bytes of a row that is not there whole, from which on it is the splitter's: that one does not look at it twice. */
const LONG_ROW = 256 * 1024
/** Bytes of a row that is not there whole, from which on it waits for more than the next piece. */
const WAITING_ROW = 4 * 1024
/** Characters that the splitter may give back; more are rather read there. */
const SHORT_REST = 64 * 1024
const PORTION = 64 * 1024
/** Fewer plain rows between two that are not are hardly worth a look. */
const FEWEST_ROWS = 8
const FIRST_IN_VAIN = 256
const MOST_IN_VAIN = 64 * 1024

export class RowFeed {
  readonly #assembly: CsvAssembly
  readonly #splitter: RecordSplitter
  /** What has come and was not given to anybody lies between two places. */
  #bytes: Buffer = Buffer.alloc(0)
  readonly #portion: number
  #at = 0
  #end = 0
  /** Bytes without which a row that is not whole is not looked at again. */
  #wanted = 0
  /** Bytes that the splitter is given at once where plain rows are few. */
  #inVain = 0
  /** Whether there is a text that UTF-8 cannot hold. */
  #isOff = false

  /** @param portion characters between two looks at whether rows may be read many at once */
  constructor(dialect: Dialect, firstLine: number, assembly: CsvAssembly, portion = PORTION) {
    this.#portion = portion
    this.#splitter = new RecordSplitter(dialect, firstLine)
    this.#assembly = assembly
  }

  /** The rows that are whole with this piece. Every batch must be taken before the next is asked for. */
  *add(piece: TextPiece): Generator<Records, void, undefined> {
    const reader = this.#isOff ? undefined : this.#assembly.blocks
    if (reader === undefined) {
      yield* this.#addToSplitter(textOf(piece))
      return
    }
    if (typeof piece === 'string' && HALF_PAIR.test(piece)) {
      this.#isOff = true
      yield* this.#splitter.add(this.#take(this.#end - this.#at) + piece)
      return
    }
    this.#append(typeof piece === 'string' ? Buffer.from(piece) : piece)
    yield* this.#read(reader)
  }

  /** In portions, after any of which it may be known what the columns hold. */
  *#addToSplitter(text: string): Generator<Records, void, undefined> {
    for (let at = 0; at < text.length; at += this.#portion) {
      yield* this.#splitter.add(text.slice(at, at + this.#portion))
      if (this.#isOff || this.#assembly.blocks === undefined) continue
      yield* this.add(text.slice(at + this.#portion))
      return
    }
  }

  /** The rows that are left. */
  *end(): Generator<Records, void, undefined> {
    yield* this.#splitter.add(this.#take(this.#end - this.#at))
    yield* this.#splitter.end()
  }

  *#read(reader: BlockReader): Generator<Records, void, undefined> {
    const splitter = this.#splitter
    // What it has from before there was a reader, or of a row that is not whole yet.
    let given = splitter.left > 0 ? Math.max(LINE, splitter.left) : 0
    if (given === 0 && this.#end - this.#at < this.#wanted) return
    this.#wanted = 0
    for (;;) {
      if (given > 0) {
        const before = splitter.left
        const text = this.#take(given)
        if (text === '') return
        yield* splitter.add(text)
        const hasRow = splitter.left < before + text.length
        const rest = hasRow && splitter.left < SHORT_REST ? splitter.release() : undefined
        if (rest !== undefined) this.#putBack(Buffer.from(rest))
        given = rest === undefined ? Math.max(LINE, splitter.left) : 0
        continue
      }
      // A blank line may be a row of a single field: the splitter knows.
      if (reader.fields === 1 && splitter.hasBlanks) {
        given = LINE
        continue
      }
      const end = reader.read(this.#bytes, this.#at, this.#end, splitter.line, this.#assembly.rowsOfBlock)
      const { rows } = reader
      splitter.goOnAt(reader.line)
      this.#at = reader.next
      if (rows > 0) yield { records: [], bad: [], block: reader }
      if (end === 'incomplete') {
        const left = this.#end - this.#at
        // Looked at again when there is twice as much: the work stays in proportion to the text.
        if (left >= WAITING_ROW) this.#wanted = 2 * left
        if (left < LONG_ROW) return
        given = left
      } else if (end === 'unusual') {
        this.#inVain = rows < FEWEST_ROWS ? Math.min(MOST_IN_VAIN, 2 * this.#inVain + FIRST_IN_VAIN) : 0
        // No fewer than were looked at in vain: the work stays in proportion to the text.
        given = Math.max(LINE, reader.tried - this.#at, this.#inVain)
      }
    }
  }

  #append(piece: Uint8Array): void {
    const left = this.#end - this.#at
    if (this.#end + piece.length > this.#bytes.length) {
      const isLarge = left + piece.length <= this.#bytes.length
      const bytes = isLarge ? this.#bytes : Buffer.allocUnsafeSlow(2 * (left + piece.length))
      this.#bytes.copy(bytes, 0, this.#at, this.#end)
      this.#bytes = bytes
      this.#at = 0
      this.#end = left
    }
    this.#bytes.set(piece, this.#end)
    this.#end += piece.length
  }

  /** Takes about as many bytes, up to the end of a line, or all that there are. */
  #take(count: number): string {
    const feed = this.#bytes.subarray(0, this.#end).indexOf(LINE_FEED, Math.min(this.#end, this.#at + count - 1))
    const end = feed === -1 ? this.#end : feed + 1
    const text = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end
    return text
  }

  /** Of what was taken last, or even before it. */
  #putBack(rest: Buffer): void {
    if (rest.length <= this.#at) {
      this.#at -= rest.length
      return
    }
    const left = this.#bytes.subarray(this.#at, this.#end)
    this.#bytes = Buffer.concat([rest, left])
    this.#at = 0
    this.#end = this.#bytes.length
  }
}

/** A line, however long it is. */
const LINE = 1
