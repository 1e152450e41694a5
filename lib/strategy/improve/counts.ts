/*
 * How many trainings the parts of an improvement take, about: grids that are made longer take more.
 */
import { epochsOfCurve, rowsOfCurve } from './curve-levers.js'
import type { Recipe } from './recipe.js'
import type { LeverName } from './result.js'
import { type Candidate, NEAREST, SELECTION_SEEDS } from './selection.js'

/** What is to be tried, as far as it is known. */
export interface Extent {
  readonly options: { readonly levers: readonly LeverName[]; readonly baseline: Recipe }
  /** None before settings are known. */
  readonly candidates: readonly Candidate[]
  readonly byCurve: readonly LeverName[]
}

/** Settings at their rates that a lever is tried with, about, before its settings are known. */
const ENTRIES_OF_LEVER = 9

/** Of the baseline's rates. */
export function trainingsOfRates(): number {
  return halved(2 * NEAREST + 1)
}

/** Of all levers' settings. */
export function trainingsOfSelection(extent: Extent): number {
  const { candidates } = extent
  return chosen(extent).reduce((sum, name) => {
    const own = candidates.filter(({ owner }) => owner === name)
    const entries = candidates.length === 0 ? ENTRIES_OF_LEVER : own.reduce((all, { powers }) => all + powers.length, 0)
    return sum + halved(entries)
  }, 0)
}

/** Of all levers, and the baseline as given and at its best rate, on so many seeds. */
export function trainingsOfJudging(extent: Extent, seeds: number): number {
  const { baseline } = extent.options
  const points = extent.byCurve.map((name) => (name === 'moreData' ? rowsOfCurve : epochsOfCurve)(baseline).length)
  return seeds * (2 + chosen(extent).length + points.reduce((sum, one) => sum + one, 0))
}

/** Levers that settings are chosen for. */
function chosen({ options, byCurve }: Extent): LeverName[] {
  return options.levers.filter((name) => name !== 'learningRate' && !byCurve.includes(name))
}

/** Entries that are tried on one selection seed after another, always the better half of them. */
function halved(entries: number): number {
  let [sum, left] = [0, entries]
  for (let seed = 0; seed < SELECTION_SEEDS; seed++) {
    sum += left
    left = Math.ceil(left / 2)
  }
  return sum
}
