/*
 * Losses by name, as instances, and as a model file keeps them.
 */
import { DeepblasError } from '../errors.js'
import type { Json } from '../files/strict-json.js'
import { calledHere } from '../names-elsewhere.js'
import { identityOf } from '../recording/recording-key.js'
import { canBeSaved } from '../schedules/saved.js'
import {
  boolean,
  invalid,
  isCallable,
  knownOptions,
  nonNegativeInteger,
  oneOf,
  plainObject,
  string,
} from '../validate.js'
import { binaryCrossEntropy } from './binary-cross-entropy.js'
import { crossEntropy } from './cross-entropy.js'
import { hinge } from './hinge.js'
import { huber } from './huber.js'
import { kullbackLeibler } from './kullback-leibler.js'
import { type ConfigurableLoss, isBuiltInLoss, type Loss } from './loss.js'
import { meanAbsoluteError } from './mean-absolute-error.js'
import { meanSquaredError } from './mean-squared-error.js'
import { poisson } from './poisson.js'
import { quantile } from './quantile.js'

/** Losses by name. */
export const lossNames = [
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
  'binaryCrossEntropy',
  'crossEntropy',
  'kullbackLeibler',
  'poisson',
  'hinge',
  'quantile',
] as const
export type LossName = (typeof lossNames)[number]

const known = {
  meanSquaredError,
  meanAbsoluteError,
  huber,
  binaryCrossEntropy,
  crossEntropy,
  kullbackLeibler,
  poisson,
  hinge,
  quantile,
} satisfies Record<LossName, object> as unknown as Readonly<Record<LossName, ConfigurableLoss<Record<string, Json>>>>

/**
 * A loss by name or instance.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an unknown name (the message suggests the nearest one) and for
 *   anything that is not a loss
 */
export function loss(argument: string, value: unknown): Loss {
  if (forgotten.has(value as object)) {
    const { name } = value as Loss
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected the loss '${name}' for ${argument} but received nothing: the model was trained with a loss of its own, of ` +
        `which a file keeps the name only. Pass it again: { loss: ${/^[\w$]+$/.test(name) ? name : '…'} }.`,
    )
  }
  if (typeof value === 'string' || value === undefined || value === null)
    return known[oneOf(argument, value, lossNames, calledHere)]
  const given = value as Partial<Loss>
  if (typeof value !== 'object' && typeof value !== 'function') throw notALoss(argument, value)
  if (isBuiltInLoss(value as Loss)) return value as Loss
  if (typeof given.name !== 'string' || given.name === '') throw notALoss(argument, value)
  if (!isCallable(given.record) || !isCallable(given.takesLogits)) throw notALoss(argument, value)
  oneOf(`${argument}.targetKind`, given.targetKind, ['classes', 'binary', 'signs', 'probabilities', 'counts', 'values'])
  if (given.sharedTarget !== undefined) boolean(`${argument}.sharedTarget`, given.sharedTarget)
  if (given.valueOutput !== undefined) nonNegativeInteger(`${argument}.valueOutput`, given.valueOutput)
  return value as Loss
}

function notALoss(argument: string, value: unknown): DeepblasError {
  return invalid(
    argument,
    "name of a loss such as 'crossEntropy', an instance such as huber({ delta: 1 }), or a loss of your own",
    value,
    'Make one of your own with defineLoss.',
  )
}

/** A key for cached programs: equal for two losses that record the same calls. */
export function lossKey(loss: Loss): string {
  if (!isBuiltInLoss(loss)) return identityOf(loss)
  return [loss.name, JSON.stringify(loss.options ?? {}), ...(loss.schedules ?? []).map(identityOf)].join(' ')
}

/**
 * The loss as a model file keeps it: a name, a name with options, or only the name of a loss of the user's own, or of one
 * with a schedule of their own.
 */
export function savedLoss(loss: Loss): Json {
  if (!isBuiltInLoss(loss) || loss.schedules?.some((one) => !canBeSaved(one))) return { name: loss.name, own: true }
  return loss.options === undefined ? loss.name : { name: loss.name, options: { ...loss.options } }
}

/** Losses of the user's own that come from a file, which holds only their names. */
const forgotten = new WeakSet<object>()

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for anything that `savedLoss` did not write */
export function lossFromFile(argument: string, value: unknown): Loss {
  if (typeof value === 'string') return loss(argument, value)
  const saved = plainObject(argument, value)
  const { name, options, own } = knownOptions<{ name: string; options: object; own: boolean }>(
    argument,
    saved as { name: string; options: object; own: boolean },
    ['name', 'options', 'own'],
  )
  if (own !== true) return known[oneOf(`${argument}.name`, name, lossNames)](options as Record<string, Json>)
  const one: Loss = {
    name: string(`${argument}.name`, name),
    targetKind: 'values',
    takesLogits: () => false,
    record() {},
  }
  forgotten.add(one)
  return one
}
