/*
 * The parameters that an epoch began with. An epoch's training loss is a mean over its steps, each with the parameters that
 * the step started from: where the epoch has one update only, they are those of its beginning, not of its end.
 */

import type { Callback } from '../../callbacks/callback.js'
import type { Arena } from '../../native/addon.js'
import { newArena } from '../network/network.js'
import type { Scoring } from '../programs/compile.js'
import type { Opened } from '../programs/opened.js'
import type { FitSettings } from './settings.js'

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
  /**
   * Called before every chunk of steps; keeps a copy, but of members that wait for others within an epoch, which may have
   * had their only update.
   */
  readonly keep: (waits?: (member: number) => boolean) => void
}

/** Undefined where no callback monitors a mean over steps. Its memory is released with `opened`. */
export function epochBeginning(
  { callbacks, scoring, network, parameters, seeds }: FitSettings,
  updatesOf: (member: number) => number,
  opened: Opened,
): EpochBeginning | undefined {
  const ofSteps = ({ monitors }: Callback) =>
    monitors !== undefined && parametersOfNumber(monitors, scoring) === 'steps'
  if (!callbacks.some(ofSteps)) return undefined
  const copy = opened.add(newArena(network, seeds.length))
  return {
    parameters: copy,
    tells: (member) => updatesOf(member) === 1,
    keep: (waits) => {
      if (waits === undefined) return copy.copyFrom(parameters)
      for (const member of seeds.keys()) if (!waits(member)) copy.copyFrom(parameters, member, member)
    },
  }
}
