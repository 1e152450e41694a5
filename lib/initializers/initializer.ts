import type { InitialValues } from '../native/parameter.js'
import { finiteNumber, invalid, knownOptions, oneOf } from '../validate.js'

export const initializerNames = [
  'zeros',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunNormal',
  'normal',
  'uniform',
] as const
export type InitializerName = (typeof initializerNames)[number]

/** A way to start weights, from the numbers of inputs and outputs of a layer. */
export interface Initializer {
  readonly name: InitializerName
  readonly scale?: number
}

/** Normal numbers with mean 0. The course's first examples use a standard deviation of 0.01. */
export function normal(options?: { standardDeviation?: number }): Initializer {
  const { standardDeviation = 0.05 } = knownOptions<{ standardDeviation?: number }>('normal', options, [
    'standardDeviation',
  ])
  return { name: 'normal', scale: finiteNumber('standardDeviation', standardDeviation, { min: 0 }) }
}

/** Uniform numbers between -limit and limit. */
export function uniform(options?: { limit?: number }): Initializer {
  const { limit = 0.05 } = knownOptions<{ limit?: number }>('uniform', options, ['limit'])
  return { name: 'uniform', scale: finiteNumber('limit', limit, { min: 0 }) }
}

/** The default for an activation: He et al. (2015) for the relu family, Glorot and Bengio (2010) for the others. */
export function defaultInitializer(activation: string): Initializer {
  return { name: activation === 'relu' || activation === 'gelu' ? 'heNormal' : 'glorotUniform' }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one */
export function initializer(argument: string, value: unknown): Initializer {
  if (typeof value === 'object' && value !== null && 'name' in value) {
    const given = value as Initializer
    return {
      name: oneOf(argument, given.name, initializerNames),
      ...(given.scale === undefined ? {} : { scale: finiteNumber(argument, given.scale, { min: 0 }) }),
    }
  }
  if (typeof value !== 'string') throw invalid(argument, 'name of an initializer', value)
  return { name: oneOf(argument, value, initializerNames) }
}

export function initialValues({ name, scale }: Initializer, inputs: number, outputs: number): InitialValues {
  const within = (limit: number): InitialValues => ({ kind: 'uniform', a: -limit, b: limit })
  const around = (standardDeviation: number): InitialValues => ({ kind: 'normal', a: 0, b: standardDeviation })
  switch (name) {
    case 'zeros':
      return { kind: 'constant', a: 0, b: 0 }
    case 'glorotUniform':
      return within(Math.sqrt(6 / (inputs + outputs)))
    case 'glorotNormal':
      return around(Math.sqrt(2 / (inputs + outputs)))
    case 'heUniform':
      return within(Math.sqrt(6 / inputs))
    case 'heNormal':
      return around(Math.sqrt(2 / inputs))
    case 'lecunNormal':
      return around(Math.sqrt(1 / inputs))
    case 'normal':
      return around(scale ?? 0.05)
    case 'uniform':
      return within(scale ?? 0.05)
  }
}
