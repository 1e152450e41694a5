/*
 * Checks of options that diagnoses, improvements and searches have in common.
 */
import { Dataset } from '../../data/dataset/dataset.js'
import { DeepblasError } from '../../errors.js'
import { isAbortSignal } from '../../kinds.js'
import { finiteNumber, invalid, isCallable } from '../../validate.js'

/** A data set with targets. */
export function rowsWithTargets(argument: string, data: unknown): Dataset {
  if (!(data instanceof Dataset)) throw invalid(argument, 'Dataset', data, 'Make one with Dataset.from({ x, y }).')
  if (data.hasTargets) return data
  throw new DeepblasError('ERR_DEEPBLAS_DATA', `Expected targets (y) in ${argument} but received none.`)
}

export function signalOption(signal: unknown): AbortSignal | undefined {
  if (signal !== undefined && !isAbortSignal(signal)) throw invalid('signal', 'AbortSignal', signal)
  return signal
}

export function functionOption<Callable>(argument: string, value: Callable | undefined): Callable | undefined {
  if (value !== undefined && !isCallable(value)) throw invalid(argument, 'function', value)
  return value
}

/** Wall time, at least a millisecond. */
export function budgetOption(budget: unknown): number | undefined {
  if (budget === undefined) return undefined
  return finiteNumber('budget', budget, { min: 1 }, 'It is in milliseconds: 60_000 is a minute.')
}

/** What is left of a budget since a call began. */
export function leftOfBudget(budget: number, begun: number): number {
  return Math.max(1, budget - (performance.now() - begun))
}
