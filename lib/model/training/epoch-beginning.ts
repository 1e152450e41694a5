/*
 * The parameters that an epoch began with. An epoch's training loss is a mean over its steps, each with the parameters that
 * the step started from: where the epoch has one update only, they are those of its beginning, not of its end.
 */

import type { Callback } from '../../callbacks/callback.js'
import type { Arena } from '../../native/addon.js'
import { newArena } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import type { Opened } from '../programs/opened.js'
import { writeArena } from './checkpoint/arenas.js'
import type { FitSettings } from './settings.js'
import type { TrainingStart } from './state.js'

/**
 * The parameters that a number of an epoch belongs to. 'steps': it is a mean over the steps, each with the parameters
 * that the step started from; 'trained': the parameters after the epoch; 'kept': those that the fit would end with,
 * which may be averages.
 */
export function parametersOfNumber(path: string, { metrics }: Scoring): 'steps' | 'trained' | 'kept' {
  if (path === 'loss') return 'steps'
  const metric = metrics.find(({ name }) => path === name || path.startsWith(`${name}.`))
  if (metric === undefined) return 'kept'
  return metric.record === undefined ? 'trained' : 'steps'
}

/** The parameters that an epoch began with. */
export interface EpochBeginning {
  readonly parameters: Arena
  /**
   * Whether the epoch's training numbers belong to those parameters, since its only update came after its last step.
   */
  readonly tells: (member: number) => boolean
  /** Called before the first step of every epoch; keeps a copy. Later ones may have changed what no update does. */
  readonly keep: () => void
}

/**
 * Undefined where no callback monitors a mean over steps. A start within an epoch brings what the epoch began with, if its
 * checkpoint has it. The memory is released with `opened`.
 */
export function epochBeginning(
  { callbacks, scoring, network, parameters, seeds, resume = '' }: FitSettings,
  { beginning }: TrainingStart,
  updatesOf: (member: number) => number,
  opened: Opened,
): EpochBeginning | undefined {
  const ofSteps = ({ monitors }: Callback) =>
    monitors !== undefined && parametersOfNumber(monitors, scoring) === 'steps'
  if (!callbacks.some(ofSteps)) return undefined
  const copy = opened.add(newArena(network, seeds.length))
  let isKnown = beginning !== undefined
  if (beginning !== undefined) writeArena(resume, network, copy, seeds.length, beginning, '')
  return {
    parameters: copy,
    tells: (member) => isKnown && updatesOf(member) === 1,
    keep: () => {
      copy.copyFrom(parameters)
      isKnown = true
    },
  }
}
