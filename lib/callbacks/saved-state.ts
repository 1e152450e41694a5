/*
 * Reads a callback's state that comes out of a file, where any value may stand.
 */
import { FileProblem } from '../files/file-error.js'
import { describe } from '../validate.js'
import type { CallbackState, Snapshot } from './callback.js'

/** Checks a state value by value. */
export class SavedState {
  readonly #state: CallbackState

  constructor(state: CallbackState) {
    this.#state = state
  }

  text(name: string): string {
    const value = this.#state[name]
    return typeof value === 'string' ? value : this.#refuse(name, 'a text')
  }

  /** A count, a whole number of at least 0. */
  count(name: string): number {
    const value = this.#state[name]
    return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : this.#refuse(name, 'a count')
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#state[name]
    return value === undefined || typeof value === 'boolean' ? value : this.#refuse(name, 'true or false')
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#state[name]
    return value === undefined || typeof value === 'number' ? value : this.#refuse(name, 'a number')
  }

  /** The best epoch and its value. */
  optionalBest(name: string): { readonly epoch: number; readonly value: number } | undefined {
    const best = this.#state[name]
    if (best === undefined) return undefined
    const { epoch, value } = (best ?? {}) as Partial<Record<string, unknown>>
    const fits = Number.isSafeInteger(epoch) && (epoch as number) > 0 && typeof value === 'number'
    return fits ? { epoch: epoch as number, value } : this.#refuse(name, 'an epoch and its value')
  }

  /** A snapshot, or undefined; one that was released before the checkpoint counts as none. */
  optionalSnapshot(name: string): Snapshot | undefined {
    const value = this.#state[name]
    if (value === undefined || value === null) return undefined
    const { release } = value as Partial<Snapshot>
    return typeof release === 'function' ? (value as Snapshot) : this.#refuse(name, 'parameters that it has kept')
  }

  #refuse(name: string, expected: string): never {
    throw new FileProblem(`its '${name}' should be ${expected} but is ${describe(this.#state[name])}`)
  }
}
