/*
 * The largest and smallest of many numbers: `Math.max(...values)` overflows the stack at some hundred thousand.
 */

/** -Infinity of none. */
export function largestOf(values: Iterable<number>): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const value of values) largest = Math.max(largest, value)
  return largest
}

/** The place of the largest number from `from` up to, not including, `to`, counted from `from`; of equal ones the first. */
export function indexOfLargest(values: ArrayLike<number>, from = 0, to: number = values.length): number {
  let largest = from
  for (let at = from + 1; at < to; at++) if (values[at]! > values[largest]!) largest = at
  return largest - from
}

/** Infinity of none. */
export function smallestOf(values: Iterable<number>): number {
  let smallest = Number.POSITIVE_INFINITY
  for (const value of values) smallest = Math.min(smallest, value)
  return smallest
}
