import type { DiagnosisFigures } from '../../strategy/diagnose/result.js'
import type { BarsChart, LinesChart, Span } from '../chart.js'
import { type Figure, figureHtml } from '../figure.js'
import { html } from '../html.js'
import { formatted, type NumberFormat } from '../numbers.js'
import type { Section } from '../page.js'
import { thinned } from '../thinned.js'

/** Differences count beyond so many standard errors; every interval of the page has them either way. */
export const ERRORS_OF_CERTAINTY = 2.5

/** The error on the dev rows, in parts. */
export function levelsSection(figures: DiagnosisFigures, format: NumberFormat): Section {
  const { attainable, bias, variance, mismatch, dev } = figures
  const parts = [
    ...(attainable ? [{ label: 'attainable', value: attainable.value }] : []),
    ...(bias ? [{ label: 'avoidable bias', value: bias.value }] : []),
    { label: 'variance', value: variance.value },
    ...(mismatch ? [{ label: 'mismatch', value: mismatch.value }] : []),
  ]
  const chart: BarsChart = { kind: 'bars', x: { label: 'error', format }, rows: parts }
  const figure: Figure = {
    id: 'parts',
    chart,
    description: `Parts of the error on the dev rows, which is ${formatted(dev.value, format)}: ${parts
      .map(({ label, value }) => `${label} ${formatted(value, format)}`)
      .join(', ')}.`,
    caption: captionOf(attainable),
  }
  return { heading: 'Where the error comes from', figures: [figure], content: figureHtml(figure) }
}

function captionOf(attainable: DiagnosisFigures['attainable']): string {
  if (!attainable) return 'What error can be reached, and so how much of it is bias, could not be told.'
  return attainable.given
    ? 'The attainable error is the one that was given as target.'
    : 'The attainable error was inferred from other trainings and from how they gain by rows.'
}

/** Over the amount of data, with bias and variance marked at its end, and over time. */
export function curvesSection(figures: DiagnosisFigures, format: NumberFormat): Section[] {
  const drawn = [rowsFigure(figures, format), epochsFigure(figures)].filter((figure) => figure !== undefined)
  if (drawn.length === 0) return []
  return [{ heading: 'Learning curves', figures: drawn, content: drawn.map(figureHtml) }]
}

/** What `diagnose` found of the amount of data: its curve shows bias and variance. None of fewer than two points. */
export function rowsFigure({ learningCurve, attainable }: DiagnosisFigures, format: NumberFormat): Figure | undefined {
  const points = learningCurve.rows
  const last = points.at(-1)
  if (last === undefined || points.length < 2) return undefined
  const spans = attainable
    ? [
        ...span('bias', last.rows, attainable.value, last.train, format),
        ...span('variance', last.rows, Math.max(last.train, attainable.value), last.heldOut, format),
      ]
    : []
  const chart: LinesChart = {
    kind: 'lines',
    x: { label: 'training rows', format: 'number', logarithmic: true },
    y: { label: 'error', format, zero: true },
    series: [
      { name: 'rows trained on', points: points.map(({ rows, train }) => [rows, train]) },
      {
        name: 'rows held out',
        points: points.map(({ rows, heldOut }) => [rows, heldOut]),
        band: points.map(({ rows, heldOut, error }) => [
          rows,
          heldOut - ERRORS_OF_CERTAINTY * error,
          heldOut + ERRORS_OF_CERTAINTY * error,
        ]),
      },
    ],
    ...(attainable && { levels: [{ label: 'attainable', value: attainable.value }] }),
    spans,
  }
  return {
    id: 'diagnosis-rows',
    chart,
    description: `Error over the amount of training data: with ${formatted(last.rows, 'number')} rows ${formatted(last.train, format)} on those and ${formatted(last.heldOut, format)} on rows held out.`,
    caption: html`<b>Over the amount of data.</b> Trainings of as many updates each. The band holds ${ERRORS_OF_CERTAINTY}
standard errors either way.${spans.length === 0 ? '' : ' Bias and variance are marked as these trainings have them; those of the model itself stand above.'}`,
  }
}

function span(name: string, x: number, from: number, to: number, format: NumberFormat): Span[] {
  return to > from ? [{ label: `${name} ${formatted(to - from, format)}`, x, from, to }] : []
}

function epochsFigure({ learningCurve: { epochs } }: DiagnosisFigures): Figure | undefined {
  if (epochs.length < 2) return undefined
  const points = thinned(epochs.map((loss, epoch): [number, number] => [epoch + 1, loss]))
  return {
    id: 'diagnosis-epochs',
    chart: {
      kind: 'lines',
      x: { label: 'epoch', format: 'number' },
      y: { label: 'loss', format: 'number', zero: true },
      series: [{ name: 'training rows', points }],
    },
    description: `Loss on the training rows by epoch, from ${formatted(epochs[0], 'number')} to ${formatted(epochs.at(-1), 'number')}.`,
    caption: html`<b>Over time.</b> The loss on the training rows.`,
  }
}

/** Trainings with one thing changed, and what that gains. */
export function probesSection({ probes }: DiagnosisFigures, format: NumberFormat): Section[] {
  const rows = probes
    .filter(({ gain }) => gain.value !== null && Number.isFinite(gain.value))
    .toSorted((one, other) => other.gain.value - one.gain.value)
  if (rows.length === 0) return []
  const figure: Figure = {
    id: 'probes',
    chart: {
      kind: 'intervals',
      x: { label: 'less error on rows held out', format: format === 'percent' ? 'points' : 'change' },
      rows: rows.map(({ change, gain: { value, error } }) => {
        const [low, high] = [value - ERRORS_OF_CERTAINTY * error, value + ERRORS_OF_CERTAINTY * error]
        return { label: change, value, low, high, tone: low > 0 ? 'good' : high < 0 ? 'bad' : 'plain' }
      }),
    },
    description: `What ${rows.length} changes of the training gain on rows held out, each with its interval; the most: ${rows[0]!.change}.`,
    caption: `Each training differs from the given one in one thing. The intervals hold ${ERRORS_OF_CERTAINTY} standard errors either way.`,
  }
  return [{ heading: 'What changes gain', figures: [figure], content: figureHtml(figure) }]
}
