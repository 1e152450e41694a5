/*
 * A training within a time: the first epochs tell how long the networks take, so many epochs are trained as fit, and
 * rounds of further networks follow while one more fits. What comes of it does not depend on how the networks were dealt
 * to rounds: `members` or `seeds`, and `epochs`, say all.
 */
import type { Encoder } from '../../data/encoder/encoder.js'
import { joining } from '../../model/joined-population.js'
import type { Population } from '../../model/population.js'
import type { Sequential } from '../../model/sequential.js'
import { inTurns } from '../../turns.js'
import type { CheckedTrainTableOptions } from './options.js'
import type { TableRecipe } from './recipe.js'
import { type Part, type TrainedNetworks, trainedNetworks, untrained } from './trained-networks.js'

/** Of the budget, for trainings: scores, intervals and the file take some time too. */
const SHARE_FOR_TRAININGS = 0.95
/** How much longer than the last round the next one may take. */
const CAUTION = 1.15
/** More networks than this change the mean no more. */
const MOST_NETWORKS = 64

export interface BudgetedTraining {
  readonly encoder: Encoder
  readonly parts: readonly Part[]
  readonly recipe: TableRecipe
  readonly given: CheckedTrainTableOptions
  /** When all is to be over, by performance.now(). */
  readonly deadline: number
}

/** The epochs that fit, of a training of one network for each part. */
export function epochsWithin(deadline: number, secondsOfEpoch: number, epochs: number): number {
  const room = (SHARE_FOR_TRAININGS * (deadline - performance.now())) / 1000
  return Math.max(1, Math.min(epochs, Math.floor(room / (secondsOfEpoch * CAUTION))))
}

/** Networks for each part, and all of them as one model. */
export interface Budgeted extends TrainedNetworks {
  readonly model: Sequential | Population
  /** How many networks each part has. */
  readonly each: number
}

/** @param first the networks of the first round, one for each part */
export async function trainedWithin(first: Sequential | Population, training: BudgetedTraining): Promise<Budgeted> {
  const { encoder, parts, recipe, given, deadline } = training
  const begun = performance.now()
  const end = begun + SHARE_FOR_TRAININGS * (deadline - begun)
  const models = [first]
  const { members } = await trainedNetworks(first, encoder, parts, recipe, given)
  const all = [...members]
  let [each, before] = [1, begun]
  let round = 1
  for (;;) {
    const now = performance.now()
    const ofOne = ((now - before) / round) * CAUTION
    const most = Math.floor(MOST_NETWORKS / parts.length) - each
    // As many again at most: what is measured of a few networks side by side says less of many.
    const next = Math.min(Math.floor((end - now) / ofOne), each, most)
    if (next < 1) break
    const seed = given.seed + each * parts.length
    const model = untrained(encoder, recipe, next * parts.length, { ...given, seed })
    const trained = await trainedNetworks(model, encoder, parts, recipe, given)
    models.push(model)
    all.push(...trained.members)
    each += next
    round = next
    before = now
  }
  const model = models.length === 1 ? first : await inTurns(joining(models))
  return { model, members: all, each }
}
