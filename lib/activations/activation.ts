import { invalid, oneOf, plainObject } from '../validate.js'
import { ActivationFunction, type OutputActivation } from './activation-function.js'
import type { ActivationRule } from './element-wise.js'
import { type ActivationName, activationNames, configurableActivations, namedActivations } from './names.js'
import { ownActivation } from './own-activation.js'

/** What is known of an activation by its name alone; of a name that is not ours, that its outputs are values. */
export function activationNamed(name: string): OutputActivation {
  if (Object.hasOwn(namedActivations, name)) return namedActivations[name as ActivationName]
  return { name, gives: 'values', elementWise: true, suggestedLoss: undefined }
}

/**
 * What an activation can be given as: a name, an activation with options such as `leakyRelu({ slope: 0.2 })`, or a rule
 * of your own.
 */
export type ActivationOption = ActivationName | ActivationFunction | ActivationRule

/**
 * @param value a name, an activation, a rule, or what a file holds: { name: 'leakyRelu', slope: 0.2 }
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one
 */
export function activation(argument: string, value: unknown): ActivationFunction {
  if (value instanceof ActivationFunction) return value
  if (typeof value === 'function') {
    const hint = 'A function has no derivative here: give a name, or a rule of your own with defineActivation.'
    throw invalid(argument, "activation such as 'relu' or leakyRelu({ slope: 0.2 })", value, hint)
  }
  if (typeof value !== 'object' || value === null) return namedActivations[oneOf(argument, value, activationNames)]
  if ('forward' in value || 'derivative' in value) return ownActivation(argument, value)
  const { name, ...options } = plainObject(argument, value)
  if (typeof name !== 'string') throw invalid(argument, "activation such as 'relu' or leakyRelu({ slope: 0.2 })", value)
  const configurable = Object.keys(configurableActivations) as (keyof typeof configurableActivations)[]
  return configurableActivations[oneOf(`${argument}.name`, name, configurable)](options)
}
