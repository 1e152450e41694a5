/*
 * Long work in TypeScript, cut into short steps between which the event loop turns, so that timers fire and requests
 * are answered.
 */
import { setImmediate as onNextTurn } from 'node:timers'
import { setImmediate } from 'node:timers/promises'

/** After this many milliseconds of work without a pause, the event loop gets a turn. */
const MILLISECONDS_OF_WORK = 4

/** A loop over numbers pauses after this many elements, which take a millisecond or less. */
export const ELEMENTS_OF_STEP = 1 << 16

/** Work that may pause at every `yield`: a few milliseconds lie between two. */
export type Steps<Result> = Generator<void, Result, void>

/** Runs all steps without pauses, for synchronous calls. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Runs the steps with turns of the event loop between them. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  const turns = new Turns()
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await turns.giveWay()
  }
}

/**
 * When the event loop last turned, as far as is known: of the whole thread, since pieces of work that are each too short to
 * give way may follow one another without a turn between them.
 */
let lastTurn = performance.now()

/** The first place from 0 up to `length` that is looked for, or -1. */
export function* findPlace(length: number, isWanted: (at: number) => boolean): Steps<number> {
  for (let from = 0; from < length; from += ELEMENTS_OF_STEP) {
    const end = Math.min(length, from + ELEMENTS_OF_STEP)
    for (let at = from; at < end; at++) if (isWanted(at)) return at
    if (end < length) yield
  }
  return -1
}

/** For loops that await anyway: gives way to the event loop where it was held for long enough. */
export class Turns {
  readonly #begun = performance.now()

  /** Whether this work, from its beginning on, has held the event loop for long enough. */
  get areDue(): boolean {
    return performance.now() - Math.max(lastTurn, this.#begun) >= MILLISECONDS_OF_WORK
  }

  async giveWay(): Promise<void> {
    if (performance.now() - lastTurn < MILLISECONDS_OF_WORK) return
    await setImmediate()
    lastTurn = performance.now()
  }
}

/**
 * Turns of the event loop that many tasks share: in each as much work as one allows, in the order of asking. A task that
 * is larger by itself has a turn of its own.
 */
export class SharedTurns {
  readonly #most: number
  #spent = 0
  readonly #waiting: { readonly work: number; readonly go: () => void }[] = []
  #scheduled = false

  /** @param most work of one turn, in any unit */
  constructor(most: number) {
    this.#most = most
  }

  /** Resolves when the task may do so much work. */
  async share(work: number): Promise<void> {
    this.#schedule()
    if (this.#waiting.length === 0 && this.#hasRoom(work)) {
      this.#spent += work
      return
    }
    await new Promise<void>((go) => this.#waiting.push({ work, go }))
  }

  #hasRoom(work: number): boolean {
    return this.#spent === 0 || this.#spent + work <= this.#most
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    onNextTurn(() => {
      this.#scheduled = false
      this.#spent = 0
      while (this.#waiting.length > 0 && this.#hasRoom(this.#waiting[0]!.work)) {
        const { work, go } = this.#waiting.shift()!
        this.#spent += work
        go()
      }
      if (this.#spent > 0) this.#schedule()
    })
  }
}
