/*
 * Numbers that JSON cannot carry: NaN, infinity and minus zero.
 */
import type { Json } from './strict-json.js'

/** A number that JSON would change becomes `{ number: 'NaN' }`. */
export function jsonNumber(value: number): Json {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value
  return { number: Object.is(value, -0) ? '-0' : String(value) }
}

/** The number that `jsonNumber` has written; undefined for anything else. */
export function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (!Object.hasOwn(value, 'number') || Object.keys(value).length !== 1) return undefined
  return typeof value.number === 'string' ? Number(value.number) : undefined
}
