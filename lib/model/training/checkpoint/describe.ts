/*
 * Describes a training as the checkpoint from which it can be resumed.
 */

import type { CallbackDescription, CheckpointDescription } from '../../../files/checkpoint-file.js'
import type { WeightDescription } from '../../../files/model-file.js'
import type { Arena } from '../../../native/addon.js'
import type { FitSettings } from '../settings.js'
import { FIRST_MEMBER, PARAMETERS, readArena } from './arenas.js'
import { savedState } from './callback-states.js'
import { comparedSettings } from './compare-settings.js'
import { describeHistory } from './histories.js'
import type { Standing } from './standing.js'

export function describeCheckpoint(standing: Standing): CheckpointDescription {
  const { settings, batches, place, states, beginning, histories, callbacks } = standing
  const { network, optimizer, seeds } = settings
  const averages = optimizer.averageSlot === undefined ? undefined : states[optimizer.averageSlot]
  // Loaded as a model, the file gives the parameters that the fit would end with, or those of the best epoch. The
  // parameters from which steps continue are stored beside them.
  const shown = standing.parameters ?? averages
  const weights = shown ? modelWeights(settings, shown) : settings.weights()
  const snapshots: WeightDescription[][] = []
  return {
    model: { ...settings.describe(), weights },
    settings: comparedSettings(settings, batches),
    place,
    histories: histories.map((history) => describeHistory(history)),
    callbacks: callbacks.all.map(({ callback, member, handle }): CallbackDescription => {
      const state = callback.saveState?.()
      return {
        type: callback.constructor.name,
        ...(member === undefined || seeds.length === 1 ? {} : { member }),
        learningRateFactor: handle.learningRateFactor,
        ...(state === undefined ? {} : { state: savedState(state, network, handle, snapshots) }),
      }
    }),
    states: [
      ...states.flatMap((arena, i) => readArena(network, arena, seeds.length, `${optimizer.stateNames[i]}.`)),
      ...(shown ? readArena(network, settings.parameters, seeds.length, PARAMETERS) : []),
    ],
    ...(place.stepOfEpoch === 0 ? {} : { accumulators: standing.accumulators }),
    ...(place.stepOfEpoch > 0 && beginning && { beginning: readArena(network, beginning, seeds.length, '') }),
    snapshots,
  }
}

/** The weights, named as in the model's own file, where a population of one is still a population. */
function modelWeights({ network, seeds, describe }: FitSettings, arena: Arena): WeightDescription[] {
  const ofOne = seeds.length === 1 && describe().architecture.members !== undefined
  return readArena(network, arena, seeds.length, ofOne ? FIRST_MEMBER : '')
}
