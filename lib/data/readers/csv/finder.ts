/*
 * Where characters stand in a text that is gone through from left to right.
 */

/** Where something stands next, looked for once however often it is asked. */
export class Finder {
  scanned = 0
  readonly #what: string
  #from = 0
  #found = -1

  /** @param what nothing, if it is empty: it is found nowhere */
  constructor(what: string) {
    this.#what = what
  }

  /** The place at or behind `at`; infinite where there is none. */
  from(text: string, at: number): number {
    if (at >= this.#from && at <= this.#found) return this.#found
    if (this.#what === '') return Number.POSITIVE_INFINITY
    const found = text.indexOf(this.#what, at)
    this.scanned += (found === -1 ? text.length : found) - at + 1
    this.#from = at
    this.#found = found === -1 ? Number.POSITIVE_INFINITY : found
    return this.#found
  }

  /** The text is another one. */
  forget(): void {
    this.#found = -1
  }
}

/** The blank, tab or line end at or behind `from`; infinite where there is none. */
export function blankFrom(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 32 || code === 9 || code === 10) return at
    at++
  }
  return Number.POSITIVE_INFINITY
}
