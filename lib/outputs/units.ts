/*
 * Targets are scaled for a network. Here their numbers become values in the units that they had before, and the other way.
 */
import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../turns.js'

/** The units of a target: a value is the network's output times `deviation` plus `mean`. */
export interface TargetUnits {
  readonly mean: number
  readonly deviation: number
}

export function inUnits(output: number, { mean, deviation }: TargetUnits): number {
  return output * deviation + mean
}

/** What the network is to give for a value. */
export function scaledTarget(value: number, { mean, deviation }: TargetUnits): number {
  return (value - mean) / deviation
}

/** All of them, in place; as they are where there are no units. */
export function valuesInUnits(values: Float64Array, units: TargetUnits | undefined): Float64Array {
  if (units !== undefined) atOnce(bringInUnits(values, units))
  return values
}

/** In place. */
export function* bringInUnits(outputs: Float32Array | Float64Array, units: TargetUnits): Steps<void> {
  for (let from = 0; from < outputs.length; from += ELEMENTS_OF_STEP) {
    if (from > 0) yield
    const end = Math.min(outputs.length, from + ELEMENTS_OF_STEP)
    for (let at = from; at < end; at++) outputs[at] = inUnits(outputs[at]!, units)
  }
}

/** What a number of differences of outputs is multiplied by: `power` 1 for a distance, 2 for a square, 0 for a share. */
export function factorOfUnits(units: TargetUnits | undefined, power: 0 | 1 | 2): number {
  return (units?.deviation ?? 1) ** power
}
