import type { ModelErrors } from '../../strategy/diagnose/model-errors.js'
import { type Figure, figureHtml, named, table } from '../figure.js'
import { html } from '../html.js'
import { formatted, type NumberFormat } from '../numbers.js'
import type { Section } from '../page.js'

/** Segments whose error is above the mean, the worst first; none where there are none. */
export function segmentsSection(
  { segments, dev }: Pick<ModelErrors, 'segments' | 'dev'>,
  format: NumberFormat,
): Section[] {
  if (segments.length === 0) return []
  const figure: Figure = {
    id: 'segments',
    chart: {
      kind: 'bars',
      x: { label: 'error', format },
      rows: segments.map(({ description, error }) => ({ label: description, value: error, tone: 'bad' as const })),
      level: { label: 'all dev rows', value: dev.value },
    },
    description: `Error of ${segments.length} weak segments of the dev rows beside that of all, ${formatted(dev.value, format)}.`,
    caption: `The broken line is the error of all dev rows, ${formatted(dev.value, format)}.`,
    tabled: true,
  }
  const rows = segments.map(({ description, share, error, times, rows: count }) => [
    named(description),
    { number: formatted(share, 'percent') },
    { number: formatted(count, 'number') },
    { number: formatted(error, format) },
    { number: `${formatted(times, 'number')} × the mean` },
  ])
  return [
    {
      heading: 'Weak segments',
      figures: [figure],
      content: html`${figureHtml(figure)}${table(['segment', 'share of rows', 'rows', 'error', ''], rows)}`,
    },
  ]
}

/** More classes than these make no chart that can be read. */
const MOST_CLASSES = 40

/** The error of each class, the worst first. */
export function classesSection(
  { classes, dev }: Pick<ModelErrors, 'classes' | 'dev'>,
  format: NumberFormat,
): Section[] {
  if (!classes || classes.length === 0) return []
  const worst = classes.toSorted((one, other) => other.error - one.error).slice(0, MOST_CLASSES)
  const figure: Figure = {
    id: 'classes',
    chart: {
      kind: 'bars',
      x: { label: 'error', format },
      rows: worst.map(({ label, rows, error }) => ({ label: `${label} (${rows} rows)`, value: error })),
      level: { label: 'all dev rows', value: dev.value },
    },
    description: `Error on the dev rows by class; the worst is ${worst[0]!.label} with ${formatted(worst[0]!.error, format)}.`,
    ...(classes.length > MOST_CLASSES && { caption: `The worst ${MOST_CLASSES} of ${classes.length} classes.` }),
  }
  return [{ heading: 'Errors by class', figures: [figure], content: figureHtml(figure) }]
}
