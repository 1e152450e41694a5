/*
 * The options of a space that need no function: what each is called and may be.
 */
import { activation } from '../../activations/activation.js'
import type { Json } from '../../files/strict-json.js'
import { optimizerNames, optimizerOf } from '../../optimizers/names.js'
import { array, boolean, didYouMean, finiteNumber, fraction, invalid, oneOf, positiveInteger } from '../../validate.js'
import type { Distribution } from './distributions.js'
import type { SearchSpace } from './space.js'

export const normalizations = ['none', 'batch', 'layer'] as const

const strength = (argument: string, value: Json) => finiteNumber(argument, value, { min: 0 })

/** Options of the network, each with the check of its values. */
const ofNetwork = {
  /** Units of every hidden layer. */
  hidden: (argument: string, value: Json) =>
    array(argument, value, 'numbers of units').map((units, at) => positiveInteger(`${argument}[${at}]`, units)),
  /** In place of `hidden`: number of hidden layers, and units of each. */
  layers: positiveIntegerOrZero,
  units: (argument: string, value: Json) => positiveInteger(argument, value),
  activation: (argument: string, value: Json) => activation(argument, value),
  dropout: (argument: string, value: Json) => fraction(argument, value),
  l1: strength,
  l2: strength,
  normalization: (argument: string, value: Json) => oneOf(argument, value, normalizations),
  normalize: (argument: string, value: Json) => boolean(argument, value),
} as const

/** Options of the training. */
const ofTraining = {
  learningRate: (argument: string, value: Json) => finiteNumber(argument, value, { exclusiveMin: 0 }),
  optimizer: (argument: string, value: Json) => optimizerOf(oneOf(argument, value, optimizerNames)),
  weightDecay: strength,
  batchSize: (argument: string, value: Json) =>
    typeof value === 'string' ? oneOf(argument, value, ['full']) : positiveInteger(argument, value),
  epochs: (argument: string, value: Json) => positiveInteger(argument, value),
} as const

type Check = (argument: string, value: Json) => unknown

const checks: Readonly<Record<string, Check>> = { ...ofNetwork, ...ofTraining }
const names = Object.keys(checks)

function positiveIntegerOrZero(argument: string, value: Json): number {
  return value === 0 ? 0 : positiveInteger(argument, value)
}

/**
 * Holds the options of a space against what there is.
 *
 * @param ownModel whether a function makes the model: it may have options of any name, and those of the network are its own
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that nobody would use, or a value that it cannot have
 */
export function requireKnownOptions(space: SearchSpace, ownModel: boolean): void {
  for (const [name, one] of Object.entries(space)) {
    const check = Object.hasOwn(ownModel ? ofTraining : checks, name) ? checks[name] : undefined
    if (check !== undefined) requireValues(`space.${name}`, one, check)
    else if (!ownModel) {
      const near = didYouMean(name, names)
      const hint = near === undefined ? '' : `${near} `
      throw invalid(
        'space',
        `only the options ${names.join(', ')}`,
        name,
        `${hint}For options of your own give model: (configuration) => ({ layers, fit }).`,
      )
    }
  }
  if (ownModel) return
  if ('hidden' in space && ('layers' in space || 'units' in space)) {
    throw invalid('space', 'either hidden, or layers and units', 'both')
  }
}

/** Of a range its ends, of a choice all values. */
function requireValues(argument: string, one: Distribution, check: Check): void {
  if (one.name === 'choice') {
    for (const [at, value] of one.values.entries()) check(`${argument}.values[${at}]`, value)
    return
  }
  check(`${argument}.low`, one.low)
  check(`${argument}.high`, one.high)
  // A whole number at both ends says nothing of what lies between.
  if (one.name !== 'integer') check(`${argument}`, (one.low + one.high) / 2 + (one.high - one.low) / 1000)
}
