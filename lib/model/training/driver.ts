import { DeepblasError } from '../../errors.js'
import { asDeepblasError, type Chunk } from '../../native/addon.js'
import { Turns } from '../../turns.js'
import type { FitSteps } from '../programs/requests.js'

/** Runs one fit at a time, and refuses other calls meanwhile. Inside the fit's callbacks the model may be used. */
export class FitLock {
  #state: 'free' | 'running' | 'callback' = 'free'

  /** Whether a fit is running, also inside its callbacks. */
  get fits(): boolean {
    return this.#state !== 'free'
  }

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
      const turns = new Turns()
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
        if ('pause' in next.value) {
          // With little data, the fit has started when the call returns.
          if (turns.areDue) await turns.giveWay()
        } else if ('read' in next.value) await next.value.read
        else if ('work' in next.value) await next.value.work('async')
        else input = await next.value.advance('async')
      }
    } catch (error) {
      steps.return(undefined as Result)
      throw withCaller(asDeepblasError(error, caller), caller)
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
          // Nobody handles its rejection, and Node ends a process for that.
          Promise.resolve(next.value.wait).catch(() => undefined)
          throw new DeepblasError(
            'ERR_DEEPBLAS_ARGUMENT',
            'Expected callbacks of fitSync to return nothing but one returned a promise. Use fit.',
          )
        }
        if ('read' in next.value) {
          Promise.resolve(next.value.read).catch(() => undefined)
          throw new DeepblasError(
            'ERR_DEEPBLAS_ARGUMENT',
            'Expected data for fitSync that need not be awaited. Use fit.',
          )
        }
        input = undefined
        if ('pause' in next.value) continue
        if ('work' in next.value) next.value.work('sync')
        else input = next.value.advance('sync') as Chunk
      }
    } catch (error) {
      throw withCaller(error, new Error('fit'))
    } finally {
      steps.return(undefined as Result)
      this.#state = 'free'
    }
  }
}

/**
 * Adds the caller's stack to an error: checks run deep in generators, and after a pause their stack does not show the
 * call.
 */
function withCaller(error: unknown, { stack = '' }: Error): unknown {
  if (!(error instanceof DeepblasError)) return error
  const known = error.stack ?? ''
  const missing = stack.split('\n').filter((line) => line.startsWith('    at ') && !known.includes(line))
  error.stack = [known, ...missing].join('\n')
  return error
}

function busy(what: string): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_BUSY',
    `${what} was called while this model fits. Await the fit, or use a clone() made before it.`,
  )
}
