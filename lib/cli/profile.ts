/*
 * What is in a table, as text: the first look before a training.
 */
import { type DroppedColumn, droppedReasons } from '../data/encoder/column-encoding.js'
import type { Column } from '../data/table/column.js'
import type { Table } from '../data/table/table.js'
import { renderTable } from '../report/terminal/table.js'
import { formatNumber } from '../report/terminal/text.js'
import { isMissing, levelCounts } from '../strategy/column-values.js'
import type { SuspiciousColumn } from '../strategy/suspicious-columns.js'
import type { TargetAdvice } from '../strategy/target-advice.js'
import { counted, inOptions, optionValue, type Terminal, widthOf } from './terminal.js'

const MOST_COLUMNS = 40
const MOST_CLASSES = 10
const LONGEST_LEVEL = 24
/** Different numbers are counted up to here. */
const MOST_COUNTED = 1000

export interface ProfileParts {
  readonly target: string
  readonly classes: boolean
  readonly suspicions: readonly SuspiciousColumn[]
  readonly advice: readonly TargetAdvice[]
}

export function profileText(
  table: Table,
  { target, classes, suspicions, advice }: ProfileParts,
  terminal: Terminal,
): string {
  const shown = table.columns.slice(0, MOST_COLUMNS)
  const rows = shown.map((column) => {
    const notes: string[] = suspicions.filter((one) => one.column === column.name).map(({ kind }) => kind)
    if (column.name === target) notes.unshift('target')
    const missing = countMissing(column)
    return [column.name, column.type, missing === 0 ? '' : count(missing), valuesText(column), notes.join(', ')]
  })
  const more = table.columns.length - shown.length
  const lines = [
    `${counted(table.rows, 'row')}, ${counted(table.columns.length, 'column')}`,
    '',
    renderTable(['column', 'type', { heading: 'missing', align: 'right' }, 'values', ''], rows, {
      width: widthOf(terminal),
      ascii: terminal.ascii === true,
    }),
    ...(more > 0 ? [`and ${counted(more, 'more column')}`] : []),
    '',
    targetText(table.column(target), classes),
    ...table.notes.flatMap(({ column, text }) => (column === undefined ? [] : [`read: ${column}: ${inOptions(text)}`])),
    ...advice.map(({ text }) => `note: ${inOptions(text)}`),
    ...suspicions.map(suspicionText),
  ]
  return `${lines.join('\n')}\n\n`
}

function suspicionText({ column, kind, reason, leftOut, asked }: SuspiciousColumn): string {
  if (leftOut) return leftOutText(column, reason, kind)
  if (asked) return `kept as asked: ${column} ${reason} (${kind})`
  const advice = kind === 'leak' ? 'if it is not known when predictions are made' : 'if it only names the rows'
  return `look at: ${column} ${reason} (${kind}?); leave it out ${advice}: --ignore ${optionValue(column)}`
}

function leftOutText(column: string, reason: string, kind: string): string {
  return `left out: ${column} ${reason} (${kind}); to use it: --keep ${optionValue(column)}`
}

/** What the encoder leaves out beside the columns that the profile names: it sees the training rows alone. */
export function droppedText(dropped: readonly DroppedColumn[], told: readonly SuspiciousColumn[]): string {
  return dropped
    .filter(({ name }) => !told.some(({ column, leftOut }) => leftOut && column === name))
    .map(({ name, reason }) => `${leftOutText(name, droppedReasons[reason], reason)}\n`)
    .join('')
}

/** How many rows have which class, or where the values lie. */
function targetText(column: Column, classes: boolean): string {
  if (!classes) return `target ${column.name}: values, ${valuesText(column)}`
  const known = levelCounts(column)
  const total = known.reduce((sum, [, rows]) => sum + rows, 0)
  const parts = known
    .slice(0, MOST_CLASSES)
    .map(([level, rows]) => `${short(level)} ${count(rows)} (${((100 * rows) / total).toFixed(1)} %)`)
  const more =
    known.length > MOST_CLASSES ? `, and ${counted(known.length - MOST_CLASSES, 'more class', 'more classes')}` : ''
  return `target ${column.name}: ${counted(known.length, 'class', 'classes')}, ${parts.join(', ')}${more}`
}

function valuesText(column: Column): string {
  if (column.type === 'category' || column.type === 'boolean') {
    const levels = levelCounts(column)
    const names = levels.slice(0, 3).map(([level]) => short(level))
    return `${count(levels.length)}: ${names.join(', ')}${levels.length > 3 ? ', …' : ''}`
  }
  let [least, most, sum, known] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  const different = new Set<number>()
  for (const value of column.values) {
    if (Number.isNaN(value)) continue
    if (value < least) least = value
    if (value > most) most = value
    if (different.size <= MOST_COUNTED) different.add(value)
    sum += value
    known++
  }
  if (known === 0) return 'none'
  const numbers = different.size > MOST_COUNTED ? `more than ${count(MOST_COUNTED)}` : count(different.size)
  if (column.type === 'date') return `${numbers}: ${day(least)} to ${day(most)}`
  return `${numbers}: ${formatNumber(least)} to ${formatNumber(most)}, mean ${formatNumber(sum / known)}`
}

function countMissing(column: Column): number {
  let missing = 0
  for (const value of column.type === 'category' ? column.codes : column.values) {
    if (isMissing(column, value)) missing++
  }
  return missing
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
