/*
 * The activations there are, by name.
 */
import type { ActivationFunction } from './activation-function.js'
import { elu, gelu, leakyRelu } from './configured.js'
import { ElementWise } from './element-wise.js'
import { KernelActivation } from './kernel-activation.js'
import { LogSoftmax } from './log-softmax.js'
import { hardSigmoid, hardSwish, mish, relu6, selu, silu, softplus, softsign } from './rules.js'
import { Softmax } from './softmax.js'

/** Activations by name. */
export const activationNames = [
  'linear',
  'sigmoid',
  'tanh',
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'mish',
  'softplus',
  'softsign',
  'hardSigmoid',
  'hardSwish',
  'softmax',
  'logSoftmax',
] as const
export type ActivationName = (typeof activationNames)[number]

/** Activations by name, each with its default options. */
export const namedActivations: Readonly<Record<ActivationName, ActivationFunction>> = {
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

/** Activations that take options; a file holds them as an object with a name. */
export const configurableActivations = { leakyRelu, elu, gelu }
