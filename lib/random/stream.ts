/*
 * Philox 4x32-10, a counter-based generator: the n-th number of a stream is a pure function of (seed, stream, n).
 * Nothing is shared and nothing has to be drawn in order, so the same seed gives the same numbers however the work
 * is cut up.
 *
 * Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The constants are those of
 * the authors' Random123 library; the native core has the same generator.
 */

import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../turns.js'
import { invalid, nonNegativeInteger } from '../validate.js'

const TWO_32 = 2 ** 32

const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
const KEY_STEP_0 = 0x9e3779b9
const KEY_STEP_1 = 0xbb67ae85
const ROUNDS = 10

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16)
  const carry = (Math.imul(aLow, bHigh) >>> 0) + (middle & 0xffff)
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) >>> 0
}

/**
 * One block: four random 32-bit words.
 *
 * @param counter0 to `counter3`: which block, four unsigned 32-bit integers
 * @param key0 and `key1`: which sequence of blocks, two unsigned 32-bit integers
 * @param output receives the four words
 */
export function philox4x32(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  output: Uint32Array,
): void {
  let c0 = counter0
  let c1 = counter1
  let c2 = counter2
  let c3 = counter3
  let k0 = key0
  let k1 = key1
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0)
    const low0 = Math.imul(MULTIPLIER_0, c0)
    const high1 = multiplyHigh(MULTIPLIER_1, c2)
    const low1 = Math.imul(MULTIPLIER_1, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + KEY_STEP_0) | 0
    k1 = (k1 + KEY_STEP_1) | 0
  }
  output[0] = c0
  output[1] = c1
  output[2] = c2
  output[3] = c3
}

/** An array whose elements can be swapped: plain or typed. */
export interface Shuffleable {
  readonly length: number
  [index: number]: unknown
}

/**
 * One stream of random numbers, one per purpose: initial weights, shuffle, dropout of a layer.
 *
 * The stream is an endless row of 32-bit words. `position` counts those taken; a new stream with the same seed and
 * stream number and that position goes on where this one stands.
 */
export class RandomStream {
  readonly #key0: number
  readonly #key1: number
  readonly #stream: number
  readonly #substream: number
  readonly #words = new Uint32Array(4)
  #block = -1
  #position: number
  /** The last draw was the first half of a pair of normals, and the word at the position belongs to the second. */
  #insidePair: boolean

  /**
   * @param seed non-negative safe integer; its low 32 bits and the bits above are the two words of Philox's key
   * @param stream which of the seed's 2^32 independent streams
   * @param position the word to begin with
   * @param substream which part of the stream, for a purpose that repeats: over rows, over epochs
   */
  constructor(seed: number, stream: number, position = 0, substream = 0) {
    nonNegativeInteger('seed', seed)
    nonNegativeInteger('stream', stream)
    if (stream >= TWO_32) throw invalid('stream', 'integer less than 2^32', stream)
    nonNegativeInteger('position', position)
    nonNegativeInteger('substream', substream)
    if (substream >= TWO_32) throw invalid('substream', 'integer less than 2^32', substream)
    this.#key0 = seed % TWO_32
    this.#key1 = Math.floor(seed / TWO_32)
    this.#stream = stream
    this.#substream = substream
    this.#position = position
    this.#insidePair = position % 2 === 1
  }

  /** Words taken so far. */
  get position(): number {
    return this.#position
  }

  /** The next word: a whole number from 0 to 2^32 - 1. */
  uint32(): number {
    this.#insidePair = false
    const word = this.#wordAt(this.#position)
    this.#position++
    return word
  }

  /** A number from 0 up to, but not including, 1: the next word divided by 2^32. */
  uniform(): number {
    return this.uint32() / TWO_32
  }

  /**
   * A number of the standard normal distribution, by Box and Muller's transform.
   *
   * The words at an even position and the one after it give two normals: the first is `r cos(angle)`, the second
   * `r sin(angle)`. The n-th normal of a stream that gives nothing else therefore stands at position n, and the
   * stream can be left and resumed between the two. After another kind of draw, an odd position is skipped.
   */
  normal(): number {
    if (this.#position % 2 === 1 && !this.#insidePair) this.#position++
    const second = this.#position % 2 === 1
    const first = second ? this.#position - 1 : this.#position
    // From 2^-32 to 1, never 0: its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log((this.#wordAt(first) + 1) / TWO_32))
    const angle = 2 * Math.PI * (this.#wordAt(first + 1) / TWO_32)
    this.#position++
    this.#insidePair = !second
    return radius * (second ? Math.sin(angle) : Math.cos(angle))
  }

  /**
   * A whole number from 0 to `below - 1`, each exactly as likely as the others.
   *
   * Lemire: "Fast random integer generation in an interval", 2019: the upper half of word times `below`, and a
   * redraw for the few words that would favor some results.
   *
   * @param below from 1 to 2^32
   */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > TWO_32) {
      throw invalid('below', 'integer from 1 to 2^32', below)
    }
    if (below === TWO_32) return this.uint32()
    let word = this.uint32()
    let low = Math.imul(word, below) >>> 0
    if (low < below) {
      const unfair = (TWO_32 - below) % below
      while (low < unfair) {
        word = this.uint32()
        low = Math.imul(word, below) >>> 0
      }
    }
    return multiplyHigh(word, below)
  }

  /** Puts the elements in random order, in place (Fisher and Yates), and returns the array. */
  shuffle<Elements extends Shuffleable>(array: Elements): Elements {
    return atOnce(shuffling(this, array))
  }

  #wordAt(position: number): number {
    const block = Math.floor(position / 4)
    if (block !== this.#block) {
      const high = Math.floor(block / TWO_32)
      philox4x32(block % TWO_32, high, this.#stream, this.#substream, this.#key0, this.#key1, this.#words)
      this.#block = block
    }
    return this.#words[position % 4] as number
  }
}

/** As `shuffle`, with pauses. */
export function* shuffling<Elements extends Shuffleable>(random: RandomStream, array: Elements): Steps<Elements> {
  for (let last = array.length - 1; last > 0; last--) {
    const other = random.integer(last + 1)
    const held = array[last]
    array[last] = array[other]
    array[other] = held
    if (last % ELEMENTS_OF_STEP === 0) yield
  }
  return array
}
