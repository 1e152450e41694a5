import type { Diagnosis, DiagnosisFigures, Dominant, Estimate, Finding } from '../../strategy/diagnose/result.js'
import { knownOptions, plainObject, string } from '../../validate.js'
import { againSection } from '../again.js'
import { type Content, html } from '../html.js'
import { formatted, type NumberFormat } from '../numbers.js'
import { pageOfResult } from '../of-result.js'
import { page, type Section } from '../page.js'
import { curvesSection, ERRORS_OF_CERTAINTY, levelsSection, probesSection } from './curves.js'
import { classesSection, segmentsSection } from './segments.js'
import { layersSection, rowsSection } from './tables.js'

export interface DiagnosePageOptions {
  /** The exact command, or call, that made the result; shown as it is. Default none. */
  readonly command?: string
  /** Heading of the page. Default 'What keeps the model back?'. */
  readonly title?: string
}

const optionNames = ['command', 'title'] as const satisfies readonly (keyof DiagnosePageOptions)[]

/**
 * The result of `diagnose` as one HTML page that needs no network and no other file: bias, variance and mismatch, the
 * findings, learning curves with bias and variance marked, what changes of the training gain, weak segments and classes, and
 * the command. Every chart has its figures in a table as well.
 *
 * @param result of `diagnose`, or what `--json` gave of it
 * @returns the page as text, some 290 kB; `writePage` writes it to a file
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or no text; ERR_DEEPBLAS_FILE where a part of the
 *   package is missing
 * @example
 * await writePage('diagnosis.html', diagnosePage(await diagnose(model, { train, dev })))
 */
export function diagnosePage(result: Diagnosis, options?: DiagnosePageOptions): string {
  plainObject('result', result, 'Give what diagnose() resolves to.')
  const given = knownOptions<DiagnosePageOptions>('diagnosePage', options, optionNames)
  const { command, title = 'What keeps the model back?' } = given
  string('title', title)
  if (command !== undefined) string('command', command)
  return pageOfResult('diagnose', () => {
    return page({
      title,
      lead: leadOf(result),
      sections: [...(isMeasured(result) ? sectionsOf(result) : []), againSection(result.text, command)],
    })
  })
}

/** False where it was stopped before the model was trained. NaN is null in JSON. */
function isMeasured({ figures }: Diagnosis): boolean {
  return Number.isFinite(figures.dev.value)
}

function sectionsOf(result: Diagnosis): Section[] {
  const { figures, findings } = result
  const format = errorFormat(figures)
  return [
    levelsSection(figures, format),
    findingsSection(findings),
    ...curvesSection(figures, format),
    ...probesSection(figures, format),
    ...segmentsSection(figures, format),
    ...classesSection(figures, format),
    ...layersSection(figures),
    ...rowsSection(result),
  ]
}

/** Errors of classes are shares of rows; those of values are 1 - R². */
export function errorFormat({ classes }: Pick<DiagnosisFigures, 'classes'>): NumberFormat {
  return classes === undefined || classes === null ? 'number' : 'percent'
}

const sentences: Readonly<Record<Dominant, string>> = {
  bias: 'Bias dominates: the network does not fit its own training rows well enough.',
  variance: 'Variance dominates: it fits the training rows, and other rows of the same kind less well.',
  mismatch: 'Mismatch dominates: the dev rows are of another kind than the training rows.',
  labelNoise: 'Label noise dominates: a part of the labels is wrong.',
  inputs: 'The inputs dominate: what the network is given hinders it.',
  optimization: 'The optimization dominates: the training does not get as far as the network could.',
  none: 'Nothing dominates: what is left is small, or not certain.',
}

/** Without a known attainable error nothing firm is said of bias. */
function sentenceOf(dominant: Dominant, attainable: DiagnosisFigures['attainable']): string {
  if (attainable || !['none', 'variance', 'mismatch'].includes(dominant)) return sentences[dominant]
  if (dominant === 'none')
    return 'What dominates is not known: what error can be reached, and so the bias, could not be told.'
  return `${sentences[dominant]} There may be bias too: what error can be reached could not be told.`
}

function leadOf(result: Diagnosis): Content {
  const { dominant, figures, stopped } = result
  if (!isMeasured(result)) return html`<p class="lead">${result.text}</p>`
  const format = errorFormat(figures)
  const { train, trainDev, dev, attainable, bias, variance, mismatch, leftOut } = figures
  const estimates: readonly (readonly [string, Estimate | undefined])[] = [
    ['Attainable', attainable],
    ['Avoidable bias', bias],
    ['Variance', variance],
    ...(mismatch ? [['Mismatch', mismatch] as const] : []),
  ]
  return html`<p class="lead">${sentenceOf(dominant, attainable)}</p>
${stopped === 'aborted' ? html`<p>It was stopped before its end: this is what was known by then.</p>` : undefined}
${leftOut.length === 0 ? undefined : html`<p>${stopped === 'aborted' ? 'Not made' : 'Left out, for want of budget'}: ${leftOut.join('; ')}.</p>`}
<dl class="figures">
<div><dt>Error, training rows</dt><dd>${formatted(train.value, format)}<small>${formatted(train.rows, 'number')} rows</small></dd></div>
${trainDev && html`<div><dt>Error, train-dev rows</dt><dd>${formatted(trainDev.value, format)}<small>${formatted(trainDev.rows, 'number')} rows</small></dd></div>`}
<div><dt>Error, dev rows</dt><dd>${formatted(dev.value, format)}<small>${formatted(dev.rows, 'number')} rows</small></dd></div>
${estimates.map(
  ([name, estimate]) =>
    html`<div><dt>${name}</dt><dd>${
      estimate
        ? html`${formatted(estimate.value, format)}<small>± ${formatted(ERRORS_OF_CERTAINTY * estimate.error, format)}${name === 'Attainable' ? '' : estimate.certain ? ', certain' : ', not certain'}</small>`
        : 'not known'
    }</dd></div>`,
)}
</dl>
<p class="muted">± are ${ERRORS_OF_CERTAINTY} standard errors; a difference beyond them is certain.</p>`
}

/** One below the other: sentences in a column of a table are hard to read on a phone. */
function findingsSection(findings: readonly Finding[]): Section {
  const one = ({ kind, evidence, levers, severity }: Finding) => html`<h3>${inWords(kind)}</h3>
<p>${evidence} <span class="muted">${
    levers.length === 0 ? 'Look at the data.' : `Levers: ${levers.map(inWords).join(', ')}.`
  } Severity ${formatted(severity, 'percent')}.</span></p>
`
  const content = findings.length === 0 ? html`<p>Nothing was found.</p>` : findings.map(one)
  return { heading: 'Findings', content }
}

/** 'tooFewEpochs' as 'too few epochs'. */
function inWords(name: string): string {
  return name === 'l2' ? 'L2' : name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
