/*
 * The networks of a training on a table: one alone, or several side by side whose mean is the prediction.
 */
import { EarlyStopping } from '../../callbacks/early-stopping.js'
import type { Dataset } from '../../data/dataset/dataset.js'
import type { Encoder } from '../../data/encoder/encoder.js'
import { DeepblasError } from '../../errors.js'
import { Population } from '../../model/population.js'
import type { Sequential } from '../../model/sequential.js'
import type { History } from '../../model/training/epoch-results.js'
import { decider, fitFor, fitOptions, layersFor, networkFor } from './network.js'
import type { CheckedTrainTableOptions } from './options.js'
import type { TableRecipe } from './recipe.js'

/** Rows to learn from, and those that decide when to stop. */
export interface Part {
  readonly training: Dataset
  readonly validation: Dataset
}

export interface TrainedNetworks {
  /** In the order of the networks. */
  readonly members: readonly { readonly seed: number; readonly epoch: number; readonly history: History }[]
}

/**
 * The network of a recipe, or its networks.
 *
 * @param members undefined for one that is a model by itself
 */
export function untrained(
  encoder: Encoder,
  recipe: TableRecipe,
  members: number | undefined,
  given: Pick<CheckedTrainTableOptions, 'seed' | 'l2'>,
): Sequential | Population {
  if (members === undefined) return networkFor(encoder, recipe, given)
  return new Population(layersFor(encoder, recipe, given.l2), { inputs: encoder.inputs, members, seed: given.seed })
}

/** @param parts one for all networks; of folds one for each, in turn */
export async function trainedNetworks(
  model: Sequential | Population,
  encoder: Encoder,
  parts: readonly Part[],
  recipe: TableRecipe,
  given: CheckedTrainTableOptions,
): Promise<TrainedNetworks> {
  const { callbacks, signal, classWeights, resume } = given
  const { monitor, metrics } = decider(
    encoder,
    recipe,
    parts.map((part) => part.validation),
  )
  // Without patience it only keeps the best epoch.
  const patience = recipe.patience === 0 ? recipe.epochs + 1 : recipe.patience
  const stopping = new EarlyStopping({ monitor, patience, ties: metrics.length > 0 ? 'last' : 'first' })
  const more = {
    ...(metrics.length > 0 && { metrics }),
    callbacks: [stopping, ...callbacks],
    ...(signal === undefined ? {} : { signal }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(resume === undefined ? {} : { resume }),
  }
  const [{ training, validation }] = parts as readonly [Part, ...Part[]]
  if (!(model instanceof Population)) {
    const history = await model.fit(training, { ...fitFor(encoder, training.rows, recipe), validation, ...more })
    return { members: [memberOf(model.seed, history)] }
  }
  const steps = new Set(parts.map(({ training: { rows } }) => Math.ceil(rows / recipe.batchSize)))
  const [data, held] =
    parts.length === 1
      ? [training, validation]
      : [ofMembers(parts, model, ({ training }) => training), ofMembers(parts, model, ({ validation }) => validation)]
  const { members: histories } = await model.fit(data, {
    ...fitOptions(encoder, recipe, steps.size === 1 ? [...steps][0] : undefined),
    validation: held,
    ...more,
  })
  requireTrained(histories)
  const members = histories.map((history, member) => memberOf(model.seeds[member]!, history))
  return { members }
}

/** The data set of every member: member i has that of part i modulo the number of parts. */
function ofMembers(parts: readonly Part[], { members }: Population, of: (part: Part) => Dataset): Dataset[] {
  return Array.from({ length: members }, (_, member) => of(parts[member % parts.length]!))
}

function memberOf(seed: number, history: History) {
  return { seed, epoch: history.best?.epoch ?? history.epochs.length, history }
}

/** A network that failed alone would spoil the mean. */
function requireTrained(histories: readonly History[]): void {
  const failed = histories.findIndex(({ stopped }) => stopped === 'failed')
  if (failed < 0) return
  const { reason = 'its loss is no longer finite' } = histories[failed]!
  throw new DeepblasError('ERR_DEEPBLAS_NOT_FINITE', `The training of network ${failed} failed: ${reason}`)
}
