import { invalid, oneOf } from '../validate.js'
import { Adadelta } from './adadelta.js'
import { Adagrad } from './adagrad.js'
import { Adam, AdamW } from './adam.js'
import { Adamax } from './adamax.js'
import { LBFGS } from './lbfgs.js'
import { Lion } from './lion.js'
import { NAdam } from './nadam.js'
import { Optimizer } from './optimizer.js'
import { RAdam } from './radam.js'
import { RMSProp } from './rmsprop.js'
import { SGD } from './sgd.js'

const classes = {
  sgd: SGD,
  adam: Adam,
  adamW: AdamW,
  nadam: NAdam,
  radam: RAdam,
  adamax: Adamax,
  adagrad: Adagrad,
  adadelta: Adadelta,
  rmsprop: RMSProp,
  lion: Lion,
  lbfgs: LBFGS,
} as const

/** Optimizers by name, each with its default options. */
export const optimizerNames = Object.keys(classes) as readonly OptimizerName[]
export type OptimizerName = keyof typeof classes

/**
 * An optimizer by name or instance; Adam where none is given.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one, or what is no optimizer
 */
export function optimizerOf(optimizer: unknown): Optimizer {
  if (optimizer === undefined) return new Adam()
  if (typeof optimizer === 'string') {
    // The class's own spelling, 'Adam', is as clear.
    const name = optimizerNames.find((one) => one.toLowerCase() === optimizer.toLowerCase())
    return new classes[name ?? oneOf('optimizer', optimizer, optimizerNames)]()
  }
  if (optimizer instanceof Optimizer) return optimizer
  throw invalid(
    'optimizer',
    'optimizer such as new Adam()',
    optimizer,
    'For example new Adam({ learningRate: 0.001 }), or a name for one with default options: ' + "'adam'.",
  )
}
