/*
 * Initializers with options.
 */
import { finiteNumber, knownOptions } from '../validate.js'
import type { Initializer } from './names.js'

export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number
  /** Default 0.05, as Keras's. The course's first examples use 0.01. */
  readonly standardDeviation?: number
}

/** Normal numbers. */
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
  /** Default -0.05. */
  readonly low?: number
  /** At least `low`. Default 0.05. */
  readonly high?: number
}

/** Numbers from `low` to `high`, each as likely. */
export function uniform(options?: UniformOptions): Initializer {
  const given = knownOptions<UniformOptions>('uniform', options, ['low', 'high'])
  const low = finiteNumber('low', given.low ?? -0.05)
  return { name: 'uniform', low, high: finiteNumber('high', given.high ?? 0.05, { min: low }) }
}

export interface OrthogonalOptions {
  /** Every direction is stretched by it. Default 1; PyTorch recommends √2 before relu. */
  readonly gain?: number
}

/**
 * A matrix that keeps lengths and angles, times `gain`: its rows are orthonormal, or its columns where there are more
 * units than inputs (Saxe et al., 2014). Takes 2 · smaller² · larger operations in JavaScript: seconds for a weight of
 * 1,000 by 1,000.
 */
export function orthogonal(options?: OrthogonalOptions): Initializer {
  const { gain = 1 } = knownOptions<OrthogonalOptions>('orthogonal', options, ['gain'])
  return { name: 'orthogonal', gain: finiteNumber('gain', gain, { exclusiveMin: 0 }) }
}

/** The same number everywhere. */
export function constant(value: number): Initializer {
  return { name: 'constant', value: finiteNumber('value', value) }
}
