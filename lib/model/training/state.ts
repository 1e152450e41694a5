/*
 * What a training leaves behind for one that goes on, beside the parameters: `partialFit` and a resume start from it.
 */
import { DeepblasError } from '../../errors.js'
import type { Arena } from '../../native/addon.js'
import type { Optimizer } from '../../optimizers/optimizer.js'
import { type Network, newArena } from '../network/network.js'

/** Where a run of steps begins. */
export interface TrainingStart {
  /** Completed epochs: numbers the shuffles, and the epochs in histories. */
  readonly epoch: number
  /** Steps of the next epoch that are done. */
  readonly stepOfEpoch: number
  /** Updates of every member before that epoch began. */
  readonly stepsBefore: readonly number[]
  /** The optimizer's state, in the order of its names. */
  readonly states: readonly Arena[]
  /** Of the epoch begun: [members, accumulators]. */
  readonly accumulators?: Float64Array
}

/** Kept with a model from one `partialFit` to the next. */
export interface TrainingState {
  readonly optimizer: Optimizer
  readonly states: readonly Arena[]
  /** Completed epochs. */
  readonly epoch: number
  /** Updates of every member. */
  readonly steps: readonly number[]
}

/**
 * Of a training that goes on after `state`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where the optimizer is of another kind: it could not read the state
 */
export function continuedStart(state: TrainingState, optimizer: Optimizer): TrainingStart {
  const known = state.optimizer
  if (known.name !== optimizer.name || known.stateNames.join() !== optimizer.stateNames.join()) {
    const described = ({ name, stateNames }: Optimizer) => `${name} with state (${stateNames.join(', ')})`
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for optimizer one of the kind that the training so far has used, ${described(known)}, but received ` +
        `${described(optimizer)}. Its learning rate may change; another kind starts anew with fit.`,
    )
  }
  return { epoch: state.epoch, stepOfEpoch: 0, stepsBefore: state.steps, states: state.states }
}

/** Of a training that starts anew. */
export function freshStart(network: Network, optimizer: Optimizer, members: number): TrainingStart {
  return {
    epoch: 0,
    stepOfEpoch: 0,
    stepsBefore: new Array<number>(members).fill(0),
    states: optimizer.stateNames.map(() => newArena(network, members)),
  }
}

/** Gives up the memory of an optimizer's state that nobody goes on from. */
export function releaseStates(before: TrainingState | undefined, { states }: TrainingState): void {
  for (const arena of before?.states ?? []) if (!states.includes(arena)) arena.release()
}
