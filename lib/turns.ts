/*
 * Long work of TypeScript in short steps, between which the event loop turns: timers fire and requests are answered.
 */
import { setImmediate } from 'node:timers/promises'

/** After as much work without a pause others get their turn. */
const MILLISECONDS_OF_WORK = 10

/** After as many elements a loop over numbers pauses: that takes a millisecond or less. */
export const ELEMENTS_OF_STEP = 1 << 16

/** Work that may pause at every `yield`: a few milliseconds lie between two. */
export type Steps<Result> = Generator<void, Result, void>

/** All steps in one go, for synchronous calls. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The steps with turns of the event loop between them. */
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
