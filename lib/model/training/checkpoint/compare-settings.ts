/*
 * Settings as values that JSON can carry, and how two of them differ: a resume compares those of its fit with those that
 * a checkpoint has.
 */
import { jsonNumber, numberOf } from '../../../files/json-number.js'
import type { Json } from '../../../files/strict-json.js'
import { isDate, isMap, isRegExp, isSet } from '../../../kinds.js'
import { describe } from '../../../validate.js'

/**
 * The numbers, texts and lists of an object and of all that it holds, however deep; functions are left out, since two of
 * them cannot be compared. An object that holds itself is written there as the number of levels up.
 */
export function configurationOf(value: unknown): Json {
  return plain(value, [])
}

/** @param around the objects that hold this value, the outermost first */
function plain(value: unknown, around: readonly object[]): Json {
  if (typeof value === 'number') return jsonNumber(value)
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  // In a list; as a property it is left out.
  if (typeof value !== 'object') return null
  const level = around.indexOf(value)
  return level < 0 ? contents(value, [...around, value]) : { levelsUp: around.length - level }
}

function contents(value: object, around: readonly object[]): Json {
  if (Array.isArray(value)) return value.map((one) => plain(one, around))
  if (ArrayBuffer.isView(value)) {
    const bytes = () => new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    const numbers = 'length' in value ? (value as unknown as ArrayLike<unknown>) : bytes()
    return Array.from(numbers, (one) => plain(one, around))
  }
  if (isDate(value)) return { date: String(value.getTime()) }
  // Their properties tell nothing: they keep what they hold inside.
  if (isMap(value) || isSet(value)) return Array.from(value as Iterable<unknown>, (one) => plain(one, around))
  if (isRegExp(value)) return String(value)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && typeof one !== 'function')
  return Object.fromEntries(entries.map(([name, one]) => [name, plain(one, around)]))
}

export interface Difference {
  /** 'optimizer.learningRate' */
  readonly name: string
  /** 'optimizer.learningRate is 0.1 there and 0.2 here' */
  readonly text: string
  readonly there: Json | undefined
  readonly here: Json | undefined
}

/** Every part that differs. */
export function differences(there: Json | undefined, here: Json | undefined, name = ''): Difference[] {
  if (isParent(there) && isParent(here) && Array.isArray(there) === Array.isArray(here)) {
    const inside = Array.isArray(there)
      ? (key: string) => `${name}[${key}]`
      : (key: string) => (name === '' ? key : `${name}.${key}`)
    const keys = new Set([...Object.keys(there), ...Object.keys(here)])
    // Own ones alone: every object has a 'constructor'.
    const own = (of: { [name: string]: Json }, key: string) => (Object.hasOwn(of, key) ? of[key] : undefined)
    return [...keys].flatMap((key) => differences(own(there, key), own(here, key), inside(key)))
  }
  if (JSON.stringify(there) === JSON.stringify(here)) return []
  const shown = (value: Json | undefined) => (value === undefined ? 'absent' : describe(numberOf(value) ?? value))
  return [{ name, text: `${name} is ${shown(there)} there and ${shown(here)} here`, there, here }]
}

function isParent(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && numberOf(value) === undefined
}
