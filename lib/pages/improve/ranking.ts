import type { ImproveResult, LeverName, LeverResult, LeverVerdict } from '../../strategy/improve/result.js'
import type { IntervalsChart, Tone } from '../chart.js'
import { type Figure, figureHtml, table } from '../figure.js'
import { type Content, html } from '../html.js'
import { intervalText, type MetricFormats } from '../metric-formats.js'
import { duration, formatted } from '../numbers.js'
import type { Section } from '../page.js'

const leverWords: Readonly<Record<LeverName, string>> = {
  learningRate: 'learning rate',
  moreData: 'more data',
  longer: 'train longer',
  augment: 'more varied data',
  scale: 'scaled inputs',
  bigger: 'a bigger network',
  smaller: 'a smaller network',
  deeper: 'a deeper network',
  hiddenUnits: 'hidden units',
  dropout: 'dropout',
  l2: 'L2',
  activation: 'activation',
  optimizer: 'optimizer',
}

/** A lever as people call it. */
export function leverText(name: LeverName): string {
  return leverWords[name] ?? name
}

const verdicts: Readonly<Record<LeverVerdict, { readonly text: string; readonly tone: Tone }>> = {
  helps: { text: 'helps', tone: 'good' },
  hurts: { text: 'hurts', tone: 'bad' },
  tie: { text: 'tie', tone: 'plain' },
  notTried: { text: 'not tried', tone: 'plain' },
}

/** Levers with a change, in the order of the ranking. */
export function rankedLevers({ levers, ranking }: ImproveResult): (LeverResult & { readonly change: number })[] {
  return ranking
    .map((name) => levers.find((lever) => lever.name === name))
    .filter((lever) => lever !== undefined)
    .filter((lever) => lever.change !== null) as (LeverResult & { readonly change: number })[]
}

export function rankingSection(result: ImproveResult, formats: MetricFormats): Section {
  const ranked = rankedLevers(result)
  const left = result.levers.filter((lever) => !ranked.includes(lever as never))
  const chart: IntervalsChart = {
    kind: 'intervals',
    x: { label: `change of ${result.metric}, right is better`, format: formats.change },
    rows: ranked.map(({ name, change, interval, verdict }) => {
      const [low, high] = interval ?? [change, change]
      return { label: leverText(name), value: change, low, high, tone: verdicts[verdict].tone }
    }),
  }
  const figure: Figure = {
    id: 'ranking',
    chart,
    description: `${ranked.length} levers by their change of ${result.metric}, each with its interval. ${ranked
      .map(({ name, verdict }) => `${leverText(name)}: ${verdicts[verdict].text}`)
      .join('; ')}.`,
    caption:
      'Each lever against the tuned baseline, seed by seed; the learning rate against the baseline as given. A lever helps or ' +
      'hurts where its interval leaves out 0. The intervals are corrected for the number of comparisons.',
    tabled: true,
  }
  return {
    heading: 'Ranking',
    figures: ranked.length === 0 ? [] : [figure],
    content: html`${ranked.length === 0 ? html`<p>No lever was compared.</p>` : [figureHtml(figure), leversTable(ranked, formats)]}
${notTried(left)}`,
  }
}

function leversTable(levers: readonly LeverResult[], { change }: MetricFormats): Content {
  return table(
    ['lever', 'verdict', 'change', 'best setting', 'a minute', 'seeds', 'trainings', 'time'],
    levers.map((lever) => [
      leverText(lever.name),
      html`<span class="${verdicts[lever.verdict].tone}">${verdicts[lever.verdict].text}</span>`,
      html`${formatted(lever.change, change)}<small>${intervalText(lever.interval, change)}</small>`,
      [
        lever.best ?? '–',
        lever.reason === undefined ? undefined : html`<small class="wrapped">${lever.reason}</small>`,
      ],
      // What may be chance has no rate.
      { number: lever.verdict === 'tie' ? '–' : formatted(lever.perMinute, change) },
      { number: formatted(lever.seeds, 'number') },
      { number: formatted(lever.tries, 'number') },
      { number: duration(lever.seconds) },
    ]),
  )
}

function notTried(levers: readonly LeverResult[]): Content {
  if (levers.length === 0) return undefined
  return html`<h3>Not compared</h3>
${table(
  ['lever', 'why', 'would take about'],
  levers.map(({ name, reason, missingSeconds }) => [
    leverText(name),
    reason ?? 'There was no room for it.',
    { number: missingSeconds === undefined ? '–' : duration(missingSeconds) },
  ]),
)}`
}
