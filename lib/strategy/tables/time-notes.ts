/*
 * Columns to look at where rows are held out by time. Three things are checked, and no more: one value in all of the past;
 * the target of an earlier row; the target of a later row.
 */
import type { Column } from '../../data/table/column.js'
import type { Table } from '../../data/table/table.js'
import type { Steps } from '../../turns.js'
import { isMissing, valuesOf } from '../column-values.js'
import type { TimeOrder } from './time-folds.js'

/** A column to look at in a training by time. */
export interface TimeNote {
  readonly column: string
  /**
   * 'constantBefore': one value, or none, in all rows of the earliest part, and others later. 'lag': in nine of ten rows it
   * is the target of an earlier row. 'lead': it is that of a later row, which cannot be known in time.
   */
  readonly kind: 'constantBefore' | 'lag' | 'lead'
  /** How many rows, in the order of time, lie between the two. For lags and leads. */
  readonly rows?: number
  /** What is to be seen, to be read after the column's name. */
  readonly reason: string
}

/** Distances at which a target is looked for: days of two weeks, and the usual periods of hours, days and weeks. */
const DISTANCES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 21, 24, 28, 30, 31, 48, 52, 168, 365]
/** Share of rows that are to agree. */
const NEARLY_ALL = 0.9
/** With fewer rows to compare, agreement is chance. */
const FEWEST_COMPARED = 20

/** @param before how many of the earliest rows the first network learns from */
export function* timeNotes(
  table: Table,
  { rows }: TimeOrder,
  before: number,
  { target, time }: { readonly target: string; readonly time: string },
): Steps<TimeNote[]> {
  const found: TimeNote[] = []
  const goal = table.column(target)
  const targets = goal.type === 'number' ? Float64Array.from(rows, (row) => goal.values[row]!) : undefined
  const usual = targets && mostFrequent(targets)
  for (const column of table.columns) {
    if (column.name === target || column.name === time) continue
    if (isConstantBefore(column, rows, before)) {
      const reason = `has one value, or none, in the ${before} earliest rows, and others later`
      found.push({ column: column.name, kind: 'constantBefore', reason })
    }
    yield
    if (targets === undefined || column.type !== 'number') continue
    const values = Float64Array.from(rows, (row) => column.values[row]!)
    for (const distance of DISTANCES) {
      for (const kind of ['lag', 'lead'] as const) {
        if (!agrees(values, targets, kind === 'lag' ? distance : -distance, usual!)) continue
        const where = `${distance} row${distance === 1 ? '' : 's'} ${kind === 'lag' ? 'before' : 'later'}`
        const warning =
          kind === 'lag' ? 'make sure that it is known when a prediction is wanted' : 'it cannot be known in time'
        const reason = `is the target of the row ${where} in nine of ten rows: ${warning}`
        found.push({ column: column.name, kind, rows: distance, reason })
      }
      yield
    }
  }
  return found
}

function isConstantBefore(column: Column, rows: Int32Array, before: number): boolean {
  const values = valuesOf(column)
  const at = (place: number) => {
    const value = values[rows[place]!]!
    return isMissing(column, value) ? undefined : value
  }
  const known = new Set<number>()
  for (let place = 0; place < before; place++) {
    const value = at(place)
    if (value !== undefined && known.add(value).size > 1) return false
  }
  for (let place = before; place < rows.length; place++) {
    const value = at(place)
    if (value !== undefined && !known.has(value)) return true
  }
  return false
}

/** Rows where both are the most frequent target say nothing of where it was copied from. */
function mostFrequent(values: Float64Array): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let [most, found] = [0, Number.NaN]
  for (const [value, count] of counts) {
    if (count > most) [most, found] = [count, value]
  }
  return most > 1 ? found : Number.NaN
}

/** Whether a column is the target so many rows before; of a negative distance, later. */
function agrees(values: Float64Array, targets: Float64Array, distance: number, usual: number): boolean {
  let [compared, equal] = [0, 0]
  const first = Math.max(0, distance)
  const end = Math.min(values.length, values.length + distance)
  for (let at = first; at < end; at++) {
    const [value, target] = [values[at]!, targets[at - distance]!]
    if (Number.isNaN(value) || (target === usual && value === usual)) continue
    compared++
    if (value === target) equal++
  }
  return compared >= FEWEST_COMPARED && equal >= NEARLY_ALL * compared
}
