import type { Callback, FitInfo, Progress, TrainingHandle } from '../callbacks/callback.js'
import { Dataset } from '../data/dataset/dataset.js'
import { DeepblasError } from '../errors.js'
import type { Loss } from '../losses/loss.js'
import type { LossName } from '../losses/names.js'
import type { ClassWeights } from '../model/scoring/class-weights.js'
import { Sequential } from '../model/sequential.js'
import { Adam } from '../optimizers/adam.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import type { Schedule } from '../schedules/schedule.js'
import { finiteNumber, invalid, isCallable, knownOptions, nonNegativeInteger, positiveInteger } from '../validate.js'

/** Options of `findLearningRate`. */
export interface LearningRateOptions {
  /** By name. */
  readonly loss: LossName | Loss
  /** Makes the optimizer with the given schedule of rates. Default Adam. */
  readonly optimizer?: (learningRate: Schedule) => Optimizer
  /** The first rate. Default 1e-6. */
  readonly minimum?: number
  /** The last rate, unless the loss explodes before. Default 1. */
  readonly maximum?: number
  /** Batches from the first rate to the last. Default 100. */
  readonly steps?: number
  /** Rows in a batch. Default 32. Give the value that you will train with. */
  readonly batchSize?: number
  /** Class weights, as in `fit`. Give those that you will train with. Default none. */
  readonly classWeights?: ClassWeights
  /** Seed of the shuffle. Default the model's seed. */
  readonly seed?: number
  /** Ends the search: it rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal
}

/** The result of `findLearningRate`. */
export interface LearningRateCurve {
  /** The learning rates tried, rising; fewer than `steps` if the loss exploded. */
  readonly rates: number[]
  /** The loss of the batch at each rate, before the update with that rate. */
  readonly losses: number[]
  /** The smoothed losses, from which `suggestion` is computed. */
  readonly smoothed: number[]
  /** A tenth of the rate at which the smoothed loss was smallest. */
  readonly suggestion: number
}

const optionNames = [
  'loss',
  'optimizer',
  'minimum',
  'maximum',
  'steps',
  'batchSize',
  'classWeights',
  'seed',
  'signal',
] as const

/** Share of the past in a smoothed loss. */
const SMOOTHING = 0.9
/** The search ends where the smoothed loss is so many times its smallest. */
const EXPLOSION = 4
const BELOW_THE_BEST = 10

/**
 * A learning-rate range test (Smith, "Cyclical learning rates for training neural networks", 2017): trains a clone with
 * a rate that grows from batch to batch, until the loss explodes. The model itself stays as it is.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or out of range; ERR_DEEPBLAS_NOT_FINITE
 *   where the loss is not finite from the start
 * @example
 * const { suggestion } = await findLearningRate(model, data, { loss: 'crossEntropy', batchSize: 64 })
 * await model.fit(data, { loss: 'crossEntropy', batchSize: 64, optimizer: new Adam({ learningRate: suggestion }) })
 */
export async function findLearningRate(
  model: Sequential,
  data: Dataset,
  options: LearningRateOptions,
): Promise<LearningRateCurve> {
  if (!(model instanceof Sequential)) throw invalid('model', 'Sequential', model)
  if (!(data instanceof Dataset)) throw invalid('data', 'Dataset', data, 'Make one with Dataset.from({ x, y }).')
  const given = knownOptions<LearningRateOptions>('findLearningRate', options, optionNames)
  const minimum = finiteNumber('minimum', given.minimum ?? 1e-6, { exclusiveMin: 0 })
  const maximum = finiteNumber('maximum', given.maximum ?? 1, { exclusiveMin: minimum })
  const steps = positiveInteger('steps', given.steps ?? 100)
  const batchSize = positiveInteger('batchSize', given.batchSize ?? 32)
  const make = given.optimizer ?? ((learningRate: Schedule) => new Adam({ learningRate }))
  if (!isCallable(make)) {
    const hint = 'For example (learningRate) => new SGD({ learningRate, momentum: 0.9 }).'
    throw invalid('optimizer', 'function that makes an optimizer of a learning rate', make, hint)
  }
  const rateOf = (step: number) => minimum * (maximum / minimum) ** (step / Math.max(1, steps - 1))
  const curve = new Curve(steps)
  try {
    await model.clone().fit(data, {
      loss: given.loss as LossName | Loss,
      optimizer: make({ name: 'ramp', learningRate: maximum, rate: rateOf }),
      epochs: steps,
      batchSize,
      callbacks: [curve],
      ...(given.classWeights === undefined ? {} : { classWeights: given.classWeights }),
      ...(given.seed === undefined ? {} : { seed: nonNegativeInteger('seed', given.seed) }),
      ...(given.signal === undefined ? {} : { signal: given.signal }),
    })
  } catch (error) {
    const exploded = error instanceof DeepblasError && error.code === 'ERR_DEEPBLAS_NOT_FINITE'
    if (!exploded || curve.losses.length === 0) throw error
  }
  const { losses, smoothed } = curve
  const best = smoothed.indexOf(curve.lowest)
  return { rates: losses.map((_, step) => rateOf(step)), losses, smoothed, suggestion: rateOf(best) / BELOW_THE_BEST }
}

/** Takes every batch's loss out of the mean over the epoch so far, and stops where it explodes. */
class Curve implements Callback {
  readonly needs = 'step'
  readonly losses: number[] = []
  readonly smoothed: number[] = []
  /** The lowest of `smoothed`: there may be more than a call takes arguments. */
  lowest = Number.POSITIVE_INFINITY
  readonly #steps: number
  #info: FitInfo | undefined
  #sum = 0
  #average = 0

  constructor(steps: number) {
    this.#steps = steps
  }

  onFitStart(info: FitInfo): void {
    this.#info = info
  }

  onStepEnd({ loss }: Progress, training: TrainingHandle): void {
    const { stepsPerEpoch, batchSize, rows } = this.#info!
    const before = (this.losses.length % stepsPerEpoch) * batchSize
    const seen = Math.min(before + batchSize, rows)
    if (before === 0) this.#sum = 0
    const sum = loss! * seen
    this.losses.push((sum - this.#sum) / (seen - before))
    this.#sum = sum
    this.#average = SMOOTHING * this.#average + (1 - SMOOTHING) * this.losses.at(-1)!
    this.smoothed.push(this.#average / (1 - SMOOTHING ** this.losses.length))
    this.lowest = Math.min(this.lowest, this.smoothed.at(-1)!)
    const exploded = this.smoothed.at(-1)! > EXPLOSION * this.lowest
    if (exploded || this.losses.length === this.#steps) training.stop()
  }
}
