import { DeepblasError } from '../../errors.js'
import { finiteNumber, knownOptions, oneOf, positiveInteger } from '../../validate.js'
import type { Augmentation, AugmentationSource } from './augmentation.js'
import { symmetricBeta } from './beta.js'

export interface MixUpOptions {
  /** The share is drawn from Beta(alpha, alpha): near 0 hardly mixes, 1 is uniform. From 1e-6 to 1e6; default 0.2. */
  readonly alpha?: number
  /**
   * 'classes' turns one column of classes into rows of probabilities, for crossEntropy; 'values' mixes the numbers
   * themselves, for regression and for 0 or 1 with binaryCrossEntropy. Default 'classes'.
   */
  readonly targets?: 'classes' | 'values'
  /** Number of classes, where it is more than the labels or the largest class say. */
  readonly classes?: number
}

/**
 * Mixes every row with another, chosen at random: `λ x + (1 - λ) x'`, and the targets in the same way.
 *
 * Zhang, Cissé, Dauphin, Lopez-Paz: "mixup: beyond empirical risk minimization", ICLR 2018. The other row is taken as it
 * was before augmentation. A row keeps its own sample weight.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA at use, if targets are missing or are no classes
 */
export function mixUp(options?: MixUpOptions): Augmentation {
  const given = knownOptions<MixUpOptions>('mixUp', options, ['alpha', 'targets', 'classes'])
  const alpha = finiteNumber('mixUp.alpha', given.alpha ?? 0.2, { min: 1e-6, max: 1e6 })
  const targets = oneOf('mixUp.targets', given.targets ?? 'classes', ['classes', 'values'])
  if (given.classes !== undefined) positiveInteger('mixUp.classes', given.classes)
  return {
    name: 'mixUp',
    bind(source) {
      return {
        ...(targets === 'values' || source.targetColumns > 1
          ? { targets: valuesOf(source) }
          : { targets: { classes: classesOf(source, given.classes) } }),
        apply({ x, y }, random) {
          const share = symmetricBeta(alpha, random)
          const other = source.sample(random.integer(source.rows))
          mix(x, other.x, share)
          mix(y, other.y, share)
        },
      }
    },
  }
}

function valuesOf({ targetColumns }: AugmentationSource): 'values' {
  if (targetColumns > 0) return 'values'
  throw new DeepblasError('ERR_DEEPBLAS_DATA', 'Expected targets (y) in the data set for mixUp but received none.')
}

function classesOf(source: AugmentationSource, asked: number | undefined): number {
  const found = source.classes('mixUp with targets: classes')
  if (asked === undefined || asked >= found) return asked ?? found
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected at least ${found} for mixUp.classes, as many as the data set has, but received ${asked}.`,
  )
}

function mix(own: Float32Array | Float64Array, other: Float32Array | Float64Array, share: number): void {
  for (let i = 0; i < own.length; i++) own[i] = share * own[i]! + (1 - share) * other[i]!
}
