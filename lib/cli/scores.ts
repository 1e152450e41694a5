/*
 * Scores as people read them.
 */
import type { ClassificationReport } from '../metrics/functions/classification-report.js'
import { renderConfusionMatrix } from '../report/terminal/confusion-matrix.js'
import { renderTable } from '../report/terminal/table.js'
import { sensible } from '../strategy/tables/scores-json.js'

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

export function scoresText(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores)
    .map(([name, value]) => `${name} ${Number.isFinite(value) ? scoreText(value) : 'unknown'}`)
    .join('  ')
}

/** Shares to four places; errors in the target's units to six digits. */
function scoreText(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(4) : String(sensible(value))
}
