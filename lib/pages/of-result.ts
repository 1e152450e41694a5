import { DeepblasError } from '../errors.js'
import { messageOf } from '../kinds.js'

/**
 * Makes a page of a result. An object that lacks some of one, such as JSON of another version, is told with the function
 * that gives one.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no whole result
 */
export function pageOfResult(from: 'diagnose' | 'improve' | 'search' | 'whyDeep', make: () => string): string {
  try {
    return make()
  } catch (cause) {
    if (cause instanceof DeepblasError) throw cause
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for result what ${from}() resolves to but received an object that lacks some of it: ${messageOf(cause)}.`,
      { cause },
    )
  }
}
