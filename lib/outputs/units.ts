/*
 * Targets are scaled for a network. Here their numbers become values in the units that they had before, and the other way.
 */
import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../turns.js'

/**
 * The units of a target: a value is the network's output times `deviation` plus `mean`; where there are bounds, a predicted
 * one is brought within them.
 */
export interface TargetUnits {
  readonly mean: number
  readonly deviation: number
  /** The smallest value that is predicted. Left out: no bound. */
  readonly min?: number
  /** The largest value that is predicted. Left out: no bound. */
  readonly max?: number
}

export function inUnits(output: number, { mean, deviation }: TargetUnits): number {
  return output * deviation + mean
}

/** The value that an output predicts: within the bounds, where there are some. */
export function predictedValue(output: number, units: TargetUnits): number {
  return bounded(inUnits(output, units), units)
}

/** A value within the bounds; NaN stays NaN. */
export function bounded(value: number, { min, max }: Pick<TargetUnits, 'min' | 'max'>): number {
  if (min !== undefined && value < min) return min
  return max !== undefined && value > max ? max : value
}

/** What the network is to give for a value. */
export function scaledTarget(value: number, { mean, deviation }: TargetUnits): number {
  return (value - mean) / deviation
}

/** Targets in place; as they are where there are no units. */
export function targetsInUnits(targets: Float64Array, units: TargetUnits | undefined): Float64Array {
  if (units !== undefined) atOnce(bringInUnits(targets, units, inUnits))
  return targets
}

/** The values that outputs predict, in place; as they are where there are no units. */
export function predictionsInUnits(outputs: Float64Array, units: TargetUnits | undefined): Float64Array {
  if (units !== undefined) atOnce(bringInUnits(outputs, units, predictedValue))
  return outputs
}

/** In place. @param rule `predictedValue` for outputs of a network, `inUnits` for targets */
export function* bringInUnits(
  numbers: Float32Array | Float64Array,
  units: TargetUnits,
  rule: (number: number, units: TargetUnits) => number,
): Steps<void> {
  for (let from = 0; from < numbers.length; from += ELEMENTS_OF_STEP) {
    if (from > 0) yield
    const end = Math.min(numbers.length, from + ELEMENTS_OF_STEP)
    for (let at = from; at < end; at++) numbers[at] = rule(numbers[at]!, units)
  }
}

/** What a number of differences of outputs is multiplied by: `power` 1 for a distance, 2 for a square, 0 for a share. */
export function factorOfUnits(units: TargetUnits | undefined, power: 0 | 1 | 2): number {
  return (units?.deviation ?? 1) ** power
}
