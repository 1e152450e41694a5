/*
 * What was chosen against the tuned baseline, pair by pair, on seeds that chose nothing.
 */
import {
  type Comparison,
  compare,
  differencesOf,
  type Interval,
  intervalOf,
  judge,
  valuesOf,
} from '../experiments/intervals.js'
import type { TrialResult } from '../experiments/trial.js'
import type { LeverName, LeverVerdict } from './result.js'

/** Judging seeds of all levers before the others: fewer give no interval. */
export const FIRST_JUDGING_SEEDS = 2
/** Chance of a verdict where no lever does anything: of all levers together, over both looks. */
const ALPHA = 0.05
/** Undecided levers get more seeds, and are judged again: each look has its share of the chance. */
const LOOKS = 2
/** A tie of a lever whose p-value is below this may still be decided by more seeds. */
const MAY_BE_DECIDED = 0.5

/** Results of a lever on judging seeds, in the order of the seeds; undefined where there was no room. */
export type Results = readonly (TrialResult | undefined)[]

/** What is compared: a lever's results and those it is measured against, seed by seed. */
export interface Contest {
  readonly lever: LeverName
  readonly results: Results
  readonly against: Results
  /**
   * The change on the selection seeds, which chose the setting and so flatter it. Undefined of a lever that is not one
   * of several settings.
   */
  readonly whenChosen?: number | undefined
}

export interface Judged {
  readonly change: number
  readonly changes: readonly number[]
  readonly interval: Interval
  readonly verdict: Exclude<LeverVerdict, 'notTried'>
  readonly pValue: number
  readonly seeds: number
  /** Seeds on which it failed, and the baseline did not. */
  readonly failed: number
  /** Whether the chosen setting hurts, and that is no verdict on the lever. */
  readonly settingHurts: boolean
}

/** Level of a band or interval among `levers` of them, at one look, by Bonferroni. */
export function levelAmong(levers: number): number {
  return 1 - ALPHA / LOOKS / Math.max(1, levers)
}

/**
 * Judges all contests together by Holm's rule.
 *
 * @param others levers that are judged by bands of their own, which take their share of the chance
 * @param matters smaller changes are ties, however sure they are
 */
export function judgeAll(contests: readonly Contest[], others: number, matters: number): Map<LeverName, Judged> {
  const pairs = contests
    .map((contest) => ({ contest, ...differencesOf(contest.results, contest.against) }))
    .filter(({ whole }) => whole.length > 0)
  const comparisons = pairs.map(({ whole, groups }): Comparison => compare({ whole, groups }))
  const share = pairs.length / Math.max(1, pairs.length + others)
  const judgements = judge(comparisons, 1 - (ALPHA / LOOKS) * share)
  return new Map(
    pairs.map(({ contest, whole }, at) => {
      const { verdict, interval } = judgements[at]!
      const { change, pValue } = comparisons[at]!
      const failed = failedBeside(contest)
      const settingHurts = verdict === 'hurts' && !hurtsWhenChosen(contest, matters)
      // What fails on some seeds is no help, whatever it gives on others.
      const none = settingHurts || Math.abs(change) < matters || (failed > 0 && verdict === 'helps')
      const told = none ? 'tie' : verdict
      const seeds = whole.length
      return [contest.lever, { change, changes: whole, interval, verdict: told, pValue, seeds, failed, settingHurts }]
    }),
  )
}

/**
 * Whether the seeds that chose the setting say too that it hurts. Where they do not, they chose it by luck, and another
 * one may be as good as the present one: a lever hurts only where the best of its settings does.
 */
function hurtsWhenChosen({ whenChosen = Number.NEGATIVE_INFINITY }: Contest, matters: number): boolean {
  return whenChosen < -matters
}

/**
 * Whether more seeds could turn a tie into a verdict.
 *
 * @param matters the least change that is called one: a tie whose interval reaches no farther is decided
 */
export function mayBeDecided({ verdict, pValue, failed, interval, settingHurts }: Judged, matters: number): boolean {
  const reaches = Math.max(-interval[0], interval[1])
  return verdict === 'tie' && !settingHurts && failed === 0 && pValue < MAY_BE_DECIDED && reaches > matters
}

function isMeasured(result: TrialResult | undefined): result is TrialResult {
  return result !== undefined && result.failed === undefined
}

function failedBeside({ results, against }: Contest): number {
  return results.filter((one, seed) => one?.failed !== undefined && isMeasured(against[seed])).length
}

/** Mean and 95 % interval of a training's own figure; undefined where none was measured. */
export function figureOf(results: Results): { value: number; interval: Interval } | undefined {
  const measured = results.filter(isMeasured)
  if (measured.length === 0) return undefined
  const comparison = compare(valuesOf(measured))
  return { value: comparison.change, interval: intervalOf(comparison) }
}
