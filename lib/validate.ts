/*
 * Checks of what a user passes. Every message has the same form:
 *
 *   Expected <what> for <argument> but received <value> of type <type>. <What to do>
 *
 * Each check returns the value it was given, typed, so that a constructor reads
 * `this.units = positiveInteger('units', units)`.
 */

import { otherCopyHint } from './copy.js'
import { DeepblasError } from './errors.js'
import { isMap, isProxy, isSet } from './kinds.js'
import { comparable, difference, foundElsewhere, ourName } from './names-elsewhere.js'

const LONGEST_TEXT = 60
const MOST_ITEMS = 5

/** A value as it is shown in a message: short, on one line. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    const text = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
    return `'${text.replaceAll('\n', '\\n')}'`
  }
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return nameOf(value) === '' ? 'a function' : `function ${nameOf(value)}`
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => (Array.isArray(item) ? '[…]' : describe(item)))
    return `[${items.join(', ')}${value.length > MOST_ITEMS ? ', …' : ''}]`
  }
  if (ArrayBuffer.isView(value) && 'length' in value) return `${typeName(value)}(${value.length})`
  if (isPromise(value)) return 'a Promise'
  if (isMap(value) || isSet(value)) return `${typeName(value)}(${value.size})`
  // A symbol keeps an object from being cloned, and says nothing of it.
  const keys = Object.keys(value).filter((key) => typeof Reflect.get(value, key) !== 'symbol')
  const shown = keys.slice(0, MOST_ITEMS).join(', ')
  return keys.length === 0 ? '{}' : `{ ${shown}${keys.length > MOST_ITEMS ? ', …' : ''} }`
}

/** The type of a value as it is named in a message: `number`, `null`, `array`, `Float32Array`, `object`. */
export function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value !== 'object') return typeof value
  const maker: unknown = value.constructor
  const name = typeof maker === 'function' ? nameOf(maker) : ''
  return name === '' || name === 'Object' ? 'object' : name
}

/** Of a function; a class may have anything as its static `name`. */
function nameOf({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' ? name : ''
}

/**
 * The error for an argument that cannot be used.
 *
 * @param argument the name the user knows the argument by, such as `units` or `optimizer.learningRate`
 * @param expected what it should have been, without an article: `positive integer`
 * @param value what came
 * @param hint what to do, a sentence
 */
export function invalid(argument: string, expected: string, value: unknown, hint?: string): DeepblasError {
  const advice = adviceOnValue(value) ?? otherCopyHint(value) ?? hint ?? adviceOnMap(value)
  // 'a Promise of type Promise' says nothing more.
  const received = isPromise(value) ? describe(value) : `${describe(value)} of type ${typeName(value)}`
  const message = `Expected ${expected} for ${argument} but received ${received}`
  return new DeepblasError('ERR_DEEPBLAS_ARGUMENT', advice === undefined ? message : `${message}. ${advice}`)
}

/** What is wrong with some values wherever they come. */
function adviceOnValue(value: unknown): string | undefined {
  if (isPromise(value)) return "Is an 'await' missing before it?"
  if (isClass(value)) return `It is a class: write new ${nameOf(value)}(…).`
  if (isProxy(value)) return 'It is a Proxy, as frameworks for reactive data make them: give the object behind it.'
  return undefined
}

/** Of what nobody has better advice on. */
function adviceOnMap(value: unknown): string | undefined {
  return isMap(value) ? 'Write Object.fromEntries(map) for an object, [...map.values()] for a list.' : undefined
}

function isClass(value: unknown): value is { readonly name: unknown } {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

/** Whether it is a function that can be called: a class can only be made an object of. */
export function isCallable(value: unknown): value is (...given: never[]) => unknown {
  return typeof value === 'function' && !isClass(value)
}

/** Whether it can be awaited; it may be of another realm. */
export function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** How to write the number that was probably meant. `hint`: what to say where that is not known. */
function adviceOnNumber(argument: string, value: unknown, hint: string | undefined): string | undefined {
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) {
    return `Write ${Number(value)} without quotes, or Number(text) for a text from elsewhere.`
  }
  if (typeof value === 'bigint') return `Write ${value} without the n.`
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'number') {
    return `Write ${value[0]} in place of the list.`
  }
  if (typeof value === 'object' && value !== null) {
    const name = argument.slice(argument.lastIndexOf('.') + 1)
    const inner: unknown = Reflect.get(value, name)
    if (typeof inner === 'number') return `It comes by itself: write ${inner} in place of { ${name}: ${inner} }.`
  }
  if (/\bseed$/.test(argument) && typeof value === 'number' && value > 0) {
    return 'A seed is a whole number such as 42: Math.floor(Math.random() * 1e9) draws one.'
  }
  return hint
}

/** A whole number from 1 up to 2^53 - 1. */
export function positiveInteger(argument: string, value: unknown, hint?: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw invalid(argument, 'positive integer', value, adviceOnNumber(argument, value, hint))
  }
  return value as number
}

/** A whole number from 0 up to 2^53 - 1. */
export function nonNegativeInteger(argument: string, value: unknown, hint?: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw invalid(argument, 'non-negative integer', value, adviceOnNumber(argument, value, hint))
  }
  return value as number
}

/** Bounds of a number; those left out do not bind. */
export interface NumberBounds {
  /** The smallest value allowed. */
  readonly min?: number
  /** The largest value allowed. */
  readonly max?: number
  /** Every value must be larger than this one. */
  readonly exclusiveMin?: number
  /** Every value must be smaller than this one. */
  readonly exclusiveMax?: number
}

/** A number that is neither infinite nor NaN, and within the bounds. */
export function finiteNumber(argument: string, value: unknown, bounds: NumberBounds = {}, hint?: string): number {
  const { min, max, exclusiveMin, exclusiveMax } = bounds
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (exclusiveMin === undefined || value > exclusiveMin) &&
    (exclusiveMax === undefined || value < exclusiveMax)
  if (fits) return value

  const limits: string[] = []
  if (min !== undefined) limits.push(`at least ${min}`)
  if (exclusiveMin !== undefined) limits.push(`greater than ${exclusiveMin}`)
  if (max !== undefined) limits.push(`at most ${max}`)
  if (exclusiveMax !== undefined) limits.push(`less than ${exclusiveMax}`)
  const expected = ['finite number', limits.join(' and ')].join(' ').trim()
  const share = min === undefined && exclusiveMin === 0 && exclusiveMax === 1 ? adviceOnShare(value) : undefined
  throw invalid(argument, expected, value, adviceOnNumber(argument, value, share ?? hint))
}

/** A number from 0 up to, but not including, 1: a dropout rate, a momentum, a share held out. */
export function fraction(argument: string, value: unknown, hint?: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value < 1)) {
    const advice = adviceOnNumber(argument, value, adviceOnShare(value) ?? hint)
    throw invalid(argument, 'fraction (at least 0 and less than 1)', value, advice)
  }
  return value
}

/** Per cent where a share was wanted. */
function adviceOnShare(value: unknown): string | undefined {
  return typeof value === 'number' && value > 1 && value < 100 ? `Write ${value / 100} for ${value} %.` : undefined
}

/** An array; its items are the caller's to check. */
export function array(argument: string, value: unknown, of: string, hint?: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(argument, `array of ${of}`, value, hint ?? adviceOnList(value))
  if (!isFilled(value)) throw invalid(argument, `array of ${of} without holes`, value)
  return value
}

/** Lists of more items, such as the rows of a data set, are not looked through for holes. */
const MOST_LOOKED_THROUGH = 10_000

/**
 * False for a list with a hole, which `map` leaves as one. Of a long list only the end is seen: one of a length that nothing
 * fills would be walked through for minutes.
 */
export function isFilled(list: readonly unknown[]): boolean {
  if (list.length === 0) return true
  if (!Object.hasOwn(list, list.length - 1)) return false
  if (list.length > MOST_LOOKED_THROUGH) return true
  for (let at = 0; at < list.length; at++) if (list[at] === undefined && !Object.hasOwn(list, at)) return false
  return true
}

function adviceOnList(value: unknown): string | undefined {
  if (typeof value === 'string') return `Write it as a list: [${describe(value)}].`
  if (typeof value !== 'object' || value === null) return undefined
  return Symbol.iterator in value ? 'Make an array of it: [...values].' : 'Write it as a list, between [ and ].'
}

/** `true` or `false`, nothing that is merely like them. */
export function boolean(argument: string, value: unknown, hint?: string): boolean {
  if (typeof value !== 'boolean') throw invalid(argument, 'boolean', value, hint)
  return value
}

/** A string; the empty one too. */
export function string(argument: string, value: unknown, hint?: string): string {
  if (typeof value !== 'string') throw invalid(argument, 'string', value, hint)
  return value
}

/**
 * One name of a list. A near miss is answered with the name that was probably meant.
 *
 * @param hintFor what to do about other values, where there is something better to say than the nearest name
 */
export function oneOf<const Name extends string>(
  argument: string,
  value: unknown,
  names: readonly Name[],
  hintFor?: (value: unknown, names: readonly Name[]) => string | undefined,
): Name {
  const found = names.find((name) => name === value)
  if (found !== undefined) return found
  const hint = hintFor?.(value, names) ?? didYouMean(value, names)
  throw invalid(argument, `one of ${names.map((name) => `'${name}'`).join(', ')}`, value, hint)
}

/** An object literal: no array, no instance of a class, not null. Objects of another realm are fine. */
export function plainObject(argument: string, value: unknown, hint?: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return value as Record<string, unknown>
  }
  throw invalid(argument, 'plain object', value, hint)
}

/**
 * An options object that holds no key but the known ones, so that a misspelled option is never silently ignored.
 *
 * @param what whose options they are: `Adam`, `fit`
 * @param options the options; undefined stands for none
 * @param names every option there is
 * @returns the same options, or `{}`
 */
export function knownOptions<Options extends object>(
  what: string,
  options: Options | undefined,
  names: readonly (keyof Options & string)[],
): Partial<Options> {
  if (options === undefined) return {}
  plainObject(
    `the options of ${what}`,
    options,
    names.length === 0 ? undefined : `Options come by name: { ${names[0]}: … }; there are ${names.join(', ')}.`,
  )
  for (const key of Object.keys(options)) {
    if ((names as readonly string[]).includes(key)) continue
    const near = didYouMean(key, names)
    const meant = ourName(key, names)
    const hint = [near ?? foundElsewhere(key), meant && difference(meant, key)].filter(Boolean).join(' ')
    const list = names.length === 0 ? 'no options' : `only the options ${names.join(', ')}`
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected ${list} for ${what} but received the option '${key}'${hint === '' ? '' : `. ${hint}`}`,
    )
  }
  return options
}

/**
 * The sentence "Did you mean 'relu'?" for a value that is nearly one of the names, or another library's word for one;
 * undefined if none is near.
 */
export function didYouMean(value: unknown, names: readonly string[]): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) return undefined
  const known = ourName(value, names)
  if (known !== undefined) return `Did you mean '${known}'?`
  const given = comparable(value)
  let best: string | undefined
  // A third of the letters may be wrong: with more the guess is a riddle.
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1
  for (const name of names) {
    // No edit is needed to see that much longer or shorter names are far: there may be a hundred thousand.
    if (Math.abs(comparable(name).length - given.length) >= bestDistance) continue
    const distance = editDistance(given, comparable(name))
    // Two names of one or two letters are near each other by length alone.
    if (distance < bestDistance && distance < comparable(name).length) {
      best = name
      bestDistance = distance
    }
  }
  return best === undefined ? undefined : `Did you mean '${best}'?`
}

/** Insertions, deletions, replacements and swaps of neighbors that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let distance = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1)
      }
      row.push(distance)
    }
    beforeLast = last
    last = row
  }
  return at(last, to.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
