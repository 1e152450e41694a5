/*
 * Repetitions of the training that differ in one thing, a few seeds side by side, and what each is worth on rows held out.
 */
import type { Callback, FitInfo, TrainingHandle } from '../../callbacks/callback.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { NamedInputs } from '../../inputs.js'
import type { Layer } from '../../layers/layer.js'
import type { RepeatableOptions } from '../../model/inside.js'
import { Population, type PopulationHistory } from '../../model/population.js'
import { meanOf, sampleDeviation, weightedMean } from '../../statistics.js'
import type { Estimate } from './result.js'
import { rowWeights, type Subject } from './subject.js'

/** How trainings are repeated. */
export interface Repetition {
  readonly subject: Subject
  readonly inputs: number | NamedInputs
  readonly fit: RepeatableOptions
  /** The training rows, or as many of them as time allows. */
  readonly train: Dataset
  /** Rows of the same kind that no repetition trains on. */
  readonly heldOut: Dataset
  readonly seeds: number
  readonly seed: number
  readonly signal: AbortSignal | undefined
}

/** What differs from the training as it was. */
export interface Variation {
  readonly layers: readonly Layer[]
  readonly train: Dataset
  readonly heldOut: Dataset
  readonly rateFactor: number
  readonly epochs: number
}

export interface Outcome {
  /** Mean over the seeds of every row's error; seeds that failed are left out. */
  readonly heldOutErrors: Float64Array
  /** Mean error of every seed; NaN of those that failed. */
  readonly heldOutBySeed: readonly number[]
  readonly train: number
  readonly heldOut: number
  readonly failed: number
  readonly history: PopulationHistory | undefined
}

/** Multiplies the rate, whatever the schedule. */
class RateFactor implements Callback {
  readonly #factor: number

  constructor(factor: number) {
    this.#factor = factor
  }

  onFitStart(_info: FitInfo, training: TrainingHandle): void {
    training.learningRateFactor = this.#factor
  }
}

export async function repeat(repetition: Repetition, variation: Variation): Promise<Outcome> {
  const { subject, inputs, fit, seeds, seed, signal } = repetition
  const { layers, train, heldOut, rateFactor, epochs } = variation
  const many = new Population(layers, { inputs, members: seeds, seed, ...labelsOf(subject) })
  let history: PopulationHistory
  try {
    history = await many.fit(train, {
      ...fit,
      epochs,
      ...(fit.batchSize === undefined || fit.batchSize === 'full'
        ? {}
        : { batchSize: Math.min(fit.batchSize, train.rows) }),
      ...(rateFactor === 1 ? {} : { callbacks: [new RateFactor(rateFactor)] }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    // All members at once.
    if (error instanceof DeepblasError && error.code === 'ERR_DEEPBLAS_NOT_FINITE') return failed(heldOut, seeds)
    throw error
  }
  const alive = history.members.flatMap(({ stopped }, member) => (stopped === 'failed' ? [] : [member]))
  if (alive.length === 0) return failed(heldOut, seeds)
  const ofTrain = await errorsOf(many, subject, train)
  const ofHeldOut = await errorsOf(many, subject, heldOut)
  const weights = rowWeights(heldOut)
  const means = ofHeldOut.map((errors, member) =>
    alive.includes(member) ? weightedMean(errors.length, (row) => errors[row]!, weights) : Number.NaN,
  )
  return {
    heldOutErrors: Float64Array.from({ length: heldOut.rows }, (_, row) =>
      meanOf(alive.map((member) => ofHeldOut[member]![row]!)),
    ),
    heldOutBySeed: means,
    train: meanOf(alive.map((member) => weightedMean(train.rows, (row) => ofTrain[member]![row]!, rowWeights(train)))),
    heldOut: meanOf(alive.map((member) => means[member]!)),
    failed: seeds - alive.length,
    history,
  }
}

export function labelsOf({ model: { labels } }: Subject): { labels?: readonly string[] } {
  return labels === undefined ? {} : { labels }
}

function failed({ rows }: Dataset, seeds: number): Outcome {
  const none = new Array<number>(seeds).fill(Number.NaN)
  return {
    heldOutErrors: new Float64Array(rows).fill(Number.NaN),
    heldOutBySeed: none,
    train: Number.NaN,
    heldOut: Number.NaN,
    failed: seeds,
    history: undefined,
  }
}

/** The errors of every member, row by row. */
async function errorsOf(many: Population, subject: Subject, data: Dataset): Promise<Float64Array[]> {
  const { data: output, shape } = await many.predict(data)
  const size = shape[1] * shape[2]
  return Array.from({ length: shape[0] }, (_, member) =>
    subject.errors(subject.scoresOf(output.subarray(member * size, (member + 1) * size)), data),
  )
}

/**
 * How much less error `other` has than `base`, on the same rows with the same seeds. The standard error holds for other
 * rows and other seeds: the two parts are added.
 */
export function gainOf(base: Outcome, other: Outcome, heldOut: Dataset): Estimate {
  if (other.failed === other.heldOutBySeed.length) return { value: Number.NaN, error: Number.NaN, certain: false }
  const differences = base.heldOutErrors.map((error, row) => error - other.heldOutErrors[row]!)
  const weights = rowWeights(heldOut)
  const value = weightedMean(differences.length, (row) => differences[row]!, weights)
  const rows = errorOfMean(differences, value, weights)
  const seeds = base.heldOutBySeed.map((one, i) => one - other.heldOutBySeed[i]!).filter((one) => !Number.isNaN(one))
  const ofSeeds = seeds.length > 1 ? sampleDeviation(seeds) / Math.sqrt(seeds.length) : 0
  return estimate(value, Math.hypot(rows, ofSeeds))
}

function errorOfMean(values: Float64Array, mean: number, weights: Float64Array | undefined): number {
  let squares = 0
  let total = 0
  for (const [row, value] of values.entries()) {
    const weight = weights?.[row] ?? 1
    squares += (weight * (value - mean)) ** 2
    total += weight
  }
  const rows = values.length
  return rows < 2 ? Number.POSITIVE_INFINITY : (Math.sqrt(squares) / total) * Math.sqrt(rows / (rows - 1))
}

/** Standard errors that a difference must exceed to count: two leave it to chance once in forty times. */
const CERTAINTY = 2

export function estimate(value: number, error: number): Estimate {
  return { value, error, certain: value > CERTAINTY * error }
}
