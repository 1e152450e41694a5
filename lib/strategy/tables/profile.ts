/*
 * What is in a table: the first look before a training.
 */
import type { Task } from '../../data/encoding/fit/options.js'
import { tasks } from '../../data/encoding/fit/options.js'
import type { Column, ColumnType } from '../../data/table/column.js'
import type { TableNote } from '../../data/table/column-reading.js'
import { Table } from '../../data/table/table.js'
import { requireColumns } from '../../data/table/unknown-column.js'
import { atOnce, ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { array, invalid, knownOptions, oneOf, string } from '../../validate.js'
import { countMissing, levelCounts } from '../column-values.js'
import { type SuspiciousColumn, suspiciousSteps } from '../suspicious-columns.js'
import { adviceSteps, type TargetAdvice } from '../target-advice.js'
import { rowsWithTarget, taskOf } from './held-out.js'

/** A class, or a level of a category, with the rows that have it. */
export interface ClassCount {
  readonly label: string
  readonly rows: number
}

/** The type, range and missing values of a column. */
export interface ColumnProfile {
  readonly name: string
  readonly type: ColumnType
  /** Rows without a value. */
  readonly missing: number
  /** Number of different values; undefined for numbers and dates that have more than a thousand. */
  readonly different: number | undefined
  /**
   * The first ten levels of a category or boolean, the most frequent first. With more than a thousand levels they are
   * not sorted.
   */
  readonly levels?: readonly ClassCount[]
  /** The smallest number or date (in milliseconds since 1970); undefined for other types, or if there is no value. */
  readonly min?: number
  readonly max?: number
  readonly mean?: number
}

/** A description of a table before a training. */
export interface TableProfile {
  readonly rows: number
  readonly target: string
  readonly task: Task
  readonly columns: readonly ColumnProfile[]
  /**
   * The classes of the target with their rows, the most frequent first (not sorted with more than a thousand).
   * Undefined for a regression.
   */
  readonly classes?: readonly ClassCount[]
  /** Columns that are identifiers, constants or possible leaks. */
  readonly suspicious: readonly SuspiciousColumn[]
  /** Problems of the target. */
  readonly advice: readonly TargetAdvice[]
  /** What the reader assumed about the file and its columns. */
  readonly notes: readonly TableNote[]
}

/** Options of `profileTable`. */
export interface ProfileTableOptions {
  /** The column that is to be predicted. */
  readonly target: string
  /** Whether the target is a class or a value. Default: chosen from the target's values, as in `Encoder.fit`. */
  readonly task?: Task
  /** Columns that are not marked `leftOut`. Default none. */
  readonly keep?: readonly string[]
}

const MOST_LEVELS = 10
/** Different numbers are counted up to here. */
const MOST_COUNTED = 1000

/**
 * Describes a table before a training: types, missing values, ranges, classes, suspicious columns, and problems of the
 * target. Only rows that have a target are read. `trainTable` returns the same as `profile`.
 *
 * @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for a wrong option; ERR_DEEPBLAS_DATA for a column that is not there, or a
 *   target without values, of one value, or that the task cannot have
 * @example
 * const { columns, suspicious } = profileTable(await readCsv('flats.csv'), { target: 'price' })
 * for (const { column, reason } of suspicious) console.warn(column, reason)
 */
export function profileTable(table: Table, options: ProfileTableOptions): TableProfile {
  if (!(table instanceof Table)) throw invalid('table', 'Table', table, 'Make one with Table.fromRows or readCsv.')
  const given = knownOptions<ProfileTableOptions>('profileTable', options, ['target', 'task', 'keep'])
  const target = string('target', given.target)
  const asked = given.task === undefined ? undefined : oneOf('task', given.task, tasks)
  const keep = array('keep', given.keep ?? [], 'names of columns').map((name, i) => string(`keep[${i}]`, name))
  requireColumns([target, ...keep], table.names)
  const known = atOnce(rowsWithTarget(table, target, 'the table'))
  return atOnce(profileSteps(known, { target, task: atOnce(taskOf(known, target, asked)), keep }))
}

export function* profileSteps(table: Table, options: Required<ProfileTableOptions>): Steps<TableProfile> {
  const { target, task } = options
  const columns: ColumnProfile[] = []
  for (const column of table.columns) {
    columns.push(yield* columnProfile(column))
    yield
  }
  return {
    rows: table.rows,
    target,
    task,
    columns,
    ...(task === 'classification' ? { classes: yield* classCounts(table.column(target)) } : {}),
    suspicious: yield* suspiciousSteps(table, options),
    advice: yield* adviceSteps(table.column(target), task),
    notes: table.notes,
  }
}

export function* classCounts(column: Column): Steps<ClassCount[]> {
  return (yield* levelCounts(column)).map(classCount)
}

function classCount([label, rows]: readonly [string, number]): ClassCount {
  return { label, rows }
}

function* columnProfile(column: Column): Steps<ColumnProfile> {
  const { name, type } = column
  const missing = yield* countMissing(column)
  if (column.type === 'category' || column.type === 'boolean') {
    const levels = yield* levelCounts(column)
    return { name, type, missing, different: levels.length, levels: levels.slice(0, MOST_LEVELS).map(classCount) }
  }
  return { name, type, missing, ...(yield* rangeOf(column.values)) }
}

function* rangeOf(values: Float64Array): Steps<Pick<ColumnProfile, 'different' | 'min' | 'max' | 'mean'>> {
  let [min, max, sum, known] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  const found = new Set<number>()
  for (let row = 0; row < values.length; row++) {
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
    const value = values[row]!
    if (Number.isNaN(value)) continue
    if (value < min) min = value
    if (value > max) max = value
    if (found.size <= MOST_COUNTED) found.add(value)
    sum += value
    known++
  }
  const different = found.size > MOST_COUNTED ? undefined : found.size
  return known === 0 ? { different } : { different, min, max, mean: sum / known }
}
