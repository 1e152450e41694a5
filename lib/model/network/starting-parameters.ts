/*
 * The first parameters of a new model: drawn from its seeds, or taken from a file or another model. Parameters that are
 * overwritten at once are never drawn, and memory is taken only for a network whose parameters fit.
 */
import type { Arena } from '../../native/addon.js'
import { initializeParameters, type Network, newArena } from './network.js'

/** The parameters and scoring that a new model takes over. */
export interface ModelStart<Scoring = unknown> {
  /**
   * Makes the parameters of a network that has just been laid out. It takes no memory for them before it knows that they
   * are there.
   */
  readonly parameters: (network: Network) => Arena
  /** Loss and metrics that the parameters were trained by. */
  readonly scoring?: Scoring
}

/** Keyed by the object of options that a constructor is called with, so users neither see nor give it. */
const starts = new WeakMap<object, ModelStart>()

/** Options for a model's constructor that takes its parameters over in place of drawing them. */
export function withStart<Options extends object>(options: Options, start: ModelStart): Options {
  const own = { ...options }
  starts.set(own, start)
  return own
}

/** @param options as a model's constructor was given them */
export function startOf<Scoring>(options: unknown): ModelStart<Scoring> | undefined {
  const known = typeof options === 'object' && options !== null ? starts.get(options) : undefined
  return known as ModelStart<Scoring> | undefined
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
  const start = startOf(options)
  if (start !== undefined) return { arena: start.parameters(network) }
  const arena = newArena(network, members)
  return { arena, draw: () => initializeParameters(network, arena, seeds()) }
}
