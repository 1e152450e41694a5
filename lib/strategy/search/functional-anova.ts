/*
 * Functional analysis of variance of a function that is constant on boxes: which part of its variance over the unit cube
 * belongs to each dimension by itself, and to each pair beyond both.
 *
 * Hutter, Hoos, Leyton-Brown: "An efficient approach for assessing hyperparameter importance", ICML 2014. Derivation:
 * docs/math/functional-anova.md.
 */
import { sumOf } from '../../statistics.js'
import type { Box } from './regression-tree.js'

/** Shares of the variance, from 0 to 1; together with those of three dimensions and more they make 1. */
export interface Decomposition {
  /** Variance over the cube. */
  readonly variance: number
  /** Of every dimension by itself. */
  readonly single: readonly number[]
  /** Of every pair beyond its two: in the order (0, 1), (0, 2), …, (1, 2), …. */
  readonly pairs: readonly number[]
}

/** @param boxes that fill the unit cube and do not overlap */
export function decompose(boxes: readonly Box[]): Decomposition {
  const dimensions = boxes[0]!.low.length
  const volumes = boxes.map(({ low, high }) => high.reduce((product, one, d) => product * (one - low[d]!), 1))
  const mean = sumOf(boxes.map(({ value }, at) => volumes[at]! * value))
  const centered = boxes.map(({ value }) => value - mean)
  const variance = sumOf(centered.map((value, at) => volumes[at]! * value * value))
  const cuts = Array.from({ length: dimensions }, (_, d) => cutsOf(boxes, d))
  const given = { boxes, volumes, centered, cuts }
  const single = cuts.map((_, d) => varianceAlong(given, d))
  const pairs: number[] = []
  for (let first = 0; first < dimensions; first++) {
    for (let second = first + 1; second < dimensions; second++) {
      const joint = varianceAcross(given, first, second)
      // What rounding leaves of a pair that has nothing of its own may lie below 0.
      pairs.push(Math.max(0, joint - single[first]! - single[second]!))
    }
  }
  const share = (part: number) => (variance > 0 ? part / variance : 0)
  return { variance, single: single.map(share), pairs: pairs.map(share) }
}

interface Boxes {
  readonly boxes: readonly Box[]
  readonly volumes: readonly number[]
  /** Values less their mean over the cube. */
  readonly centered: readonly number[]
  /** Of every dimension: where boxes begin or end, in order, from 0 to 1. */
  readonly cuts: readonly (readonly number[])[]
}

function cutsOf(boxes: readonly Box[], dimension: number): number[] {
  const places = new Set(boxes.flatMap(({ low, high }) => [low[dimension]!, high[dimension]!]))
  return [...places].sort((a, b) => a - b)
}

/** The variance of the mean over all other dimensions, as a function of this one. */
function varianceAlong({ boxes, volumes, centered, cuts }: Boxes, dimension: number): number {
  const places = cuts[dimension]!
  const at = new Map(places.map((place, index) => [place, index]))
  // Each box adds its part to a range of cells: kept as differences between neighbors.
  const changes = new Float64Array(places.length)
  for (const [index, { low, high }] of boxes.entries()) {
    const part = (centered[index]! * volumes[index]!) / (high[dimension]! - low[dimension]!)
    changes[at.get(low[dimension]!)!]! += part
    changes[at.get(high[dimension]!)!]! -= part
  }
  let mean = 0
  let variance = 0
  for (let cell = 0; cell + 1 < places.length; cell++) {
    mean += changes[cell]!
    variance += (places[cell + 1]! - places[cell]!) * mean * mean
  }
  return variance
}

/** The variance of the mean over all dimensions but two, as a function of these two. */
function varianceAcross({ boxes, volumes, centered, cuts }: Boxes, first: number, second: number): number {
  const [rows, columns] = [cuts[first]!, cuts[second]!]
  const atRow = new Map(rows.map((place, index) => [place, index]))
  const atColumn = new Map(columns.map((place, index) => [place, index]))
  const width = columns.length
  const changes = new Float64Array(rows.length * width)
  for (const [index, { low, high }] of boxes.entries()) {
    const area = (high[first]! - low[first]!) * (high[second]! - low[second]!)
    const part = (centered[index]! * volumes[index]!) / area
    const [top, bottom] = [atRow.get(low[first]!)! * width, atRow.get(high[first]!)! * width]
    const [left, right] = [atColumn.get(low[second]!)!, atColumn.get(high[second]!)!]
    changes[top + left]! += part
    changes[top + right]! -= part
    changes[bottom + left]! -= part
    changes[bottom + right]! += part
  }
  let variance = 0
  const means = new Float64Array(width)
  for (let row = 0; row + 1 < rows.length; row++) {
    let along = 0
    for (let column = 0; column + 1 < width; column++) {
      along += changes[row * width + column]!
      means[column]! += along
      const area = (rows[row + 1]! - rows[row]!) * (columns[column + 1]! - columns[column]!)
      variance += area * means[column]! ** 2
    }
  }
  return variance
}
