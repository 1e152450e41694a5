import { isAbortSignal } from '../../kinds.js'
import type { Chunk } from '../../native/addon.js'
import type { Steps } from '../../turns.js'

/**
 * The next task of a fit's driver: advance the native run, or work beside it on the same parameters; await a callback,
 * inside which the model may be used; await data, while it may not; or let the event loop turn.
 */
export type FitRequest =
  | { readonly advance: (form: FitForm) => Chunk | Promise<Chunk> }
  | { readonly work: (form: FitForm) => unknown }
  | { readonly wait: Promise<void> }
  | { readonly read: Promise<void> }
  | { readonly pause: true }

export type FitForm = 'async' | 'sync'

/** A fit as a generator: its asynchronous and its synchronous form are the same code. */
export type FitSteps<Result> = Generator<FitRequest, Result, Chunk | undefined>

const PAUSE = { pause: true } as const

/**
 * Runs work between whose steps the event loop may turn. A signal that is raised meanwhile ends it; for a signal that
 * was raised before, the checks of the work itself come first.
 */
export function* paused<Result>(steps: Steps<Result>, signal?: unknown): FitSteps<Result> {
  const raised = isAbortSignal(signal) && !signal.aborted ? signal : undefined
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    yield PAUSE
    raised?.throwIfAborted()
  }
}

/** Awaits the result of a callback. */
export function* told(result: void | Promise<void>): FitSteps<void> {
  if (isPromise(result)) yield { wait: result }
}

/** Awaits data, where it does not come at once. */
export function* arrived<Value>(value: Value | Promise<Value>): FitSteps<Value> {
  if (!isPromise(value)) return value
  let result: { readonly value: Value } | undefined
  yield {
    read: value.then((value) => {
      result = { value }
    }),
  }
  return result!.value
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof (value as Promise<Value> | undefined)?.then === 'function'
}
