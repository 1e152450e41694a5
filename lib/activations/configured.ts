/*
 * Activations with options. An activation that differs from its name's default is saved with its options.
 */
import { finiteNumber, knownOptions, oneOf } from '../validate.js'
import type { ActivationFunction } from './activation-function.js'
import { ElementWise } from './element-wise.js'
import { KernelActivation } from './kernel-activation.js'
import { eluRule, geluTanh, leakyReluRule } from './rules.js'

export interface LeakyReluOptions {
  /** The slope below 0. Default 0.01. */
  readonly slope?: number
}

/**
 * `x` above 0, `slope · x` below (Maas et al., 2013).
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a slope below 0
 * @example
 * new Dense(64, { activation: leakyRelu({ slope: 0.2 }) })
 */
export function leakyRelu(options?: LeakyReluOptions): ActivationFunction {
  const given = knownOptions<LeakyReluOptions>('leakyRelu', options, ['slope'])
  const slope = finiteNumber('slope', given.slope ?? 0.01, { min: 0 })
  return new ElementWise(leakyReluRule(slope), () => ({ name: 'leakyRelu', slope }))
}

export interface EluOptions {
  /** The output tends to `-alpha` for very negative inputs. At least 0. Default 1. */
  readonly alpha?: number
}

/**
 * `x` above 0, `alpha · (eˣ - 1)` below (Clevert et al., 2016).
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an alpha below 0
 */
export function elu(options?: EluOptions): ActivationFunction {
  const given = knownOptions<EluOptions>('elu', options, ['alpha'])
  const alpha = finiteNumber('alpha', given.alpha ?? 1, { min: 0 })
  return new ElementWise(eluRule(alpha), () => ({ name: 'elu', alpha }))
}

export interface GeluOptions {
  /** 'none': `x · Φ(x)`; 'tanh': the approximation that GPT-2 and BERT were trained with. Default 'none'. */
  readonly approximate?: 'none' | 'tanh'
}

/** `x · Φ(x)`, exact or by tanh (Hendrycks and Gimpel, 2016). */
export function gelu(options?: GeluOptions): ActivationFunction {
  const given = knownOptions<GeluOptions>('gelu', options, ['approximate'])
  const approximate = oneOf('approximate', given.approximate ?? 'none', ['none', 'tanh'])
  if (approximate === 'none') return new KernelActivation('gelu')
  return new ElementWise(geluTanh, () => ({ name: 'gelu', approximate }))
}
