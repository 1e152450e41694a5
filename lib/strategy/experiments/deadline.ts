import { finiteNumber } from '../../validate.js'

/** A budget of wall time, which runs from the moment it is made. */
export class Deadline {
  /** Milliseconds in all. */
  readonly budget: number
  readonly #now: () => number
  readonly #end: number

  /**
   * @param budget milliseconds, at least 0
   * @param now the clock, in milliseconds. Default `performance.now`.
   * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a budget that is negative or not finite
   */
  constructor(budget: number, now: () => number = () => performance.now()) {
    this.budget = finiteNumber('budget', budget, { min: 0 })
    this.#now = now
    this.#end = now() + budget
  }

  /** Milliseconds that are left; 0 when it has passed. */
  get left(): number {
    return Math.max(0, this.#end - this.#now())
  }

  get passed(): boolean {
    return this.left === 0
  }
}
