/*
 * What an improvement by experiment gives: plain numbers and texts, as JSON holds them.
 */
import type { ModelErrors } from '../diagnose/model-errors.js'

/** The levers of the lesson (course 3, week 1), in the order in which they are tried. */
export const leverNames = [
  'learningRate',
  'moreData',
  'longer',
  'augment',
  'scale',
  'bigger',
  'smaller',
  'deeper',
  'hiddenUnits',
  'dropout',
  'l2',
  'activation',
  'optimizer',
] as const
export type LeverName = (typeof leverNames)[number]

export type LeverVerdict = 'helps' | 'hurts' | 'tie' | 'notTried'

/** One setting of a lever, or of the baseline, at one learning rate, as selection saw it. */
export interface TriedSetting {
  /** Such as 'dropout 0.2'. */
  readonly setting: string
  /** Factor of the learning rate that was given, or of the optimizer's own where the lever changes the optimizer. */
  readonly rateFactor: number
  /** The dev metric of each selection seed, in its own units; null of a training that failed. */
  readonly values: readonly (number | null)[]
}

/** A learning curve with what lies ahead of it. */
export interface LeverCurve {
  /** What `at` counts. */
  readonly over: 'rows' | 'epochs'
  /** The dev metric, in its own units: the mean over the judging seeds, and each of them. */
  readonly points: readonly { readonly at: number; readonly value: number; readonly values: readonly number[] }[]
  /** Where the curve is continued to, with the band by which the verdict was judged; in the metric's units. */
  readonly ahead?: { readonly at: number; readonly value: number; readonly band: readonly [low: number, high: number] }
}

export interface LeverResult {
  readonly name: LeverName
  /** The setting and learning rate that were judged, such as 'dropout 0.2, learning rate x 3'; null where none was. */
  readonly best: string | null
  /** The same as in `settings`, and the units of the hidden Dense layers; left out where none was, and of curves. */
  readonly chosen?: {
    readonly setting: string
    readonly rateFactor: number
    readonly units: readonly number[]
  }
  /** The dev metric with it, in the metric's own units: the mean over the judging seeds; null where it was not measured. */
  readonly value: number | null
  /**
   * How much better than the tuned baseline, in the metric's units; above 0 is better, whatever the metric. Of
   * `learningRate`: the tuned baseline against the baseline as given. Null where there is no such difference.
   */
  readonly change: number | null
  /**
   * Where a better learning rate gains something, of a lever that does so too: how much better than the tuned baseline it
   * is without it, at the rate as given. Above 0, the lever alone does more than the rate: it stands before it in the
   * ranking. Not of `optimizer`, whose settings have rates of their own.
   */
  readonly changeAtGivenRate?: number
  /**
   * The interval of `change` by which the verdict was judged, corrected for several comparisons; infinite where a single
   * seed was judged (null in JSON). Null where there is no change.
   */
  readonly interval: readonly [low: number, high: number] | null
  readonly verdict: LeverVerdict
  /** Why it was not tried, why it failed, or what else has to be known of the verdict. */
  readonly reason?: string
  /** Seconds of its trainings. */
  readonly seconds: number
  /** `change` per minute of the lever's trainings: what a minute of trying it brought. Null where there is no change. */
  readonly perMinute: number | null
  /** Trainings of its own. */
  readonly tries: number
  /** Judging seeds behind `change`. */
  readonly seeds: number
  /** Of a lever that was not tried, or not in full: seconds that the rest would have taken, about. */
  readonly missingSeconds?: number
  /** `change` on each judging seed. */
  readonly changes: readonly number[]
  /** Settings and rates that were tried in selection. */
  readonly settings: readonly TriedSetting[]
  /** Of `moreData` and `longer`. */
  readonly curve?: LeverCurve
}

/** Several levers together, or the confirmation on test rows. */
export interface CombinedResult {
  /** Names of the levers that are in it, in the order in which they were added. */
  readonly levers: readonly LeverName[]
  /** Their settings and the learning rate in words. */
  readonly best: string
  readonly value: number
  /** Against the tuned baseline, on judging seeds that neither was chosen by. */
  readonly change: number
  readonly interval: readonly [low: number, high: number]
  readonly seeds: number
  readonly tries: number
  readonly seconds: number
}

/** A metric on the test rows, of several trainings. */
export interface ConfirmedFigures {
  /**
   * Mean over the seeds: with the levers, of the tuned baseline (where the rate is all that helps: of the training as
   * given), and of the training as given.
   */
  readonly value: number
  readonly baseline: number
  readonly given: number
  /** `value` against `baseline`, and against `given`; above 0 is better. */
  readonly change: number
  readonly changeFromGiven: number
  /** Intervals of 95 % of both, over the seeds, on these test rows; null where one seed was trained. */
  readonly interval: readonly [low: number, high: number] | null
  readonly intervalFromGiven: readonly [low: number, high: number] | null
}

/** Figures of the metric that everything was chosen by. */
export interface ConfirmedResult extends ConfirmedFigures {
  readonly levers: readonly LeverName[]
  readonly best: string
  /** Accuracy of the same trainings, of classes that were chosen by another metric. */
  readonly accuracy?: ConfirmedFigures
  /** Seeds that were trained; none of them has been tried with before. */
  readonly seeds: number
}

export interface ImproveResult {
  readonly metric: string
  readonly higherIsBetter: boolean
  /** The training as given: the dev metric, mean over the judging seeds, with an interval of 95 %. */
  readonly baseline: {
    readonly value: number | null
    readonly interval: readonly [low: number, high: number] | null
    /** On each judging seed. */
    readonly values: readonly (number | null)[]
    /** Loss on the training rows, and metric on the dev rows, by epoch: means over the judging seeds. */
    readonly curves: {
      readonly trainLoss: readonly number[]
      readonly devLoss: readonly number[]
      readonly devValue: readonly number[]
    }
  }
  /** The baseline at its best learning rate, which the other levers are compared with. */
  readonly tuned: {
    readonly rateFactor: number
    readonly value: number | null
    readonly interval: readonly [low: number, high: number] | null
    readonly values: readonly (number | null)[]
    readonly settings: readonly TriedSetting[]
  }
  /** One for each lever that was asked for, in the order of `leverNames`. */
  readonly levers: readonly LeverResult[]
  /**
   * Names of the levers that were tried, the best change first; those whose `changeAtGivenRate` is above 0 before
   * `learningRate`.
   */
  readonly ranking: readonly LeverName[]
  /** What to do, in a sentence. */
  readonly recommendation: string
  /** The levers that help, together; left out where fewer than two do, or nothing of it was judged. */
  readonly combined?: CombinedResult
  /** On the test rows, where `confirm` asked for it. */
  readonly confirmed?: ConfirmedResult
  /** Why there is no confirmation, where one was asked for. */
  readonly notConfirmed?: string
  /**
   * Where the training as given errs on the dev rows, where `baselineErrors` asked for it: errors as `diagnose` has them, of
   * one training of the first judging seed. Null where there was no time for it, or it failed.
   */
  readonly baselineErrors?: ModelErrors | null
  /** Trainings in all, those that only measure not counted. */
  readonly tries: number
  /** Rows that everything was measured on. */
  readonly devRows: number
  /** Judging seeds that every lever had at least, unless it ended before. */
  readonly seeds: number
  /** What ended it. */
  readonly stopped: 'completed' | 'budget' | 'tries' | 'aborted'
  /** Wall time. */
  readonly seconds: number
  /** All of it as a text: table, recommendation, and how it was judged. */
  readonly text: string
}
