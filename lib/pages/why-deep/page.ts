import type { WhyDeep } from '../../strategy/why-deep/result.js'
import { lessonClaim } from '../../strategy/why-deep/text.js'
import { knownOptions, plainObject, string } from '../../validate.js'
import { againSection } from '../again.js'
import type { Series } from '../chart.js'
import { type Cell, type Figure, figureHtml, table } from '../figure.js'
import { type Content, html } from '../html.js'
import { formatted } from '../numbers.js'
import { pageOfResult } from '../of-result.js'
import { page, type Section } from '../page.js'
import { picturesSection, type StudiedPictures } from './pictures.js'

export interface WhyDeepPageOptions {
  /** The exact command, or call, that made the result; shown as it is. Default none. */
  readonly command?: string
  /** Heading of the page. Default 'Why deep?'. */
  readonly title?: string
  /** What units respond to, by `pictureStudy`: shown too. Default none. */
  readonly pictures?: StudiedPictures
}

const optionNames = ['command', 'title', 'pictures'] as const satisfies readonly (keyof WhyDeepPageOptions)[]

/**
 * The result of `whyDeep` as one HTML page that needs no network and no other file: the lesson's claim and its condition,
 * hidden units over n, what training finds, and what units respond to. Every chart has its figures in a table as well.
 *
 * @param result of `whyDeep`, or what `--json` gave of it
 * @returns the page as text, some 290 kB, and more with pictures; `writePage` writes it to a file
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for an option that is unknown or wrong; ERR_DEEPBLAS_FILE where a part of the
 *   package is missing
 * @example
 * await writePage('why-deep.html', whyDeepPage(await whyDeep()))
 */
export function whyDeepPage(result: WhyDeep, options?: WhyDeepPageOptions): string {
  plainObject('result', result, 'Give what whyDeep() resolves to.')
  const given = knownOptions<WhyDeepPageOptions>('whyDeepPage', options, optionNames)
  const { command, title = 'Why deep?', pictures } = given
  string('title', title)
  if (command !== undefined) string('command', command)
  if (pictures !== undefined) plainObject('pictures', pictures, 'Give { name, study, data }.')
  return pageOfResult('whyDeep', () =>
    page({
      title,
      lead: leadOf(result),
      sections: [
        unitsSection(result),
        ...depthsSections(result),
        ...fewestSections(result),
        ...(pictures === undefined ? [] : [picturesSection(pictures)]),
        againSection(result.text, command),
      ],
    }),
  )
}

function leadOf({ stopped }: WhyDeep): Content {
  const [claim, holds, not] = lessonClaim
  return html`<p class="lead">${claim}</p>
<p>${holds}</p>
<p>${not}</p>
${stopped === 'aborted' ? html`<p class="muted">It was stopped before its end: this is what was known by then.</p>` : undefined}`
}

/** Hidden units over n, of each construction, and the fewest that training found. */
function unitsSection({ constructed, fewest }: WhyDeep): Section {
  const of = (form: string, name: string): Series => ({
    name,
    points: constructed.filter((one) => one.form === form).map(({ bits, hiddenUnits }) => [bits, hiddenUnits]),
  })
  const found = fewest.filter(({ units }) => typeof units === 'number')
  const series = [
    of('patterns', 'one layer, a unit a pattern'),
    of('tree', 'tree of exclusive ors'),
    of('counting', 'one layer that counts'),
    { name: 'fewest found by training, one layer', points: found.map(({ bits, units }) => [bits, units!] as const) },
  ].filter(({ points }) => points.length > 0)
  const heading = 'Hidden units against n'
  if (series.length === 0) return { heading, content: html`<p>No network was built before the stop.</p>` }
  const most = Math.max(...constructed.map(({ bits }) => bits))
  const counts = constructed.filter(({ bits }) => bits === most)
  const figure: Figure = {
    id: 'units',
    chart: {
      kind: 'lines',
      x: { label: 'n, bits', format: 'number', atValues: true },
      y: { label: 'hidden units', format: 'number', logarithmic: true },
      series,
    },
    description: `Hidden units against n, logarithmic. With ${most} bits: ${counts
      .map(({ form, hiddenUnits }) => `${form} ${formatted(hiddenUnits, 'number')}`)
      .join(', ')}.`,
    caption: 'Every step up is twice the units. Networks of which not all rows were right are told in the text below.',
  }
  return { heading, figures: [figure], content: figureHtml(figure) }
}

/** How often training finds parity, by n and depth. */
function depthsSections({ depths, activation, seeds, steps }: WhyDeep): Section[] {
  if (depths.length === 0) return [{ heading: 'What training finds', content: html`<p>Nothing was trained.</p>` }]
  const layers = [...new Set(depths.map(({ hidden }) => hidden.length))]
  const bits = [...new Set(depths.map((one) => one.bits))]
  const of = (depth: number) => depths.filter(({ hidden }) => hidden.length === depth)
  const words = (depth: number) => `${depth} hidden ${depth === 1 ? 'layer' : 'layers'}`
  const figure: Figure = {
    id: 'depths',
    chart: {
      kind: 'lines',
      x: { label: 'n, bits', format: 'number', atValues: true },
      y: { label: 'seeds that tell all rows right', format: 'percent', zero: true },
      series: layers.map((depth) => ({
        name: words(depth),
        points: of(depth).map(({ bits: n, share }) => [n, share]),
      })),
    },
    description: `Share of the seeds that tell all rows right, by n, for ${layers.map(words).join(', ')}.`,
    caption: `Networks of 2 n ${activation} units a layer, ${seeds} seeds, at the best of three learning rates, in at most ${formatted(steps, 'number')} steps.`,
    tabled: true,
  }
  const rows = bits.map((n): Cell[] => [
    String(n),
    ...layers.map((depth) => ({ number: formatted(of(depth).find((one) => one.bits === n)?.share, 'percent') })),
  ])
  const shown = bits.length < 2 ? [] : [figure]
  const content = html`${shown.map(figureHtml)}${table(['n', ...layers.map(words)], rows)}`
  return [{ heading: 'What training finds', figures: shown, content }]
}

function fewestSections({ fewest, activation, seeds }: WhyDeep): Section[] {
  if (fewest.length === 0) return []
  const rows = fewest.map(({ bits, units, triedUpTo, training }): Cell[] => {
    const found = typeof units === 'number'
    return [
      String(bits),
      { number: found ? formatted(units, 'number') : `none up to ${triedUpTo}` },
      { number: formatted(bits, 'number') },
      { number: formatted(2 ** (bits - 1), 'number') },
      found ? `${training.solved} of ${training.seeds}` : '',
    ]
  })
  return [
    {
      heading: 'The fewest units that training finds',
      content: html`<p>The fewest ${activation} units of one hidden layer with which one of ${3 * seeds} trainings tells all
rows right. More seeds may find fewer.</p>${table(['n', 'found by training', 'counting', 'a unit a pattern', 'seeds that found it'], rows)}`,
    },
  ]
}
