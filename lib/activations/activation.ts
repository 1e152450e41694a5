import { invalid, oneOf, plainObject } from '../validate.js'
import { ActivationFunction } from './activation-function.js'
import { elu, gelu, leakyRelu } from './configured.js'
import { type ActivationRule, ElementWise } from './element-wise.js'
import { KernelActivation } from './kernel-activation.js'
import { LogSoftmax } from './log-softmax.js'
import { type ActivationName, activationNames } from './names.js'
import { ownActivation } from './own-activation.js'
import { hardSigmoid, hardSwish, mish, relu6, selu, silu, softplus, softsign } from './rules.js'
import { Softmax } from './softmax.js'

/** By name, with default options. */
const made: Readonly<Record<ActivationName, ActivationFunction>> = {
  linear: new KernelActivation('linear'),
  sigmoid: new KernelActivation('sigmoid'),
  tanh: new KernelActivation('tanh'),
  relu: new KernelActivation('relu'),
  relu6: new ElementWise(relu6),
  leakyRelu: leakyRelu(),
  elu: elu(),
  selu: new ElementWise(selu),
  gelu: gelu(),
  silu: new ElementWise(silu),
  mish: new ElementWise(mish),
  softplus: new ElementWise(softplus),
  softsign: new ElementWise(softsign),
  hardSigmoid: new ElementWise(hardSigmoid),
  hardSwish: new ElementWise(hardSwish),
  softmax: new Softmax(),
  logSoftmax: new LogSoftmax(),
}

/** Those that take options, as a file holds them. */
const configured = { leakyRelu, elu, gelu }

/** An activation where one is asked for: a name, one with options, or a rule of the user's own. */
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
  if (typeof value !== 'object' || value === null) return made[oneOf(argument, value, activationNames)]
  if ('forward' in value || 'derivative' in value) return ownActivation(argument, value)
  const { name, ...options } = plainObject(argument, value)
  if (typeof name !== 'string') throw invalid(argument, "activation such as 'relu' or leakyRelu({ slope: 0.2 })", value)
  const make = configured[oneOf(`${argument}.name`, name, Object.keys(configured) as (keyof typeof configured)[])]
  return make(options)
}
