/*
 * How far a difference between two kinds of trainings holds for other seeds and for other dev rows: paired intervals, and
 * verdicts over many comparisons at once.
 */
import { meanOf, squaresAround, sumOf } from '../../statistics.js'
import { invalid } from '../../validate.js'
import { studentQuantile, studentTail } from './student.js'
import type { TrialResult } from './trial.js'

/** A figure of several seeds, or the differences of a figure between two kinds of trainings of the same seeds. */
export interface SeedsByGroups {
  /** On all dev rows, one a seed. */
  readonly whole: readonly number[]
  /** On each group of dev rows: a list a seed, all of one length. */
  readonly groups: readonly (readonly number[])[]
}

/** What the differences say of the mean difference. */
export interface Comparison {
  /** The mean over the seeds of the difference on all dev rows; above 0 is better. */
  readonly change: number
  /** Standard error of `change`, over other seeds and other dev rows of the same kind; infinity of one seed. */
  readonly standardError: number
  /** Degrees of freedom of the standard error (Satterthwaite); 0 of one seed. */
  readonly degreesOfFreedom: number
  /** Chance of a difference so large, either way, where there is none: Student's t, not yet corrected. */
  readonly pValue: number
}

export type Interval = readonly [low: number, high: number]

/** The judgement of one comparison among several. */
export interface Judgement {
  readonly verdict: 'helps' | 'hurts' | 'tie'
  /** The corrected interval, by which the verdict is judged: it excludes 0 for every verdict but 'tie'. */
  readonly interval: Interval
  /** Share of the intervals made in this way that hold the true difference: from the level asked for upwards. */
  readonly level: number
}

/**
 * Lever less baseline, seed by seed and group by group. Pairs of which one is missing or failed are left out.
 *
 * @param lever and `baseline`: results of the same seeds in the same order, on the same dev rows and groups
 */
export function differencesOf(
  lever: readonly (TrialResult | undefined)[],
  baseline: readonly (TrialResult | undefined)[],
): SeedsByGroups {
  const whole: number[] = []
  const groups: number[][] = []
  for (const [seed, one] of lever.entries()) {
    const other = baseline[seed]
    if (!isMeasured(one) || !isMeasured(other)) continue
    whole.push(one.value - other.value)
    groups.push(one.groups.map((value, group) => value - other.groups[group]!))
  }
  return { whole, groups }
}

/** The figures themselves, without those that are missing or failed: for the interval of one kind of trainings. */
export function valuesOf(results: readonly (TrialResult | undefined)[]): SeedsByGroups {
  const measured = results.filter(isMeasured)
  return { whole: measured.map(({ value }) => value), groups: measured.map(({ groups }) => groups) }
}

function isMeasured(result: TrialResult | undefined): result is TrialResult {
  return result !== undefined && result.failed === undefined
}

/**
 * Mean and standard error of figures that vary with the seed and with the dev rows (a two-way layout without
 * replication). With D[seed][group], S seeds and G groups, the variance of the mean has a part of the seeds,
 * s²(means over groups) / S, and a part of the rows, s²(means over seeds) / G; both hold the variance of a single cell,
 * s²(residuals) / (S G), which is taken off once. It is at least the larger of the two parts. Degrees of freedom after
 * Satterthwaite, "An approximate distribution of estimates of variance components", 1946; at least those of the part
 * that has fewer. A group whose figure is not finite, such as one of a single class for an area under a curve, says
 * nothing of the rows and is left out.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT without any seed
 */
export function compare({ whole, groups }: SeedsByGroups): Comparison {
  if (whole.length === 0) throw invalid('whole', 'at least one seed', whole)
  const change = meanOf(whole)
  if (whole.length < 2) return { change, standardError: Number.POSITIVE_INFINITY, degreesOfFreedom: 0, pValue: 1 }
  const finite = groups[0]!.flatMap((_, group) => (groups.every((row) => Number.isFinite(row[group])) ? [group] : []))
  const { variance, degreesOfFreedom } = varianceOfMean(
    whole,
    groups.map((row) => finite.map((group) => row[group]!)),
  )
  const standardError = Math.sqrt(variance)
  if (standardError === 0) return { change, standardError, degreesOfFreedom, pValue: change === 0 ? 1 : 0 }
  const pValue = 2 * studentTail(Math.abs(change) / standardError, degreesOfFreedom)
  return { change, standardError, degreesOfFreedom, pValue }
}

function varianceOfMean(
  whole: readonly number[],
  groups: readonly (readonly number[])[],
): { variance: number; degreesOfFreedom: number } {
  const seeds = whole.length
  const count = groups[0]!.length
  if (count < 2) return { variance: sampleVariance(whole) / seeds, degreesOfFreedom: seeds - 1 }
  const ofSeed = groups.map(meanOf)
  const ofGroup = Array.from({ length: count }, (_, group) => meanOf(groups.map((row) => row[group]!)))
  const grand = meanOf(ofSeed)
  const residuals = groups.flatMap((row, seed) =>
    row.map((value, group) => value - ofSeed[seed]! - ofGroup[group]! + grand),
  )
  const seedsPart = sampleVariance(ofSeed) / seeds
  const rowsPart = sampleVariance(ofGroup) / count
  const cellFreedom = (seeds - 1) * (count - 1)
  const cellPart = squaresAround(0, residuals) / cellFreedom / (seeds * count)
  const variance = Math.max(seedsPart + rowsPart - cellPart, seedsPart, rowsPart)
  if (variance === 0) return { variance, degreesOfFreedom: Math.min(seeds, count) - 1 }
  const spread = sumOf([seedsPart ** 2 / (seeds - 1), rowsPart ** 2 / (count - 1), cellPart ** 2 / cellFreedom])
  return { variance, degreesOfFreedom: Math.max(variance ** 2 / spread, Math.min(seeds, count) - 1) }
}

function sampleVariance(values: readonly number[]): number {
  return squaresAround(meanOf(values), values) / (values.length - 1)
}

/**
 * The interval of one comparison, without a correction for others.
 *
 * @param level share of such intervals that hold the true difference. Default 0.95.
 */
export function intervalOf({ change, standardError, degreesOfFreedom }: Comparison, level = 0.95): Interval {
  if (standardError === 0) return [change, change]
  if (degreesOfFreedom === 0) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const half = studentQuantile((1 - level) / 2, degreesOfFreedom) * standardError
  return [change - half, change + half]
}

/**
 * Judges several comparisons so that, where no lever does anything, at most the share `1 - level` of the experiments
 * calls any of them 'helps' or 'hurts' (Holm, "A simple sequentially rejective multiple test procedure", 1979): of m
 * comparisons the clearest is judged at the level 1 - (1 - level) / m, the next one with m - 1 in place of m, and so on
 * until one is a tie; all after it are ties, with intervals of that last level.
 *
 * @param level Default 0.95.
 * @returns the judgements in the order of the comparisons
 */
export function judge(comparisons: readonly Comparison[], level = 0.95): Judgement[] {
  const order = comparisons.map((_, at) => at).sort((a, b) => comparisons[a]!.pValue - comparisons[b]!.pValue || a - b)
  const judgements = new Array<Judgement>(comparisons.length)
  let left = comparisons.length
  let tied = false
  for (const at of order) {
    const ofStep = 1 - (1 - level) / left
    const interval = intervalOf(comparisons[at]!, ofStep)
    const verdict = tied ? 'tie' : verdictOf(interval)
    judgements[at] = { verdict, interval, level: ofStep }
    if (verdict === 'tie') tied = true
    else left--
  }
  return judgements
}

/** What an interval says by itself. */
export function verdictOf([low, high]: Interval): Judgement['verdict'] {
  if (low > 0) return 'helps'
  return high < 0 ? 'hurts' : 'tie'
}
