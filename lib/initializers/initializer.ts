import type { InitialValues } from '../recording/parameter.js'
import { invalid, oneOf, plainObject } from '../validate.js'
import { constant, normal, orthogonal, uniform } from './configured.js'
import { type Initializer, initializerNames } from './names.js'
import { orthogonalize } from './orthogonalize.js'

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one */
export function initializer(argument: string, value: unknown): Initializer {
  if (typeof value === 'string') return made(oneOf(argument, value, initializerNames), {})
  if (typeof value !== 'object' || value === null || !('name' in value)) {
    throw invalid(argument, 'name of an initializer', value)
  }
  const { name, ...options } = plainObject(argument, value)
  return made(oneOf(argument, name, [...initializerNames, 'constant']), options)
}

function made(name: Initializer['name'], options: Record<string, unknown>): Initializer {
  switch (name) {
    case 'normal':
      return normal(options)
    case 'uniform':
      return uniform(options)
    case 'orthogonal':
      return orthogonal(options)
    case 'constant':
      return constant(options.value as number)
    default:
      return { name }
  }
}

/** The starting numbers of a parameter of a layer with this many inputs and outputs. */
export function initialValues(given: Initializer, inputs: number, outputs: number): InitialValues {
  const within = (limit: number): InitialValues => ({ kind: 'uniform', a: -limit, b: limit })
  const around = (standardDeviation: number): InitialValues => ({ kind: 'normal', a: 0, b: standardDeviation })
  switch (given.name) {
    case 'zeros':
      return { kind: 'constant', a: 0, b: 0 }
    case 'constant':
      return { kind: 'constant', a: given.value, b: 0 }
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
      return { kind: 'normal', a: given.mean, b: given.standardDeviation }
    case 'uniform':
      return { kind: 'uniform', a: given.low, b: given.high }
    case 'orthogonal':
      return {
        ...around(1),
        adjust: (values, rows, columns) => orthogonalize(values, rows, columns, given.gain),
      }
  }
}
