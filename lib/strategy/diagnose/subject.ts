/*
 * The model under diagnosis: how its outputs and targets are read, and the error of every row.
 */

import { weightsOf } from '../../data/arrays/row-weights.js'
import { asDataset, type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { indexOfLargest } from '../../extremes.js'
import type { Layer } from '../../layers/layer.js'
import type { Loss } from '../../losses/loss.js'
import { layersOfModel } from '../../model/inside.js'
import type { Sequential } from '../../model/sequential.js'
import { classOfOutputs } from '../../outputs/classes.js'
import { type MetricTask, type OutputMeaning, outputMeaning, taskOf, thresholdOf } from '../../outputs/meaning.js'
import { scoresOfOutputs } from '../../outputs/scores.js'
import { scaledTarget } from '../../outputs/units.js'
import { RunningMoments, weightedMean } from '../../statistics.js'
import type { ErrorFigure } from './result.js'

/** Rows that tell their own variance; fewer are measured by that of the training rows. */
const FEWEST_FOR_VARIANCE = 30

export class Subject {
  readonly model: Sequential
  /** Its layers, to make others of. */
  readonly layers: readonly Layer[]
  readonly loss: Loss
  readonly task: MetricTask
  readonly outputs: number
  readonly meaning: OutputMeaning
  readonly threshold: number
  /** Variance of every target column over the training rows; 1 where it does not vary. */
  readonly #variances: readonly number[]

  constructor(model: Sequential, loss: Loss, train: Dataset) {
    if (loss.sharedTarget === true) throw notDiagnosable(loss)
    this.model = model
    this.layers = layersOfModel(model)
    this.loss = loss
    this.outputs = model.outputs
    this.task = taskOf(loss.targetKind)
    const network = { outputs: model.outputs, outputActivation: model.layers.at(-1)!.outputActivation }
    this.meaning = outputMeaning(network, loss, false)
    this.threshold = thresholdOf(loss, this.meaning === 'logits' ? 'probabilities' : this.meaning)
    this.#variances = variancesOf(train).map((variance) => variance || 1)
  }

  /** The rows with classes numbered as the model's outputs are. */
  numbered(data: Dataset): Dataset {
    const { labels } = this.model
    if (labels === undefined || data.labels === undefined || this.task === 'values') return data
    return asDataset(forRuns(data).numberedBy(labels, this.outputs))
  }

  /** What the model gives for every row, as probabilities or as the values that the loss sees. */
  async scores(data: Dataset): Promise<Float64Array> {
    return this.scoresOf(await networkOutputs(this.model, data))
  }

  /** The same of outputs that are there. */
  scoresOf(output: Float32Array): Float64Array {
    return scoresOfOutputs(output, this.meaning, this.task, this.outputs)
  }

  /** The error of every row, from 0 up. */
  errors(scores: Float64Array, data: Dataset): Float64Array {
    const { data: targets } = forRuns(data).targets!
    const own = this.task === 'values' && data.rows >= FEWEST_FOR_VARIANCE ? variancesOf(data) : []
    const variances = this.#variances.map((variance, column) => own[column] || variance)
    return Float64Array.from({ length: data.rows }, (_, row) => this.#error(scores, targets, variances, row))
  }

  #error(scores: Float64Array, targets: ArrayLike<number>, variances: readonly number[], row: number): number {
    const { outputs, task, threshold } = this
    const columns = variances.length
    if (task === 'classes') return Number(this.#predicted(scores, row) !== classOf(targets, columns, row))
    let sum = 0
    for (let column = 0; column < columns; column++) {
      const score = scores[row * outputs + column]!
      const target = targets[row * columns + column]!
      if (task === 'binary') sum += Number(score > threshold !== target > (this.loss.targetKind === 'signs' ? 0 : 0.5))
      else sum += (score - target) ** 2 / variances[column]!
    }
    return sum / columns
  }

  #predicted(scores: Float64Array, row: number): number {
    return classOfOutputs(scores, row * this.outputs, this.outputs, this.threshold)
  }

  /** Whether every row has one class: no values, and no several answers of yes or no. */
  get hasClasses(): boolean {
    return this.task === 'classes' || (this.task === 'binary' && this.outputs === 1)
  }

  /** How many classes there are; 0 where there are none. */
  get classes(): number {
    return this.hasClasses ? Math.max(2, this.outputs) : 0
  }

  /** The class of every row; for data of classes alone. */
  classesOf(data: Dataset): Int32Array {
    const { data: targets, columns } = forRuns(data).targets!
    if (this.task === 'binary') {
      const threshold = this.loss.targetKind === 'signs' ? 0 : 0.5
      return Int32Array.from({ length: data.rows }, (_, row) => Number(targets[row]! > threshold))
    }
    return Int32Array.from({ length: data.rows }, (_, row) => classOf(targets, columns, row))
  }

  /** The probability of a class, where outputs are probabilities; of margins a number that orders them likewise. */
  probability(scores: Float64Array, row: number, of: number): number {
    const { outputs } = this
    if (outputs > 1) return scores[row * outputs + of]!
    const score = scores[row]!
    const one = this.loss.targetKind === 'signs' ? 1 / (1 + Math.exp(-2 * score)) : score
    return of === 1 ? one : 1 - one
  }

  /** Mean of the errors of rows, by their weights, with its standard error. */
  figure(errors: Float64Array, data: Dataset): ErrorFigure {
    const weights = rowWeights(data)
    const value = weightedMean(errors.length, (row) => errors[row]!, weights)
    return { value, error: this.standardError(errors, value, weights), rows: errors.length }
  }

  /**
   * Of a weighted mean over rows. Of shares with two rows more, one of them wrong (after Agresti and Coull, 1998): of ten
   * rows without an error the next may still be one.
   */
  standardError(errors: Float64Array, mean: number, weights: Float64Array | undefined): number {
    let squares = 0
    let total = 0
    for (const [row, error] of errors.entries()) {
      const weight = weights?.[row] ?? 1
      squares += (weight * (error - mean)) ** 2
      total += weight
    }
    const rows = errors.length
    if (this.task !== 'values') {
      squares += mean ** 2 + (1 - mean) ** 2
      return Math.sqrt(squares) / (total + 2)
    }
    return rows < 2 ? Number.POSITIVE_INFINITY : (Math.sqrt(squares) / total) * Math.sqrt(rows / (rows - 1))
  }
}

function notDiagnosable({ name }: Loss): DeepblasError {
  return new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected a loss whose outputs have a target each for diagnose but received '${name}', whose outputs share one. Diagnose ` +
      "the same network with one output and loss 'meanSquaredError'.",
  )
}

/** Variance of every target column. */
function variancesOf(data: Dataset): number[] {
  const { data: targets, columns } = forRuns(data).targets!
  return Array.from({ length: columns }, (_, column) => {
    const moments = new RunningMoments()
    for (let row = 0; row < data.rows; row++) moments.add(targets[row * columns + column]!)
    return moments.deviation ** 2
  })
}

function classOf(targets: ArrayLike<number>, columns: number, row: number): number {
  return columns === 1 ? targets[row]! : indexOfLargest(targets, row * columns, (row + 1) * columns)
}

/** What the loss sees of a model's outputs: an encoder's units of the target are taken off. */
export async function networkOutputs(model: Sequential, data: Dataset): Promise<Float32Array> {
  const units = model.encoder?.targetScale
  // The loss knows of no bounds of predictions.
  if (units?.min !== undefined) return (await model.activations(data, model.layers.length - 1)).data
  const { data: output } = await model.predict(data)
  return units === undefined ? output : output.map((value) => scaledTarget(value, units))
}

/** The weights of the rows; undefined where all count the same. */
export function rowWeights(data: Dataset): Float64Array | undefined {
  const { weights } = forRuns(data)
  return weights && Float64Array.from(weightsOf(weights))
}
