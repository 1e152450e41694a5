/*
 * The trials of a search as they come, and the rows that its result shows.
 */
import { meanOf, sampleDeviation, sumOf } from '../../statistics.js'
import { compare, type Interval, intervalOf, valuesOf } from '../experiments/intervals.js'
import { studentQuantile } from '../experiments/student.js'
import type { Trial, TrialResult } from '../experiments/trial.js'
import type { SearchTrial } from './result.js'
import type { Configuration } from './space.js'

/** A configuration at a number of epochs, and what its seeds gave; undefined for those that have not run. */
export interface Entry {
  readonly configuration: Configuration
  readonly epochs: number
  readonly bracket: number | undefined
  readonly trials: readonly Trial[]
  readonly results: (TrialResult | undefined)[]
}

/** The trials of a search, in the order in which they were chosen. */
export class TrialTable {
  readonly #entries: Entry[] = []
  /** Of the trials, by key: their entry, and the index of the seed. */
  readonly #places = new Map<string, readonly [Entry, number]>()
  readonly #higherIsBetter: boolean
  #leader: Entry | undefined

  constructor(higherIsBetter: boolean) {
    this.#higherIsBetter = higherIsBetter
  }

  /** The entry of these trials, one a seed; one that is there already is not added again. */
  add(configuration: Configuration, trials: readonly Trial[], bracket: number | undefined): Entry {
    const known = this.#places.get(trials[0]!.key)
    if (known !== undefined) return known[0]
    const { epochs } = trials[0]!
    const entry: Entry = { configuration, epochs, bracket, trials, results: trials.map(() => undefined) }
    this.#entries.push(entry)
    for (const [seed, { key }] of trials.entries()) this.#places.set(key, [entry, seed])
    return entry
  }

  keep(result: TrialResult): void {
    const [entry, seed] = this.#places.get(result.key)!
    entry.results[seed] = result
    if (entry.results.includes(undefined)) return
    if (this.#leader === undefined ? !Number.isNaN(scoreOf(entry)) : scoreOf(entry) > scoreOf(this.#leader)) {
      this.#leader = entry
    }
  }

  /** The best so far of those that all seeds have tried. */
  leader(): SearchTrial | undefined {
    return this.#leader && this.#row(this.#leader)
  }

  /** Those of which something is known. */
  rows(): SearchTrial[] {
    return this.#measured().map((entry) => this.#row(entry))
  }

  /**
   * The best entry with its row. Those with all seeds come before those that lack some, which luck reaches sooner; of
   * equal ones the first.
   */
  best(): { readonly entry: Entry; readonly row: SearchTrial; readonly interval: Interval } | undefined {
    const entries = this.#measured().filter((entry) => !Number.isNaN(scoreOf(entry)))
    const whole = entries.filter(({ results }) => results.every((result) => result !== undefined))
    let best: Entry | undefined
    for (const entry of whole.length > 0 ? whole : entries) {
      if (best === undefined || scoreOf(entry) > scoreOf(best)) best = entry
    }
    if (best === undefined) return undefined
    const [low, high] = intervalOfResults(best.results)
    const interval: Interval = this.#higherIsBetter ? [low, high] : [-high, -low]
    return { entry: best, row: this.#row(best), interval }
  }

  #measured(): Entry[] {
    return this.#entries.filter(({ results }) => results.some((result) => result !== undefined))
  }

  #row(entry: Entry): SearchTrial {
    const { configuration, epochs, bracket } = entry
    const results = entry.results.filter((result) => result !== undefined)
    // Results are such that higher is better; the table has the metric's own sign.
    const sign = this.#higherIsBetter ? 1 : -1
    const values = results.map(({ value }) => sign * value)
    const failed = results.find((result) => result.failed !== undefined)?.failed
    return {
      configuration,
      epochs,
      value: meanOf(values),
      values,
      seconds: sumOf(results.map(({ seconds }) => seconds)),
      ...(bracket === undefined ? {} : { bracket }),
      ...(failed === undefined ? {} : { failed }),
    }
  }
}

/** Mean over the seeds that ran, higher is better; NaN where one failed or none ran. */
export function scoreOf({ results }: Entry): number {
  return meanOf(results.filter((result) => result !== undefined).map(({ value }) => value))
}

/** 95 %, over other seeds and dev rows; of a single seed over dev rows alone. */
function intervalOfResults(results: readonly (TrialResult | undefined)[]): Interval {
  const figures = valuesOf(results)
  if (figures.whole.length > 1) return intervalOf(compare(figures))
  const groups = figures.groups[0]!.filter((value) => Number.isFinite(value))
  if (groups.length < 2) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const half = (studentQuantile(0.025, groups.length - 1) * sampleDeviation(groups)) / Math.sqrt(groups.length)
  return [figures.whole[0]! - half, figures.whole[0]! + half]
}
