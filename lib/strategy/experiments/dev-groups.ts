/*
 * The dev rows in groups of nearly equal size, on each of which every trial is measured: how far a figure would move
 * with other dev rows.
 */
import { classesOf } from '../../data/arrays/target-classes.js'
import { type Dataset, forRuns } from '../../data/dataset/dataset.js'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'

/** A group has this many rows at least: a figure on fewer says little. */
const LEAST_ROWS = 5

/** Number of groups, at most so many: a small one where there are few rows. */
export function groupsOf(dev: Dataset, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(dev.rows / LEAST_ROWS)))
}

/**
 * Deals the rows into groups by the seed; with classes, class by class, so that every group has its share of each.
 *
 * @param most number of groups; fewer are made where there are few rows
 * @param classes whether targets are classes
 * @param leftOut gives for each group the rows without it, of which there must be some
 */
export function devGroups(dev: Dataset, most: number, seed: number, classes: boolean, leftOut = false): Dataset[] {
  const count = groupsOf(dev, most)
  const rows = Int32Array.from({ length: dev.rows }, (_, row) => row)
  const order = new RandomStream(seed, streams.experiments).shuffle(rows)
  if (classes) {
    // Class by class, and dealt without a break: neither a class nor a group is off by more than one.
    const { ofRow } = classesOf('the groups of dev rows', forRuns(dev).targets, dev.labels)
    const place = new Int32Array(dev.rows)
    for (const [at, row] of order.entries()) place[row] = at
    order.sort((a, b) => ofRow[a]! - ofRow[b]! || place[a]! - place[b]!)
  }
  return Array.from({ length: count }, (_, group) =>
    dev.subset(order.filter((_, at) => (at % count === group) !== leftOut).sort()),
  )
}
