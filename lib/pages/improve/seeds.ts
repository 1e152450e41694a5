import type { ImproveResult, TriedSetting } from '../../strategy/improve/result.js'
import { type Cell, type Figure, figureHtml, table } from '../figure.js'
import { html } from '../html.js'
import type { MetricFormats } from '../metric-formats.js'
import { formatted } from '../numbers.js'
import type { Section } from '../page.js'
import { leverText, rankedLevers } from './ranking.js'

/** Every single seed: of the baselines the metric, of the levers the change. */
export function spreadSection(result: ImproveResult, { value, change }: MetricFormats): Section {
  const { metric, baseline, tuned } = result
  const changes: Figure = {
    id: 'spread',
    chart: {
      kind: 'spread',
      x: { label: `change of ${metric}`, format: change },
      rows: rankedLevers(result)
        .filter((lever) => lever.changes.length > 0)
        .map((lever) => ({ label: leverText(lever.name), values: lever.changes })),
    },
    description: `Change of ${metric} by each lever, a point for each seed, and their mean.`,
    caption: html`<b>Each lever.</b> A point is one seed: lever and baseline began with the same weights and saw the rows in the same order.`,
  }
  const baselines: Figure = {
    id: 'baselines',
    chart: {
      kind: 'spread',
      x: { label: metric, format: value },
      rows: [
        { label: 'baseline as given', values: measured(baseline.values) },
        { label: 'at its best learning rate', values: measured(tuned.values) },
      ].filter(({ values }) => values.length > 0),
    },
    description: `${metric} of the baseline as given and at its best learning rate, a point for each seed, and their mean.`,
    caption: html`<b>The baseline.</b> By so much alone the seed changes the figure.`,
  }
  const figures = [baselines, changes].filter(({ chart }) => chart.kind === 'spread' && chart.rows.length > 0)
  return { heading: 'Spread over the seeds', figures, content: figures.map(figureHtml) }
}

function measured(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null && Number.isFinite(value)) as number[]
}

/** Every setting and rate that selection saw. */
export function settingsSection({ levers, tuned, metric }: ImproveResult, { value }: MetricFormats): Section {
  const rows = [
    ...tuned.settings.map((one) => settingRow('baseline', one, value)),
    ...levers.flatMap(({ name, settings }) => settings.map((one) => settingRow(leverText(name), one, value))),
  ]
  return {
    heading: 'What was tried',
    content: html`<p>Settings and learning rates are chosen on seeds of their own; what is judged above ran on others.</p>
<details><summary>${rows.length} settings</summary>${table(['lever', 'setting', 'learning rate', `mean ${metric}`, 'by seed'], rows)}</details>`,
  }
}

function settingRow(
  lever: string,
  { setting, rateFactor, values }: TriedSetting,
  format: MetricFormats['value'],
): Cell[] {
  const good = measured(values)
  const mean = good.length === 0 ? undefined : good.reduce((sum, one) => sum + one, 0) / good.length
  const failed = values.length - good.length
  return [
    lever,
    setting,
    { number: `× ${formatted(rateFactor, 'number')}` },
    { number: formatted(mean, format) },
    `${good.map((one) => formatted(one, format)).join(', ')}${failed === 0 ? '' : `${good.length === 0 ? '' : '; '}${failed} failed`}`,
  ]
}
