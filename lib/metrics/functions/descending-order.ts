/*
 * The order of many numbers from the highest down, in short steps: a radix sort of their bits, sixteen at a time.
 */
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'

/** Below this many values, sorting by comparisons is faster than counting digits. */
const FEWEST = 1 << 14

const DIGITS = 1 << 16

/**
 * The indices of the values, from the highest value down; equal values (0 and -0 are equal) keep the order of their
 * indices.
 *
 * @param values without NaN
 */
export function* descendingOrder(values: Float64Array): Steps<Uint32Array> {
  const count = values.length
  let order = new Uint32Array(count)
  for (let at = 0; at < count; at++) {
    if (at % ELEMENTS_OF_STEP === 0) yield
    order[at] = at
  }
  if (count < FEWEST) return order.sort((a, b) => values[b]! - values[a]! || a - b)
  const keys = yield* descendingKeys(values)
  let sorted = new Uint32Array(count)
  for (const { words, shift } of digitsOf(keys)) {
    const places = new Uint32Array(DIGITS)
    for (let at = 0; at < count; at++) {
      if (at % ELEMENTS_OF_STEP === 0) yield
      places[(words[at]! >>> shift) & 0xffff]!++
    }
    // A digit that all values share changes nothing.
    if (places[(words[0]! >>> shift) & 0xffff] === count) continue
    let before = 0
    for (let digit = 0; digit < DIGITS; digit++) {
      const own = places[digit]!
      places[digit] = before
      before += own
    }
    for (let at = 0; at < count; at++) {
      if (at % ELEMENTS_OF_STEP === 0) yield
      const place = order[at]!
      sorted[places[(words[place]! >>> shift) & 0xffff]!++] = place
    }
    ;[order, sorted] = [sorted, order]
  }
  return order
}

interface Keys {
  readonly low: Uint32Array
  readonly high: Uint32Array
}

/** The digits, from the lowest up. */
function digitsOf({ low, high }: Keys): { words: Uint32Array; shift: number }[] {
  return [low, high].flatMap((words) => [0, 16].map((shift) => ({ words, shift })))
}

/** 64-bit integers that grow as the values fall: IEEE 754 numbers are ordered as sign and magnitude. */
function* descendingKeys(values: Float64Array): Steps<Keys> {
  const keys = { low: new Uint32Array(values.length), high: new Uint32Array(values.length) }
  const one = new Float64Array(1)
  const words = new Uint32Array(one.buffer)
  one[0] = 1
  const highWord = words[1] === 0 ? 0 : 1
  for (let at = 0; at < values.length; at++) {
    if (at % ELEMENTS_OF_STEP === 0) yield
    // -0 becomes 0.
    one[0] = values[at]! + 0
    const [low, high] = [words[1 - highWord]!, words[highWord]!]
    const negative = high >= 0x80000000
    keys.low[at] = negative ? low : ~low
    keys.high[at] = negative ? high : ~high ^ 0x80000000
  }
  return keys
}
