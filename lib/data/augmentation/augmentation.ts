import { DeepblasError } from '../../errors.js'

/** Random numbers of one row: they depend on the seed, the row and the copy or epoch alone. */
export interface RandomNumbers {
  /** From 0 up to, but not including, 1. */
  uniform(): number
  /** A draw from the normal distribution of mean 0 and deviation 1. */
  normal(): number
  /** A whole number from 0 to `below - 1`. */
  integer(below: number): number
}

/** One row on its way through the augmentations: change its numbers in place. */
export interface Sample {
  /** The features as the network sees them, scaled; bytes are rounded and limited to 0 to 255 at the end. */
  readonly x: Float32Array
  /** The class, the value, or the row of them; empty where the data set has no targets. */
  readonly y: Float64Array
}

/** The data set that is augmented. */
export interface AugmentationSource {
  readonly rows: number
  readonly features: number
  readonly featureShape: readonly number[]
  /** Number of classes, where the targets are one column of them; the error says why there are none. */
  classes(purpose: string): number
  readonly targetColumns: number
  /** Any row as it was before augmentation, its class as a row of probabilities where an augmentation asked for that. */
  sample(row: number): Sample
}

/** An augmentation that has seen the data set it is for. */
export interface BoundAugmentation {
  apply(sample: Sample, random: RandomNumbers): void
  /** It makes targets that are no classes any more: 'values', or rows of probabilities of so many classes. */
  readonly targets?: 'values' | { readonly classes: number }
}

/** A seeded change of rows: `shift`, `rotate`, `flip`, `noise`, `mixUp`, or one's own. */
export interface Augmentation {
  /** For messages. */
  readonly name: string
  /** Called once, before the first row. Throws if the data set does not suit. */
  bind(source: AugmentationSource): BoundAugmentation
}

/** One's own in short form: changes the features of a row in place, or returns the new ones. */
export type AugmentationFunction = (features: Float32Array, random: RandomNumbers) => unknown

/** Height, width and channels of the pictures in a data set. */
export function pictureShape(name: string, { featureShape }: AugmentationSource): [number, number, number] {
  const [height, width, channels = 1, ...rest] = featureShape
  if (height !== undefined && width !== undefined && rest.length === 0) return [height, width, channels]
  throw new DeepblasError(
    'ERR_DEEPBLAS_SHAPE',
    `Expected pictures for ${name}, of featureShape [height, width] or [height, width, channels], but received ` +
      `[${featureShape.join(', ')}]. Give Dataset.from the option featureShape.`,
  )
}
