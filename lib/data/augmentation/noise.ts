import { DeepblasError } from '../../errors.js'
import { array, finiteNumber, knownOptions, nonNegativeInteger } from '../../validate.js'
import type { Augmentation } from './augmentation.js'

export interface NoiseOptions {
  /** Standard deviation of the noise, in the units that the network sees. */
  readonly standardDeviation: number
  /** The features that get noise, by number: leave out columns of categories. Default all. */
  readonly columns?: readonly number[]
}

/**
 * Adds independent normal noise of mean 0 to features: of pictures and of tables.
 *
 * @throws DeepblasError ERR_DEEPBLAS_SHAPE at use, if the data set lacks one of the columns
 */
export function noise(options: NoiseOptions): Augmentation {
  const given = knownOptions<NoiseOptions>('noise', options, ['standardDeviation', 'columns'])
  const deviation = finiteNumber('noise.standardDeviation', given.standardDeviation, { min: 0 })
  const columns =
    given.columns &&
    array('noise.columns', given.columns, 'numbers of features').map((column, i) =>
      nonNegativeInteger(`noise.columns[${i}]`, column),
    )
  return {
    name: 'noise',
    bind({ features }) {
      const missing = columns?.find((column) => column >= features)
      if (missing !== undefined) {
        throw new DeepblasError(
          'ERR_DEEPBLAS_SHAPE',
          `Expected features from 0 to ${features - 1} for noise.columns but received ${missing}.`,
        )
      }
      const chosen = columns ?? Array.from({ length: features }, (_, column) => column)
      return {
        apply({ x }, random) {
          for (const column of chosen) x[column]! += deviation * random.normal()
        },
      }
    },
  }
}
