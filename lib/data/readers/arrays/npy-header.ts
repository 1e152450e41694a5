/*
 * The header of a .npy file: a Python dictionary of three entries, written by `repr`. numpy reads it with
 * `ast.literal_eval`; here a parser takes these three entries and nothing else.
 */

import type { ElementKind } from './element-kinds.js'

/** What a .npy file says about its elements. */
export interface NpyHeader {
  readonly kind: ElementKind
  readonly bigEndian: boolean
  readonly fortranOrder: boolean
  readonly shape: number[]
}

const KINDS: readonly ElementKind[] = ['b1', 'u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'u8', 'i8', 'f2', 'f4', 'f8']
/** numpy's own limit. */
const MOST_DIMENSIONS = 64

/** A string, a whole number, a name or one other character. */
const TOKEN = /[ \t\r\n]*(?:'([^'\\]*)'|"([^"\\]*)"|(\d+)L?|([A-Za-z_]+)|([^ \t\r\n]))/y

type Token = { readonly type: 'string' | 'number' | 'name' | 'sign' | 'end'; readonly text: string }

/** Why a header cannot be read. */
export class NpyHeaderError extends Error {}

/**
 * Parses the text of a header.
 *
 * @param text all of it, padding included
 * @throws NpyHeaderError with the reason
 */
export function parseNpyHeader(text: string): NpyHeader {
  const reader = new TokenReader(text)
  let descr: string | undefined
  let fortranOrder: boolean | undefined
  let shape: number[] | undefined

  reader.sign('{')
  while (!reader.accept('}')) {
    const key = reader.take('string', 'an entry').text
    reader.sign(':')
    if (key === 'descr' && descr === undefined) descr = reader.description()
    else if (key === 'fortran_order' && fortranOrder === undefined) fortranOrder = reader.truth()
    else if (key === 'shape' && shape === undefined) shape = reader.shape()
    else throw new NpyHeaderError(`expected the entries descr, fortran_order and shape, once each, but found '${key}'`)
    if (!reader.accept(',')) {
      reader.sign('}')
      break
    }
  }
  reader.take('end', 'the end of the header')
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    throw new NpyHeaderError('expected the entries descr, fortran_order and shape but not all are there')
  }
  return { ...elementType(descr), fortranOrder, shape }
}

function elementType(descr: string): { kind: ElementKind; bigEndian: boolean } {
  const [order, kind] = [descr.slice(0, 1), descr.slice(1)]
  const known = KINDS.find((name) => name === kind)
  // Only single bytes have no order.
  const ordered = order === '<' || order === '>' || (order === '|' && kind.endsWith('1'))
  if (known === undefined || !ordered) {
    throw new NpyHeaderError(
      `expected elements of one of the types ${KINDS.join(', ')}, with '<' or '>' before those of several bytes, ` +
        `but they are of type '${descr}'`,
    )
  }
  return { kind: known, bigEndian: order === '>' }
}

class TokenReader {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The next token, which must be of a type. */
  take(type: Token['type'], expected: string): Token {
    const token = this.#next()
    if (token.type !== type) throw unexpected(expected, token)
    return token
  }

  /** The next token, which must be this character. */
  sign(character: string): void {
    const token = this.#next()
    if (token.type !== 'sign' || token.text !== character) throw unexpected(`'${character}'`, token)
  }

  /** Takes the next token if it is this character. */
  accept(character: string): boolean {
    const before = this.#position
    const token = this.#next()
    if (token.type === 'sign' && token.text === character) return true
    this.#position = before
    return false
  }

  truth(): boolean {
    const token = this.take('name', 'True or False')
    if (token.text !== 'True' && token.text !== 'False') throw unexpected('True or False', token)
    return token.text === 'True'
  }

  /** The type of the elements, a string; a list is that of a table with several columns. */
  description(): string {
    if (this.accept('[')) {
      throw new NpyHeaderError('expected elements that are numbers but they are records of several fields')
    }
    return this.take('string', 'the type of the elements').text
  }

  /** A tuple: `()`, `(3,)`, `(3, 4)`. */
  shape(): number[] {
    const sizes: number[] = []
    let comma = false
    this.sign('(')
    while (!this.accept(')')) {
      const { text } = this.take('number', 'a dimension')
      const size = Number(text)
      if (!Number.isSafeInteger(size))
        throw new NpyHeaderError(`expected a dimension of up to 2^53 - 1 but found ${text}`)
      sizes.push(size)
      if (sizes.length > MOST_DIMENSIONS) throw new NpyHeaderError(`expected at most ${MOST_DIMENSIONS} dimensions`)
      comma = this.accept(',')
      if (comma) continue
      this.sign(')')
      break
    }
    // To Python (3) is a number in brackets.
    if (sizes.length === 1 && !comma) throw new NpyHeaderError(`expected a tuple for shape but found (${sizes[0]})`)
    return sizes
  }

  #next(): Token {
    TOKEN.lastIndex = this.#position
    const match = TOKEN.exec(this.#text)
    if (match === null) return { type: 'end', text: '' }
    this.#position = TOKEN.lastIndex
    const [, single, double, number, name, sign] = match
    if (single !== undefined) return { type: 'string', text: single }
    if (double !== undefined) return { type: 'string', text: double }
    if (number !== undefined) return { type: 'number', text: number }
    if (name !== undefined) return { type: 'name', text: name }
    return { type: 'sign', text: sign ?? '' }
  }
}

function unexpected(expected: string, { type, text }: Token): NpyHeaderError {
  return new NpyHeaderError(`expected ${expected} in its header but found ${type === 'end' ? 'its end' : `'${text}'`}`)
}
