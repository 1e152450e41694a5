import { DeepblasError } from '../errors.js'
import { asDeepblasError, type Chunk } from '../native/addon.js'
import type { FitSteps } from './fit-request.js'

/** Runs one fit at a time, and refuses what must not happen meanwhile. Inside its callbacks the model may be used. */
export class FitLock {
  #state: 'free' | 'running' | 'callback' = 'free'

  /** @throws DeepblasError ERR_DEEPBLAS_BUSY while steps run, but not inside callbacks */
  requireFree(what: string): void {
    if (this.#state === 'running') throw busy(what)
  }

  /** @throws DeepblasError ERR_DEEPBLAS_BUSY while another fit runs, also inside its callbacks */
  requireNoFit(): void {
    if (this.#state !== 'free') throw busy('fit')
  }

  async run<Result>(steps: FitSteps<Result>): Promise<Result> {
    const caller = new Error('fit')
    this.#state = 'callback'
    try {
      let input: Chunk | undefined
      for (;;) {
        this.#state = 'callback'
        const next = steps.next(input)
        if (next.done === true) return next.value
        input = undefined
        if ('wait' in next.value) {
          await next.value.wait
          continue
        }
        this.#state = 'running'
        if ('read' in next.value) await next.value.read
        else if ('work' in next.value) await next.value.work('async')
        else input = await next.value.advance('async')
      }
    } catch (error) {
      steps.return(undefined as Result)
      throw asDeepblasError(error, caller)
    } finally {
      this.#state = 'free'
    }
  }

  runSync<Result>(steps: FitSteps<Result>): Result {
    this.#state = 'callback'
    try {
      let input: Chunk | undefined
      for (;;) {
        const next = steps.next(input)
        if (next.done === true) return next.value
        if ('wait' in next.value) {
          throw new DeepblasError(
            'ERR_DEEPBLAS_ARGUMENT',
            'Expected callbacks of fitSync to return nothing but one returned a promise. Use fit.',
          )
        }
        if ('read' in next.value) {
          throw new DeepblasError(
            'ERR_DEEPBLAS_ARGUMENT',
            'Expected data for fitSync that need not be awaited. Use fit.',
          )
        }
        input = undefined
        if ('work' in next.value) next.value.work('sync')
        else input = next.value.advance('sync') as Chunk
      }
    } finally {
      steps.return(undefined as Result)
      this.#state = 'free'
    }
  }
}

function busy(what: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_BUSY',
    `${what} was called while this model fits. Await the fit, or use a clone() made before it.`,
  )
}
