/*
 * Scores as JSON: what a model file keeps of them, and what commands print.
 */
import type { Json } from '../../files/strict-json.js'
import type { ClassificationReport } from '../../metrics/functions/classification-report.js'

/** JSON has no NaN: what cannot be told, such as the ROC AUC of rows of one class, is null. */
export function scoresJson(scores: Readonly<Record<string, number>>): { [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(scores).map(([name, value]) => [name, Number.isFinite(value) ? sensible(value) : null]),
  )
}

/** The bounds of the intervals of scores. */
export function intervalsJson(intervals: Readonly<Record<string, readonly [number, number]>>): {
  [name: string]: Json
} {
  const plain = (value: number) => (Number.isFinite(value) ? sensible(value) : null)
  return Object.fromEntries(Object.entries(intervals).map(([name, [low, high]]) => [name, [plain(low), plain(high)]]))
}

/** Digits that say something: a test of a million rows tells no more than six of them. */
export function sensible(value: number): number {
  return Number(value.toPrecision(6))
}

/** The scores by class, for programs. */
export function reportJson(report: ClassificationReport | undefined): { [name: string]: Json } {
  if (report === undefined) return {}
  const { balancedAccuracy, majority, classes, confusion } = report
  return {
    balancedAccuracy: sensible(balancedAccuracy),
    majority: { label: majority.label, share: sensible(majority.share) },
    classes: classes.map(({ label, precision, recall, f1, support }) => ({
      label,
      precision: sensible(precision),
      recall: sensible(recall),
      f1: sensible(f1),
      support,
    })),
    confusion: confusion.map((row) => [...row]),
  }
}
