import { meanOf } from '../../statistics.js'
import { array, invalid, knownOptions, string } from '../../validate.js'
import { type Labels, numberedClasses, sameRows } from './arrays.js'
import { confusionOf, countsOf, f1Of, precisionOf, recallOf } from './labels.js'

/** How well one class is told from the others. A score whose denominator is 0 is 0. */
export interface ClassScores {
  readonly label: string
  /** The share of the rows predicted as the class that belong to it; from 0 to 1. */
  readonly precision: number
  /** The share of the rows of the class that are predicted as it; from 0 to 1. */
  readonly recall: number
  /** The harmonic mean of precision and recall. */
  readonly f1: number
  /** Number of rows of the class. */
  readonly support: number
}

/** How well a model tells classes apart: the result of `classificationReport`. */
export interface ClassificationReport {
  readonly accuracy: number
  /**
   * The mean recall of the classes that have rows. Always predicting the same class gives 1 / (number of those
   * classes).
   */
  readonly balancedAccuracy: number
  /** The most frequent class; its share is the accuracy of always predicting it. */
  readonly majority: { readonly label: string; readonly share: number }
  readonly classes: readonly ClassScores[]
  /** Numbers of rows, `[true class][predicted class]`. */
  readonly confusion: readonly (readonly number[])[]
}

export interface ClassificationReportOptions {
  /** Names of the classes, in the order of their numbers. Default the numbers themselves. */
  readonly labels?: readonly string[]
}

/**
 * Reports every class's precision, recall and F1, the confusion matrix, the accuracy, and the baselines that an
 * accuracy has to beat: balanced accuracy and the share of the most frequent class.
 *
 * @param targets class numbers, or class names, whose classes are then in the order of their letters
 * @param predicted the predicted classes, one per row, in the same form
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for labels that are fewer than the classes; ERR_DEEPBLAS_SHAPE for another
 *   number of predictions than of targets
 * @example
 * const { balancedAccuracy, majority } = classificationReport([0, 0, 0, 1], [0, 0, 0, 0])
 * // 0.5, and { label: '0', share: 0.75 }
 */
export function classificationReport(
  targets: Labels,
  predicted: Labels,
  options?: ClassificationReportOptions,
): ClassificationReport {
  const given = knownOptions<ClassificationReportOptions>('classificationReport', options, ['labels'])
  const read = numberedClasses(targets, predicted)
  sameRows('predicted', read.predicted.length, read.targets.length)
  const classesThere = read.targets.reduce((largest, one, row) => Math.max(largest, one, read.predicted[row]!), 1) + 1
  const names =
    given.labels === undefined ? namesOf(targets, predicted, classesThere) : checked(given.labels, classesThere)
  const confusion = confusionOf(read.targets, read.predicted, undefined, names.length)
  const classes = countsOf(confusion).map((counts, i) => ({
    label: names[i]!,
    precision: precisionOf(counts),
    recall: recallOf(counts),
    f1: f1Of(counts),
    support: counts.truePositive + counts.falseNegative,
  }))
  const rows = read.targets.length
  const there = classes.filter(({ support }) => support > 0)
  const largest = classes.reduce((best, one) => (one.support > best.support ? one : best))
  return {
    accuracy: confusion.reduce((sum, row, i) => sum + row[i]!, 0) / rows,
    balancedAccuracy: meanOf(there.map(({ recall }) => recall)),
    majority: { label: largest.label, share: largest.support / rows },
    classes,
    confusion,
  }
}

function namesOf(targets: Labels, predicted: Labels, classes: number): string[] {
  const texts = [...Array.from<unknown>(targets), ...Array.from<unknown>(predicted)].filter(
    (one) => typeof one === 'string',
  )
  const names = [...new Set(texts)].sort()
  return Array.from({ length: classes }, (_, i) => (names.length === 0 ? String(i) : (names[i] ?? '')))
}

function checked(labels: unknown, classes: number): string[] {
  const names = array('labels', labels, 'names of the classes').map((name, i) => string(`labels[${i}]`, name))
  if (names.length < classes) throw invalid('labels', `at least ${classes} names, one a class`, names)
  return names
}
