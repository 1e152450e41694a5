/*
 * Settings as values that JSON can carry, and how two of them differ: a resume compares those of its fit with those that
 * a checkpoint has.
 */
import type { Json } from '../files/strict-json.js'
import { describe } from '../validate.js'

const DEEPEST = 8

/** The numbers, texts and lists of an object and of what it holds; functions are left out. */
export function configurationOf(value: unknown, depth = 0): Json {
  if (typeof value === 'number') return jsonNumber(value)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (depth >= DEEPEST || typeof value !== 'object') return null
  if (Array.isArray(value)) return value.map((one) => configurationOf(one, depth + 1))
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, jsonNumber)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && typeof one !== 'function')
  return Object.fromEntries(entries.map(([name, one]) => [name, configurationOf(one, depth + 1)]))
}

/** A number that JSON would change becomes `{ number: 'NaN' }`. */
export function jsonNumber(value: number): Json {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value
  return { number: Object.is(value, -0) ? '-0' : String(value) }
}

/** The number that `jsonNumber` has written; undefined for anything else. */
export function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { number, ...rest } = value
  return typeof number === 'string' && Object.keys(rest).length === 0 ? Number(number) : undefined
}

export interface Difference {
  /** 'optimizer.learningRate' */
  readonly name: string
  /** 'optimizer.learningRate is 0.1 there and 0.2 here' */
  readonly text: string
}

/** Every part that differs. */
export function differences(there: Json | undefined, here: Json | undefined, name = ''): Difference[] {
  if (isParent(there) && isParent(here) && Array.isArray(there) === Array.isArray(here)) {
    const inside = Array.isArray(there)
      ? (key: string) => `${name}[${key}]`
      : (key: string) => (name === '' ? key : `${name}.${key}`)
    const keys = new Set([...Object.keys(there), ...Object.keys(here)])
    return [...keys].flatMap((key) => differences(there[key], here[key], inside(key)))
  }
  if (JSON.stringify(there) === JSON.stringify(here)) return []
  const shown = (value: Json | undefined) => (value === undefined ? 'absent' : describe(numberOf(value) ?? value))
  return [{ name, text: `${name} is ${shown(there)} there and ${shown(here)} here` }]
}

function isParent(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && numberOf(value) === undefined
}
