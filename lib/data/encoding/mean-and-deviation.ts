import { RunningMoments } from '../../statistics.js'
import type { NumberScale } from './column-encoding.js'

/** Where all values are smaller, they are summed enlarged: float64 has no squares of numbers such as 1e-200. */
const TINY = 1e-100
/** A power of 2: it changes no digit. */
const ENLARGED = 2 ** 600

/** Mean and deviation of a column of numbers, also of those whose squares are too small for float64. */
export class RunningScale {
  readonly #moments = new RunningMoments()
  /** The moments of the enlarged values, as long as all have been tiny. */
  #enlarged: RunningMoments | undefined = new RunningMoments()

  add(value: number): void {
    this.#moments.add(value)
    if (this.#enlarged === undefined) return
    if (Math.abs(value) < TINY) this.#enlarged.add(value * ENLARGED)
    else this.#enlarged = undefined
  }

  /** Whether values were so large that their squares, or they themselves, have no finite sum. */
  get overflows(): boolean {
    return !Number.isFinite(this.#moments.squares)
  }

  /** Over all rows (not less one): 0 of equal values, and of values that differ by less than float64 can divide by. */
  get deviation(): number {
    return this.#enlarged === undefined ? this.#moments.deviation : this.#enlarged.deviation / ENLARGED
  }

  /** Its deviation is 1 where that of the values is 0. */
  scale(): NumberScale {
    const mean = this.#enlarged === undefined ? this.#moments.mean : this.#enlarged.mean / ENLARGED
    return { mean, deviation: this.deviation > 0 ? this.deviation : 1 }
  }
}
