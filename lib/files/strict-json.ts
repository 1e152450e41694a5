/*
 * JSON of a stranger's file. `JSON.parse` takes the last of two equal keys, where other readers take the first; it makes
 * a property named `__proto__`, which becomes a prototype as soon as the object is copied by assignment; and a text can
 * make it build far more than the text's own size. This reader refuses the first two and bounds the third.
 */

import { invalid, plainObject } from '../validate.js'

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const DEEPEST = 64

/** A value takes up to 64 bytes: with this many an evil text costs 320 MB, where a 100 MB one could ask for 2 GB. */
const MOST_VALUES = 5_000_000

/** Keys cost more: an object of five million takes half a minute to make and to go through. */
const MOST_KEYS = 1_000_000

/** Even the exact decimal form of a float64 has fewer than 800 significant digits. */
const LONGEST_NUMBER = 1000

/** The longest name of a part in a message. */
const LONGEST_NAME = 120

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Half a character: the text cannot be written as UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * Reads a JSON text (RFC 8259). Refused besides what is no JSON: two equal keys in one object, the key `__proto__`,
 * strings that are not whole Unicode, numbers beyond float64, nesting deeper than 64, more than five million values or one
 * million keys.
 *
 * @throws SyntaxError with the reason and its place in the text
 */
export function parseStrictJson(text: string): Json {
  return new Reader(text).whole()
}

/**
 * Writes a value as JSON, keys in the order they have. What JSON would quietly change or drop is refused: NaN and
 * infinity, functions, instances of classes (dates, typed arrays, maps), `undefined` in an array. A property that is
 * `undefined` is left out. Whatever this writes, `parseStrictJson` reads.
 *
 * @param what the value's name in a message
 * @throws DeepblasError `ERR_DEEPBLAS_ARGUMENT` naming the part that cannot be written
 */
export function stringifyStrictJson(what: string, value: unknown): string {
  requireJson(what, value, 0, { values: MOST_VALUES, keys: MOST_KEYS })
  return JSON.stringify(value)
}

/** Whether every character of the text is whole, so that UTF-8 can carry it. */
export function isWholeUnicode(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

function requireJson(what: string, value: unknown, depth: number, left: { values: number; keys: number }): void {
  left.values -= 1
  if (left.values < 0) throw invalid(what, `at most ${MOST_VALUES} values in one JSON text`, value)
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid(what, 'finite number', value, 'A file cannot hold it')
    return
  }
  if (typeof value === 'string') {
    if (!isWholeUnicode(value)) throw invalid(what, 'string of whole Unicode characters', value)
    return
  }
  if (typeof value !== 'object') throw invalid(what, 'JSON value', value)
  if (depth === DEEPEST) {
    const hint = 'Nest it less deeply, such as with fewer layers in layers: a deeper file could not be read again.'
    throw invalid(shortened(what), `JSON value nested at most ${DEEPEST} deep`, value, hint)
  }
  if (Array.isArray(value)) {
    // By index: a hole in an array is skipped by forEach, and written as null.
    for (let i = 0; i < value.length; i++) requireJson(`${what}[${i}]`, value[i], depth + 1, left)
    return
  }
  plainObject(what, value, 'A file holds numbers, strings, booleans, null, arrays and plain objects')
  for (const [key, property] of Object.entries(value)) {
    left.keys -= 1
    if (left.keys < 0) throw invalid(what, `at most ${MOST_KEYS} keys in one JSON text`, value)
    if (key === '__proto__') throw invalid(what, "object without the key '__proto__'", value)
    if (!isWholeUnicode(key)) throw invalid(what, 'object with keys of whole Unicode characters', value)
    if (property !== undefined) requireJson(`${what}.${key}`, property, depth + 1, left)
  }
}

/** The beginning and the end of a name that nesting has made long. */
function shortened(what: string): string {
  return what.length > LONGEST_NAME ? `${what.slice(0, LONGEST_NAME / 2)}…${what.slice(-LONGEST_NAME / 2)}` : what
}

class Reader {
  readonly #text: string
  #position = 0
  #values = 0
  #keys = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): Json {
    const value = this.#value(0)
    this.#skipSpace()
    if (this.#position < this.#text.length) throw this.#error('more text after the value')
    return value
  }

  #value(depth: number): Json {
    this.#values += 1
    if (this.#values > MOST_VALUES) throw this.#error(`more than ${MOST_VALUES} values`)
    this.#skipSpace()
    switch (this.#text[this.#position]) {
      case undefined:
        throw this.#error('the text ends where a value should be')
      case '{':
        return this.#object(depth + 1)
      case '[':
        return this.#array(depth + 1)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): Json {
    this.#open(depth)
    const object: { [key: string]: Json } = {}
    if (this.#take('}')) return object
    do {
      this.#skipSpace()
      if (this.#text[this.#position] !== '"') throw this.#error('expected a key in quotes')
      const key = this.#string()
      this.#keys += 1
      if (this.#keys > MOST_KEYS) throw this.#error(`more than ${MOST_KEYS} keys`)
      if (key === '__proto__') throw this.#error("the key '__proto__' is not allowed")
      if (Object.hasOwn(object, key)) throw this.#error(`the key '${key}' appears twice`)
      if (!this.#take(':')) throw this.#error("expected ':' after a key")
      object[key] = this.#value(depth)
    } while (this.#take(','))
    if (!this.#take('}')) throw this.#error("expected ',' or '}'")
    return object
  }

  #array(depth: number): Json {
    this.#open(depth)
    const array: Json[] = []
    if (this.#take(']')) return array
    do {
      array.push(this.#value(depth))
    } while (this.#take(','))
    if (!this.#take(']')) throw this.#error("expected ',' or ']'")
    return array
  }

  #open(depth: number): void {
    if (depth > DEEPEST) throw this.#error(`nested more than ${DEEPEST} deep`)
    this.#position += 1
  }

  /** By hand: a regular expression keeps a way back for every character and gives up on a string of some megabytes. */
  #string(): string {
    const start = this.#position
    let end = start + 1
    let escaped = false
    for (let code = this.#text.charCodeAt(end); code !== QUOTE; code = this.#text.charCodeAt(end)) {
      if (Number.isNaN(code)) throw this.#error('a string has no end')
      if (code < SPACE) throw this.#error('a control character in a string')
      if (code === BACKSLASH) {
        escaped = true
        end += 1
      }
      end += 1
    }
    this.#position = end + 1
    if (!escaped) return this.#text.slice(start + 1, end)

    const string = unescaped(this.#text.slice(start, end + 1))
    if (string === undefined) throw this.#error('a string with an unknown escape')
    if (!isWholeUnicode(string)) throw this.#error('a string with half a Unicode character')
    return string
  }

  #number(): number {
    const start = this.#position
    let end = start
    while (isNumeric(this.#text.charCodeAt(end))) end += 1
    const literal = this.#text.slice(start, end)
    if (literal.length > LONGEST_NUMBER) throw this.#error(`a number of more than ${LONGEST_NUMBER} characters`)
    if (!NUMBER.test(literal)) throw this.#error('expected a value')
    const number = Number(literal)
    if (!Number.isFinite(number)) throw this.#error('a number too large for float64')
    this.#position = end
    return number
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#position)) throw this.#error('expected a value')
    this.#position += word.length
    return value
  }

  #take(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#position] !== character) return false
    this.#position += 1
    return true
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#position))) this.#position += 1
  }

  #error(reason: string): SyntaxError {
    return new SyntaxError(`${reason} (at character ${this.#position})`)
  }
}

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

function isSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09
}

/** The characters of any number: 0 to 9, `+`, `-`, `.`, `e`, `E`. */
function isNumeric(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e || code === 0x65 || code === 0x45
  )
}

/** The string that a literal in quotes stands for; undefined if an escape in it is wrong. */
function unescaped(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string
  } catch {
    return undefined
  }
}
