/*
 * The state that a training leaves beside the parameters: `partialFit` and a resume start from it.
 */
import { DeepblasError } from '../../errors.js'
import type { WeightDescription } from '../../files/model-file.js'
import type { Arena } from '../../native/addon.js'
import type { AnyOptimizer } from '../../optimizers/names.js'
import { type Network, newArena } from '../network/network.js'

/** The position where a run of steps begins. */
export interface TrainingStart {
  /** Completed epochs; the number decides the shuffles and counts the epochs in histories. */
  readonly epoch: number
  /** Completed steps of the next epoch. */
  readonly stepOfEpoch: number
  /** Updates of every member before that epoch. */
  readonly stepsBefore: readonly number[]
  /** The optimizer's state, in the order of its names. */
  readonly states: readonly Arena[]
  /** Accumulators of the present epoch, [members, accumulators]. */
  readonly accumulators?: Float64Array
  /** Parameters that the present epoch began with, where a checkpoint has them. */
  readonly beginning?: readonly WeightDescription[]
}

/** Kept with a model from one `partialFit` to the next. */
export interface TrainingState {
  readonly optimizer: AnyOptimizer
  readonly states: readonly Arena[]
  /** Completed epochs. */
  readonly epoch: number
  /** Updates of every member. */
  readonly steps: readonly number[]
}

/**
 * The start of a training that continues from `state`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT where the optimizer is of another kind: it could not read the state
 */
export function continuedStart(state: TrainingState, optimizer: AnyOptimizer): TrainingStart {
  const known = state.optimizer
  if (known.name !== optimizer.name || known.stateNames.join() !== optimizer.stateNames.join()) {
    const described = ({ name, stateNames }: AnyOptimizer) => `${name} with state (${stateNames.join(', ')})`
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected for optimizer one of the kind that the training so far has used, ${described(known)}, but received ` +
        `${described(optimizer)}. Its learning rate may change; another kind starts anew with fit.`,
    )
  }
  return { epoch: state.epoch, stepOfEpoch: 0, stepsBefore: state.steps, states: state.states }
}

/** The start of a new training. */
export function freshStart(network: Network, optimizer: AnyOptimizer, members: number): TrainingStart {
  return {
    epoch: 0,
    stepOfEpoch: 0,
    stepsBefore: new Array<number>(members).fill(0),
    states: optimizer.stateNames.map(() => newArena(network, members)),
  }
}

/** Releases the memory of an optimizer's state that no training will continue from. */
export function releaseStates(before: TrainingState | undefined, { states }: TrainingState): void {
  for (const arena of before?.states ?? []) if (!states.includes(arena)) arena.release()
}
