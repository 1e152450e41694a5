/*
 * How long a training will take, measured on a few of its steps with networks that are thrown away.
 */
import type { Encoder } from '../../data/encoder/encoder.js'
import { smallestOf } from '../../extremes.js'
import { Population } from '../../model/population.js'
import type { Sequential } from '../../model/sequential.js'
import { fitOptions } from './network.js'
import type { TableRecipe } from './recipe.js'
import type { Part } from './trained-networks.js'

/** Steps that are measured, or all of an epoch where there are fewer. */
const STEPS = 8
/** The first epoch also makes programs: the faster of these counts. */
const EPOCHS = 2
/** What a row held out takes of the time of one that is learned from: a third, for the way forwards alone. */
const SHARE_OF_FORWARD = 1 / 3

/**
 * Seconds of one epoch, about.
 *
 * @param model untrained networks of the same kind, which the measurement uses up
 */
export async function secondsOfEpoch(
  model: Sequential | Population,
  encoder: Encoder,
  parts: readonly Part[],
  recipe: TableRecipe,
  signal: AbortSignal | undefined,
): Promise<number> {
  const most = parts.reduce((longest, one) => (one.training.rows > longest.training.rows ? one : longest))
  const { training, validation } = most
  const rows = Math.min(training.rows, STEPS * recipe.batchSize)
  const options = {
    ...fitOptions(encoder, { ...recipe, schedule: 'constant' }, undefined),
    epochs: EPOCHS,
    ...(signal === undefined ? {} : { signal }),
  }
  const some = training.take(rows)
  const history =
    model instanceof Population ? (await model.fit(some, options)).members[0]! : await model.fit(some, options)
  const seconds = smallestOf(history.epochs.map((epoch) => epoch.seconds))
  return (seconds * (training.rows + SHARE_OF_FORWARD * validation.rows)) / rows
}
