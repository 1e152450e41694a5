/*
 * A fit of ours for comparison: what a usual network makes of the same rows, measured on rows that it has not seen (out of
 * fold), and how much better it is with all rows than with half of them.
 */
import { EarlyStopping } from '../../callbacks/early-stopping.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import { Concatenate } from '../../layers/concatenate.js'
import { Dense } from '../../layers/dense.js'
import { Embedding } from '../../layers/embedding.js'
import type { Layer } from '../../layers/layer.js'
import { OneHot } from '../../layers/one-hot.js'
import { Population } from '../../model/population.js'
import { Sequential } from '../../model/sequential.js'
import { AdamW } from '../../optimizers/adam.js'
import type { RandomStream } from '../../random/stream.js'
import { oneCycle } from '../../schedules/one-cycle.js'
import { meanOver, RunningMoments } from '../../statistics.js'
import { recipeFor } from '../tables/presets.js'
import type { Subject } from './subject.js'
import type { Repetition } from './trainings.js'
import { labelsOf } from './trainings.js'

const FOLDS = 5
/** Networks whose outputs are averaged for every fold: their own chance differs, their mean less. */
export const REPEATS = 2
const WEIGHT_DECAY = 0.1
/** Fewer rows are not worth a comparison of halves. */
export const FEWEST_ROWS = 20

export interface Reference {
  /** Outputs for every row of the data by networks that have not seen it, as `Subject.scores` gives them. */
  readonly scores: Float64Array
  /** The same by networks that were trained on half as many rows. */
  readonly halfScores: Float64Array
  /** For every row, how far the networks disagree: the mean variance of their outputs. */
  readonly disagreement: Float64Array
}

/**
 * @param data standardized, the classes numbered as the model's outputs
 * @param repeats networks for every fold
 * @returns undefined for fewer than 20 rows, or where a fit failed
 */
export async function referenceFits(
  { subject, inputs, fit, signal, seed }: Repetition,
  data: Dataset,
  random: RandomStream,
  repeats = REPEATS,
): Promise<Reference | undefined> {
  if (data.rows < FEWEST_ROWS) return undefined
  const order = random.shuffle(Int32Array.from({ length: data.rows }, (_, row) => row))
  const folds = Array.from({ length: FOLDS }, (_, fold) => order.filter((_, at) => at % FOLDS === fold))
  const rests = folds.map((_, fold) => order.filter((_, at) => at % FOLDS !== fold))
  const layers = layersFor(subject)
  const held = folds.map((rows) => data.subset(rows))

  const size = data.rows * subject.outputs
  const disagreement = new Disagreement(size)
  const scoresOf = async (share: number): Promise<Float64Array | undefined> => {
    const sums = new Float64Array(size)
    const members = FOLDS * repeats
    const parts = Array.from({ length: members }, (_, member) => {
      const rest = rests[member % FOLDS]!
      return data.subset(rest.slice(0, Math.max(2, Math.round(share * rest.length))))
    })
    const many = new Population(layers, { inputs, members, seed, ...labelsOf(subject) })
    const rows = Math.round((1 - 1 / FOLDS) * data.rows)
    const { learningRate, epochs: whole, batchSize, patience } = usual(rows)
    // As many updates, whatever the rows.
    const epochs = Math.round(whole / share)
    const steps = epochs * Math.ceil(Math.max(2, rows * share) / batchSize)
    const { members: histories } = await many.fit(parts, {
      loss: fit.loss,
      optimizer: new AdamW({ learningRate: oneCycle({ learningRate, steps }), weightDecay: WEIGHT_DECAY }),
      epochs,
      batchSize,
      validation: parts.map((_, member) => held[member % FOLDS]!),
      callbacks: [new EarlyStopping({ patience: Math.round(patience / share) })],
      ...(fit.classWeights === undefined ? {} : { classWeights: fit.classWeights }),
      ...(signal === undefined ? {} : { signal }),
    })
    if (histories.some(({ stopped }) => stopped === 'failed')) return undefined
    for (const [fold, rows] of folds.entries()) {
      const { data: output } = await many.predict(held[fold]!)
      const width = rows.length * subject.outputs
      for (let repeat = 0; repeat < repeats; repeat++) {
        const from = (repeat * FOLDS + fold) * width
        const scores = subject.scoresOf(output.subarray(from, from + width))
        for (const [at, score] of scores.entries()) {
          const place = rows[Math.floor(at / subject.outputs)]! * subject.outputs + (at % subject.outputs)
          sums[place]! += score / repeats
          disagreement.add(place, score)
        }
      }
    }
    return sums
  }
  const scores = await scoresOf(1)
  const halfScores = scores && (await scoresOf(0.5))
  return scores && halfScores && { scores, halfScores, disagreement: disagreement.byRow(subject.outputs) }
}

/** The variance of what several networks say, place by place. */
class Disagreement {
  readonly #moments: readonly RunningMoments[]

  constructor(size: number) {
    this.#moments = Array.from({ length: size }, () => new RunningMoments())
  }

  add(place: number, value: number): void {
    this.#moments[place]!.add(value)
  }

  byRow(outputs: number): Float64Array {
    const rows = this.#moments.length / outputs
    return Float64Array.from({ length: rows }, (_, row) =>
      meanOver(outputs, (column) => this.#moments[row * outputs + column]!.deviation ** 2),
    )
  }
}

/**
 * Rows times epochs times parameters of the fits to so many rows, if none of them ends early.
 */
export function referenceWork({ subject, inputs }: Repetition, rows: number, repeats = REPEATS): number {
  const { parameterCount } = new Sequential(layersFor(subject), { inputs })
  const own = Math.round((1 - 1 / FOLDS) * rows)
  // With half the rows as many updates are made, so as many rows go through.
  return 2 * FOLDS * repeats * parameterCount * own * usual(own).epochs
}

/** The training of a usual network on so many rows, which depends on nothing else. */
function usual(rows: number) {
  return recipeFor('fast', { rows })
}

/** Two hidden layers between what reads the inputs and the outputs, as `trainTable` has them. */
function layersFor({ layers, outputs }: Subject): readonly Layer[] {
  const reading = layers
    .slice(0, 1)
    .filter((layer) => [Concatenate, Embedding, OneHot].some((Kind) => layer instanceof Kind))
  const last = layers.at(-1)!
  const activation = last instanceof Dense ? last.activation : undefined
  return [
    ...reading,
    new Dense(64, { activation: 'relu' }),
    new Dense(32, { activation: 'relu' }),
    new Dense(outputs, activation === undefined ? {} : { activation: activation as never }),
  ]
}
