/*
 * Initializers with options.
 */
import { finiteNumber, knownOptions } from '../validate.js'
import type { Initializer } from './names.js'

export interface NormalOptions {
  /** Mean of the distribution. Default 0. */
  readonly mean?: number
  /**
   * Standard deviation of the distribution, at least 0. Default 0.05, as in Keras. The course's first examples use
   * 0.01.
   */
  readonly standardDeviation?: number
}

/**
 * Draws weights from a normal distribution.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function normal(options?: NormalOptions): Initializer {
  const { mean = 0, standardDeviation = 0.05 } = knownOptions<NormalOptions>('normal', options, [
    'mean',
    'standardDeviation',
  ])
  return {
    name: 'normal',
    mean: finiteNumber('mean', mean),
    standardDeviation: finiteNumber('standardDeviation', standardDeviation, { min: 0 }),
  }
}

export interface UniformOptions {
  /** Lower bound. Default -0.05. */
  readonly low?: number
  /** Upper bound, at least `low`. Default 0.05. */
  readonly high?: number
}

/** All numbers from `low` to `high` alike. */
export interface Uniform {
  readonly name: 'uniform'
  readonly low: number
  readonly high: number
}

/**
 * A uniform distribution from `low` to `high`: draws weights as an initializer, or an option's value in `search`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 * @example
 * new Dense(8, { initializer: uniform({ low: -0.1, high: 0.1 }) })
 * await search({ dropout: uniform(0, 0.5) }, { train, dev, fit: { loss: 'crossEntropy' }, tries: 20 })
 */
export function uniform(options?: UniformOptions): Uniform
export function uniform(low: number, high: number): Uniform
export function uniform(first?: UniformOptions | number, second?: number): Uniform {
  const options = typeof first === 'number' ? { low: first, high: finiteNumber('high', second) } : first
  const given = knownOptions<UniformOptions>('uniform', options, ['low', 'high'])
  const low = finiteNumber('low', given.low ?? -0.05)
  return { name: 'uniform', low, high: finiteNumber('high', given.high ?? 0.05, { min: low }) }
}

export interface OrthogonalOptions {
  /** Factor by which the matrix stretches every direction, above 0. Default 1; PyTorch recommends √2 before relu. */
  readonly gain?: number
}

/**
 * Draws a matrix that keeps lengths and angles, times `gain`: its rows are orthonormal, or its columns where there are
 * more units than inputs (Saxe et al., 2014). It takes 2 · smaller² · larger operations in JavaScript: seconds for a
 * weight of 1,000 by 1,000.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range
 */
export function orthogonal(options?: OrthogonalOptions): Initializer {
  const { gain = 1 } = knownOptions<OrthogonalOptions>('orthogonal', options, ['gain'])
  return { name: 'orthogonal', gain: finiteNumber('gain', gain, { exclusiveMin: 0 }) }
}

/**
 * Sets every weight to the same number.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a value that is not a finite number
 */
export function constant(value: number): Initializer {
  return { name: 'constant', value: finiteNumber('value', value) }
}
