import { valueText } from '../../strategy/search/distributions.js'
import type { Importance, SearchResult, SearchTrial } from '../../strategy/search/result.js'
import { knownOptions, plainObject, string } from '../../validate.js'
import { againSection } from '../again.js'
import { type Cell, type Figure, figureHtml, table } from '../figure.js'
import { type Content, html } from '../html.js'
import { formatsOf, intervalText, type MetricFormats } from '../metric-formats.js'
import { duration, formatted } from '../numbers.js'
import { pageOfResult } from '../of-result.js'
import { page, type Section } from '../page.js'

export interface SearchPageOptions {
  /** The exact command, or call, that made the result; shown as it is. Default none. */
  readonly command?: string
  /** Heading of the page. Default 'Which configuration?'. */
  readonly title?: string
}

const optionNames = ['command', 'title'] as const satisfies readonly (keyof SearchPageOptions)[]

/** Rows of the table of trials, the best of them. */
const MOST_ROWS = 200

/**
 * The result of `search` as one HTML page that needs no network and no other file: the best configuration, which options
 * mattered, every trial by its order, and the table of the best of them.
 *
 * @param result of `search`
 * @returns the page as text, some 290 kB; `writePage` writes it to a file
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or no text; ERR_DEEPBLAS_FILE where a part of the
 *   package is missing
 * @example
 * await writePage('search.html', searchPage(await search(space, options)))
 */
export function searchPage(result: SearchResult, options?: SearchPageOptions): string {
  plainObject('result', result, 'Give what search() resolves to.')
  const given = knownOptions<SearchPageOptions>('searchPage', options, optionNames)
  const { command, title = 'Which configuration?' } = given
  string('title', title)
  if (command !== undefined) string('command', command)
  return pageOfResult('search', () => {
    const formats = formatsOf(result.metric.name)
    return page({
      title,
      lead: leadOf(result, formats),
      sections: [
        ...importanceSection(result.importance),
        ...trialsSections(result, formats),
        againSection(result.text, command),
      ],
    })
  })
}

function leadOf({ best, metric, tries, seconds, method, stopped }: SearchResult, { value }: MetricFormats): Content {
  const found = best
    ? html`<p class="lead">${configurationText(best)}</p>`
    : html`<p class="lead">No configuration has a value.</p>`
  const figure =
    best &&
    html`<div><dt>${metric.name} on the dev rows</dt><dd>${formatted(best.value, value)}<small>${intervalText(best.interval, value)}</small></dd></div>`
  return html`${found}
<p class="muted">The best of many tries looks a little too good on the rows that chose it; the interval does not know of the
choice.${stopped === 'aborted' ? ' It was stopped before its end: this is what was known by then.' : ''}</p>
<dl class="figures">
${figure ?? undefined}
<div><dt>Trainings</dt><dd>${formatted(tries, 'number')}<small>in ${duration(seconds)}</small></dd></div>
<div><dt>Method</dt><dd>${method}</dd></div>
</dl>`
}

function configurationText({ configuration, epochs }: SearchTrial): string {
  const options = Object.entries(configuration).map(([name, value]) => `${name} ${valueText(value)}`)
  return [...options, ...('epochs' in configuration ? [] : [`${epochs} epochs`])].join(', ')
}

const BARS = 12

function importanceSection({ method, options, pairs }: Importance): Section[] {
  if (method === 'none') return []
  const shares = [
    ...options.map(({ option, share }) => ({ label: option, value: share })),
    ...pairs.map(({ options: [one, other], share }) => ({ label: `${one} and ${other}`, value: share })),
  ]
    .toSorted((one, other) => other.value - one.value)
    .slice(0, BARS)
  if (shares.length === 0) return []
  const figure: Figure = {
    id: 'importance',
    chart: { kind: 'bars', x: { label: 'share of the spread of the results', format: 'percent' }, rows: shares },
    description: `Shares of the options in the spread of the results; the largest: ${shares[0]!.label} with ${formatted(shares[0]!.value, 'percent')}.`,
    caption:
      method === 'exact'
        ? 'Analysis of variance of the whole grid. Two names: what they do together beyond what each does by itself.'
        : 'Analysis of variance by regression trees on the trials. Two names: what they do together beyond what each does by itself.',
  }
  return [{ heading: 'Which options mattered', figures: [figure], content: figureHtml(figure) }]
}

function trialsSections({ trials, metric }: SearchResult, { value }: MetricFormats): Section[] {
  if (trials.length === 0) return []
  const isMeasured = (trial: SearchTrial) => trial.value !== null && Number.isFinite(trial.value)
  const sign = metric.higherIsBetter ? -1 : 1
  const measured = trials.filter(isMeasured).toSorted((one, other) => sign * (one.value - other.value))
  const failed = trials.filter((trial) => !isMeasured(trial))
  const figure: Figure = {
    id: 'trials',
    chart: {
      kind: 'points',
      x: { label: 'trial, in the order of the search', format: 'number' },
      y: { label: metric.name, format: value },
      points: trials
        .map((trial, at) => ({ trial, at }))
        .filter(({ trial }) => isMeasured(trial))
        .map(({ trial, at }) => ({ label: configurationText(trial), x: at + 1, y: trial.value })),
    },
    description: `${metric.name} of ${measured.length} trials in the order of the search.`,
    tabled: true,
  }
  const names = Object.keys(trials[0]!.configuration)
  const shown = [...measured.slice(0, MOST_ROWS), ...failed.slice(0, MOST_ROWS)]
  const rows = shown.map((trial, at): Cell[] => [
    String(at + 1),
    ...names.map((name) => valueText(trial.configuration[name]!)),
    { number: formatted(trial.epochs, 'number') },
    trial.failed === undefined
      ? { number: formatted(trial.value, value) }
      : html`<span class="bad">${trial.failed}</span>`,
    { number: duration(trial.seconds) },
  ])
  const whole =
    shown.length < trials.length ? html`<p class="muted">The best ${MOST_ROWS} of ${measured.length}.</p>` : undefined
  return [
    {
      heading: 'All trials',
      figures: measured.length === 0 ? [] : [figure],
      content: html`${measured.length === 0 ? undefined : figureHtml(figure)}${whole}${table(['', ...names, 'epochs', metric.name, 'time'], rows)}`,
    },
  ]
}
