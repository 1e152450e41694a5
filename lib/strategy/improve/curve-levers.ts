/*
 * More data and more time: trainings on fewer rows, and trainings of fewer epochs, tell what twice as much would give.
 */
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import type { TrialResult } from '../experiments/trial.js'
import type { ErrorPoint } from './extrapolation.js'
import type { Run } from './lab.js'
import type { Recipe } from './recipe.js'
import { withEpochs, withRows } from './schedule-length.js'

/** Shares of the training rows, or of the epochs, beside all of them. */
const SHARES = [1 / 8, 1 / 4, 1 / 2]
/** Fewer rows say little of how many more would do. */
const FEWEST_ROWS = 8
/** Points that a curve has at least. */
const FEWEST_POINTS = 3
/** Epochs from which on a curve over them is continued; a shorter training is made longer instead. */
export const EPOCHS_OF_A_CURVE = 8

/** Numbers of rows below all of them; none where there are too few for a curve. */
export function rowsOfCurve({ train }: Recipe): number[] {
  const rows = SHARES.map((share) => Math.round(share * train.rows)).filter((count) => count >= FEWEST_ROWS)
  return rows.length + 1 < FEWEST_POINTS ? [] : rows
}

/** Trainings of one seed on fewer rows, each on the first of an order drawn by the seed. */
export function runsOfCurve(recipe: Recipe, rateFactor: number, seed: number): Run[] {
  const { train, epochs, batchSize } = recipe
  const all = Int32Array.from({ length: train.rows }, (_, row) => row)
  const order = new RandomStream(seed, streams.experiments, 0, substreams.rows).shuffle(all)
  return rowsOfCurve(recipe).map((rows): Run => {
    // As many updates as all rows have, so that data is not mistaken for time.
    const more = batchSize === 'full' ? 1 : train.rows / rows
    const part = train.subset(order.slice(0, rows).sort())
    const own = withRows(recipe, part, Math.max(1, Math.round(epochs * more)))
    return { owner: 'moreData', name: `rows ${rows}`, recipe: own, rateFactor, seed }
  })
}

/** Numbers of epochs below all of them; none for a training that is too short for a curve. */
export function epochsOfCurve({ epochs }: Recipe): number[] {
  return epochs < EPOCHS_OF_A_CURVE ? [] : SHARES.map((share) => Math.round(share * epochs))
}

/**
 * Trainings of one seed that end earlier. Each is the beginning of the whole one, but where a schedule is made shorter
 * with it; and at its end it is measured on the groups of dev rows too.
 */
export function runsOverEpochs(recipe: Recipe, rateFactor: number, seed: number): Run[] {
  return epochsOfCurve(recipe).map((epochs): Run => {
    return { owner: 'longer', name: `epochs ${epochs}`, recipe: withEpochs(recipe, epochs), rateFactor, seed }
  })
}

/** Parts of the stream of experiments; part 0 deals the dev rows into groups. */
export const substreams = { seeds: 1, rows: 2, segments: 3 } as const

/** A point of the curve over the rows, of the seeds that did not fail. */
export function pointOf(at: number, results: readonly TrialResult[], errorOf: (value: number) => number): ErrorPoint {
  const usable = groupsOfNumbers(results)
  return {
    at,
    whole: results.map(({ value }) => errorOf(value)),
    groups: results.map(({ groups, value }) => {
      const own = usable.map((group) => errorOf(groups[group]!))
      return own.length > 0 ? own : [errorOf(value)]
    }),
  }
}

/** Groups whose metric is a number for all: the ROC AUC of rows of one class is none. */
export function groupsOfNumbers(results: readonly TrialResult[]): number[] {
  const count = Math.min(...results.map(({ groups }) => groups.length))
  return Array.from({ length: count }, (_, group) => group).filter((group) =>
    results.every(({ groups }) => Number.isFinite(groups[group]!)),
  )
}
