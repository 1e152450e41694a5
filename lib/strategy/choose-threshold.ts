/*
 * The threshold of a probability above which a row counts as class 1, chosen by what errors cost, or by the precision or
 * the recall that is needed.
 */
import { DeepblasError } from '../errors.js'
import { type Numbers, numberList, sameRows, weightsOf } from '../metrics/functions/arrays.js'
import { descendingOrder } from '../metrics/functions/descending-order.js'
import { precisionOf, recallOf } from '../metrics/functions/labels.js'
import { atOnce } from '../turns.js'
import { finiteNumber, invalid, knownOptions, plainObject } from '../validate.js'

/** What one wrong row costs, in any unit; at least 0, not both 0. */
export interface ErrorCosts {
  /** A row of class 0 that counts as class 1. */
  readonly falsePositive: number
  /** A row of class 1 that counts as class 0. */
  readonly falseNegative: number
}

/** What a threshold is chosen by: exactly one of three. */
export type ThresholdGoal =
  /** The least mean cost of errors. */
  | { readonly cost: ErrorCosts }
  /** The highest recall among thresholds of at least this precision, above 0 and at most 1. */
  | { readonly precision: number }
  /** The highest precision among thresholds of at least this recall, above 0 and at most 1. */
  | { readonly recall: number }

/** A threshold, and what it does on the rows that it was chosen on. */
export interface ChosenThreshold {
  /**
   * Rows of a probability above this count as class 1. It lies half way between the two probabilities that it parts, so it
   * is 1 where no row counts as class 1, and may be below 0 where all do.
   */
  readonly threshold: number
  /** The share of the rows counted as class 1 that are of it; 0 where none is counted. */
  readonly precision: number
  /** The share of the rows of class 1 that are counted as it. */
  readonly recall: number
  /** The share of all rows that count as what they are. */
  readonly accuracy: number
  /** Mean cost of a row, where the goal is the cost. */
  readonly cost?: number
  /** Number of rows, or their weights' sum, by what they are and what they count as. */
  readonly counts: ThresholdCounts
  /** How many other cuts between rows would do as well by the goal. */
  readonly ties: number
}

export interface ThresholdCounts {
  readonly truePositive: number
  readonly falsePositive: number
  readonly trueNegative: number
  readonly falseNegative: number
}

export type ChooseThresholdOptions = ThresholdGoal & {
  /** One weight per row, at least 0. Default all 1. */
  readonly sampleWeights?: Numbers
}

/**
 * Chooses the threshold of a probability by what is wanted on some rows: the least cost of errors, a precision or a
 * recall. Choose it on rows that the model was not trained on; on rows of its training it comes out too sure. Rows of one
 * probability cannot be parted. Where several thresholds do equally well, of a cost the one nearest to 0.5 is taken, of a
 * precision or recall the one with the fewer errors of the other kind; `ties` counts the others.
 *
 * @param targets 0 or 1 per row; both must occur
 * @param probabilities the model's probability of class 1 for each row, from 0 to 1
 * @param options one of `cost`, `precision` and `recall`, and `sampleWeights`
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a precision that no threshold reaches (the message says the highest there
 *   is), for rows of one class, and for numbers that are no probabilities; ERR_DEEPBLAS_ARGUMENT for a wrong option
 * @example
 * const { threshold } = chooseThreshold(targets, probabilities, { cost: { falsePositive: 1, falseNegative: 20 } })
 */
export function chooseThreshold(
  targets: Numbers,
  probabilities: Numbers,
  options: ChooseThresholdOptions,
): ChosenThreshold {
  const goal = checkedGoal('chooseThreshold', options, ['sampleWeights'])
  const wanted = numberList('targets', targets)
  const given = numberList('probabilities', probabilities)
  sameRows('probabilities', given.length, wanted.length)
  const weights = weightsOf((options as ChooseThresholdOptions).sampleWeights, wanted.length)
  requireBinary(wanted, given, weights)
  return bestOf(cutsOf(wanted, given, weights), goal)
}

/** The goal among options, exactly one, checked. */
export function checkedGoal(what: string, options: unknown, others: readonly string[] = []): ThresholdGoal {
  const hint = 'For example { cost: { falsePositive: 1, falseNegative: 5 } }, { precision: 0.9 } or { recall: 0.9 }.'
  const names = ['cost', 'precision', 'recall']
  const [argument, within] = others.length > 0 ? [`the options of ${what}`, ''] : [what, `${what}.`]
  const given = knownOptions<Record<string, unknown>>(what, plainObject(argument, options, hint), [...names, ...others])
  const asked = names.filter((name) => given[name] !== undefined)
  if (asked.length !== 1) throw invalid(argument, 'one of cost, precision and recall', options, hint)
  if (given.cost !== undefined) return { cost: checkedCosts(`${within}cost`, given.cost, hint) }
  const share = (name: string) => finiteNumber(within + name, given[name], { exclusiveMin: 0, max: 1 })
  return given.precision === undefined ? { recall: share('recall') } : { precision: share('precision') }
}

function checkedCosts(argument: string, value: unknown, hint: string): ErrorCosts {
  const given = knownOptions<ErrorCosts>(argument, plainObject(argument, value, hint) as unknown as ErrorCosts, [
    'falsePositive',
    'falseNegative',
  ])
  const falsePositive = finiteNumber(`${argument}.falsePositive`, given.falsePositive, { min: 0 }, hint)
  const falseNegative = finiteNumber(`${argument}.falseNegative`, given.falseNegative, { min: 0 }, hint)
  if (falsePositive + falseNegative > 0) return { falsePositive, falseNegative }
  throw invalid(argument, 'at least one cost above 0', value)
}

function requireBinary(targets: Float64Array, probabilities: Float64Array, weights: Float64Array | undefined): void {
  const odd = targets.findIndex((one) => one !== 0 && one !== 1)
  if (odd >= 0) throw invalid(`targets[${odd}]`, '0 or 1', targets[odd])
  const bad = probabilities.findIndex((one) => !(one >= 0 && one <= 1))
  if (bad >= 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected a probability from 0 to 1 for probabilities[${bad}] but received ${probabilities[bad]}.`,
    )
  }
  const rowsOf = (kind: number) => targets.some((one, row) => one === kind && (weights?.[row] ?? 1) > 0)
  if (rowsOf(0) && rowsOf(1)) return
  throw new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected rows of both classes for targets but all ${targets.length} rows ${weights === undefined ? '' : 'of a weight above 0 '}` +
      `are of class ${rowsOf(0) ? 0 : 1}: no threshold can be told from another. Give rows of both.`,
  )
}

/** A place between rows in the order of their probabilities: those above count as class 1. */
interface Cut {
  readonly threshold: number
  readonly counts: ThresholdCounts
}

/** Every cut between different probabilities, from the highest down: the first has no row above it, the last all. */
function cutsOf(targets: Float64Array, probabilities: Float64Array, weights: Float64Array | undefined): Cut[] {
  const order = atOnce(descendingOrder(probabilities))
  const weightOf = (row: number) => weights?.[row] ?? 1
  const sums = { positive: 0, negative: 0 }
  for (const [row, target] of targets.entries()) sums[target === 1 ? 'positive' : 'negative'] += weightOf(row)
  const above = { positive: 0, negative: 0 }
  const cutAt = (threshold: number): Cut => ({
    threshold,
    counts: {
      truePositive: above.positive,
      falsePositive: above.negative,
      trueNegative: sums.negative - above.negative,
      falseNegative: sums.positive - above.positive,
    },
  })
  const cuts = [cutAt(1)]
  for (const [place, row] of order.entries()) {
    above[targets[row] === 1 ? 'positive' : 'negative'] += weightOf(row)
    const next = order[place + 1]
    const lower = next === undefined ? lowest(probabilities[row]!) : probabilities[next]!
    if (lower < probabilities[row]!) cuts.push(cutAt(between(lower, probabilities[row]!)))
  }
  return cuts
}

/** Half way; of two neighbors among the numbers the lower one, which parts them too. */
function between(lower: number, upper: number): number {
  const middle = (lower + upper) / 2
  return middle < upper ? middle : lower
}

/** What all probabilities are above. */
function lowest(probability: number): number {
  return probability > 0 ? 0 : -1
}

/** How good a cut is: the first number decides, then the second, then how near its threshold is to 0.5. */
interface Rank {
  readonly first: number
  readonly second: number
}

/** Sums of weights may come out a little below what they mean. */
const ROUNDING = 1e-12

/** Undefined for a cut that does not reach the goal. */
function rankOf({ counts }: Cut, goal: ThresholdGoal): Rank | undefined {
  if ('cost' in goal) return { first: -costOf(counts, goal.cost), second: 0 }
  const [precision, recall] = [precisionOf(counts), recallOf(counts)]
  if ('precision' in goal) {
    return precision >= goal.precision * (1 - ROUNDING) ? { first: recall, second: precision } : undefined
  }
  return recall >= goal.recall * (1 - ROUNDING) ? { first: precision, second: recall } : undefined
}

function bestOf(cuts: readonly Cut[], goal: ThresholdGoal): ChosenThreshold {
  let best: { readonly cut: Cut; readonly rank: Rank } | undefined
  let ties = 0
  for (const cut of cuts) {
    const rank = rankOf(cut, goal)
    if (rank === undefined) continue
    const order = best === undefined ? 1 : rank.first - best.rank.first || rank.second - best.rank.second
    if (order < 0) continue
    ties = order > 0 ? 0 : ties + 1
    if (order > 0 || nearness(cut) < nearness(best!.cut)) best = { cut, rank }
  }
  if (best === undefined) throw unreachable(cuts, (goal as { precision: number }).precision)
  const { threshold, counts } = best.cut
  const { truePositive, falsePositive, trueNegative, falseNegative } = counts
  const rows = truePositive + falsePositive + trueNegative + falseNegative
  return {
    threshold,
    precision: precisionOf(counts),
    recall: recallOf(counts),
    accuracy: (truePositive + trueNegative) / rows,
    ...('cost' in goal && { cost: costOf(counts, goal.cost) / rows }),
    counts,
    ties,
  }
}

function nearness({ threshold }: Cut): number {
  return Math.abs(threshold - 0.5)
}

function costOf({ falsePositive, falseNegative }: ThresholdCounts, cost: ErrorCosts): number {
  return falsePositive * cost.falsePositive + falseNegative * cost.falseNegative
}

/** A recall is always reached: where all rows count as class 1 it is 1. */
function unreachable(cuts: readonly Cut[], asked: number): DeepblasError {
  const highest = cuts.reduce((best, cut) => (precisionOf(cut.counts) > precisionOf(best.counts) ? cut : best))
  const shown = (share: number) => String(Math.floor(share * 1e4) / 1e4)
  return new DeepblasError(
    'ERR_DEEPBLAS_DATA',
    `Expected a precision that some threshold reaches on these rows, at most ${shown(precisionOf(highest.counts))} (with a ` +
      `recall of ${shown(recallOf(highest.counts))}), but received ${asked}. Ask for less, or choose by cost or recall.`,
  )
}
