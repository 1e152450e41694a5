/*
 * Bytes that come in pieces, as text.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { FileProblem } from '../../../files/file-error.js'
import { didYouMean, invalid } from '../../../validate.js'
import { countLineFeeds } from './line-ends.js'
import { asBuffer, type TextPiece } from './text-piece.js'

/** Those that are shown where one is unknown. Each has more names: see the WHATWG's Encoding Standard. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'latin1',
  'windows-1252',
  ...[1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258, 874].map((page) => `windows-${page}` as const),
  ...[2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15].map((part) => `iso-8859-${part}` as const),
  'ibm866',
  'koi8-r',
  'koi8-u',
  'macintosh',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'gbk',
  'gb18030',
  'big5',
  'euc-kr',
] as const

/** The name of an encoding, of those that Node's TextDecoder knows. */
export type TextEncoding = (typeof encodings)[number] | (string & {})

/** @returns the name that the encoding has among its names */
export function checkEncoding(name: unknown): TextEncoding {
  if (typeof name === 'string') {
    // That of the web has no characters of its own.
    if (name.trim().toLowerCase() === 'utf-16') return 'utf-16le'
    try {
      return new TextDecoder(name).encoding
    } catch {
      // Told below.
    }
  }
  const list = encodings.map((one) => `'${one}'`).join(', ')
  const hint = didYouMean(typeof name === 'string' ? name.toLowerCase().replaceAll('_', '-') : name, encodings)
  throw invalid('encoding', `encoding that TextDecoder knows, such as ${list},`, name, hint)
}

/** What windows-1252 has where latin1 has control characters, from 0x80 to 0x9f. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** A character of UTF-8 has up to four bytes. */
const LONGEST_CHARACTER = 4

interface Decoder {
  decode(bytes: Uint8Array): TextPiece
  end(): string
}

/**
 * Takes bytes for the encoding given, or for the one that they show: a byte order mark says UTF-8 or UTF-16; otherwise the
 * first piece that is not all ASCII decides: it is UTF-8, or windows-1252 if it is not. Text that is UTF-8 but for a few places
 * is neither, and an error.
 */
export class TextDecoderOfPieces {
  #decoder: Decoder | undefined
  #begun = false
  /** Up to three bytes of which it is not known what they are. */
  #held: Uint8Array = new Uint8Array(0)
  /** Whether there were characters before those that tell the encoding. */
  #seen = false
  /** Line ends in pieces of ASCII. */
  #lines = 0
  #mixture: Mixture | undefined
  /** Whether no byte order mark and no option says what the bytes are, which are not UTF-8. */
  isGuessed = false

  constructor(encoding: TextEncoding | undefined) {
    if (encoding !== undefined) this.#decoder = decoderOf(encoding)
  }

  /** @param bytes the first piece must hold a byte order mark whole, if there is one */
  decode(bytes: Uint8Array): TextPiece {
    if (!this.#begun) {
      this.#begun = true
      const marked = markedEncoding(bytes)
      this.#decoder ??= marked && decoderOf(marked)
    }
    if (this.#decoder !== undefined) {
      this.#mixture?.add(bytes)
      return this.#decoder.decode(bytes)
    }
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    // The start of a character of UTF-8 at the end of a piece may turn out to be one or a letter of windows-1252.
    const whole = all.subarray(0, all.length - begunCharacter(all))
    if (isAscii(whole)) {
      this.#held = Uint8Array.from(all.subarray(whole.length))
      this.#lines += countLineFeeds(whole)
      this.#seen ||= whole.length > 0
      return whole
    }
    this.#held = new Uint8Array(0)
    this.isGuessed = !isUtf8(whole)
    if (this.isGuessed) this.#mixture = new Mixture(all, this.#lines)
    this.#decoder = this.isGuessed ? decoderOf('windows-1252') : new Utf8Pieces(this.#seen)
    return this.#decoder.decode(all)
  }

  end(): string {
    if (this.#decoder === undefined && this.#held.length > 0) this.isGuessed = true
    return this.#decoder?.end() ?? windows1252(this.#held)
  }
}

/**
 * Counts what of bytes that are read as windows-1252 is UTF-8, piece by piece. Where that is as much as is not, all of those
 * letters would be wrong: it is an error.
 */
class Mixture {
  /** Where the first of them stands that is not UTF-8. */
  readonly #line: number
  /** A character may be cut at either end of a piece. */
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  #wrong = 0
  #others = 0

  /** @param first the first piece that is not UTF-8 */
  constructor(first: Uint8Array, linesBefore: number) {
    const text = this.#utf8.decode(first, { stream: true })
    this.#line = 1 + linesBefore + linesIn(text.slice(0, text.indexOf('\ufffd')))
    this.#count(text)
  }

  add(bytes: Uint8Array): void {
    // One byte of ASCII ends a character that was cut.
    this.#count(this.#utf8.decode(isAscii(bytes) ? bytes.subarray(0, 1) : bytes, { stream: true }))
  }

  #count(text: string): void {
    this.#wrong += text.split('\ufffd').length - 1
    this.#others += text.match(/[^\0-\u007f\ufffd]/gu)?.length ?? 0
    if (this.#others < this.#wrong) return
    const more = this.#wrong > 1 ? ` and in ${this.#wrong - 1} more ${this.#wrong === 2 ? 'place' : 'places'}` : ''
    throw new FileProblem(
      `line ${this.#line}: it is UTF-8, but not here${more}. Correct the characters, or give encoding: 'windows-1252' if ` +
        'that is what it is',
    )
  }
}

function linesIn(text: string): number {
  return text.match(/\r?\n|\r/g)?.length ?? 0
}

function markedEncoding(bytes: Uint8Array): TextEncoding | undefined {
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined
}

/** How many bytes at the end begin a character of UTF-8 that is not there whole; 0 if none do. */
function begunCharacter(bytes: Uint8Array): number {
  for (let length = 1; length < LONGEST_CHARACTER && length <= bytes.length; length++) {
    const byte = bytes[bytes.length - length]!
    if (byte >> 6 === 2) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return byte >= 0xc2 && byte <= 0xf4 && length < needed ? length : 0
  }
  return 0
}

function decoderOf(encoding: TextEncoding): Decoder {
  if (encoding === 'latin1' || encoding === 'windows-1252') return { decode: windows1252, end: () => '' }
  if (encoding === 'utf-8') return new Utf8Pieces()
  // A byte order mark is not handed on.
  const decoder = new TextDecoder(encoding, { fatal: true })
  const checked = (bytes: Uint8Array | undefined) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch (error) {
      throw new FileProblem(`it is not ${encoding.toUpperCase()} throughout`, { cause: error })
    }
  }
  return { decode: checked, end: () => checked(undefined) }
}

/** The web's latin1 is windows-1252 too. */
function windows1252(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString('latin1')
  return text.replaceAll(/[\u0080-\u009f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80]!)
}

/** Bytes of UTF-8 stay bytes, in whole characters; a byte order mark is not handed on. */
class Utf8Pieces implements Decoder {
  #begun: boolean
  #held: Uint8Array = new Uint8Array(0)

  /** @param begun whether these are not the first characters, so that a byte order mark is one of them */
  constructor(begun = false) {
    this.#begun = begun
  }

  decode(bytes: Uint8Array): TextPiece {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    const whole = all.subarray(0, all.length - begunCharacter(all))
    this.#held = Uint8Array.from(all.subarray(whole.length))
    if (!isUtf8(whole)) throw notUtf8()
    const isFirst = !this.#begun && whole.length > 0
    this.#begun ||= isFirst
    return isFirst && markedEncoding(whole) === 'utf-8' ? whole.subarray(3) : whole
  }

  end(): string {
    if (this.#held.length > 0) throw notUtf8()
    return ''
  }
}

function notUtf8(): FileProblem {
  return new FileProblem("it is not UTF-8 throughout: give its encoding, such as 'latin1'")
}
