/*
 * Which rows are held out, and which are kept, both in the order of one seeded shuffle.
 */
import { DeepblasError } from '../../errors.js'
import { RandomStream, shuffling } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { type Classes, countClasses } from './target-classes.js'

function rowNumbers(rows: number): Int32Array {
  const numbers = new Int32Array(rows)
  for (let row = 0; row < rows; row++) numbers[row] = row
  return numbers
}

export function shuffledRows(rows: number, seed: number): Int32Array {
  return new RandomStream(seed, streams.shuffledRows).shuffle(rowNumbers(rows))
}

/** @param classes where every class is to be split by the fraction, by itself */
export function* splitRows(
  rows: number,
  fraction: number,
  seed: number,
  classes?: Classes,
): Steps<{ kept: Int32Array; held: Int32Array }> {
  const share = Math.round(rows * fraction)
  if (share === 0 || share === rows) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a fraction that leaves rows on both sides but ${fraction} of ${rows} rows is ${share}.`,
    )
  }
  const order = yield* shuffling(new RandomStream(seed, streams.split), rowNumbers(rows))
  if (classes === undefined) return { kept: order.slice(share), held: order.slice(0, share) }

  const left = apportion(countClasses(classes), fraction, share)
  const held = new Int32Array(share)
  const kept = new Int32Array(rows - share)
  let nextHeld = 0
  let nextKept = 0
  for (let at = 0; at < rows; at++) {
    if (at % ELEMENTS_OF_STEP === 0) yield
    const row = order[at]!
    const own = classes.ofRow[row]!
    if (left[own]! > 0) {
      left[own]!--
      held[nextHeld++] = row
    } else {
      kept[nextKept++] = row
    }
  }
  return { kept, held }
}

/**
 * Each class's share of the rows held out, less than one row from the exact one (the method of largest remainders; of
 * equal remainders the lower class comes first).
 */
function apportion(counts: readonly number[], fraction: number, share: number): number[] {
  const exact = counts.map((count) => count * fraction)
  const shares = exact.map(Math.floor)
  const byRemainder = [...counts.keys()].sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b)
  const missing = share - shares.reduce((sum, one) => sum + one, 0)
  for (const one of byRemainder.slice(0, missing)) shares[one]!++
  return shares
}
