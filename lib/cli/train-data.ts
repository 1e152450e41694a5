/*
 * The tables of a training: read, looked at, and parted into rows to learn from and rows held out.
 */
import type { DroppedColumn } from '../data/encoder/column-encoding.js'
import { Encoder } from '../data/encoder/encoder.js'
import type { Task } from '../data/encoder/fit/options.js'
import type { Column } from '../data/table/column.js'
import { ISO_FORMAT } from '../data/table/dates/date-format.js'
import { Table } from '../data/table/table.js'
import { DeepblasError } from '../errors.js'
import { levelCounts } from '../strategy/column-values.js'
import { type SuspiciousColumn, suspiciousColumns } from '../strategy/suspicious-columns.js'
import { targetAdvice } from '../strategy/target-advice.js'
import { headerOf, readTable, settingsFor, settingsOfColumns, withTargets } from './read-table.js'
import { Source } from './source.js'
import { counted, type Terminal, UsageError } from './terminal.js'
import type { Settings } from './train-settings.js'
import { columnNames, knownColumn } from './values.js'

/** Of the rows, for early stopping and, without --test, the metrics. */
const HELD_OUT = 0.15
/** With fewer there is next to nothing to learn from or to hold out. */
const FEWEST_ROWS = 10

/** Both files, without rows that have no target. */
export async function tables(settings: Settings, terminal: Terminal) {
  const { target } = settings
  const source = Source.of(settings.path, terminal)
  // Before the whole file is read: it may be large.
  const header = await headerOf(source, settings.reader, [target], terminal)
  knownColumn('target', target, header)
  const reader = settingsFor(settings.reader, header)
  const keep = columnNames('keep', settings.keep, header)
  for (const name of Object.keys(settings.scaling.columns)) knownColumn('scaling', name, header)
  if (reader.ignore.includes(target)) throw new UsageError(`--ignore names the target '${target}'.`)
  if (keep.includes(target)) throw new UsageError(`--keep names the target '${target}'.`)
  if (reader.ignore.length > 0 && header.every((name) => name === target || reader.ignore.includes(name))) {
    throw new UsageError(`--ignore names every column but the target '${target}': nothing is left to learn from.`)
  }
  const both = keep.find((name) => reader.ignore.includes(name))
  if (both !== undefined) throw new UsageError(`--keep and --ignore both name '${both}'.`)
  const read = await readTable(source, reader, terminal)
  const table = withTargets(read, source.name, target, terminal)
  if (table.rows < FEWEST_ROWS) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected at least ${FEWEST_ROWS} rows with a target in ${source.name} but there ${table.rows === 1 ? 'is 1' : `are ${table.rows}`}.`,
    )
  }
  const task = taskOf(table, settings)
  if (settings.balanced && task === 'regression') {
    throw new UsageError(`--class-weights is for classes, but the target '${target}' has values.`)
  }
  const advice = targetAdvice(table, { target, task })
  const hopeless = advice.find(({ kind }) => kind === 'unlearnable')
  if (hopeless !== undefined) throw new DeepblasError('ERR_DEEPBLAS_DATA', hopeless.text)
  const suspicions = suspiciousColumns(table, { target, task, keep })
  const data = { sha256: await source.sha256(), rows: read.rows, columns: header.length }
  const found = { table, task, advice, suspicions, keep, reader, data }
  const { test } = settings
  if (test === undefined) return { ...found, tests: undefined }
  const testSource = Source.of(test, terminal)
  const types = Object.fromEntries(table.columns.map(({ name, type }) => [name, type] as const))
  const names = await headerOf(testSource, settings.reader, [target], terminal)
  if (!names.includes(target)) throw new UsageError(`--test ${test} has no column '${target}'.`)
  const known = Object.fromEntries(Object.entries(types).filter(([name]) => names.includes(name)))
  const formats = table.columns.flatMap((column) =>
    column.type === 'date' && names.includes(column.name) ? [[column.name, column.format ?? ISO_FORMAT] as const] : [],
  )
  const dateFormats = Object.fromEntries(formats)
  const readings = Object.fromEntries(table.columns.map(({ name, reading = {} }) => [name, reading]))
  const asTraining = { ...settingsOfColumns(reader, names), ignore: [], types: known, dateFormats, readings }
  const tests = await readTable(testSource, asTraining, terminal)
  return { ...found, tests: withTargets(tests, testSource.name, target, terminal) }
}

/** A leak that is not used has been told as what it is: names of the rows. */
export function reasonOf(kind: SuspiciousColumn['kind']): DroppedColumn['reason'] {
  return kind === 'leak' ? 'identifier' : kind
}

/** The rows to learn from and those held out, of each class alike. A class of a single row is learnt from. */
export function splitTable(table: Table, task: Task, { seed, target }: Settings): readonly [kept: Table, held: Table] {
  if (task === 'regression') return table.split(HELD_OUT, { seed })
  const [kept, held] = table.split(HELD_OUT, { seed, stratify: target })
  const [codes, known] = [codesOf(held.column(target)), new Set(codesOf(kept.column(target)))]
  const strangers = [...codes.keys()].filter((row) => !known.has(codes[row]!))
  const others = [...codes.keys()].filter((row) => known.has(codes[row]!))
  if (strangers.length === 0) return [kept, held]
  if (others.length === 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected classes of several rows for the target '${target}' but nearly every row has one of its own. If it is an ` +
        "identifier, choose another target; if its texts are values, read it with types: { '" +
        `${target}': 'number' }.`,
    )
  }
  return [Table.concat([kept, held.select(strangers)]), held.select(others)]
}

function codesOf(column: Column): Float64Array | Int32Array {
  return column.type === 'category' ? column.codes : column.values
}

/** As the encoder sees the target, before anything is split. */
function taskOf(table: Table, { target, task }: Settings): Task {
  const column = table.column(target)
  const rows = Float64Array.from({ length: table.rows }, (_, row) => row)
  const beside = { name: `not ${target}`, type: 'number', values: rows } as const
  return Encoder.fitSync(Table.of([column, beside]), { target, ...(task === undefined ? {} : { task }) }).task!
}

/** Classes of which the part held out has no row: nothing that is measured on it is of them. */
export function notHeldOutText(table: Table, held: Table, target: string): string {
  const there = new Set(levelCounts(held.column(target)).map(([label]) => label))
  const lacking = levelCounts(table.column(target)).filter(([label]) => !there.has(label))
  if (lacking.length === 0) return ''
  const named = lacking.slice(0, 5).map(([label, rows]) => `'${label}' (${counted(rows, 'row')} in all)`)
  const more = lacking.length > 5 ? ` and ${lacking.length - 5} more` : ''
  return `note: no row is held out of ${named.join(', ')}${more}: the metrics do not tell how well they are recognised\n`
}
