/*
 * Numbers that come one by one, in blocks: the first is small, so that many columns of few rows take little memory, and
 * later ones are large, so that joining them is quick.
 */
import type { Steps } from '../../turns.js'

const FIRST_BLOCK = 16
/** Few enough that copying one takes well under a millisecond, and the last one wastes little. */
const LARGEST_BLOCK = 65_536
/** Fewer values are copied one by one. */
const FEWEST_COPIED = 32
/** Blocks that are joined in a step. */
const BLOCKS_OF_STEP = 16

type Values = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>

export class GrowingValues<Kind extends Values> {
  readonly #make: (length: number) => Kind
  #full: Kind[] = []
  #block: Kind
  #used = 0

  constructor(make: (length: number) => Kind) {
    this.#make = make
    this.#block = make(FIRST_BLOCK)
  }

  push(value: number): void {
    if (this.#used === this.#block.length) this.#grow()
    this.#block[this.#used++] = value
  }

  /** The values between two places of an array. */
  pushAll(values: Values, from: number, to: number): void {
    for (let at = from; at < to; ) {
      if (this.#used === this.#block.length) this.#grow()
      const count = Math.min(to - at, this.#block.length - this.#used)
      if (count < FEWEST_COPIED) for (let i = 0; i < count; i++) this.#block[this.#used + i] = values[at + i]!
      else this.#block.set(values.subarray(at, at + count), this.#used)
      this.#used += count
      at += count
    }
  }

  /** Removes the value added last. */
  pop(): void {
    if (this.#used === 0) {
      this.#block = this.#full.pop()!
      this.#used = this.#block.length
    }
    this.#used--
  }

  /** All values since the last call, in an array of their own. */
  *take(): Steps<Kind> {
    const values = this.#make(this.#full.length * LARGEST_BLOCK + this.#used)
    let from = 0
    for (const [i, block] of this.#full.entries()) {
      values.set(block, from)
      from += block.length
      if (i % BLOCKS_OF_STEP === BLOCKS_OF_STEP - 1) yield
    }
    values.set(this.#block.subarray(0, this.#used), from)
    this.#full = []
    this.#used = 0
    return values
  }

  #grow(): void {
    const { length } = this.#block
    if (length === LARGEST_BLOCK) {
      this.#full.push(this.#block)
      this.#block = this.#make(LARGEST_BLOCK)
      this.#used = 0
      return
    }
    const larger = this.#make(Math.min(LARGEST_BLOCK, length * 4))
    larger.set(this.#block)
    this.#block = larger
  }
}

export function growingFloats(): GrowingValues<Float64Array<ArrayBuffer>> {
  return new GrowingValues((length) => new Float64Array(length))
}

export function growingIntegers(): GrowingValues<Int32Array<ArrayBuffer>> {
  return new GrowingValues((length) => new Int32Array(length))
}
