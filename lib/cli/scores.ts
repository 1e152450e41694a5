/*
 * Scores as people read them.
 */
import type { Json } from '../files/strict-json.js'
import type { ClassificationReport } from '../metrics/functions/classification-report.js'
import { renderConfusionMatrix } from '../report/terminal/confusion-matrix.js'
import { renderTable } from '../report/terminal/table.js'
import type { ChosenThreshold } from '../strategy/choose-threshold.js'
import { scoresJson, sensible } from '../strategy/tables/scores-json.js'

/** Beside the accuracy: what it has to be compared with. */
export function comparisonText(report: ClassificationReport | undefined): string {
  if (report === undefined) return ''
  const { balancedAccuracy, majority } = report
  return (
    `  balancedAccuracy ${balancedAccuracy.toFixed(4)}  (always '${majority.label}' would have accuracy ` +
    `${majority.share.toFixed(4)})`
  )
}

/** The confusion matrix and the scores of every class. */
export function reportText({ classes, confusion }: ClassificationReport, width: number, ascii: boolean): string {
  const right = (heading: string) => ({ heading, align: 'right' }) as const
  const rows = classes.map(({ label, precision, recall, f1, support }) => [
    label,
    precision.toFixed(4),
    recall.toFixed(4),
    f1.toFixed(4),
    support.toLocaleString('en-US'),
  ])
  const labels = classes.map(({ label }) => label)
  return [
    renderConfusionMatrix(confusion, { labels, width, ascii }),
    renderTable(['class', right('precision'), right('recall'), right('f1'), right('rows')], rows, { width, ascii }),
  ].join('\n\n')
}

/** What a threshold was chosen to be, and what it does. */
export function thresholdText({ threshold, counts, ...shares }: ChosenThreshold, labels: readonly string[]): string {
  const { precision, recall } = shares
  return (
    `'${labels[1]}' above a probability of ${sensible(threshold)}: precision ${precision.toFixed(4)}, recall ` +
    `${recall.toFixed(4)}, ${counts.falsePositive} false positives, ${counts.falseNegative} false negatives held out`
  )
}

export function thresholdJson({ threshold, precision, recall, accuracy, cost }: ChosenThreshold): {
  [name: string]: Json
} {
  return { value: threshold, ...scoresJson({ precision, recall, accuracy, ...(cost === undefined ? {} : { cost }) }) }
}

export function scoresText(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores)
    .map(([name, value]) => `${name} ${Number.isFinite(value) ? scoreText(value) : 'unknown'}`)
    .join('  ')
}

/** A line of intervals below one of scores. */
export function intervalsText(intervals: Readonly<Record<string, readonly [number, number]>>): string {
  const known = Object.entries(intervals).filter(([, bounds]) => bounds.every(Number.isFinite))
  const texts = known.map(([name, [low, high]]) => `${name} ${scoreText(low)} to ${scoreText(high)}`)
  return texts.length === 0 ? '' : `\n95 % intervals: ${texts.join('  ')}`
}

/** Shares to four places; errors in the target's units to six digits. */
function scoreText(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(4) : String(sensible(value))
}
