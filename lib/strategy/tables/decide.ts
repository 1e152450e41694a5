/*
 * The threshold of a model of two classes, chosen on rows that its networks were not trained on.
 */
import type { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { inTurns } from '../../turns.js'
import { type ChosenThreshold, chooseThreshold, type ThresholdGoal } from '../choose-threshold.js'
import { targetsOf } from './scores.js'
import { recalibrated, type TableModel } from './table-model.js'

export interface Decided {
  readonly model: TableModel
  readonly threshold: ChosenThreshold
}

/**
 * The same model with the threshold that the goal asks for on these rows.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a precision that no threshold reaches, or rows of one class
 */
export async function withThreshold(model: TableModel, rows: Dataset, goal: ThresholdGoal): Promise<Decided> {
  const targets = await inTurns(targetsOf(rows))
  const { data } = await model.predict(rows)
  const threshold = chosenOn(targets, data, goal, 'held-out')
  return { model: recalibrated(model, { threshold: threshold.threshold }), threshold }
}

/** @param which rows these are, for errors: `held-out` */
export function chosenOn(
  targets: Float64Array,
  probabilities: Float32Array | Float64Array,
  goal: ThresholdGoal,
  which: string,
): ChosenThreshold {
  try {
    return chooseThreshold(targets, probabilities, goal)
  } catch (cause) {
    if (!(cause instanceof DeepblasError)) throw cause
    throw new DeepblasError(cause.code, `threshold, on the ${which} rows: ${cause.message}`, { cause })
  }
}
