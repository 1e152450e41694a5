/*
 * The result of a search in words: the best configuration, the table's head, and which options mattered.
 */
import { renderTable, type TableColumn } from '../../report/terminal/table.js'
import { formatDuration, formatPercent } from '../../report/terminal/text.js'
import { valueText } from './distributions.js'
import { FEWEST_FOR_IMPORTANCE } from './importance.js'
import type { Importance, SearchResult, SearchTrial } from './result.js'
import { configurationText } from './space.js'

export interface SearchLook {
  /** Columns of tables. Default as wide as they are. */
  readonly width?: number
  /** Whether to use ASCII characters alone. Default false. */
  readonly ascii?: boolean
}

const MOST_ROWS = 10
const MOST_PAIRS = 3
/** A pair with a smaller share is not told. */
const LEAST_SHARE_OF_PAIR = 0.01

/** Sentences and tables; no line break at the end. */
export function searchText(result: Omit<SearchResult, 'text'>, look: SearchLook = {}): string {
  return [
    bestText(result),
    effortText(result),
    trialsText(result, look),
    failuresText(result),
    importanceText(result.importance, look),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function bestText({ best, metric, seeds, trials }: Omit<SearchResult, 'text'>): string {
  if (best === undefined) {
    return trials.length === 0
      ? 'No training came to its end: there is no best configuration.'
      : 'No configuration has a value.'
  }
  const [low, high] = best.interval.map(figure)
  const over = seeds > 1 ? 'other dev rows and other seeds' : 'other dev rows, of this one seed'
  const interval = !Number.isFinite(best.interval[0])
    ? ' (too few dev rows and seeds for an interval)'
    : best.interval[0] === best.interval[1]
      ? ' (the same on all groups of dev rows, which tells of no interval)'
      : ` (95 % interval ${low} to ${high}, over ${over})`
  return (
    `Best: ${configurationText(best.configuration)}, ${counted(best.epochs, 'epoch')}: ${metric.name} ` +
    `${figure(best.value)} on the dev rows${interval}. It was chosen among ${counted(trials.length, 'trial')}, so ` +
    'its figure is a little too good: measure it on rows that took no part.'
  )
}

function effortText({ tries, seeds, method, seconds, stopped, trials }: Omit<SearchResult, 'text'>): string {
  const why = {
    completed: 'nothing is left to try',
    budget: 'the budget ended it',
    tries: 'the tries ended it',
    aborted: 'it was stopped before its end, and this is what was known by then',
  }[stopped]
  const each = seeds === 1 ? 'one seed each' : `${seeds} seeds each`
  const number = new Set(trials.map(({ configuration }) => configurationText(configuration))).size
  return (
    `${counted(tries, 'training')} of ${counted(number, 'configuration')} (${method}, ${each}) in ` +
    `${formatDuration(seconds)}; ${why}.`
  )
}

function trialsText({ trials, metric }: Omit<SearchResult, 'text'>, look: SearchLook): string {
  const sign = metric.higherIsBetter ? 1 : -1
  const known = trials.filter(({ value }) => !Number.isNaN(value)).sort((a, b) => sign * (b.value - a.value))
  if (known.length === 0) return ''
  const shown = known.slice(0, MOST_ROWS)
  const options = Object.keys(shown[0]!.configuration)
  const others = options.includes('epochs') ? [] : ['epochs']
  const rows = shown.map((trial) => [
    ...options.map((option) => valueText(trial.configuration[option]!)),
    ...(others.length === 0 ? [] : [trial.epochs]),
    figure(trial.value),
  ])
  const columns = [
    ...options.map((option) => columnOf(shown, option)),
    ...others,
    { heading: metric.name, align: 'right' as const },
  ]
  const head =
    known.length > shown.length ? `The best ${shown.length} of ${known.length} trials` : 'All trials, the best first'
  return `${head}\n${renderTable(columns, rows, look)}`
}

/** Numbers as they are: those of a configuration are to be written again. */
function columnOf(trials: readonly SearchTrial[], option: string): TableColumn {
  const numeric = trials.every(({ configuration }) => typeof configuration[option] === 'number')
  return { heading: option, align: numeric ? 'right' : 'left' }
}

function failuresText({ trials }: Omit<SearchResult, 'text'>): string {
  const failed = trials.filter((trial) => trial.failed !== undefined)
  const [first] = failed
  if (first === undefined) return ''
  return `${counted(failed.length, 'trial')} failed, such as ${configurationText(first.configuration)}: ${first.failed}`
}

function importanceText({ method, trials, options, pairs, higher }: Importance, look: SearchLook): string {
  if (method === 'none' || options.length === 0) {
    return `Which options mattered is not told: it takes ${FEWEST_FOR_IMPORTANCE} trials that differ in their results.`
  }
  const by =
    method === 'exact' ? 'exact for this grid' : `by a forest of regression trees on ${counted(trials, 'trial')}`
  const told = pairs.filter(({ share }) => share >= LEAST_SHARE_OF_PAIR).slice(0, MOST_PAIRS)
  const rest = pairs.filter((pair) => !told.includes(pair)).reduce((sum, { share }) => sum + share, higher)
  const rows = [
    ...options.map(({ option, share, deviation }) => [option, ...shareCells(share, deviation)]),
    ...told.map(({ options: two, share, deviation }) => [two.join(' with '), ...shareCells(share, deviation)]),
    ['all else together', formatPercent(rest), ''],
  ]
  const columns = [
    'option',
    { heading: 'share', align: 'right' },
    { heading: method === 'exact' ? '' : '± over the trees', align: 'right' },
  ] as const
  return `Shares of the options in the spread of the results (functional ANOVA, ${by})\n${renderTable(columns, rows, look)}`
}

function shareCells(share: number, deviation: number): string[] {
  return [formatPercent(share), deviation === 0 ? '' : formatPercent(deviation)]
}

/** Four digits. */
function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value)
}

function counted(number: number, one: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : `${one}s`}`
}
