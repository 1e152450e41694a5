import { ofMember, type PerMember, perMember } from '../per-member.js'
import { finiteNumber, invalid } from '../validate.js'

/** A penalty on the weights of a layer, or on its biases where asked for, added to the loss. */
export interface Regularizer {
  /** Adds l1 · Σ |w|. */
  readonly l1: PerMember
  /** Adds l2 · Σ w². */
  readonly l2: PerMember
  /** Whether both strengths are divided by the batch's rows, as the lesson's λ / 2m is. */
  readonly perRow: boolean
}

/**
 * Adds `strength · Σ |w|` to the loss (Keras's convention).
 *
 * @param strength at least 0; for a population also a list with one strength per member
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a strength that is negative or not finite
 */
export function l1(strength: PerMember): Regularizer {
  return { l1: strengths('l1', strength), l2: 0, perRow: false }
}

/**
 * Adds `strength · Σ w²` to the loss (Keras's convention); its gradient is `2 · strength · w`.
 *
 * @param strength at least 0; for a population also a list with one strength per member
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a strength that is negative or not finite
 */
export function l2(strength: PerMember): Regularizer {
  return { l1: 0, l2: strengths('l2', strength), perRow: false }
}

/**
 * Adds `l1 · Σ |w| + l2 · Σ w²` to the loss (Zou and Hastie's elastic net, 2005).
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a strength that is missing, negative or not finite
 */
export function l1l2(given: { l1: PerMember; l2: PerMember }): Regularizer {
  return { l1: strengths('l1', given?.l1), l2: strengths('l2', given?.l2), perRow: false }
}

/**
 * Adds `λ / (2 m) · Σ w²` to the loss, where m is the number of rows in the batch: the convention of the course (course
 * 2, week 1).
 *
 * @param lambda at least 0; for a population also a list with one strength per member
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a strength that is negative or not finite
 */
export function lessonL2(lambda: PerMember): Regularizer {
  const checked = strengths('lambda', lambda)
  return { l1: 0, l2: typeof checked === 'number' ? checked / 2 : checked.map((one) => one / 2), perRow: true }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that l1, l2, l1l2 or lessonL2 did not make */
export function regularizer(argument: string, value: unknown): Regularizer {
  const given = value as Partial<Regularizer> | null
  if (typeof given !== 'object' || given === null || given.l1 === undefined || given.l2 === undefined) {
    const hint = typeof value === 'number' ? `Write l2(${value}).` : 'Import l1, l2 or l1l2, and write l2(1e-4).'
    throw invalid(argument, 'regularizer such as l2(1e-4)', value, hint)
  }
  return {
    l1: strengths(`${argument}.l1`, given.l1),
    l2: strengths(`${argument}.l2`, given.l2),
    perRow: given.perRow === true,
  }
}

/** The same regularizer with the strengths of one member of a population. */
export function regularizerOfMember({ l1, l2, perRow }: Regularizer, member: number): Regularizer {
  return { l1: ofMember(l1, member), l2: ofMember(l2, member), perRow }
}

function strengths(argument: string, value: unknown): PerMember {
  return perMember(argument, value, (name, one) => finiteNumber(name, one, { min: 0 }))
}
