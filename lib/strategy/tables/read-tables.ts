/*
 * The tables of a training, read and looked at: the one to learn from, and the one to take the metrics of.
 */
import type { CsvOptions, ReadProgress } from '../../data/readers/csv/options.js'
import { ISO_FORMAT } from '../../data/table/dates/date-format.js'
import { rowsOptionNames } from '../../data/table/from-rows.js'
import type { Table } from '../../data/table/table.js'
import { requireColumns } from '../../data/table/unknown-column.js'
import { DeepblasError } from '../../errors.js'
import { inTurns } from '../../turns.js'
import { invalid } from '../../validate.js'
import { countWithoutTarget, rowsWithTarget, taskOf } from './held-out.js'
import type { DataDescription } from './made.js'
import type { CheckedTrainTableOptions } from './options.js'
import { profileSteps, type TableProfile } from './profile.js'
import type { TableRole } from './progress.js'
import { type TableSource, tableSource } from './table-source.js'

/** With fewer there is next to nothing to learn from or to hold out. */
const FEWEST_ROWS = 10

export interface LearnableTable {
  /** The rows that have a target. */
  readonly table: Table
  readonly kind: TableSource['kind']
  readonly profile: TableProfile
  readonly data: DataDescription
}

/**
 * Reads the table to learn from.
 *
 * @throws DeepblasError ERR_DEEPBLAS_DATA for a table that nothing can be learned from
 */
export async function learnableTable(source: unknown, given: CheckedTrainTableOptions): Promise<LearnableTable> {
  const { target, keep, scaling, reader, task: asked } = given
  const ofRows = [given.group, given.time].filter((name) => name !== undefined)
  const from = await tableSource('source', source, given.signal)
  // Before all of it is read: it may be large.
  const names = await from.names(reader)
  const named = typeof scaling === 'string' ? [] : Object.keys(scaling)
  if (names !== undefined) requireColumns([target, ...keep, ...named, ...ofRows], names)
  const { ignore = [] } = reader
  if (names !== undefined && ignore.length > 0 && names.every((name) => name === target || ignore.includes(name))) {
    throw invalid('ignore', 'columns that leave one to learn from', ignore)
  }
  const read = await readAll(from, reader, 'source', given)
  requireColumns([target, ...keep, ...named, ...ofRows], names ?? read.names)
  const table = await inTurns(rowsWithTarget(read, target, from.name))
  if (table.rows < FEWEST_ROWS) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected at least ${FEWEST_ROWS} rows with a target in ${from.name} but there ${table.rows === 1 ? 'is 1' : `are ${table.rows}`}.`,
    )
  }
  const task = await inTurns(taskOf(table, target, asked))
  if (given.classWeights !== undefined && task === 'regression') {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected classes for classWeights but the target '${target}' has values. Leave classWeights out, or give ` +
        "task: 'classification'.",
    )
  }
  const profile = await inTurns(profileSteps(table, { target, task, keep }))
  requireDecidable(given, profile)
  const hopeless = profile.advice.find(({ kind }) => kind === 'unlearnable')
  if (hopeless !== undefined) throw new DeepblasError('ERR_DEEPBLAS_DATA', hopeless.text)
  const sha256 = await from.sha256()
  const columns = names?.length ?? read.columns.length + ignore.length
  return {
    table,
    kind: from.kind,
    profile,
    data: { ...(sha256 === undefined ? {} : { sha256 }), rows: read.rows, columns },
  }
}

/** @throws DeepblasError ERR_DEEPBLAS_ARGUMENT for quantiles of classes, or a threshold of other than two classes */
function requireDecidable(
  { target, asked, threshold }: CheckedTrainTableOptions,
  { task, classes }: TableProfile,
): void {
  if (asked.quantiles !== undefined && task !== 'regression') {
    throw new DeepblasError(
      'ERR_DEEPBLAS_ARGUMENT',
      `Expected values for quantiles but the target '${target}' has classes. Leave quantiles out, or give ` +
        "task: 'regression'.",
    )
  }
  if (threshold === undefined || classes?.length === 2) return
  const there = classes === undefined ? 'values' : `${classes.length} classes`
  throw new DeepblasError(
    'ERR_DEEPBLAS_ARGUMENT',
    `Expected two classes for threshold but the target '${target}' has ${there}. Leave threshold out.`,
  )
}

/**
 * Reads the rows to test on, each column as it was read of the table to learn from.
 *
 * @returns those that have a target, and where they are from
 */
export async function testTable(
  source: unknown,
  like: Table,
  given: CheckedTrainTableOptions,
): Promise<{ readonly table: Table; readonly place: string }> {
  const { target, reader, signal } = given
  const from = await tableSource('test', source, signal)
  const names = await from.names(reader)
  if (names !== undefined) requireColumns([target], names)
  const options = from.kind === 'columns' ? {} : readAsBefore(reader, like, names ?? [], from.kind)
  const table = await readAll(from, options, 'test', given)
  return { table: await inTurns(rowsWithTarget(table, target, from.name)), place: from.name }
}

/** All of a source; what has been read is told. */
export async function readAll(
  from: TableSource,
  options: CsvOptions,
  of: TableRole,
  { target, signal, onProgress }: Pick<CheckedTrainTableOptions, 'target' | 'signal' | 'onProgress'>,
): Promise<Table> {
  signal?.throwIfAborted()
  const reading = from.read({
    ...options,
    onProgress(progress: ReadProgress) {
      signal?.throwIfAborted()
      onProgress({ stage: 'reading', of, ...progress })
    },
  })
  // Readers of columns tell no progress, and a query may take long.
  const table = await unlessAborted(reading, signal)
  signal?.throwIfAborted()
  requireColumns([target], table.names)
  const withoutTarget = await inTurns(countWithoutTarget(table, target))
  onProgress({ stage: 'read', of, table, withoutTarget })
  return table
}

/** What is being done is left to itself where the signal comes first. */
async function unlessAborted<Result>(doing: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return await doing
  const listening = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: listening.signal })
  })
  try {
    return await Promise.race([doing, aborted])
  } finally {
    listening.abort()
  }
}

/** The options of a reader for another source, which may lack some of the columns. */
function readAsBefore(
  reader: CsvOptions,
  { columns }: Table,
  names: readonly string[],
  kind: TableSource['kind'],
): CsvOptions {
  const there = columns.filter(({ name }) => names.includes(name))
  const byColumn = ['decimal', 'thousands', 'missing', 'alsoMissing', 'notMissing', 'ignoreCase'] as const
  const own = byColumn.flatMap((name) => {
    const value: unknown = reader[name]
    return value === undefined ? [] : [[name, ofColumns(value, name, names)] as const]
  })
  const dates = there.filter((column) => column.type === 'date')
  // How a text is written says nothing of rows that are objects.
  const given = Object.entries(reader).filter(([name]) => kind === 'text' || isRowsOption(name))
  return {
    ...Object.fromEntries(given),
    ...Object.fromEntries(own),
    ignore: [],
    types: Object.fromEntries(there.map(({ name, type }) => [name, type] as const)),
    dateFormats: Object.fromEntries(
      dates.map((column) => [column.name, (column.type === 'date' && column.format) || ISO_FORMAT] as const),
    ),
    readings: Object.fromEntries(columns.map(({ name, reading = {} }) => [name, reading])),
  }
}

function isRowsOption(name: string): boolean {
  return (rowsOptionNames as readonly string[]).includes(name)
}

/** What is said by column, of those that are there; what is said of all stays. */
function ofColumns(value: unknown, option: string, names: readonly string[]): unknown {
  if (option === 'ignoreCase' && Array.isArray(value)) return value.filter((name) => names.includes(name))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)))
}
