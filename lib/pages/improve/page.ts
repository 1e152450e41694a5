import type { Diagnosis } from '../../strategy/diagnose/result.js'
import type { ImproveResult } from '../../strategy/improve/result.js'
import { knownOptions, plainObject, string } from '../../validate.js'
import { againSection } from '../again.js'
import { rowsFigure } from '../diagnose/curves.js'
import { errorFormat } from '../diagnose/page.js'
import { classesSection, segmentsSection } from '../diagnose/segments.js'
import { figureHtml } from '../figure.js'
import { type Content, html } from '../html.js'
import { formatsOf, intervalText, type MetricFormats } from '../metric-formats.js'
import { duration, formatted } from '../numbers.js'
import { pageOfResult } from '../of-result.js'
import { page, type Section } from '../page.js'
import { timeSections } from './curves.js'
import { leverText, rankingSection } from './ranking.js'
import { settingsSection, spreadSection } from './seeds.js'

export interface ImprovePageOptions {
  /** The exact command, or call, that made the result; shown as it is. Default none. */
  readonly command?: string
  /** Heading of the page. Default 'Which lever?'. */
  readonly title?: string
  /** What `diagnose` says of the same model: its learning curve and its weak segments are shown too. Default none. */
  readonly diagnosis?: Diagnosis
}

const optionNames = ['command', 'title', 'diagnosis'] as const satisfies readonly (keyof ImprovePageOptions)[]

/**
 * The result of `improve` as one HTML page that needs no network and no other file: the ranking with its intervals, learning
 * curves with bias and variance marked, with `baselineErrors` the weak segments, the spread over the seeds, what was tried,
 * and the command. Every chart has its
 * figures in a table as well. Light or dark as the reader's system is.
 *
 * @param result of `improve`, or what `--json` gave of it
 * @returns the page as text, some 290 kB; `writePage` writes it to a file
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or no text; ERR_DEEPBLAS_FILE where a part of the
 *   package is missing
 * @example
 * await writePage('improve.html', improvePage(await improve(model, data, options)))
 */
export function improvePage(result: ImproveResult, options?: ImprovePageOptions): string {
  plainObject('result', result, 'Give what improve() resolves to.')
  const given = knownOptions<ImprovePageOptions>('improvePage', options, optionNames)
  const { command, title = 'Which lever?', diagnosis } = given
  string('title', title)
  if (command !== undefined) string('command', command)
  if (diagnosis !== undefined) plainObject('diagnosis', diagnosis, 'Give what diagnose() resolves to.')
  return pageOfResult('improve', () => {
    const formats = formatsOf(result.metric)
    return page({
      title,
      lead: leadOf(result, formats),
      sections: [
        rankingSection(result, formats),
        ...togetherSections(result, formats),
        ...timeSections(result, formats),
        ...(diagnosis === undefined ? errorSections(result) : diagnosisSections(diagnosis)),
        spreadSection(result, formats),
        settingsSection(result, formats),
        againSection(result.text, command),
      ],
    })
  })
}

/** Where the error is, from a diagnosis of the same model. */
function diagnosisSections(diagnosis: Diagnosis): Section[] {
  const format = errorFormat(diagnosis.figures)
  const curve = rowsFigure(diagnosis.figures, format)
  const curves =
    curve === undefined ? [] : [{ heading: 'Bias and variance', figures: [curve], content: figureHtml(curve) }]
  return [...curves, ...segmentsSection(diagnosis.figures, format)]
}

/** Where the training as given errs; none where that was not asked for. */
function errorSections({ baselineErrors: errors }: ImproveResult): Section[] {
  if (errors === undefined) return []
  const without = (text: string) => [{ heading: 'Weak segments', content: html`<p>${text}</p>` }]
  if (errors === null) return without('Not looked for: it ended before, or the training as given fails.')
  const format = errorFormat(errors)
  const segments = segmentsSection(errors, format)
  const none = 'None was found: no segment of the dev rows has an error that is certainly above that of the others.'
  return [...(segments.length === 0 ? without(none) : segments), ...classesSection(errors, format)]
}

function leadOf(result: ImproveResult, { value, change }: MetricFormats): Content {
  const { metric, baseline, tuned, recommendation, tries, seconds } = result
  const first = result.levers.find(({ name }) => name === result.ranking[0])
  const helps = first?.verdict === 'helps'
  return html`<p class="lead">${recommendation}</p>
${stoppedText(result)}
<dl class="figures">
<div><dt>Baseline, ${metric}</dt><dd>${formatted(baseline.value, value)}<small>${intervalText(baseline.interval, value)}</small></dd></div>
<div><dt>At its best learning rate</dt><dd>${formatted(tuned.value, value)}<small>${intervalText(tuned.interval, value)}</small></dd></div>
${first && html`<div><dt>First in the ranking</dt><dd>${helps ? html`${leverText(first.name)}<small>${formatted(first.change, change)}</small>` : 'no lever helps'}</dd></div>`}
<div><dt>Trainings</dt><dd>${formatted(tries, 'number')}<small>in ${duration(seconds)}</small></dd></div>
</dl>`
}

function stoppedText({ stopped }: ImproveResult): Content {
  if (stopped === 'completed') return undefined
  const what = {
    budget: 'The budget ended it: what did not fit is listed as not tried.',
    tries: 'The number of trainings that was asked for ended it: what did not fit is listed as not tried.',
    aborted: 'It was stopped before its end: this is what was known by then.',
  }[stopped]
  return html`<p class="muted">${what}</p>`
}

const onTest = 'Measured once on the test rows'

function togetherSections(
  { combined, confirmed, notConfirmed }: ImproveResult,
  { value, change }: MetricFormats,
): Section[] {
  if (combined === undefined && confirmed === undefined && notConfirmed === undefined) return []
  const together =
    combined &&
    html`<p>${combined.best}.</p>
<dl class="figures">
<div><dt>Dev rows</dt><dd>${formatted(combined.value, value)}<small>mean of ${combined.seeds} seeds</small></dd></div>
<div><dt>Against the tuned baseline</dt><dd>${formatted(combined.change, change)}<small>${intervalText(combined.interval, change)}</small></dd></div>
</dl>`
  const test =
    confirmed &&
    html`${combined && html`<h3>${onTest}</h3>`}
<p>${confirmed.best}. No choice was made by these rows; mean of seeds: ${confirmed.seeds}.</p>
<dl class="figures">
<div><dt>Test rows</dt><dd>${formatted(confirmed.value, value)}</dd></div>
<div><dt>Baseline, ${formatted(confirmed.baseline, value)}</dt><dd>${formatted(confirmed.change, change)}<small>${intervalText(confirmed.interval, change)}</small></dd></div>
<div><dt>Training as given, ${formatted(confirmed.given, value)}</dt><dd>${formatted(confirmed.changeFromGiven, change)}<small>${intervalText(confirmed.intervalFromGiven, change)}</small></dd></div>
</dl>`
  const not = notConfirmed === undefined ? undefined : html`<p>${notConfirmed}</p>`
  return [{ heading: combined ? 'The levers that help, together' : onTest, content: [together, test, not] }]
}
