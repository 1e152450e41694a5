/*
 * Long work of TypeScript in short steps, between which the event loop turns: timers fire and requests are answered.
 */
import { setImmediate } from 'node:timers/promises'

/** After as much work without a pause others get their turn. */
const MILLISECONDS_OF_WORK = 10

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

/** For loops that await anyway: gives way to the event loop where it was held for long enough. */
export class Turns {
  async giveWay(): Promise<void> {
    if (performance.now() - lastTurn < MILLISECONDS_OF_WORK) return
    await setImmediate()
    lastTurn = performance.now()
  }
}
