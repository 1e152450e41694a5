/*
 * Where the parameters of a new model come from: drawn from its seeds, or those of a file or of another model. What is
 * overwritten at once is never drawn, and memory is taken only for a network whose parameters have been found to fit.
 */
import type { Arena } from '../../native/addon.js'
import { initializeParameters, type Network, newArena } from './network.js'

/**
 * Makes the parameters of a network that has just been laid out. It takes no memory for them before it knows that they
 * are there.
 */
export type ParameterSource = (network: Network) => Arena

/** By the very object of options that a constructor is called with: users cannot give one, and do not see it. */
const sources = new WeakMap<object, ParameterSource>()

/** Options for a model's constructor that takes its parameters from `source` in place of drawing them. */
export function withParameters<Options extends object>(options: Options, source: ParameterSource): Options {
  const own = { ...options }
  sources.set(own, source)
  return own
}

/** Memory for parameters, and what draws them into it; without that they are there. */
export interface StartingParameters {
  readonly arena: Arena
  readonly draw?: () => void
}

/**
 * The first parameters of a model. They are drawn when they are first asked for: a resume overwrites them unseen.
 *
 * @param options as its constructor was given them
 * @param seeds of every member; asked for only where numbers are drawn, and when there is memory for all members
 */
export function startingParameters(
  options: unknown,
  network: Network,
  members: number,
  seeds: () => readonly number[],
): StartingParameters {
  const source = typeof options === 'object' && options !== null ? sources.get(options) : undefined
  if (source !== undefined) return { arena: source(network) }
  const arena = newArena(network, members)
  return { arena, draw: () => initializeParameters(network, arena, seeds()) }
}
