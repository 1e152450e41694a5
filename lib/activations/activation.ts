import type { ActivationName as KernelActivation } from '../native/tensor.js'
import { oneOf } from '../validate.js'

/** Activations by name. */
export const activationNames = ['linear', 'sigmoid', 'tanh', 'relu', 'gelu', 'softmax'] as const
export type ActivationName = (typeof activationNames)[number]

/** What a layer must know of an activation to record it. */
export interface Activation {
  readonly name: ActivationName
  /** The element-wise kernel; undefined for softmax, which sees whole rows. */
  readonly kernel: KernelActivation | undefined
  /** Whether its derivative is taken from the pre-activation (cached then) rather than from the output. */
  readonly derivativeNeedsInput: boolean
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one */
export function activation(argument: string, value: unknown): Activation {
  const name = oneOf(argument, value, activationNames)
  return {
    name,
    kernel: name === 'softmax' ? undefined : name,
    derivativeNeedsInput: name === 'gelu',
  }
}
