/*
 * The start of a training that resumes from a checkpoint.
 */
import { DeepblasError } from '../../../errors.js'
import type { CheckpointDescription } from '../../../files/checkpoint-file.js'
import { newArena } from '../../network/network.js'
import type { FitSettings } from '../settings.js'
import type { TrainingStart } from '../state.js'
import { incomplete, PARAMETERS, writeArena } from './arenas.js'
import { adviceFor, comparedSettings, differentNames, differentSettings, isPartOf, textOf } from './compare-settings.js'
import type { Batches } from './standing.js'

/**
 * Checks that the checkpoint belongs to this fit, writes its parameters to the model, and gives the position to
 * continue from.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT that names everything that differs; the model is then unchanged
 */
export function resumedStart(
  path: string,
  saved: CheckpointDescription,
  settings: FitSettings,
  batches: Batches,
): TrainingStart {
  const { network, optimizer, parameters, seeds } = settings
  const all = [
    ...differentNames(saved, settings),
    ...differentSettings(path, saved, comparedSettings(settings, batches)),
  ]
  const differing = all.filter(({ name }) => !settings.resumeChanges.some((change) => isPartOf(name, change)))
  if (differing.length > 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for resume a checkpoint of this very training but in ${path} ` +
        `${textOf(differing)}. ${adviceFor(differing, settings.resumeChanges)}`,
    )
  }
  if (saved.place.stepOfEpoch > 0 && all.some(({ name }) => isPartOf(name, 'batchSize'))) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for resume with another batchSize a checkpoint between two epochs but ${path} was written after step ` +
        `${saved.place.stepOfEpoch} of epoch ${saved.place.epoch + 1}. Resume with the same batchSize, or from a ` +
        'checkpoint that was written after an epoch.',
    )
  }
  const { place, accumulators, beginning, histories } = saved
  if (place.epoch > settings.epochs || (place.epoch === settings.epochs && place.stepOfEpoch > 0)) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for epochs more than the ${place.epoch} that the training of the checkpoint ${path} has completed but ` +
        `received ${settings.epochs}. Give the total number of epochs, including those before the resume.`,
    )
  }
  const members = seeds.length
  const states = optimizer.stateNames.map(() => newArena(network, members))
  for (const [i, arena] of states.entries()) {
    writeArena(path, network, arena, members, saved.states, `${optimizer.stateNames[i]}.`)
  }
  // A sum and a weight for the loss and for every metric that is a mean over rows.
  const sums = 2 * members * (1 + settings.scoring.metrics.filter(({ record }) => record !== undefined).length)
  const whole =
    place.stepsBefore.length === members &&
    histories.length === members &&
    place.stepOfEpoch < longestEpoch(batches) &&
    accumulators?.length === (place.stepOfEpoch > 0 ? sums : undefined)
  if (!whole) throw incomplete(path, 'its place')
  const beside = saved.states.some(({ name }) => name.startsWith(PARAMETERS))
  if (beside || optimizer.averageSlot !== undefined) {
    writeArena(path, network, parameters, members, saved.states, PARAMETERS)
  } else {
    writeArena(path, network, parameters, members, saved.model.weights, '')
  }
  return {
    epoch: place.epoch,
    stepOfEpoch: place.stepOfEpoch,
    stepsBefore: place.stepsBefore,
    states,
    ...(accumulators === undefined ? {} : { accumulators }),
    ...(beginning === undefined ? {} : { beginning }),
  }
}

/** Steps in an epoch; infinite where the number is not known. */
function longestEpoch({ rows, batch, stepsPerEpoch }: Batches): number {
  if (rows.length === 0) return stepsPerEpoch ?? Number.POSITIVE_INFINITY
  return Math.ceil(rows.reduce((a, b) => Math.max(a, b)) / batch)
}
