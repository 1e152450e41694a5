/*
 * What is in a table, as text: the first look before a training.
 */
import { type DroppedColumn, droppedReasons } from '../data/encoding/column-encoding.js'
import { renderTable } from '../report/terminal/table.js'
import { formatNumber } from '../report/terminal/text.js'
import type { SuspiciousColumn } from '../strategy/suspicious-columns.js'
import type { ClassCount, ColumnProfile, TableProfile } from '../strategy/tables/profile.js'
import { inOptions } from './flags.js'
import { counted, optionValue, type Terminal, widthOf } from './terminal.js'

const MOST_COLUMNS = 40
const MOST_CLASSES = 10
const LONGEST_LEVEL = 24

export function profileText(profile: TableProfile, terminal: Terminal): string {
  const { rows, columns, target, suspicious, advice, notes } = profile
  const shown = columns.slice(0, MOST_COLUMNS)
  const lines = [
    `${counted(rows, 'row')}, ${counted(columns.length, 'column')}`,
    '',
    renderTable(
      ['column', 'type', { heading: 'missing', align: 'right' }, 'values', ''],
      shown.map((column) => {
        const { name, type, missing } = column
        const own: string[] = suspicious.filter((one) => one.column === name).map(({ kind }) => kind)
        if (name === target) own.unshift('target')
        return [name, type, missing === 0 ? '' : count(missing), valuesText(column), own.join(', ')]
      }),
      { width: widthOf(terminal), ascii: terminal.ascii === true },
    ),
    ...(columns.length > shown.length ? [`and ${counted(columns.length - shown.length, 'more column')}`] : []),
    '',
    targetText(profile),
    ...notes.flatMap(({ column, text }) => (column === undefined ? [] : [`read: ${column}: ${inOptions(text)}`])),
    ...advice.map(({ text }) => `note: ${inOptions(text)}`),
    ...suspicious.map(suspicionText),
  ]
  return `${lines.join('\n')}\n\n`
}

/** The columns that may give the target away, and those that are left out; nothing where there are none. */
export function suspicionsText({ suspicious }: Pick<TableProfile, 'suspicious'>): string {
  return suspicious.map((one) => `${suspicionText(one)}\n`).join('')
}

function suspicionText({ column, kind, reason, leftOut, asked }: SuspiciousColumn): string {
  if (leftOut) return leftOutText(column, reason, kind)
  if (asked) return `kept as asked: ${column} ${reason} (${kind})`
  const advice = kind === 'leak' ? 'if it is not known when predictions are made' : 'if it only names the rows'
  return `look at: ${column} ${reason} (${kind}?); leave it out ${advice}: --ignore ${optionValue(column)}`
}

function leftOutText(column: string, reason: string, kind: string): string {
  // It cannot be both.
  if (kind === 'group') return `left out: ${column} ${reason}`
  return `left out: ${column} ${reason} (${kind}); to use it: --keep ${optionValue(column)}`
}

/** What the encoder leaves out beside the columns that the profile names: it sees the training rows alone. */
export function droppedText(dropped: readonly DroppedColumn[], told: readonly SuspiciousColumn[]): string {
  return dropped
    .filter(({ name }) => !told.some(({ column, leftOut }) => leftOut && column === name))
    .map(({ name, reason }) => `${leftOutText(name, droppedReasons[reason], reason)}\n`)
    .join('')
}

/** Classes of which the part held out has no row: nothing that is measured on it is of them. */
export function notHeldOutText(lacking: readonly ClassCount[]): string {
  if (lacking.length === 0) return ''
  const named = lacking.slice(0, 5).map(({ label, rows }) => `'${label}' (${counted(rows, 'row')} in all)`)
  const more = lacking.length > 5 ? ` and ${lacking.length - 5} more` : ''
  return `note: no row is held out of ${named.join(', ')}${more}: the metrics do not tell how well they are recognized\n`
}

/** How many rows have which class, or where the values lie. */
function targetText({ target, columns, classes }: TableProfile): string {
  if (classes === undefined)
    return `target ${target}: values, ${valuesText(columns.find(({ name }) => name === target)!)}`
  const total = classes.reduce((sum, { rows }) => sum + rows, 0)
  const parts = classes
    .slice(0, MOST_CLASSES)
    .map(({ label, rows }) => `${short(label)} ${count(rows)} (${((100 * rows) / total).toFixed(1)} %)`)
  const more =
    classes.length > MOST_CLASSES ? `, and ${counted(classes.length - MOST_CLASSES, 'more class', 'more classes')}` : ''
  return `target ${target}: ${counted(classes.length, 'class', 'classes')}, ${parts.join(', ')}${more}`
}

function valuesText({ type, different, levels, min, max, mean }: ColumnProfile): string {
  if (levels !== undefined) {
    const names = levels.slice(0, 3).map(({ label }) => short(label))
    return `${count(different!)}: ${names.join(', ')}${different! > 3 ? ', …' : ''}`
  }
  if (min === undefined || max === undefined || mean === undefined) return 'none'
  const numbers = different === undefined ? 'more than 1,000' : count(different)
  if (type === 'date') return `${numbers}: ${day(min)} to ${day(max)}`
  return `${numbers}: ${formatNumber(min)} to ${formatNumber(max)}, mean ${formatNumber(mean)}`
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function short(level: string): string {
  return level.length > LONGEST_LEVEL ? `${level.slice(0, LONGEST_LEVEL)}…` : level
}
