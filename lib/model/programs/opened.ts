/*
 * What a fit has opened. It is given up when the fit ends, wherever that is: also where a later part of its beginning
 * throws, such as a callback that is made for each member, or memory that is not there.
 */

interface Releasable {
  release(): void
}

export class Opened {
  readonly #all: Releasable[] = []

  add<One extends Releasable>(one: One): One {
    this.#all.push(one)
    return one
  }

  /** The last one first. */
  release(): void {
    for (const one of this.#all.splice(0).reverse()) one.release()
  }
}
