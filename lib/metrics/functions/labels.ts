/*
 * Metrics of classes against classes. Definitions and the values of undefined cases are scikit-learn's.
 */
import { sumOf, weightedMean } from '../../statistics.js'
import { knownOptions, oneOf, positiveInteger } from '../../validate.js'
import { type Labels, numberedClasses, requireClasses, sameRows, type Weighted, weightsOf } from './arrays.js'

/** How the scores of several classes become one. */
export type Average = 'binary' | 'macro' | 'micro' | 'weighted'
export const averages = ['binary', 'macro', 'micro', 'weighted'] as const

export interface AverageOptions extends Weighted {
  /**
   * 'binary': the value of class 1 alone; 'macro': the mean over classes; 'weighted': the mean weighted by the rows of
   * each class; 'micro': the value from the counts of all classes together. Default 'binary' where the only classes are
   * 0 and 1, else 'macro'.
   */
  readonly average?: Average
}

/** Counts of one class, as sums of weights. */
export interface Counts {
  readonly truePositive: number
  readonly falsePositive: number
  readonly falseNegative: number
}

/** The share of rows whose prediction is the target. */
export function accuracy(targets: Labels, predicted: Labels, options?: Weighted): number {
  const { targets: t, predicted: p, weights } = read('accuracy', targets, predicted, options)
  return weightedMean(t.length, (row) => Number(t[row] === p[row]), weights)
}

/**
 * Confusion matrix: how often each class (row) was predicted as each class (column), in numbers of rows or sums of
 * weights. It is square, with the largest class number plus 1, or with `classes`, rows and columns.
 */
export function confusion(
  targets: Labels,
  predicted: Labels,
  options?: Weighted & { readonly classes?: number },
): number[][] {
  const { classes, ...rest } = knownOptions<Weighted & { readonly classes?: number }>('confusion', options, [
    'sampleWeights',
    'classes',
  ])
  const { targets: t, predicted: p, weights } = read('confusion', targets, predicted, rest)
  const most = t.reduce((largest, one, row) => Math.max(largest, one, p[row]!), 0) + 1
  return confusionOf(t, p, weights, Math.max(most, positiveInteger('classes', classes ?? most)))
}

/** Precision: of the rows predicted as a class, the share that belongs to it. 0 where none is predicted. */
export function precision(targets: Labels, predicted: Labels, options?: AverageOptions): number {
  return averaged('precision', precisionOf, targets, predicted, options)
}

/** Recall: of the rows that belong to a class, the share predicted as that class. 0 where the class has no rows. */
export function recall(targets: Labels, predicted: Labels, options?: AverageOptions): number {
  return averaged('recall', recallOf, targets, predicted, options)
}

/** F1 score: the harmonic mean of precision and recall, 2·tp / (2·tp + fp + fn). 0 where the denominator is 0. */
export function f1(targets: Labels, predicted: Labels, options?: AverageOptions): number {
  return averaged('f1', f1Of, targets, predicted, options)
}

/**
 * Matthews correlation coefficient of predictions and targets, from -1 to 1, for any number of classes (Gorodkin,
 * "Comparing two K-category assignments", 2004). 0 where either is all one class.
 */
export function matthews(targets: Labels, predicted: Labels, options?: Weighted): number {
  const { targets: t, predicted: p, weights } = read('matthews', targets, predicted, options)
  const classes = t.reduce((largest, one, row) => Math.max(largest, one, p[row]!), 0) + 1
  return matthewsOf(confusionOf(t, p, weights, classes))
}

export function confusionOf(
  targets: Float64Array,
  predicted: Float64Array,
  weights: Float64Array | undefined,
  classes: number,
): number[][] {
  requireClasses(classes)
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let row = 0; row < targets.length; row++) counts[targets[row]!]![predicted[row]!]! += weights?.[row] ?? 1
  return counts
}

export function matthewsOf(counts: readonly (readonly number[])[]): number {
  const actual = counts.map(sumOf)
  const guessed = counts.map((_, column) => sumOf(counts.map((row) => row[column]!)))
  const all = sumOf(actual)
  const right = sumOf(counts.map((row, i) => row[i]!))
  const products = (a: readonly number[], b: readonly number[]) => sumOf(a.map((value, i) => value * b[i]!))
  const spread = (all * all - products(guessed, guessed)) * (all * all - products(actual, actual))
  return spread <= 0 ? 0 : (right * all - products(guessed, actual)) / Math.sqrt(spread)
}

/** The counts of every class of a confusion matrix. */
export function countsOf(counts: readonly (readonly number[])[]): Counts[] {
  return counts.map((row, one) => ({
    truePositive: row[one]!,
    falseNegative: sumOf(row) - row[one]!,
    falsePositive: sumOf(counts.map((other) => other[one]!)) - row[one]!,
  }))
}

/** One value from the counts of all classes; with `every`, classes without rows and predictions count too. */
export function averageOf(
  rule: (counts: Counts) => number,
  counts: readonly Counts[],
  average: Average,
  every: boolean,
): number {
  if (average === 'binary') return rule(counts[1] ?? { truePositive: 0, falsePositive: 0, falseNegative: 0 })
  if (average === 'micro') {
    return rule({
      truePositive: sumOf(counts.map((one) => one.truePositive)),
      falsePositive: sumOf(counts.map((one) => one.falsePositive)),
      falseNegative: sumOf(counts.map((one) => one.falseNegative)),
    })
  }
  const counted = counts.filter((one) => every || one.truePositive + one.falsePositive + one.falseNegative > 0)
  const shares = counted.map((one) => (average === 'weighted' ? one.truePositive + one.falseNegative : 1))
  const total = sumOf(shares)
  return total === 0 ? 0 : sumOf(counted.map((one, i) => rule(one) * shares[i]!)) / total
}

export function precisionOf({ truePositive, falsePositive }: Counts): number {
  return ratio(truePositive, truePositive + falsePositive)
}

export function recallOf({ truePositive, falseNegative }: Counts): number {
  return ratio(truePositive, truePositive + falseNegative)
}

export function f1Of({ truePositive, falsePositive, falseNegative }: Counts): number {
  return ratio(2 * truePositive, 2 * truePositive + falsePositive + falseNegative)
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function averaged(
  name: string,
  rule: (counts: Counts) => number,
  targets: Labels,
  predicted: Labels,
  options: AverageOptions | undefined,
): number {
  const { average, ...rest } = knownOptions<AverageOptions>(name, options, ['average', 'sampleWeights'])
  const { targets: t, predicted: p, weights } = read(name, targets, predicted, rest)
  const classes = Math.max(2, t.reduce((largest, one, row) => Math.max(largest, one, p[row]!), 0) + 1)
  const chosen = oneOf('average', average ?? (classes === 2 ? 'binary' : 'macro'), averages)
  return averageOf(rule, countsOf(confusionOf(t, p, weights, classes)), chosen, false)
}

function read(name: string, targets: unknown, predicted: unknown, options: Weighted | undefined) {
  const { sampleWeights } = knownOptions<Weighted>(name, options, ['sampleWeights'])
  const classes = numberedClasses(targets, predicted)
  sameRows('predicted', classes.predicted.length, classes.targets.length)
  return { ...classes, weights: weightsOf(sampleWeights, classes.targets.length) }
}
