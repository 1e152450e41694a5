/*
 * The experiment behind `improve`, step by step. Each step adds to what is known; one that finds no room adds nothing.
 */

import { DeepblasError } from '../../errors.js'
import { RandomStream } from '../../random/stream.js'
import { streams } from '../../random/streams.js'
import { meanOf } from '../../statistics.js'
import { differencesOf } from '../experiments/intervals.js'
import type { TrialResult } from '../experiments/trial.js'
import { trainingsOfJudging, trainingsOfSelection } from './counts.js'
import { epochsOfCurve, rowsOfCurve, runsOfCurve, runsOverEpochs, substreams } from './curve-levers.js'
import { type Contest, FIRST_JUDGING_SEEDS, type Judged, judgeAll, mayBeDecided } from './judging.js'
import { Lab, type Run } from './lab.js'
import type { LeverContext, Setting } from './levers/lever.js'
import { levers as leversByName } from './levers/levers.js'
import type { CheckedOptions } from './options.js'
import { networkOf, type Recipe } from './recipe.js'
import type { LeverName } from './result.js'
import { whyNotLonger, withEpochs } from './schedule-length.js'
import {
  around,
  bestOf,
  betterHalf,
  type Candidate,
  changeWhenChosen,
  type Entry,
  FARTHEST,
  NEAREST,
  rateOf,
  SELECTION_SEEDS,
  Selection,
  scoreOf,
} from './selection.js'

/** Undecided levers get so many times the seeds, at most. */
export const MOST_TIMES_SEEDS = 4
/** Of the budget and the tries, what the baseline's rates leave for all that follows. */
const SHARE_AFTER_BASELINE = 0.75
/** Of the budget and the tries, what choosing leaves for judging. */
const SHARE_OF_JUDGING = 0.4
/** Of the budget, what is left for a confirmation: of one seed, for each further one, and at most. */
const SHARE_OF_CONFIRMATION = { first: 0.1, further: 0.02, most: 0.3 }
/** Of the budget, what is left for the training whose errors are told: trainings before it may end a little late. */
const SHARE_OF_ERRORS = { least: 0.02, most: 0.25 }
/** Alone a training takes longer than its share of the time of many side by side. */
const TIMES_ALONE = 2
/** Changes that may be smaller are ties: of the metric's units, or of the error. */
export const SMALLEST_CHANGE = 0.005

export type CurveLever = 'moreData' | 'longer'
type Curve = Map<number, (TrialResult | undefined)[]>

/** A lever that takes part. */
export interface Contender {
  readonly name: LeverName
  /** Its settings at their rates, as far as they were tried. */
  readonly entries: readonly Entry[]
  /** The setting and rate that were chosen; undefined where nothing of it was tried. */
  readonly winner: Entry | undefined
  /** By seed; filled as seeds are judged. */
  readonly results: (TrialResult | undefined)[]
}

export class Improvement {
  readonly options: CheckedOptions
  readonly lab: Lab
  /** Of all baselines' rates. */
  baseline: Entry[] = []
  tuned: Entry | undefined
  readonly contenders = new Map<LeverName, Contender>()
  /** Why levers cannot be applied. */
  readonly refused = new Map<LeverName, string>()
  /** Settings by the names of their candidates. */
  readonly settings = new Map<string, Setting>()
  readonly candidates: Candidate[] = []
  /** On judging seeds: the baseline as given, and at its best rate. */
  readonly given: (TrialResult | undefined)[] = []
  readonly best: (TrialResult | undefined)[] = []
  /** Of levers that are judged by a curve: results by the number of rows, or of epochs. */
  readonly curves = { moreData: new Map(), longer: new Map() } as Readonly<Record<CurveLever, Curve>>
  /**
   * Levers that gain something, by themselves at the rate as given: how much better than the tuned baseline, mean over the
   * judging seeds. Above 0, the lever alone does more than the best rate does.
   */
  readonly atGivenRate = new Map<LeverName, number>()
  readonly #seeds: RandomStream
  readonly selectionSeeds: readonly number[]
  readonly #judgingSeeds: number[] = []

  constructor(options: CheckedOptions) {
    this.options = options
    const { dev, metric, seed, budget, tries, signal, journal, onProgress } = options
    this.lab = new Lab({
      dev,
      metric,
      seed,
      budget,
      higherIsBetter: metric.higherIsBetter === true,
      onProgress,
      ...(tries === undefined ? {} : { tries }),
      ...(signal === undefined ? {} : { signal }),
      ...(journal === undefined ? {} : { journal }),
    })
    this.#seeds = new RandomStream(seed, streams.experiments, 0, substreams.seeds)
    this.selectionSeeds = Array.from({ length: SELECTION_SEEDS }, () => this.#seeds.uint32())
  }

  asks(lever: LeverName): boolean {
    return this.options.levers.includes(lever)
  }

  judgingSeed(at: number): number {
    while (this.#judgingSeeds.length <= at) this.#judgingSeeds.push(this.#seeds.uint32())
    return this.#judgingSeeds[at]!
  }

  /**
   * Keeps a share of the budget and of the tries for what comes later; of the tries no more than that takes, and none for
   * a confirmation, which takes time alone.
   */
  keepBack(share: number, trainings: number): void {
    const { confirm, tries = 0 } = this.options
    const { first, further, most } = SHARE_OF_CONFIRMATION
    const confirming = confirm === 0 ? 0 : Math.min(most, first + further * (confirm - 1))
    const later = confirming + (1 - confirming) * this.#shareOfErrors
    this.lab.keepBack(later + (1 - later) * share, Math.min(Math.floor(share * tries), trainings))
  }

  #shareOfErrors = 0

  /** Keeps time for the training whose errors are told, as the first one took it. */
  #keepErrors(given: Entry): void {
    const { budget, baselineErrors } = this.options
    if (!baselineErrors || budget === undefined) return
    const seconds = TIMES_ALONE * this.lab.estimate([runOf(given, this.judgingSeed(0))])
    const { least, most } = SHARE_OF_ERRORS
    this.#shareOfErrors = Math.min(most, Math.max(least, (1000 * seconds) / budget))
  }

  /** From here on the errors may take what was kept for them. */
  releaseErrors(): void {
    this.#shareOfErrors = 0
    this.keepBack(0, 0)
  }

  /** The rates of the baseline, the given one first. */
  async tune(): Promise<void> {
    this.lab.stage = 'baseline'
    const candidate: Candidate = {
      owner: 'learningRate',
      name: 'baseline',
      recipe: this.options.baseline,
      base: 1,
      powers: around(0, NEAREST),
    }
    const selection = new Selection(this.lab, this.selectionSeeds)
    selection.add([candidate])
    if (this.lab.deadline !== undefined) {
      // All of the budget if need be: without the training as given nothing can be compared.
      await selection.try(selection.entries.slice(0, 1), 1)
      if (selection.entries[0]!.results.length === 0) return
      this.#keepErrors(selection.entries[0]!)
    }
    const judging = trainingsOfJudging(this, this.options.seeds)
    this.keepBack(SHARE_AFTER_BASELINE, trainingsOfSelection(this) + judging)
    await selection.try(selection.entries, 1)
    await selection.extend([candidate], 1, true)
    let left = selection.entries.filter(({ results }) => results.length > 0)
    for (let count = 2; count <= SELECTION_SEEDS; count++) {
      left = betterHalf(left)
      await selection.try(left, count)
    }
    await selection.extend([candidate], SELECTION_SEEDS)
    this.baseline = selection.entries
    this.tuned = bestOf(this.baseline)
  }

  /** Tries all settings of all levers, and keeps the best of each. */
  async select(): Promise<void> {
    if (this.tuned === undefined) return
    this.lab.stage = 'select'
    this.keepBack(SHARE_OF_JUDGING, trainingsOfJudging(this, this.options.seeds))
    const selection = new Selection(this.lab, this.selectionSeeds)
    await this.#addCandidates()
    const { candidates } = this
    selection.add(candidates)
    const owners = [...new Set(candidates.map(({ owner }) => owner))]
    await selection.try(selection.entries, 1)
    await selection.extend(candidates, 1)
    let left = owners.map((owner) => selection.of(owner).filter(({ results }) => results.length > 0))
    for (let count = 2; count <= SELECTION_SEEDS; count++) {
      left = left.map((entries) => betterHalf(entries))
      await selection.try(left.flat(), count)
    }
    for (const owner of owners) {
      const entries = selection.of(owner)
      const name = owner as LeverName
      this.contenders.set(name, { name, entries, winner: bestOf(entries), results: [] })
    }
  }

  async #addCandidates(): Promise<void> {
    const { baseline, seed, signal } = this.options
    const context: LeverContext = { seed, left: () => this.lab.left, signal }
    for (const [name, lever] of leversByName) {
      // Those that read the rows take time that is not there.
      if (!this.asks(name) || (this.lab.ended && lever.readsRows === true)) continue
      const settings = await lever.settings(baseline, context)
      if (typeof settings === 'string') this.refused.set(name, settings)
      else this.#add(name, settings)
    }
    if (!this.asks('longer')) return
    const refusal = whyNotLonger(baseline)
    if (refusal !== undefined) {
      this.refused.set('longer', refusal)
    } else if (epochsOfCurve(baseline).length === 0) {
      this.#add(
        'longer',
        [2, 4, 8].map((times) => longerSetting(times)),
      )
    }
  }

  /** The settings of a lever that the layers allow. */
  #add(name: LeverName, settings: readonly Setting[]): void {
    const refusals: string[] = []
    for (const setting of settings) {
      const recipe = applied(setting, this.options.baseline)
      if (typeof recipe === 'string') {
        refusals.push(recipe)
        continue
      }
      this.settings.set(setting.name, setting)
      // Not beyond what the baseline may reach: a rate that it was not given would be taken for the lever's work.
      const near = around(this.tuned?.power ?? 0, 1).filter((power) => Math.abs(power) <= FARTHEST)
      const powers = setting.ownRate === undefined ? near : around(0, NEAREST)
      this.candidates.push({ owner: name, name: setting.name, recipe, base: setting.ownRate ?? 1, powers })
    }
    if (refusals.length === settings.length) this.refused.set(name, refusals[0] ?? 'There is no other setting.')
  }

  /** Seconds that a lever would take from here on, about. */
  missingSeconds(name: LeverName): number {
    const { seeds } = this.options
    const own = this.candidates.filter(({ owner }) => owner === name)
    const winner = this.contenders.get(name)?.winner
    const seed = this.judgingSeed(0)
    const judging = Array.from({ length: seeds }, (_, at) => this.judgingSeed(at))
    const curve = this.byCurve.find((one) => one === name)
    if (curve !== undefined) return this.lab.estimate(judging.flatMap((one) => this.#runsOfCurve(curve, one)))
    if (winner !== undefined) return this.lab.estimate(judging.map((one) => runOf(winner, one)))
    const entries = own.flatMap((candidate) => candidate.powers.map((power) => ({ candidate, power, results: [] })))
    return this.lab.estimate([
      ...entries.map((entry) => runOf(entry, seed)),
      ...entries.slice(0, 1).flatMap((entry) => judging.map((one) => runOf(entry, one))),
    ])
  }

  /** Judges what was chosen: all on the first seeds, then on all, then the undecided ones on more. */
  async judge(): Promise<void> {
    this.lab.stage = 'judge'
    this.keepBack(0, 0)
    const { seeds } = this.options
    const all = [...this.contenders.keys()]
    await this.#judgeOn(Math.min(FIRST_JUDGING_SEEDS, seeds), all, true)
    // Of little room this tells more than more seeds do.
    await this.#judgeAtGivenRate(Math.min(FIRST_JUDGING_SEEDS, seeds))
    await this.#judgeOn(seeds, all, true)
    const again = this.#toJudgeAgain()
    for (let times = 2; again.length > 0 && times <= MOST_TIMES_SEEDS && !this.lab.ended; times++) {
      await this.#judgeOn(times * seeds, again, false)
    }
    await this.#judgeAtGivenRate(seeds)
  }

  /**
   * Levers for more seeds: the undecided ones, and where there are some those that help. What stands beside each other
   * in the ranking is then measured against the same trainings of the baseline: where it fails on a seed now and then,
   * a mean over other seeds is another one.
   */
  #toJudgeAgain(): LeverName[] {
    const judged = [...this.judged()]
    const undecided = judged.filter(([, one]) => mayBeDecided(one, this.matters))
    if (undecided.length === 0) return []
    return [...undecided, ...judged.filter(([, { verdict }]) => verdict === 'helps')].map(([name]) => name)
  }

  /**
   * A better rate makes up for much else: for inputs of wild scales, for activations that let little through. Where it
   * gains something, each lever that does so too is tried without it, so that the ranking tells the cause from what makes up
   * for it. Not another optimizer, which has a rate of its own.
   */
  async #judgeAtGivenRate(count: number): Promise<void> {
    const { tuned, given, matters } = this
    if (tuned === undefined || tuned.power === 0 || !this.asks('learningRate')) return
    const judged = this.judged()
    const gainOf = (name: LeverName) => judged.get(name)?.change ?? 0
    if (gainOf('learningRate') < matters && given.every((one) => one?.failed === undefined)) return
    const helpful = [...this.contenders.values()]
      .filter(({ name, winner }) => gainOf(name) >= matters && !this.#hasOwnRate(winner!))
      .sort((one, other) => gainOf(other.name) - gainOf(one.name))
    const seeds = Array.from({ length: count }, (_, at) => this.judgingSeed(at))
    const runs = helpful.flatMap(({ winner }) => seeds.map((seed) => runOf({ ...winner!, power: 0 }, seed)))
    const results = await this.lab.run(runs)
    for (const [at, { name }] of helpful.entries()) {
      const own = results.slice(at * seeds.length, (at + 1) * seeds.length)
      const { whole } = differencesOf(own, this.best)
      if (whole.length === seeds.length) this.atGivenRate.set(name, meanOf(whole))
    }
  }

  #hasOwnRate({ candidate }: Entry): boolean {
    return this.settings.get(candidate.name)?.ownRate !== undefined
  }

  /**
   * The least change that is called one: half a hundredth, of an error metric half a hundredth of the tuned baseline's.
   * Enough seeds tell any two trainings apart, and the setting was chosen on these dev rows, which flatters it by about as
   * much: what may be smaller is no reason to change one.
   */
  get matters(): number {
    if (this.options.metric.higherIsBetter === true || this.tuned === undefined) return SMALLEST_CHANGE
    return SMALLEST_CHANGE * Math.abs(scoreOf(this.tuned))
  }

  /** Runs what is missing on the judging seeds up to `count`. */
  async #judgeOn(count: number, names: readonly LeverName[], curve: boolean): Promise<void> {
    if (this.tuned === undefined) return
    const runs: { readonly run: Run; readonly keep: (result: TrialResult | undefined) => void }[] = []
    for (let at = 0; at < count; at++) {
      const seed = this.judgingSeed(at)
      const add = (into: (TrialResult | undefined)[], run: Run) => {
        if (into[at] === undefined) runs.push({ run, keep: (result) => (into[at] = result) })
      }
      add(this.best, { ...runOf(this.tuned, seed), owner: 'baseline' })
      // Where the best rate is the one given, both are the same trainings.
      if (curve || names.includes('learningRate') || this.tuned === this.baseline[0]) {
        add(this.given, { ...runOf(this.baseline[0]!, seed), owner: 'learningRate' })
      }
      for (const name of names) {
        const { winner, results } = this.contenders.get(name) ?? {}
        if (winner !== undefined && scoreOf(winner) > Number.NEGATIVE_INFINITY) add(results!, runOf(winner, seed))
      }
      if (curve) for (const name of this.byCurve) this.#addCurve(name, seed, add)
    }
    const results = await this.lab.run(runs.map(({ run }) => run))
    for (const [at, { keep }] of runs.entries()) keep(results[at])
  }

  #addCurve(name: CurveLever, seed: number, add: (into: (TrialResult | undefined)[], run: Run) => void): void {
    const curve = this.curves[name]
    const places = name === 'moreData' ? rowsOfCurve(this.options.baseline) : epochsOfCurve(this.options.baseline)
    const runs = this.#runsOfCurve(name, seed)
    for (const [at, place] of places.entries()) {
      const results = curve.get(place) ?? []
      curve.set(place, results)
      add(results, runs[at]!)
    }
  }

  #runsOfCurve(name: CurveLever, seed: number): Run[] {
    const rate = this.tuned === undefined ? 1 : rateOf(this.tuned)
    const { baseline } = this.options
    return name === 'moreData' ? runsOfCurve(baseline, rate, seed) : runsOverEpochs(baseline, rate, seed)
  }

  /** The judgements so far, of what was compared. */
  judged(): Map<LeverName, Judged> {
    const contests: Contest[] = [...this.contenders.values()].map(({ name, results, winner }) => ({
      lever: name,
      results,
      against: this.best,
      whenChosen: winner && this.tuned && changeWhenChosen(winner, this.tuned),
    }))
    if (this.asks('learningRate')) contests.push({ lever: 'learningRate', results: this.best, against: this.given })
    return judgeAll(contests, this.byCurve.length, this.matters)
  }

  /** Levers that are judged by the band of a curve. */
  get byCurve(): CurveLever[] {
    const { baseline } = this.options
    return [
      ...(this.asks('moreData') && rowsOfCurve(baseline).length > 0 ? (['moreData'] as const) : []),
      ...(this.asks('longer') && whyNotLonger(baseline) === undefined && epochsOfCurve(baseline).length > 0
        ? (['longer'] as const)
        : []),
    ]
  }
}

/** More epochs, as a setting. */
export function longerSetting(times: number): Setting {
  return {
    name: `epochs x ${times}`,
    apply: (recipe) => withEpochs(recipe, recipe.epochs * times),
  }
}

export function runOf(entry: Entry, seed: number): Run {
  const { owner, name, recipe } = entry.candidate
  return { owner, name, recipe, rateFactor: rateOf(entry), seed }
}

/** The recipe with a setting, or why its layers do not fit. */
function applied(setting: Setting, recipe: Recipe): Recipe | string {
  try {
    const changed = setting.apply(recipe)
    networkOf(changed)
    return changed
  } catch (error) {
    if (error instanceof DeepblasError) return error.message
    throw error
  }
}
