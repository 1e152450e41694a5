/*
 * Random rows for properties of trainings, the same ones for the same seed.
 */
import { Dataset } from '../../lib/index.js'
import { random } from '../fuzz/random.mjs'

export interface RandomData {
  readonly rows: number
  readonly inputs: number
  /** Features as bytes, or else from -1 to 1. */
  readonly bytes: boolean
  /** Sample weights from 0.1 to 1.1, or else none. */
  readonly weighted: boolean
  /** A class per row below `classes`, or else `values` numbers from 0 to 1. */
  readonly targets: { readonly classes: number } | { readonly values: number }
  /** Seeds that are near give data that has nothing in common. */
  readonly seed: number
}

export function randomData({ rows, inputs, bytes, weighted, targets, seed }: RandomData): Dataset {
  const below = random(seed)
  const uniform = () => below(2 ** 32) / 2 ** 32
  const data = bytes
    ? Uint8Array.from({ length: rows * inputs }, () => below(256))
    : Float32Array.from({ length: rows * inputs }, () => uniform() * 2 - 1)
  const y =
    'classes' in targets
      ? Int32Array.from({ length: rows }, () => below(targets.classes))
      : Array.from({ length: rows }, () => Array.from({ length: targets.values }, uniform))
  const sampleWeights = weighted ? Float32Array.from({ length: rows }, () => uniform() + 0.1) : undefined
  const given = { x: { data, shape: [rows, inputs] as [number, number] }, y, ...(sampleWeights && { sampleWeights }) }
  return Dataset.from(given, bytes ? { scale: 1 / 255 } : {})
}
