import type { TrialResult } from './trial.js'

/** What is told of a training that has just ended, while others go on. */
export interface FinishedTrial {
  readonly key: string
  /** The metric on the dev rows, in its own units; null where the training failed. */
  readonly value: number | null
  /** The same by epoch. */
  readonly curve: readonly number[]
  /** Its share of the wall time of those that ran beside it. */
  readonly seconds: number
  /** Why it failed, in a sentence. */
  readonly failed?: string
}

/** @param higherIsBetter of the metric: results hold one for which less is better with its sign changed */
export function finishedTrial(result: TrialResult, higherIsBetter: boolean): FinishedTrial {
  const { key, value, devValue, seconds, failed } = result
  const natural = (one: number) => (higherIsBetter ? one : -one)
  const told = { key, value: failed === undefined ? natural(value) : null, curve: devValue.map(natural), seconds }
  return failed === undefined ? told : { ...told, failed }
}
