/*
 * The native objects that a fit has opened. They are released however the fit ends, also where a later part of its
 * beginning throws, such as a callback's `forMember` or a lack of memory.
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

  /** Releases all of them, the last one first. */
  release(): void {
    for (const one of this.#all.splice(0).reverse()) one.release()
  }
}
