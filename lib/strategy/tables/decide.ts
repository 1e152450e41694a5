/*
 * The threshold of a model of two classes, chosen on rows that its networks were not trained on.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { inTurns } from '../../turns.js'
import { type ChosenThreshold, chooseThreshold, type ThresholdGoal } from '../choose-threshold.js'
import { targetsOf } from './scores.js'
import { recalibrated, type TableModel } from './table-model.js'

/** A threshold, or why there is none. */
export interface Choice {
  readonly threshold?: ChosenThreshold
  readonly thresholdMissed?: string
}

export interface Decided {
  readonly model: TableModel
  readonly choice: Choice
}

/** The same model with the threshold that the goal asks for on these rows, where there is one. */
export async function withThreshold(model: TableModel, rows: Dataset, goal: ThresholdGoal): Promise<Decided> {
  const targets = await inTurns(targetsOf(rows))
  const { data } = await model.predict(rows)
  const choice = chosenOn(targets, data, goal, 'held-out')
  const { threshold } = choice
  return { model: threshold === undefined ? model : recalibrated(model, { threshold: threshold.threshold }), choice }
}

/**
 * The threshold that the goal asks for. Rows that allow none, such as those of one class, are no reason to lose the
 * networks that have been trained: it is told.
 *
 * @param which rows these are, for what is told: `held-out`
 */
export function chosenOn(
  targets: Float64Array,
  probabilities: Float32Array | Float64Array,
  goal: ThresholdGoal,
  which: string,
): Choice {
  try {
    return { threshold: chooseThreshold(targets, probabilities, goal) }
  } catch (cause) {
    if (!(cause instanceof DeepblasError) || cause.code !== 'ERR_DEEPBLAS_DATA') throw cause
    return { thresholdMissed: `No threshold was chosen, on the ${which} rows: ${cause.message}` }
  }
}
