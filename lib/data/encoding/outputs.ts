import { DeepblasError } from '../../errors.js'
import { isNumberArray } from '../../kinds.js'
import { array, finiteNumber, invalid, nonNegativeInteger, positiveInteger } from '../../validate.js'

/** The outputs of a network: { data, shape: [rows, outputs] }. */
export interface EncodedOutputs {
  readonly data: ArrayLike<number>
  readonly shape: readonly [rows: number, outputs: number]
}

/**
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for what is no array of numbers with a shape, ERR_DEEPBLAS_SHAPE for a shape
 *   of another number of numbers
 */
export function checkedOutputs(given: unknown): { data: ArrayLike<number>; rows: number; outputs: number } {
  if (typeof given !== 'object' || given === null) {
    throw invalid('outputs', '{ data, shape }, as predict gives it', given)
  }
  const { data, shape } = given as Partial<EncodedOutputs>
  const [rows, outputs, ...more] = array('outputs.shape', shape, 'two sizes, rows and outputs')
  if (more.length > 0) throw invalid('outputs.shape', 'two sizes, rows and outputs', shape)
  nonNegativeInteger('outputs.shape[0]', rows)
  positiveInteger('outputs.shape[1]', outputs)
  const size = (rows as number) * (outputs as number)
  if (!isNumberArray(data)) array('outputs.data', data, 'numbers')
  const numbers = data as ArrayLike<number>
  if (numbers.length !== size) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_SHAPE',
      `Expected ${size} numbers for outputs.data, as shape (${rows}, ${outputs}) says, but received ${numbers.length}.`,
    )
  }
  if (!isNumberArray(data)) for (let i = 0; i < size; i++) finiteNumber(`outputs.data[${i}]`, numbers[i])
  return { data: numbers, rows: rows as number, outputs: outputs as number }
}
