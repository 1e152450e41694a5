/*
 * Repetitions of the training that differ in one thing, a few seeds side by side, and what each is worth on rows held out.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import type { NamedInputs } from '../../inputs.js'
import type { Layer } from '../../layers/layer.js'
import type { RepeatableOptions } from '../../model/inside.js'
import { Population } from '../../model/population.js'
import { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import type { FitOptions } from '../../model/training/options.js'
import { optimizerOf } from '../../optimizers/names.js'
import { meanOf, sampleDeviation, weightedMean } from '../../statistics.js'
import { RateFactors } from '../experiments/rate-factor.js'
import type { ErrorFigure, Estimate } from './result.js'
import { networkOutputs, rowWeights, type Subject } from './subject.js'

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
  readonly epochs: number
  /** Rows to take the loss on after every epoch. Default none. */
  readonly validation?: Dataset
}

export interface EpochLoss {
  /** On the training rows, during the epoch. */
  readonly train: number
  /** On the rows held out, after it; undefined where it was not taken. */
  readonly heldOut: number | undefined
}

export interface Outcome {
  /** Mean over the seeds of every row's error; seeds that failed are left out. */
  readonly heldOutErrors: Float64Array
  /** Mean error of every seed; NaN of those that failed. */
  readonly heldOutBySeed: readonly number[]
  readonly train: number
  readonly heldOut: number
  readonly failed: number
  /** By epoch, of every seed that did not fail. */
  readonly losses: readonly (readonly EpochLoss[])[]
}

/** One variation. */
export async function repeat(repetition: Repetition, variation: Variation): Promise<Outcome> {
  const [outcome] = await repeatAtRates(repetition, variation, [1])
  return outcome!
}

/** A variation at several factors of the learning rate, the same seeds for each, all side by side. */
export async function repeatAtRates(
  repetition: Repetition,
  variation: Variation,
  factors: readonly number[],
): Promise<readonly Outcome[]> {
  const { subject, fit, seeds, seed } = repetition
  const { train, heldOut } = variation
  const members = factors.flatMap((factor) => Array.from({ length: seeds }, (_, i) => ({ factor, seed: seed + i })))
  const alone = optimizerOf(fit.optimizer).stepsOver === 'allRows'
  const trained = await (alone ? oneByOne : sideBySide)(repetition, variation, members)
  const ofTrain = (await trained.outputs(train)).map((output) => subject.errors(subject.scoresOf(output), train))
  const ofHeldOut = (await trained.outputs(heldOut)).map((output) => subject.errors(subject.scoresOf(output), heldOut))
  return factors.map((_, at) => {
    const own = Array.from({ length: seeds }, (_, i) => at * seeds + i)
    return outcomeOf({ own, histories: trained.histories, ofTrain, ofHeldOut, train, heldOut })
  })
}

interface Member {
  readonly seed: number
  readonly factor: number
}

interface Trained {
  /** Undefined for a network trained alone whose loss was not finite. */
  readonly histories: readonly (History | undefined)[]
  /** Of every member, as the loss sees them. */
  outputs(data: Dataset): Promise<Float32Array[]>
}

async function sideBySide(
  { subject, inputs, fit, signal }: Repetition,
  { layers, train, epochs, validation }: Variation,
  members: readonly Member[],
): Promise<Trained> {
  const many = new Population(layers, { inputs, seeds: members.map(({ seed }) => seed), ...labelsOf(subject) })
  const factors = members.map(({ factor }) => factor)
  const options = {
    ...optionsFor(fit, train, epochs, signal),
    ...(validation === undefined ? {} : { validation }),
    ...(factors.every((factor) => factor === 1) ? {} : { callbacks: [new RateFactors(factors)] }),
  }
  const { members: histories } = await many.fit(train, options)
  return {
    histories,
    async outputs(data) {
      const { data: output, shape } = await many.predict(data)
      const size = shape[1] * shape[2]
      return members.map((_, member) => output.subarray(member * size, (member + 1) * size))
    },
  }
}

/** For an optimizer that trains one network alone. */
async function oneByOne(
  { subject, inputs, fit, signal }: Repetition,
  { layers, train, epochs, validation }: Variation,
  members: readonly Member[],
): Promise<Trained> {
  const models = members.map(({ seed }) => new Sequential(layers, { inputs, seed, ...labelsOf(subject) }))
  const histories: (History | undefined)[] = []
  const options = { ...optionsFor(fit, train, epochs, signal), ...(validation === undefined ? {} : { validation }) }
  for (const model of models) histories.push(await finite(model.fit(train, options)))
  return {
    histories,
    outputs: async (data) =>
      await Promise.all(models.map(async (model) => Float32Array.from(await networkOutputs(model, data)))),
  }
}

function optionsFor(
  fit: RepeatableOptions,
  { rows }: Dataset,
  epochs: number,
  signal: AbortSignal | undefined,
): FitOptions {
  const { batchSize } = fit
  return {
    ...fit,
    epochs,
    ...(typeof batchSize === 'number' && { batchSize: Math.min(batchSize, rows) }),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Undefined where the loss was not finite. */
async function finite<Result>(fitting: Promise<Result>): Promise<Result | undefined> {
  try {
    return await fitting
  } catch (error) {
    if (error instanceof DeepblasError && error.code === 'ERR_DEEPBLAS_NOT_FINITE') return undefined
    throw error
  }
}

interface Errors {
  /** The members that it is about. */
  readonly own: readonly number[]
  readonly histories: Trained['histories']
  readonly ofTrain: readonly Float64Array[]
  readonly ofHeldOut: readonly Float64Array[]
  readonly train: Dataset
  readonly heldOut: Dataset
}

function outcomeOf({ own, histories, ofTrain, ofHeldOut, train, heldOut }: Errors): Outcome {
  const alive = own.filter((member) => histories[member] !== undefined && histories[member].stopped !== 'failed')
  const [weights, ownWeights] = [rowWeights(heldOut), rowWeights(train)]
  const mean = (errors: Float64Array, by: Float64Array | undefined) =>
    weightedMean(errors.length, (row) => errors[row]!, by)
  const means = own.map((member) => (alive.includes(member) ? mean(ofHeldOut[member]!, weights) : Number.NaN))
  return {
    heldOutErrors: Float64Array.from({ length: heldOut.rows }, (_, row) =>
      meanOf(alive.map((member) => ofHeldOut[member]![row]!)),
    ),
    heldOutBySeed: means,
    train: meanOf(alive.map((member) => mean(ofTrain[member]!, ownWeights))),
    heldOut: meanOf(means.filter((one) => !Number.isNaN(one))),
    failed: own.length - alive.length,
    losses: alive.map((member) => histories![member]!.epochs.map(epochLoss)),
  }
}

function epochLoss({ loss, validation }: History['epochs'][number]): EpochLoss {
  return { train: loss, heldOut: validation?.loss }
}

export function labelsOf({ model: { labels } }: Subject): { labels?: readonly string[] } {
  return labels === undefined ? {} : { labels }
}

/**
 * How much less error `other` has than `base`, on the same rows with the same seeds. The standard error holds for other
 * rows and other seeds: the two parts are added.
 */
export function gainOf(base: Outcome, other: Outcome, heldOut: Dataset): Estimate {
  if (other.failed === other.heldOutBySeed.length) return { value: Number.NaN, error: Number.NaN, certain: false }
  const differences = base.heldOutErrors.map((error, row) => error - other.heldOutErrors[row]!)
  const value = meanError(differences, heldOut)
  const error = Math.hypot(value.error, ofSeeds(base.heldOutBySeed.map((one, i) => one - other.heldOutBySeed[i]!)))
  return difference(figureOf(base, heldOut), figureOf(other, heldOut), error)
}

/** Error of an outcome with the standard error over rows and seeds. */
export function figureOf({ heldOutErrors, heldOutBySeed }: Outcome, heldOut: Dataset): Omit<ErrorFigure, 'rows'> {
  const { value, error } = meanError(heldOutErrors, heldOut)
  return { value, error: Math.hypot(error, ofSeeds(heldOutBySeed)) }
}

function meanError(errors: Float64Array, data: Dataset): { value: number; error: number } {
  const weights = rowWeights(data)
  const value = weightedMean(errors.length, (row) => errors[row]!, weights)
  return { value, error: errorOfMean(errors, value, weights) }
}

/** Standard error of a mean over seeds; those that failed are left out. */
function ofSeeds(values: readonly number[]): number {
  const known = values.filter((one) => !Number.isNaN(one))
  return known.length > 1 ? sampleDeviation(known) / Math.sqrt(known.length) : 0
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

/**
 * Standard errors that a difference must exceed to count. A diagnosis makes some ten comparisons: with two and a half, one of
 * them counts by chance alone in about one of sixteen diagnoses (Bonferroni).
 */
export const CERTAINTY = 2.5

/**
 * Error falls with the rows as a + b / n^c, c from 1/2 (the rate that statistics guarantees) up. With c = 1/2 halving the
 * rows costs (√2 - 1) b / √n: what is left to fall is the cost of halving times this.
 */
export const LEFT_TO_FALL = 1 / (Math.SQRT2 - 1)

export function estimate(value: number, error: number): Estimate {
  return { value, error, certain: value > CERTAINTY * error }
}

/**
 * One error less another. Errors of values above 1, more than the mean has, come from some rows that are far off, and so does
 * their standard error: such are compared by their ratio (with the errors of the logarithms).
 */
export function difference(
  a: Pick<ErrorFigure, 'value' | 'error'>,
  b: Pick<ErrorFigure, 'value' | 'error'>,
  error: number = Math.hypot(a.error, b.error),
): Estimate {
  const found = estimate(a.value - b.value, error)
  if (found.certain || !(a.value > 1)) return found
  const least = Math.max(b.value, b.error, Number.MIN_VALUE)
  const ratio = estimate(Math.log(a.value / least), Math.hypot(a.error / a.value, b.error / least))
  return { ...found, certain: ratio.certain }
}
