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

/** Optimizers by name, each with its default options. */
export const optimizerNames = [
  'sgd',
  'adam',
  'adamW',
  'nadam',
  'radam',
  'adamax',
  'adagrad',
  'adadelta',
  'rmsprop',
  'lion',
  'lbfgs',
] as const
export type OptimizerName = (typeof optimizerNames)[number]

/** One that steps over batches, or one that steps over all rows: `stepsOver` tells them apart. */
export type AnyOptimizer = Optimizer | LBFGS

type MakeOptimizer = new () => AnyOptimizer

/** Each class under its own name. */
const known: Readonly<Record<OptimizerName, Readonly<Record<string, MakeOptimizer>>>> = {
  sgd: { SGD },
  adam: { Adam },
  adamW: { AdamW },
  nadam: { NAdam },
  radam: { RAdam },
  adamax: { Adamax },
  adagrad: { Adagrad },
  adadelta: { Adadelta },
  rmsprop: { RMSProp },
  lion: { Lion },
  lbfgs: { LBFGS },
}

/** Their classes, by the classes' names. */
export const optimizerClasses: Readonly<Record<string, MakeOptimizer>> = Object.assign({}, ...Object.values(known))

/**
 * An optimizer by name or instance; Adam where none is given.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name, with the nearest one, or what is no optimizer
 */
export function optimizerOf(optimizer: unknown): AnyOptimizer {
  if (optimizer === undefined) return new Adam()
  if (typeof optimizer === 'string') {
    // The class's own spelling, 'Adam', is as clear.
    const name = optimizerNames.find((one) => one.toLowerCase() === optimizer.toLowerCase())
    const [Class] = Object.values(known[name ?? oneOf('optimizer', optimizer, optimizerNames)])
    return new Class!()
  }
  if (optimizer instanceof Optimizer || optimizer instanceof LBFGS) return optimizer
  throw invalid(
    'optimizer',
    'optimizer such as new Adam()',
    optimizer,
    'For example new Adam({ learningRate: 0.001 }), or a name for one with default options: ' + "'adam'.",
  )
}

/**
 * An optimizer that steps over batches, by name or instance.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT as `optimizerOf`, and for an optimizer that looks at all rows at every step
 */
export function batchOptimizerOf(optimizer: unknown, where: string): Optimizer {
  const known = optimizerOf(optimizer)
  if (known.stepsOver === 'batches') return known
  throw invalid(
    'optimizer',
    `optimizer of steps with ${where}`,
    optimizer,
    `${known.name} looks at all rows at every step.`,
  )
}
