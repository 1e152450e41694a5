import type { ImproveResult, LeverCurve } from '../../strategy/improve/result.js'
import type { LinesChart, Series } from '../chart.js'
import { type Figure, figureHtml } from '../figure.js'
import { html } from '../html.js'
import type { MetricFormats } from '../metric-formats.js'
import { formatted, formattedInterval } from '../numbers.js'
import type { Section } from '../page.js'
import { thinned } from '../thinned.js'

/** Learning curves: over the amount of data, over time, and the two losses over time with what lies between them. */
export function timeSections(result: ImproveResult, formats: MetricFormats): Section[] {
  const of = (name: string) => result.levers.find((lever) => lever.name === name)?.curve
  const figures = [
    aheadFigure('over-data', of('moreData'), result.metric, formats),
    aheadFigure('over-time', of('longer'), result.metric, formats),
    lossFigure(result),
  ].filter((figure) => figure !== undefined)
  if (figures.length === 0) return []
  return [{ heading: 'Learning curves', figures, content: figures.map(figureHtml) }]
}

function aheadFigure(
  id: string,
  curve: LeverCurve | undefined,
  metric: string,
  { value }: MetricFormats,
): Figure | undefined {
  if (curve === undefined || curve.points.length === 0) return undefined
  const { over, points, ahead } = curve
  const last = points.at(-1)!
  const measured: Series = {
    name: 'measured on the dev rows',
    color: 0,
    points: points.map((point) => [point.at, point.value]),
    band: points.map((point) => [point.at, Math.min(...point.values), Math.max(...point.values)]),
  }
  const forecast: Series[] =
    ahead === undefined
      ? []
      : [
          {
            name: 'continued, with its band',
            color: 1,
            forecast: true,
            points: [
              [last.at, last.value],
              [ahead.at, ahead.value],
            ],
            band: [
              [last.at, last.value, last.value],
              [ahead.at, ahead.band[0], ahead.band[1]],
            ],
          },
        ]
  const what = over === 'rows' ? 'amount of training data' : 'number of epochs'
  const toCome =
    ahead === undefined
      ? ''
      : ` At ${formatted(ahead.at, 'number')} ${over}, ${formatted(ahead.value, value)} is to be expected, ` +
        `from ${formattedInterval(ahead.band, value)}.`
  return {
    id,
    chart: {
      kind: 'lines',
      x: { label: over === 'rows' ? 'training rows' : 'epochs', format: 'number', logarithmic: over === 'rows' },
      y: { label: metric, format: value },
      series: [measured, ...forecast],
    },
    description: `${metric} on the dev rows over the ${what}, from ${formatted(points[0]!.value, value)} to ${formatted(last.value, value)}.${toCome}`,
    caption: html`<b>Over the ${what}.</b> The band of what was measured holds all seeds.${toCome}`,
  }
}

function lossFigure({ baseline }: ImproveResult): Figure | undefined {
  const { trainLoss, devLoss } = baseline.curves
  if (trainLoss.length === 0) return undefined
  const [train, dev] = [trainLoss.at(-1)!, devLoss.at(-1)]
  const chart: LinesChart = {
    kind: 'lines',
    x: { label: 'epoch', format: 'number' },
    y: { label: 'loss', format: 'number', zero: true },
    series: [lossSeries('training rows', trainLoss), lossSeries('dev rows', devLoss)],
    spans: spansOf(trainLoss.length, train, dev),
  }
  return {
    id: 'loss',
    chart,
    description: `Loss of the baseline by epoch: ${formatted(train, 'number')} on the training rows at the end, ${formatted(dev, 'number')} on the dev rows.`,
    caption: html`<b>Over time, the baseline as given.</b> What stays on the training rows is bias: at most so much is to be
won by a network that fits better. What the dev rows have above it is variance: at most so much by one that generalizes
better.`,
  }
}

function lossSeries(name: string, loss: readonly number[]): Series {
  return { name, points: thinned(loss.map((value, epoch): [number, number] => [epoch + 1, value])) }
}

/** Bias from 0 to the training loss, variance from there to the dev loss, where that is above it. */
function spansOf(epochs: number, train: number, dev: number | undefined) {
  const bias = { label: `bias ${formatted(train, 'number')}`, x: epochs, from: 0, to: train }
  if (dev === undefined || !(dev > train)) return [bias]
  return [bias, { label: `variance ${formatted(dev - train, 'number')}`, x: epochs, from: train, to: dev }]
}
