/*
 * Regression trees over the unit cube, as the boxes that their leaves are: what a functional ANOVA integrates over.
 *
 * Breiman: "Random forests", 2001. A split is the one that leaves the least squared error.
 */
import type { RandomStream } from '../../random/stream.js'
import type { Steps } from '../../turns.js'

/** A row to learn from: where it lies in the unit cube, and its value. */
export interface Point {
  readonly at: readonly number[]
  readonly value: number
}

/** A leaf: the box `low[d]` to `high[d]` of every dimension, where the tree says `value`. */
export interface Box {
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly value: number
}

export interface TreeOptions {
  /** Number of cells of a dimension that has single values; 0 for one of all numbers. A split never cuts a cell. */
  readonly cells: readonly number[]
  /** A leaf holds so many points at least. */
  readonly fewest: number
  /** Share of the dimensions, drawn for every split, that it may be along. */
  readonly share: number
  readonly random: RandomStream
}

/** The leaves of a tree grown on these points, which fill the unit cube. */
export function* growTree(points: readonly Point[], options: TreeOptions): Steps<Box[]> {
  const dimensions = options.cells.length
  const leaves: Box[] = []
  const waiting = [{ points, low: new Array<number>(dimensions).fill(0), high: new Array<number>(dimensions).fill(1) }]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield
    const split = bestSplit(node.points, options)
    if (split === undefined) {
      leaves.push({ low: node.low, high: node.high, value: meanValue(node.points) })
      continue
    }
    const { dimension, place } = split
    const below = node.points.filter(({ at }) => at[dimension]! < place)
    const above = node.points.filter(({ at }) => at[dimension]! >= place)
    waiting.push({ points: above, low: node.low.with(dimension, place), high: node.high })
    waiting.push({ points: below, low: node.low, high: node.high.with(dimension, place) })
  }
  return leaves
}

interface Split {
  readonly dimension: number
  readonly place: number
  /** How much the squared error falls. */
  readonly gain: number
}

function bestSplit(points: readonly Point[], options: TreeOptions): Split | undefined {
  const { cells, fewest, share, random } = options
  const first = points[0]!.value
  if (points.length < 2 * fewest || points.every(({ value }) => value === first)) return undefined
  const order = random.shuffle(cells.map((_, dimension) => dimension))
  const enough = Math.ceil(share * order.length)
  let best: Split | undefined
  for (const [tried, dimension] of order.entries()) {
    // One that nothing can be split along is no try: others are looked at in its place.
    if (tried >= enough && best !== undefined) break
    const split = splitAlong(points, dimension, cells[dimension]!, fewest)
    if (split !== undefined && (best === undefined || split.gain > best.gain)) best = split
  }
  return best
}

function splitAlong(points: readonly Point[], dimension: number, cells: number, fewest: number): Split | undefined {
  const sorted = [...points].sort((a, b) => a.at[dimension]! - b.at[dimension]!)
  const mean = meanValue(points)
  // Sums of what is beyond the mean: squares of large values would lose their digits.
  let left = 0
  let best: Split | undefined
  for (let count = 1; count < sorted.length; count++) {
    left += sorted[count - 1]!.value - mean
    const [before, after] = [sorted[count - 1]!.at[dimension]!, sorted[count]!.at[dimension]!]
    if (before === after || count < fewest || sorted.length - count < fewest) continue
    const gain = (left * left * sorted.length) / (count * (sorted.length - count))
    if (best !== undefined && gain <= best.gain) continue
    best = { dimension, place: cells > 0 ? (Math.floor(before * cells) + 1) / cells : (before + after) / 2, gain }
  }
  return best
}

function meanValue(points: readonly Point[]): number {
  let sum = 0
  for (const { value } of points) sum += value
  return sum / points.length
}
