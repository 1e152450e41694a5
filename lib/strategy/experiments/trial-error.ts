import { DeepblasError } from '../../errors.js'
import type { Trial } from './trial.js'

/** An error with the key of the trial that it came from, or of the first one of a population. */
export function errorOf([first, ...others]: readonly Trial[], cause: unknown): unknown {
  if (!(cause instanceof DeepblasError)) return cause
  const beside = others.length === 0 ? '' : `, or one of the ${others.length} beside it`
  return new DeepblasError(cause.code, `Trial '${first!.key}'${beside}: ${cause.message}`, { cause })
}
