/*
 * The result of `whyDeep` as text: tables, a plot over n, and what they say.
 */
import { type CurveSeries, renderLearningCurve } from '../../report/terminal/learning-curve.js'
import { renderTable } from '../../report/terminal/table.js'
import type { ParityForm } from './parity-network.js'
import type { ConstructedParity, WhyDeep } from './result.js'
import type { ParityTraining } from './train-parity.js'

export interface WhyDeepLook {
  /** Columns of the plot and of tables that wrap. Default 72. */
  readonly width?: number
  /** Whether to use ASCII characters alone. Default false. */
  readonly ascii?: boolean
}

/** What the lesson counts, under which condition, and what does not need it. */
export const lessonClaim = [
  'The lesson: a network of O(log n) layers computes the parity of n bits with a number of units that grows as n; one ' +
    'hidden layer needs 2^(n-1).',
  'Where that holds: if a hidden unit answers to one row only, as the terms of an OR of ANDs do. Flipping any bit changes ' +
    'the parity, so a term has to name all n bits, and there are 2^(n-1) rows of odd parity. Layers of AND and OR gates of ' +
    'any constant number d still need exp(Ω(n^(1/(d-1)))) of them (Håstad, 1986).',
  'Where it does not: units that add up bits, as relu, sigmoid and threshold units do. One hidden layer of n of them ' +
    'computes parity too: it counts the ones (column "counting").',
] as const

/** Sentences, tables and a plot of log2 of the hidden units; no line break at the end. */
export function whyDeepText(result: Omit<WhyDeep, 'text'>, look: WhyDeepLook = {}): string {
  const parts = [
    ...lessonClaim,
    ...(result.constructed.length === 0 ? [] : [constructedTable(result, look), plot(result, look)]),
    ...(result.depths.length === 0 ? [] : [depthsTable(result, look)]),
    ...(result.fewest.length === 0 ? [] : [fewestTable(result, look)]),
    ...(result.stopped === 'aborted' ? ['Stopped before the end: this is what was known by then.'] : []),
  ]
  const text = parts.join('\n\n')
  return look.ascii === true ? text.replaceAll('Ω', 'Omega').replaceAll('å', 'a') : text
}

function constructedTable({ constructed }: Pick<WhyDeep, 'constructed'>, look: WhyDeepLook): string {
  const rows = bitsOf(constructed).map((bits) => {
    const of = (form: ParityForm) => constructed.find((one) => one.bits === bits && one.form === form)
    const [tree, patterns, counting] = [of('tree'), of('patterns'), of('counting')]
    const checked = [tree, counting, patterns].filter((one) => one !== undefined)
    return [
      bits,
      tree?.hidden.length ?? '',
      tree?.hiddenUnits ?? '',
      counting?.hiddenUnits ?? '',
      patterns === undefined ? '' : `${patterns.hiddenUnits}${patterns.rows === 0 ? ' (counted)' : ''}`,
      checkText(checked),
    ]
  })
  const columns = ['n', 'layers', 'tree', 'counting', { heading: 'patterns', align: 'right' }, 'checked'] as const
  return `Hidden units by construction: a tree of exclusive ors, and one hidden layer of each kind\n${renderTable(columns, rows, tableLook(look))}`
}

function checkText(checked: readonly ConstructedParity[]): string {
  const asked = checked.filter(({ rows }) => rows > 0)
  const [first] = asked
  if (first === undefined) return ''
  const wrong = asked.filter((one) => one.wrong > 0)
  const rows = `${first.rows.toLocaleString('en-US')} ${first.all ? 'rows, all' : 'rows drawn'}`
  if (wrong.length === 0) return `${rows}: right`
  return `${rows}: ${wrong.map((one) => `${one.form} ${one.wrong} wrong`).join(', ')}`
}

function plot({ constructed, fewest }: Omit<WhyDeep, 'text'>, { width = 72, ascii = false }: WhyDeepLook): string {
  const line = (name: string, unitsAt: (bits: number) => number | undefined): CurveSeries => ({
    name,
    values: bitsOf(constructed).map((bits) => {
      const units = unitsAt(bits)
      return units === undefined ? undefined : Math.log2(units)
    }),
  })
  const built = (form: ParityForm) => (bits: number) =>
    constructed.find((one) => one.bits === bits && one.form === form)?.hiddenUnits
  const series = [
    line('patterns', built('patterns')),
    line('tree', built('tree')),
    line('counting', built('counting')),
    ...(fewest.length < 2
      ? []
      : [line('fewest found by training', (bits) => fewest.find((one) => one.bits === bits)?.units)]),
  ]
  return `log2 of the hidden units against n\n${renderLearningCurve(series, { width, ascii, xLabel: 'n', firstX: 2 })}`
}

function depthsTable({ depths, activation, seeds, steps }: Omit<WhyDeep, 'text'>, look: WhyDeepLook): string {
  const layers = [...new Set(depths.map(({ hidden }) => hidden.length))]
  const rows = bitsOf(depths).map((bits) => [
    bits,
    ...layers.map((depth) => shareText(depths.find((one) => one.bits === bits && one.hidden.length === depth))),
  ])
  const columns = ['n', ...layers.map((depth) => `${depth} hidden layer${depth === 1 ? '' : 's'}`)]
  const head =
    `What training finds: networks of 2 n ${activation} units a layer that tell all 2^n rows right, of ${seeds} seeds at ` +
    `the best of three rates, in at most ${steps} steps of Adam; in brackets the steps after which half of those did`
  return `${head}\n${renderTable(columns, rows, tableLook(look))}`
}

function shareText(training: ParityTraining | undefined): string {
  if (training === undefined) return ''
  const { share, steps } = training
  return `${Math.round(100 * share)} %${steps === undefined ? '' : ` (${steps})`}`
}

function fewestTable({ fewest, activation, seeds }: Omit<WhyDeep, 'text'>, look: WhyDeepLook): string {
  const rows = fewest.map(({ bits, units, triedUpTo, training }) => [
    bits,
    units ?? `none up to ${triedUpTo}`,
    bits,
    2 ** (bits - 1),
    units === undefined ? '' : `${training.solved} of ${training.seeds} at rate ${training.rate}`,
  ])
  const columns = [
    'n',
    { heading: 'found by training', align: 'right' },
    'counting',
    'patterns',
    'seeds that found it',
  ] as const
  const head =
    `The fewest ${activation} units of one hidden layer with which one of ${3 * seeds} trainings tells all rows: an upper ` +
    'bound, since more seeds may find fewer'
  return `${head}\n${renderTable(columns, rows, tableLook(look))}`
}

function bitsOf(list: readonly { readonly bits: number }[]): number[] {
  return [...new Set(list.map(({ bits }) => bits))]
}

function tableLook({ width, ascii = false }: WhyDeepLook) {
  return { ascii, ...(width === undefined ? {} : { width }) }
}
