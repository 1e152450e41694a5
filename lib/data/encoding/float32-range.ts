/*
 * Numbers that are too large to be scaled, told by name: those beside them are innocent.
 */
import { DeepblasError } from '../../errors.js'
import { describe } from '../../validate.js'
import { nameOfRow } from './read-columns.js'

export const LARGEST_FLOAT32 = 3.4028234663852886e38

interface Extreme {
  readonly largest: number
  readonly rowOfLargest: number
  /** The line that it was read from, if it came from a file. */
  readonly lineOfLargest: number | undefined
}

/**
 * @param expected what the numbers should be, such as `that float32 can hold for the target 'price'`
 * @param hint what to do, a sentence
 */
export function tooLarge(
  { largest, rowOfLargest, lineOfLargest }: Extreme,
  expected: string,
  hint: string,
): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected numbers ${expected} but received ${describe(largest)} in ${nameOfRow(rowOfLargest, lineOfLargest)}. ${hint}`,
  )
}
