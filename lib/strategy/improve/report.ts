/*
 * From what the experiment knows to what is told: levers with their verdicts, and the curves.
 */
import { meanOf } from '../../statistics.js'
import { verdictOf } from '../experiments/intervals.js'
import type { TrialResult } from '../experiments/trial.js'
import { pointOf } from './curve-levers.js'
import { type ErrorPoint, gainAhead } from './extrapolation.js'
import type { Contender, CurveLever, Improvement } from './improvement.js'
import { figureOf, type Judged, levelAmong } from './judging.js'
import { unitsOf } from './layer-changes.js'
import type { LeverCurve, LeverName, LeverResult, TriedSetting } from './result.js'
import { changeWhenChosen, type Entry, NEAREST, rateOf, scoreOf } from './selection.js'
import { asGivenWords, counted, entryWords, figure, rateWords, short } from './words.js'

/** Everything that a lever's result is made of. */
export class Report {
  readonly #improvement: Improvement
  readonly #judged: ReadonlyMap<LeverName, Judged>
  /** 1 for a metric of which more is better, otherwise -1. */
  readonly #sign: number

  constructor(improvement: Improvement) {
    this.#improvement = improvement
    this.#judged = improvement.judged()
    this.#sign = improvement.options.metric.higherIsBetter === true ? 1 : -1
  }

  /** A value of the experiment, where higher is better, in the metric's own units; null of a failed training. */
  natural(value: number | undefined): number | null {
    return value === undefined || !Number.isFinite(value) ? null : this.#sign * value
  }

  settings(entries: readonly Entry[]): TriedSetting[] {
    return entries
      .filter(({ results }) => results.length > 0)
      .map((entry) => ({
        setting: entry.candidate.name,
        rateFactor: rateOf(entry),
        values: entry.results.map((result) => this.natural(result.value)),
      }))
  }

  values(results: readonly (TrialResult | undefined)[]): (number | null)[] {
    return results.filter((one) => one !== undefined).map(({ value }) => this.natural(value))
  }

  /** A training's own figure with its interval, in the metric's units. */
  figure(results: readonly (TrialResult | undefined)[], entries: readonly Entry[] = []) {
    const known = figureOf(results) ?? figureOf(entries[0]?.results ?? [])
    if (known === undefined) return { value: null, interval: null }
    const [low, high] = known.interval.map((end) => this.#sign * end).sort((a, b) => a - b)
    return { value: this.#sign * known.value, interval: [low!, high!] as const }
  }

  lever(name: LeverName): LeverResult {
    const { refused, byCurve } = this.#improvement
    const reason = refused.get(name)
    if (reason !== undefined) return this.#notTried(name, reason)
    const curve = byCurve.find((one) => one === name)
    if (curve !== undefined) return this.#byCurve(curve)
    if (name === 'learningRate') return this.#learningRate()
    const contender = this.#improvement.contenders.get(name)
    if (contender?.winner !== undefined) return this.#contender(contender, contender.winner)
    if (name === 'moreData') return this.#notTried(name, 'There are too few training rows for a learning curve.')
    return this.#notTried(name, this.#whyEnded(), this.#improvement.missingSeconds(name))
  }

  #learningRate(): LeverResult {
    const { baseline, tuned, best, given } = this.#improvement
    const entries = this.settings(baseline)
    if (tuned === undefined || entries.length < 2) {
      const seconds = this.#improvement.lab.secondsOfTraining ?? 0
      return this.#notTried('learningRate', this.#whyEnded(), seconds * TRAININGS_OF_RATES)
    }
    const name = 'learningRate' as const
    const common = { ...this.#spent(name), settings: entries, name, chosen: chosenOf(tuned) }
    const factor = rateOf(tuned)
    const words = factor === 1 ? asGivenWords(tuned) : rateWords(tuned)
    if (scoreOf(tuned) === Number.NEGATIVE_INFINITY) {
      return { ...common, ...nothing, best: words, verdict: 'tie', reason: `Every rate failed. ${whyFailed([tuned])}` }
    }
    const judged = this.#judged.get('learningRate')
    if (judged !== undefined) return this.#ofJudged(common, words, judged, best)
    const failed = scoreOf(baseline[0]!) === Number.NEGATIVE_INFINITY || given.some((one) => one?.failed !== undefined)
    if (!failed) return this.#looked(common, words, tuned, baseline[0]!)
    const value = this.natural(figureOf(best)?.value ?? scoreOf(tuned))
    const reason = `The training as given fails. ${whyFailed([baseline[0]!])}`
    return { ...common, ...nothing, best: words, value, verdict: 'helps', reason }
  }

  #contender({ name, entries, results }: Contender, winner: Entry): LeverResult {
    const common = { ...this.#spent(name), settings: this.settings(entries), name }
    if (scoreOf(winner) === Number.NEGATIVE_INFINITY) {
      const reason = `It failed at every setting and rate. ${whyFailed(entries)}`
      return { ...common, ...nothing, best: null, verdict: 'hurts', reason }
    }
    const words = entryWords(winner)
    const chosen = { ...common, chosen: chosenOf(winner) }
    const judged = this.#judged.get(name)
    if (judged !== undefined) return this.#ofJudged(chosen, words, judged, results)
    const { tuned } = this.#improvement
    if (tuned !== undefined && scoreOf(tuned) > Number.NEGATIVE_INFINITY) {
      return this.#looked(chosen, words, winner, tuned)
    }
    const value = this.natural(figureOf(results)?.value ?? scoreOf(winner))
    return { ...chosen, ...nothing, best: words, value, verdict: 'helps', reason: 'The baseline fails at every rate.' }
  }

  #ofJudged(
    common: Pick<LeverResult, 'name' | 'tries' | 'seconds' | 'settings' | 'chosen'>,
    best: string,
    judged: Judged,
    results: readonly (TrialResult | undefined)[],
  ): LeverResult {
    const { change, interval, verdict, seeds, failed, changes, settingHurts } = judged
    const atGivenRate = this.#improvement.atGivenRate.get(common.name)
    const value = this.natural(figureOf(results)?.value)
    const reasons = [
      ...(failed === 0 ? [] : [`It failed on ${failed} of ${failed + seeds} seeds.`]),
      ...(settingHurts
        ? ['This setting hurts, but not on the seeds that chose it: another one may be as good as the present one.']
        : []),
    ]
    return {
      ...common,
      best,
      value,
      change,
      interval,
      verdict,
      seeds,
      changes,
      ...perMinute(change, common),
      ...(atGivenRate !== undefined && { changeAtGivenRate: atGivenRate }),
      ...(reasons.length > 0 && { reason: reasons.join(' ') }),
    }
  }

  /** Of a lever that there was no time to judge: what selection saw, which chose it and so flatters it. */
  #looked(
    common: Pick<LeverResult, 'name' | 'tries' | 'seconds' | 'settings' | 'chosen'>,
    best: string,
    winner: Entry,
    against: Entry,
  ): LeverResult {
    const seeds = Math.min(winner.results.length, against.results.length)
    const change = changeWhenChosen(winner, against)
    return {
      ...common,
      ...nothing,
      ...perMinute(change, common),
      best,
      value: this.natural(scoreOf(winner)),
      change,
      interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      verdict: 'tie',
      reason: `Not judged: ${this.#whyEnded()} The change is that of ${counted(seeds, 'selection seed')}, which chose it.`,
      missingSeconds: this.#improvement.missingSeconds(common.name),
    }
  }

  #byCurve(name: CurveLever): LeverResult {
    const { tuned, options, byCurve } = this.#improvement
    const common = { ...this.#spent(name), settings: [], name }
    const points = this.#points(name)
    const seeds = points[0]?.whole.length ?? 0
    if (tuned === undefined || points.length < 3 || seeds === 0) {
      return this.#notTried(name, this.#whyEnded(), this.#improvement.missingSeconds(name))
    }
    const to = 2 * (name === 'moreData' ? options.baseline.train.rows : options.baseline.epochs)
    const among = this.#judged.size + byCurve.length
    const ahead = gainAhead(points, to, levelAmong(among), options.seed)
    const band = ahead.band
    // A flat curve gives what rounding leaves.
    const gain = Math.abs(ahead.gain) < SMALLEST_GAIN ? 0 : ahead.gain
    const last = meanOf(points.at(-1)!.whole)
    const value = this.#valueOf(last - gain)
    const best = name === 'moreData' ? `${to} rows, extrapolated` : `${to} epochs, extrapolated`
    const ends = [this.#valueOf(last - band[0]), this.#valueOf(last - band[1])].sort((a, b) => a - b)
    return {
      ...common,
      best: `${best}, ${rateWords(tuned)}`,
      value,
      change: gain,
      interval: band,
      verdict: Math.abs(gain) < this.#improvement.matters ? 'tie' : verdictOf(band),
      seeds,
      changes: [],
      ...perMinute(gain, common),
      curve: this.#curve(name, points, { at: to, value, band: [ends[0]!, ends[1]!] }),
    }
  }

  /** On the seeds that have the whole curve. */
  #points(name: CurveLever): ErrorPoint[] {
    const { options, curves, best } = this.#improvement
    const { train, epochs } = options.baseline
    const lists = [...curves[name], [name === 'moreData' ? train.rows : epochs, best] as const]
    const whole = best.flatMap((_, seed) => {
      const ofSeed = lists.map(([, list]) => list[seed])
      return ofSeed.every((one) => one !== undefined && one.failed === undefined) ? [ofSeed as TrialResult[]] : []
    })
    if (whole.length === 0) return []
    return lists.map(([place], at) =>
      pointOf(
        place,
        whole.map((ofSeed) => ofSeed[at]!),
        this.#errorOf,
      ),
    )
  }

  /** Errors are what is missing to 1, as of shares and R²; of an error metric, itself. */
  readonly #errorOf = (value: number): number => (this.#sign === 1 ? 1 - value : -value)

  #valueOf(error: number): number {
    return this.#sign === 1 ? 1 - error : error
  }

  #curve(name: CurveLever, points: readonly ErrorPoint[], ahead: LeverCurve['ahead'] & object): LeverCurve {
    return {
      over: name === 'moreData' ? 'rows' : 'epochs',
      points: points.map(({ at, whole }) => {
        const values = whole.map((error) => this.#valueOf(error))
        return { at, value: meanOf(values), values }
      }),
      ahead,
    }
  }

  #notTried(name: LeverName, reason: string, missingSeconds?: number): LeverResult {
    const missing = missingSeconds === undefined || missingSeconds === 0 ? {} : { missingSeconds }
    return { name, ...nothing, ...this.#spent(name), best: null, verdict: 'notTried', reason, settings: [], ...missing }
  }

  #spent(name: LeverName) {
    return this.#improvement.lab.spentBy(name)
  }

  #whyEnded(): string {
    const { lab } = this.#improvement
    if (lab.aborted) return 'It was stopped before.'
    if (lab.outOfTries) return 'The number of tries left no room.'
    return 'The budget left no room.'
  }
}

function chosenOf(entry: Entry): NonNullable<LeverResult['chosen']> {
  const { name, recipe } = entry.candidate
  return { setting: name, rateFactor: rateOf(entry), units: unitsOf(recipe.layers) }
}

/** Rates that the baseline is tried at, beside the one given. */
const TRAININGS_OF_RATES = 2 * NEAREST
/** Of a curve's gain: smaller ones are rounding. */
const SMALLEST_GAIN = 1e-12

const nothing = { value: null, change: null, interval: null, perMinute: null, seeds: 0, changes: [] } as const

function perMinute(change: number, { seconds }: { readonly seconds: number }) {
  return { perMinute: seconds > 0 ? (change / seconds) * 60 : null }
}

function whyFailed(entries: readonly Entry[]): string {
  const failed = entries.flatMap(({ results }) => results.flatMap((one) => one.failed ?? []))
  return failed[0] ?? ''
}

/**
 * What to do, in a sentence or two.
 *
 * @param needs what a judgement of all levers takes, in a sentence; undefined where nothing ended it before
 */
export function recommendationOf(
  levers: readonly LeverResult[],
  ranking: readonly LeverName[],
  metric: string,
  needs: string | undefined,
): string {
  const of = (name: LeverName) => levers.find((lever) => lever.name === name)!
  const helpful = ranking.map(of).filter(({ verdict }) => verdict === 'helps')
  const [first, ...others] = helpful
  if (first === undefined) return withoutHelp(levers, needs)
  const gain =
    first.change === null ? 'it trains where the baseline fails' : `${figure(first.change)} better in ${metric}`
  const more = others.length === 0 ? '' : ` After it help: ${others.map(({ name }) => name).join(', ')}.`
  return `Begin with ${first.name} (${first.best}): ${gain}.${more}`
}

function withoutHelp(levers: readonly LeverResult[], needs: string | undefined): string {
  const judged = levers.filter(isJudged)
  if (judged.length === 0) {
    return needs === undefined
      ? 'Nothing was judged: no lever that was asked for can be applied.'
      : `Nothing was judged, so that nothing can be said of any lever. ${needs}`
  }
  const open = needs === undefined ? [] : levers.filter((lever) => !isJudged(lever) && isOpen(lever))
  if (open.length === 0)
    return 'No lever does anything that matters and can be told from chance: leave the training as it is.'
  const names = (of: readonly LeverResult[]) => of.map(({ name }) => name).join(', ')
  return (
    `Of the levers that were judged (${names(judged)}), none does anything that matters and can be told from chance. Not judged: ` +
    `${names(open)}. ${needs}`
  )
}

/** Whether there is a verdict: one seed gives none, but what failed at every setting needs no other. */
export function isJudged({ verdict, change, seeds }: LeverResult): boolean {
  return seeds > 1 || (verdict !== 'notTried' && change === null)
}

/** Whether more room would give a verdict. */
function isOpen({ verdict, missingSeconds }: LeverResult): boolean {
  return verdict !== 'notTried' || missingSeconds !== undefined
}

/**
 * The levers that were tried, best change first: one that works where the baseline fails before all, a failure last. A
 * lever that alone, at the rate as given, does more than the best rate does is the cause that the rate makes up for: it
 * stands before the rate.
 */
export function rankingOf(levers: readonly LeverResult[]): LeverName[] {
  const rate = levers.find(({ name }) => name === 'learningRate')
  const isCause = ({ changeAtGivenRate = 0 }: LeverResult) => rate !== undefined && changeAtGivenRate > 0
  const place = (lever: LeverResult) => {
    const own = worthOf(lever)
    return isCause(lever) ? [Math.max(own, worthOf(rate!)), own] : [own, 0]
  }
  return levers
    .filter(({ verdict }) => verdict !== 'notTried')
    .map((lever, at) => ({ name: lever.name, at, place: place(lever) }))
    .sort((a, b) => descending(a.place[0]!, b.place[0]!) || descending(a.place[1]!, b.place[1]!) || a.at - b.at)
    .map(({ name }) => name)
}

export function worthOf({ verdict, change }: LeverResult): number {
  if (change !== null) return change
  if (verdict === 'helps') return Number.POSITIVE_INFINITY
  return verdict === 'hurts' ? Number.NEGATIVE_INFINITY : 0
}

/** Of the levers of a combination, the one of the largest change. */
export function bestOfThem(levers: readonly LeverResult[], names: readonly LeverName[]): LeverResult {
  const own = names.map((name) => levers.find((lever) => lever.name === name)!)
  return own.reduce((best, one) => (worthOf(one) > worthOf(best) ? one : best))
}

/** For sorting; infinite numbers among them. */
function descending(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1
}

/** Seconds as a text. */
export function secondsWords(seconds: number): string {
  return seconds < 90 ? `${short(seconds)} s` : `${short(seconds / 60)} min`
}
