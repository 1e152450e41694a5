/*
 * Which options mattered: shares of the spread of a search's results.
 */
import { meanOf, sampleDeviation } from '../../statistics.js'
import { inTurns, type Steps } from '../../turns.js'
import { countOf, placeOf, valueText } from './distributions.js'
import { drawsOfTree } from './draws.js'
import { decompose } from './functional-anova.js'
import { growTree, type Point } from './regression-tree.js'
import type { Importance, SearchTrial } from './result.js'
import type { Configuration, SearchSpace } from './space.js'

/** Trees of a forest, and how they are grown. */
const TREES = 48
/** A budget that has passed ends the forest after so many. */
const FEWEST_TREES = 8
const FEWEST_IN_LEAF = 2
const SHARE_OF_OPTIONS = 5 / 6

/** With fewer configurations a share would be chance. */
export const FEWEST_FOR_IMPORTANCE = 8

/** Results further below the lower quartile than so many quartile ranges count as being there. */
const FENCE = 3

interface ImportanceOptions {
  /** The values of every option, as text, where the trials are a whole grid. Default undefined: they are not. */
  readonly whole?: ReadonlyMap<string, readonly string[]> | undefined
  /** Whether the time is over. Default never. */
  readonly isLate?: () => boolean
}

/**
 * Shares of the options in the spread of the results.
 *
 * Of a whole grid they are exact: its marginal means. Otherwise a forest of regression trees is grown on the trials, and
 * the shares are those of what the trees say over the whole space, the means over the trees. Where trials differ in epochs,
 * these are an option of their own. A failed trial counts as the worst result.
 */
export async function importanceOf(
  space: SearchSpace,
  trials: readonly SearchTrial[],
  higherIsBetter: boolean,
  seed: number,
  { whole, isLate = () => false }: ImportanceOptions = {},
): Promise<Importance> {
  const results = scores(trials, higherIsBetter)
  if (trials.length < FEWEST_FOR_IMPORTANCE || results.every((one) => one === results[0])) return nothingTold(trials)
  const axes = whole === undefined ? axesOf(space, trials) : axesOfGrid(whole)
  const points = trials.map((trial, at): Point => ({ at: axes.map(({ place }) => place(trial)), value: results[at]! }))
  const cells = axes.map((axis) => axis.cells)
  const parts = await inTurns(whole === undefined ? forest(points, cells, seed, isLate) : exactly(points, cells))
  const estimate = (of: (part: (typeof parts)[number]) => number) => {
    const shares = parts.map(of)
    return { share: meanOf(shares), deviation: parts.length > 1 ? sampleDeviation(shares) : 0 }
  }
  const options = axes.map(({ name }, at) => ({ option: name, ...estimate(({ single }) => single[at]!) }))
  const pairs = pairsOf(axes.map(({ name }) => name)).map((names, at) => ({
    options: names,
    ...estimate(({ pairs: ofTree }) => ofTree[at]!),
  }))
  const told = [...options, ...pairs].reduce((sum, { share }) => sum + share, 0)
  return {
    method: whole === undefined ? 'forest' : 'exact',
    trials: trials.length,
    trees: whole === undefined ? parts.length : 0,
    options: options.sort((a, b) => b.share - a.share),
    pairs: pairs.sort((a, b) => b.share - a.share),
    higher: Math.max(0, 1 - told),
  }
}

function nothingTold({ length }: readonly SearchTrial[]): Importance {
  return { method: 'none', trials: length, trees: 0, options: [], pairs: [], higher: 0 }
}

/** Results, higher is better, with none far below the others: one diverged training would be all of the spread. */
function scores(trials: readonly SearchTrial[], higherIsBetter: boolean): number[] {
  const raw = trials.map(({ value }) => (higherIsBetter ? value : -value))
  const sorted = raw.filter((value) => Number.isFinite(value)).sort((a, b) => a - b)
  if (sorted.length === 0) return raw.map(() => 0)
  const [lower, upper] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  const least = upper === lower ? sorted[0]! : Math.max(sorted[0]!, lower - FENCE * (upper - lower))
  return raw.map((value) => (Number.isFinite(value) ? Math.max(least, value) : least))
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  return sorted[below]! + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - sorted[below]!)
}

/** A dimension of the unit cube. */
interface Axis {
  readonly name: string
  readonly cells: number
  place(trial: SearchTrial): number
}

function axesOf(space: SearchSpace, trials: readonly SearchTrial[]): Axis[] {
  const axes = Object.entries(space).map(
    ([name, of]): Axis => ({
      name,
      cells: Number.isFinite(countOf(of)) ? countOf(of) : 0,
      place: ({ configuration }) => placeOf(of, valueIn(configuration, name)),
    }),
  )
  const epochs = [...new Set(trials.map((trial) => trial.epochs))].sort((a, b) => a - b)
  if (epochs.length === 1 || 'epochs' in space) return axes
  const cells = epochs.length
  return [...axes, { name: 'epochs', cells, place: (trial) => (epochs.indexOf(trial.epochs) + 0.5) / cells }]
}

/** Values of a grid are single ones, whatever lies between them. */
function axesOfGrid(values: ReadonlyMap<string, readonly string[]>): Axis[] {
  return [...values].map(([name, texts]) => ({
    name,
    cells: texts.length,
    place: ({ configuration }) => (texts.indexOf(valueText(valueIn(configuration, name))) + 0.5) / texts.length,
  }))
}

function valueIn(configuration: Configuration, name: string): Parameters<typeof placeOf>[1] {
  return configuration[name]!
}

/** One tree with a leaf for every point of a whole grid is the grid. */
function* exactly(points: readonly Point[], cells: readonly number[]): Steps<ReturnType<typeof decompose>[]> {
  return [decompose(yield* growTree(points, { cells, fewest: 1, share: 1, random: drawsOfTree(0, 0) }))]
}

/** Trees on samples with replacement; one that says the same everywhere tells of no share. */
function* forest(
  points: readonly Point[],
  cells: readonly number[],
  seed: number,
  isLate: () => boolean,
): Steps<ReturnType<typeof decompose>[]> {
  const parts: ReturnType<typeof decompose>[] = []
  for (let tree = 0; tree < TREES; tree++) {
    if (tree >= FEWEST_TREES && isLate()) break
    const random = drawsOfTree(seed, tree)
    const sample = points.map(() => points[random.integer(points.length)]!)
    const part = decompose(yield* growTree(sample, { cells, fewest: FEWEST_IN_LEAF, share: SHARE_OF_OPTIONS, random }))
    if (part.variance > 0) parts.push(part)
  }
  return parts
}

function pairsOf(names: readonly string[]): (readonly [string, string])[] {
  return names.flatMap((first, at) => names.slice(at + 1).map((second) => [first, second] as const))
}
