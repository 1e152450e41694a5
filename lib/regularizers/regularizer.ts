import { finiteNumber, invalid } from '../validate.js'

/** A penalty on the weights of a layer, added to the loss; never on biases. */
export interface Regularizer {
  /** Adds l1 · Σ |w|. */
  readonly l1: number
  /** Adds l2 · Σ w². */
  readonly l2: number
  /** Whether both strengths are divided by the batch's rows, as the lesson's λ / 2m is. */
  readonly perRow: boolean
}

/** Adds `strength · Σ |w|` to the loss (Keras's convention). */
export function l1(strength: number): Regularizer {
  return { l1: finiteNumber('l1', strength, { min: 0 }), l2: 0, perRow: false }
}

/** Adds `strength · Σ w²` to the loss (Keras's convention). */
export function l2(strength: number): Regularizer {
  return { l1: 0, l2: finiteNumber('l2', strength, { min: 0 }), perRow: false }
}

/** Adds `l1 · Σ |w| + l2 · Σ w²` to the loss. */
export function l1l2(strengths: { l1: number; l2: number }): Regularizer {
  return {
    l1: finiteNumber('l1', strengths?.l1, { min: 0 }),
    l2: finiteNumber('l2', strengths?.l2, { min: 0 }),
    perRow: false,
  }
}

/** Adds `λ / (2 m) · Σ w²` to the loss, m being the rows of the batch: the convention of the course (course 2, week 1). */
export function lessonL2(lambda: number): Regularizer {
  return { l1: 0, l2: finiteNumber('lambda', lambda, { min: 0 }) / 2, perRow: true }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that l1, l2, l1l2 or lessonL2 did not make */
export function regularizer(argument: string, value: unknown): Regularizer {
  const given = value as Partial<Regularizer> | null
  if (typeof given !== 'object' || given === null || typeof given.l1 !== 'number' || typeof given.l2 !== 'number') {
    throw invalid(argument, 'regularizer such as l2(1e-4)', value)
  }
  return {
    l1: finiteNumber(`${argument}.l1`, given.l1, { min: 0 }),
    l2: finiteNumber(`${argument}.l2`, given.l2, { min: 0 }),
    perRow: given.perRow === true,
  }
}
