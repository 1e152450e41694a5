/*
 * How much of a target the order of the rows by a column tells: for identifiers and row numbers, which should tell nothing.
 */
import { meanOf, type NumberList, squaresAround } from '../statistics.js'
import { ELEMENTS_OF_STEP, type Steps } from '../turns.js'

/** Stretches that rows in order are cut into: enough for a trend or a sorted file, few enough to have rows each. */
const MOST_STRETCHES = 10
const ROWS_OF_STRETCH = 5
/** Less than this is no reason to keep a column that names the rows. */
const LEAST_SHARE = 0.1
/** Standard deviations above chance. */
const CERTAINTY = 6

export interface TargetPair {
  readonly value: number
  readonly target: number
}

/**
 * Whether the values, put in order, tell more of the target than chance would: the share of its variance (of classes, of
 * their Gini impurity: Goodman and Kruskal's tau) that lies between stretches of the ordered rows.
 *
 * @returns the share from 0 to 1; undefined where it is small or may be chance
 */
export function* explainedShare(pairs: readonly TargetPair[], classes: boolean): Steps<number | undefined> {
  const rows = pairs.length
  const stretches = Math.min(MOST_STRETCHES, Math.floor(rows / ROWS_OF_STRETCH))
  if (stretches < 2) return undefined
  const sorted = [...pairs].sort((a, b) => a.value - b.value)
  yield
  const groups = Array.from({ length: stretches }, (_, i) =>
    sorted
      .slice(Math.round((i * rows) / stretches), Math.round(((i + 1) * rows) / stretches))
      .map(({ target }) => target),
  )
  return yield* beyondChance(groups, classes)
}

/** The same of two groups of rows: those that have a value and those that have none. */
export function* explainedByGroups(
  groups: readonly (readonly number[])[],
  classes: boolean,
): Steps<number | undefined> {
  return groups.length < 2 || groups.some((group) => group.length < ROWS_OF_STRETCH)
    ? undefined
    : yield* beyondChance(groups, classes)
}

function* beyondChance(groups: readonly (readonly number[])[], classes: boolean): Steps<number | undefined> {
  const spread = classes ? impurity : squaresAroundMean
  const all = yield* joined(groups)
  const rows = all.length
  const total = yield* spread(all)
  if (!(total > 0)) return undefined
  let within = 0
  for (const group of groups) {
    within += yield* spread(group)
    yield
  }
  const share = 1 - within / total
  // Of a column that tells nothing: mean and deviation of the beta distribution that the share has.
  const freedom = groups.length - 1
  const chance = freedom / (rows - 1)
  const deviation = Math.sqrt((2 * freedom * (rows - 1 - freedom)) / (rows + 1)) / (rows - 1)
  return share > LEAST_SHARE && share > chance + CERTAINTY * deviation ? share : undefined
}

/** One group behind the other. */
function* joined(groups: readonly (readonly number[])[]): Steps<Float64Array> {
  const all = new Float64Array(groups.reduce((sum, group) => sum + group.length, 0))
  let from = 0
  for (const group of groups) {
    all.set(group, from)
    from += group.length
    yield
  }
  return all
}

function* squaresAroundMean(values: NumberList): Steps<number> {
  const mean = meanOf(values)
  yield
  return squaresAround(mean, values)
}

/** Rows times the chance that two of them, drawn at random, are of different classes. */
function* impurity(values: NumberList): Steps<number> {
  const counts = new Map<number, number>()
  for (let row = 0; row < values.length; row++) {
    counts.set(values[row]!, (counts.get(values[row]!) ?? 0) + 1)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return values.length - [...counts.values()].reduce((sum, count) => sum + count ** 2, 0) / values.length
}
