/*
 * The result as a text: the ranked table, what to do, and how it was judged.
 */
import { renderTable } from '../../report/terminal/table.js'
import { bestOfThem, secondsWords, worthOf } from './report.js'
import type { ConfirmedFigures, ImproveResult, LeverResult } from './result.js'
import { counted, figure, interval, short, signed } from './words.js'

/** Fewer dev rows are warned of. */
const FEW_DEV_ROWS = 30
/** Less is not worth telling. */
const LEAST_SECONDS = 0.05

export interface ImproveLook {
  /** Columns of what can be broken. Default 100. */
  readonly width?: number
  /** Whether to use ASCII characters alone. Default false. */
  readonly ascii?: boolean
}

/** Sentences and a table; no line break at the end. */
export function improveText(result: Omit<ImproveResult, 'text'>, look: ImproveLook = {}): string {
  const parts = [
    baselineText(result),
    ...fewRowsText(result),
    leversTable(result, look),
    ...notes(result.levers),
    result.recommendation,
    ...combinedText(result),
    ...confirmedText(result),
    ...howJudged(result),
    ...endText(result),
  ]
  return parts.join('\n\n')
}

function baselineText({ baseline, tuned, metric }: Omit<ImproveResult, 'text'>): string {
  if (baseline.value === null && tuned.value === null) return 'The training as given has no result.'
  return (
    `The training as given: ${metric} ${figure(baseline.value)}${range(baseline.interval)} on the dev rows; at its best ` +
    `learning rate, x ${short(tuned.rateFactor)}: ${figure(tuned.value)}${range(tuned.interval)}.`
  )
}

function fewRowsText({ devRows }: Omit<ImproveResult, 'text'>): string[] {
  if (devRows >= FEW_DEV_ROWS) return []
  return [`Measured on ${counted(devRows, 'dev row')} alone: so few may say another thing than others would.`]
}

/** The interval of a figure; nothing where there is none, and told where all groups of dev rows give the same. */
function range(bounds: readonly [number, number] | null): string {
  if (bounds === null || !bounds.every(Number.isFinite)) return ''
  if (bounds[0] === bounds[1]) return ' (the same on all groups of dev rows, which tells of no interval)'
  return ` (95 %: ${figure(bounds[0])} to ${figure(bounds[1])})`
}

function leversTable({ levers, ranking, metric }: Omit<ImproveResult, 'text'>, look: ImproveLook): string {
  const tried = ranking.map((name) => levers.find((lever) => lever.name === name)!)
  if (tried.length === 0) return 'No lever was tried.'
  const right = ['change', 'interval', metric, 'seconds', 'per minute'].map(
    (heading) => ({ heading, align: 'right', wrap: false }) as const,
  )
  const rows = tried.map((lever) => [
    lever.name,
    lever.verdict,
    signed(lever.change),
    interval(lever.interval),
    figure(lever.value),
    short(lever.seconds),
    lever.perMinute === null ? '-' : signed(lever.perMinute),
  ])
  const table = renderTable(['lever', 'verdict', ...right], rows, { ascii: look.ascii === true })
  const settings = renderTable(
    ['lever', 'at its best', { heading: 'trainings', align: 'right' }, { heading: 'seeds', align: 'right' }],
    tried.map(({ name, best, tries, seeds }) => [name, best ?? '-', tries, seeds]),
    { width: look.width ?? 100, ascii: look.ascii === true },
  )
  return `${table}\n\n${settings}`
}

function notes(levers: readonly LeverResult[]): string[] {
  const lines = levers
    .filter(({ reason }) => reason !== undefined)
    .map(({ name, verdict, reason, missingSeconds }) => {
      const cost =
        missingSeconds === undefined || missingSeconds < LEAST_SECONDS
          ? ''
          : ` About ${secondsWords(missingSeconds)} more.`
      return `${name}${verdict === 'notTried' ? ', not tried' : ''}: ${reason}${cost}`
    })
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function combinedText({ combined, levers: all, metric }: Omit<ImproveResult, 'text'>): string[] {
  if (combined === undefined) return []
  const { levers, best, value, change, interval: bounds, seeds } = combined
  const alone = bestOfThem(all, levers)
  const more =
    change > worthOf(alone)
      ? ''
      : ` That is no more than ${alone.name} alone (${signed(alone.change)}), which is simpler.`
  return [
    `Together ${levers.join(' and ')} (${best}): ${metric} ${figure(value)}, ${signed(change)} ${interval(bounds)} against ` +
      `the tuned baseline on ${seeds} fresh seeds.${more}`,
  ]
}

function confirmedText({ confirmed, notConfirmed, metric, levers: all }: Omit<ImproveResult, 'text'>): string[] {
  if (confirmed === undefined) return notConfirmed === undefined ? [] : [notConfirmed]
  const { best, accuracy, seeds } = confirmed
  const many = seeds === 1 ? 'one training each' : `mean of ${seeds} trainings each`
  const others = accuracy === undefined ? [] : [testText('accuracy', '', accuracy)]
  const [first] = confirmed.levers
  const open = all.some(({ name, verdict }) => name === first && verdict === 'tie')
  const why = open ? `The dev rows do not tell ${first}, the likeliest lever, from chance. ` : ''
  const sure = open && isAbove(confirmed.interval) && isAbove(confirmed.intervalFromGiven)
  const end = sure ? ` These rows tell it from chance: ${first} is worth taking.` : ''
  return [`${why}On the test rows, ${many}: ${[testText(metric, ` (${best})`, confirmed), ...others].join('\n')}${end}`]
}

function isAbove(bounds: readonly [number, number] | null): boolean {
  return bounds !== null && bounds[0] > 0
}

function testText(metric: string, best: string, figures: ConfirmedFigures): string {
  const { value, baseline, given, change, changeFromGiven, interval: bounds, intervalFromGiven } = figures
  const range = (ends: readonly [number, number] | null) => (ends === null ? '' : ` ${interval(ends)}`)
  return (
    `${metric} ${figure(value)}${best}; ${figure(baseline)} of the baseline: ${signed(change)}${range(bounds)}; ` +
    `${figure(given)} as given: ${signed(changeFromGiven)}${range(intervalFromGiven)}.`
  )
}

/** Nothing where nothing was judged. */
function howJudged({ levers }: Omit<ImproveResult, 'text'>): string[] {
  const compared = levers.filter(({ verdict, seeds }) => verdict !== 'notTried' && seeds > 1)
  if (compared.length === 0) return []
  const numbers = compared.map(({ seeds }) => seeds)
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return [
    `Change is against the baseline at its best learning rate (of learningRate: against the training as given), above 0 is ` +
      `better. Settings and rates were chosen on seeds of their own; then each lever was paired with the baseline on ` +
      `${least === most ? most : `${least} to ${most}`} other seeds. The intervals hold for other seeds and other dev rows. ` +
      `${counted(compared.length, 'lever')} ${compared.length === 1 ? 'was' : 'were'} compared, at two looks: the intervals are corrected by Holm's rule (those of curves by ` +
      `Bonferroni's), so that where no lever does anything, one experiment in twenty at most calls any of them otherwise. A tie ` +
      `is an interval that holds 0, or a change below 0.005 (of an error metric: below 0.5 % of the error). A lever that alone, at ` +
      `the rate as given, does more than the best rate does stands before learningRate. moreData and longer are ` +
      `extrapolated from curves.`,
  ]
}

function endText({ stopped, tries, seconds }: Omit<ImproveResult, 'text'>): string[] {
  const why = {
    completed: '',
    budget: ', when the budget was used',
    tries: ', when all tries were used',
    aborted: ', when it was stopped',
  }
  return [`${counted(tries, 'training')} in ${secondsWords(seconds)}${why[stopped]}.`]
}
