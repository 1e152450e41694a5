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
