/*
 * Which setting of a lever, at which learning rate: chosen on seeds of their own, which nothing is judged by.
 */
import { meanOf } from '../../statistics.js'
import type { TrialResult } from '../experiments/trial.js'
import type { Lab, Owner } from './lab.js'
import type { Recipe } from './recipe.js'

/** A changed training whose best rate is looked for. */
export interface Candidate {
  readonly owner: Owner
  readonly name: string
  readonly recipe: Recipe
  /** Rates are this factor times powers of 3. */
  readonly base: number
  /** Powers to begin with: the middle one first, so that of equal ones it is kept. */
  readonly powers: readonly number[]
}

/** A candidate at one rate, and what it gave on the selection seeds so far. */
export interface Entry {
  readonly candidate: Candidate
  readonly power: number
  readonly results: TrialResult[]
}

/** Seeds that settings and rates are chosen on. */
export const SELECTION_SEEDS = 3
/** Powers that a grid of five begins with, each way. */
export const NEAREST = 2
/** A grid whose best rate is at its edge is made longer, so many times each way. */
const MOST_EXTENSIONS = 7
/** Powers of 3 that no rate goes beyond, for the baseline as for all levers. */
export const FARTHEST = NEAREST + MOST_EXTENSIONS

export function rateOf({ candidate, power }: Entry): number {
  return candidate.base * 3 ** power
}

/** Mean value over the seeds; a seed that failed makes it the worst there is. */
export function scoreOf({ results }: Entry): number {
  let sum = 0
  for (const { value, failed } of results) sum += failed === undefined ? value : Number.NEGATIVE_INFINITY
  return sum / results.length
}

/** How much better an entry is than another one, mean over the seeds that both were tried on. */
export function changeWhenChosen(entry: Entry, against: Entry): number {
  const seeds = Math.min(entry.results.length, against.results.length)
  const mean = ({ results }: Entry) => meanOf(results.slice(0, seeds).map(({ value }) => value))
  return mean(entry) - mean(against)
}

/** The best of those that were tried on the most seeds; the first of equal ones. Undefined where none was tried. */
export function bestOf(entries: readonly Entry[]): Entry | undefined {
  const most = Math.max(0, ...entries.map(({ results }) => results.length))
  if (most === 0) return undefined
  const [first, ...others] = entries.filter(({ results }) => results.length === most)
  return others.reduce((best, one) => (scoreOf(one) > scoreOf(best) ? one : best), first!)
}

/** The entry whose training loss is the lowest at the end, mean over the seeds; the first of equal ones. */
function farthestTrained(entries: readonly Entry[]): Entry {
  const lossOf = ({ results }: Entry) =>
    meanOf(
      results.map(({ failed, trainLoss }) => (failed === undefined ? trainLoss.at(-1)! : Number.POSITIVE_INFINITY)),
    )
  return entries.reduce((least, one) => (lossOf(one) < lossOf(least) ? one : least))
}

/** Entries of several candidates, which are tried on one seed after another. */
export class Selection {
  readonly entries: Entry[] = []
  readonly #lab: Lab
  readonly #seeds: readonly number[]

  constructor(lab: Lab, seeds: readonly number[]) {
    this.#lab = lab
    this.#seeds = seeds
  }

  /**
   * The entries to begin with: every candidate at its middle rate, then at the next one, and so on. The first candidates
   * of all owners come before the second ones, so that what ends early has seen something of each.
   */
  add(candidates: readonly Candidate[]): void {
    const most = Math.max(0, ...candidates.map(({ powers }) => powers.length))
    const inTurns = ownersInTurns(candidates)
    for (let at = 0; at < most; at++) {
      for (const candidate of inTurns) {
        const power = candidate.powers[at]
        if (power !== undefined) this.entries.push({ candidate, power, results: [] })
      }
    }
  }

  of(owner: Owner): Entry[] {
    return this.entries.filter(({ candidate }) => candidate.owner === owner)
  }

  /** Tries entries on the seeds up to `count` that they have not been tried on. */
  async try(entries: readonly Entry[], count: number): Promise<void> {
    const runs = this.#seeds
      .slice(0, count)
      .flatMap((seed, at) =>
        entries.flatMap((entry) => (entry.results.length <= at ? [{ entry, run: this.#run(entry, seed) }] : [])),
      )
    const results = await this.#lab.run(runs.map(({ run }) => run))
    for (const [at, { entry }] of runs.entries()) {
      const result = results[at]
      // Seeds come in order: what follows a missing one is missing too.
      if (result !== undefined) entry.results.push(result)
    }
  }

  /**
   * Makes grids longer at the edge where the best rate lies, on the seeds up to `count`.
   *
   * @param byTraining whether also at the edge where the training loss is the lowest: where the rates that were tried
   *   teach next to nothing, the best value among them is one of chance, and does not tell where better ones lie
   */
  async extend(candidates: readonly Candidate[], count: number, byTraining = false): Promise<void> {
    for (let round = 0; round < MOST_EXTENSIONS; round++) {
      const added = candidates.flatMap((candidate) => this.#beyond(candidate, byTraining))
      if (added.length === 0) return
      this.entries.push(...added)
      await this.try(added, count)
    }
  }

  #beyond(candidate: Candidate, byTraining: boolean): Entry[] {
    const own = this.entries.filter((entry) => entry.candidate === candidate && entry.results.length > 0)
    const best = bestOf(own)
    if (best === undefined) return []
    const powers = own.map(({ power }) => power)
    const [low, high] = [Math.min(...powers), Math.max(...powers)]
    const next = ({ power }: Entry) => (power === low ? low - 1 : power === high ? high + 1 : undefined)
    // What fails at every rate may train at a lower one.
    const failing = scoreOf(best) === Number.NEGATIVE_INFINITY
    const power = failing ? low - 1 : (next(best) ?? (byTraining ? next(farthestTrained(own)) : undefined))
    return power === undefined || Math.abs(power) > FARTHEST ? [] : [{ candidate, power, results: [] }]
  }

  #run(entry: Entry, seed: number) {
    const { owner, name, recipe } = entry.candidate
    return { owner, name, recipe, rateFactor: rateOf(entry), seed }
  }
}

/** The first candidate of every owner, then the second ones, and so on. */
function ownersInTurns(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Map<Owner, number>()
  const placed = candidates.map((candidate) => {
    const place = seen.get(candidate.owner) ?? 0
    seen.set(candidate.owner, place + 1)
    return { candidate, place }
  })
  return placed.sort((a, b) => a.place - b.place).map(({ candidate }) => candidate)
}

/** Powers around a middle one. */
export function around(middle: number, steps: number): number[] {
  return [middle, ...Array.from({ length: steps }, (_, at) => [middle - at - 1, middle + at + 1]).flat()]
}

/** The better half of the entries, and of an odd number one more: the best first, of equal ones in their order. */
export function betterHalf(entries: readonly Entry[]): Entry[] {
  const order = entries.map((entry, at) => ({ entry, at, score: scoreOf(entry) }))
  order.sort((a, b) => (a.score === b.score ? a.at - b.at : b.score - a.score))
  return order.slice(0, Math.ceil(order.length / 2)).map(({ entry }) => entry)
}
