import type { Scale } from './column-encoding.js'

/** Where all values are smaller, they are summed enlarged: float64 has no squares of numbers such as 1e-200. */
const TINY = 1e-100
/** A power of 2: it changes no digit. */
const ENLARGED = 2 ** 600

/** Mean and deviation of a row of numbers, in float64 (Welford, 1962): one pass, and the same bits however it is cut. */
export class RunningScale {
  readonly #sums = new Sums()
  /** Of the enlarged values, as long as all have been tiny. */
  #enlarged: Sums | undefined = new Sums()

  add(value: number): void {
    this.#sums.add(value)
    if (this.#enlarged === undefined) return
    if (Math.abs(value) < TINY) this.#enlarged.add(value * ENLARGED)
    else this.#enlarged = undefined
  }

  /** Whether values were so large that their squares, or they themselves, have no finite sum. */
  get overflows(): boolean {
    return !Number.isFinite(this.#sums.squares)
  }

  /** Over all rows (not less one): 0 of equal values, and of values that differ by less than float64 can divide by. */
  get deviation(): number {
    return this.#enlarged === undefined ? this.#sums.deviation : this.#enlarged.deviation / ENLARGED
  }

  /** Its deviation is 1 where that of the values is 0. */
  scale(): Scale {
    const mean = this.#enlarged === undefined ? this.#sums.mean : this.#enlarged.mean / ENLARGED
    return { mean, deviation: this.deviation > 0 ? this.deviation : 1 }
  }
}

class Sums {
  #count = 0
  mean = 0
  squares = 0

  add(value: number): void {
    this.#count++
    const before = value - this.mean
    this.mean += before / this.#count
    this.squares += before * (value - this.mean)
  }

  get deviation(): number {
    return Math.sqrt(this.squares / Math.max(1, this.#count))
  }
}
