/*
 * The rows that a training learns from, and those that are held out.
 */
import type { DroppedColumn } from '../../data/encoding/column-encoding.js'
import { EncoderFit } from '../../data/encoding/fit/encoder-fit.js'
import type { Task } from '../../data/encoding/fit/options.js'
import { Table } from '../../data/table/table.js'
import { DeepblasError } from '../../errors.js'
import { ELEMENTS_OF_STEP, type Steps } from '../../turns.js'
import { countMissing, isMissing, valuesOf } from '../column-values.js'
import type { SuspiciousColumn } from '../suspicious-columns.js'

/** Of the rows, for early stopping and, without other rows to test on, the metrics. */
export const HELD_OUT = 0.15

/** The rows to learn from and those held out, of each class alike. A class of a single row is learned from. */
export function* splitTable(
  table: Table,
  { target, task, seed }: { readonly target: string; readonly task: Task; readonly seed: number },
): Steps<readonly [kept: Table, held: Table]> {
  if (task === 'regression') return yield* table.splitSteps(HELD_OUT, { seed })
  const [kept, held] = yield* table.splitSteps(HELD_OUT, { seed, stratify: target })
  const known = yield* differentValues(valuesOf(kept.column(target)))
  const codes = valuesOf(held.column(target))
  const [strangers, others]: [number[], number[]] = [[], []]
  for (let row = 0; row < codes.length; row++) {
    if (known.has(codes[row]!)) others.push(row)
    else strangers.push(row)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  if (strangers.length === 0) return [kept, held]
  if (others.length === 0) {
    throw new DeepblasError(
      'ERR_DEEPBLAS_DATA',
      `Expected classes of several rows for the target '${target}' but nearly every row has one of its own. If it is an ` +
        "identifier, choose another target; if its texts are values, read it with types: { '" +
        `${target}': 'number' }.`,
    )
  }
  const more = yield* held.selectSteps(strangers)
  return [yield* Table.concatSteps([kept, more]), yield* held.selectSteps(others)]
}

function* differentValues(values: Float64Array | Int32Array): Steps<Set<number>> {
  const different = new Set<number>()
  for (let row = 0; row < values.length; row++) {
    different.add(values[row]!)
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return different
}

/** The columns that are left out. A leak among them has been told as what it is: names of the rows. */
export function ignored(suspicious: readonly SuspiciousColumn[]): DroppedColumn[] {
  return suspicious
    .filter(({ leftOut }) => leftOut)
    .map(({ column, kind }) => ({ name: column, reason: kind === 'leak' ? 'identifier' : kind }))
}

/** As the encoder sees the target, before anything is split. */
export function* taskOf(table: Table, target: string, asked: Task | undefined): Steps<Task> {
  const column = table.column(target)
  // An encoder wants a column that varies.
  const rows = new Float64Array(table.rows)
  for (let row = 0; row < rows.length; row++) rows[row] = row
  const beside = { name: `not ${target}`, type: 'number', values: rows } as const
  const fit = new EncoderFit({ target, ...(asked === undefined ? {} : { task: asked }) })
  yield* fit.add(Table.of([column, beside]))
  return (yield* fit.finish()).target!.task
}

/** How many rows have no target. */
export function countWithoutTarget(table: Table, target: string): Steps<number> {
  return countMissing(table.column(target))
}

/**
 * The rows that have a target.
 *
 * @param place where the table is from, for the error where no row has one
 */
export function* rowsWithTarget(table: Table, target: string, place: string): Steps<Table> {
  const column = table.column(target)
  const missing = yield* countWithoutTarget(table, target)
  if (missing === 0) return table
  if (missing === table.rows) {
    throw new DeepblasError('ERR_DEEPBLAS_DATA', `The column '${target}' of ${place} has no values.`)
  }
  const kept = new Int32Array(table.rows - missing)
  let next = 0
  const values = valuesOf(column)
  for (let row = 0; row < values.length; row++) {
    if (!isMissing(column, values[row]!)) kept[next++] = row
    if (row % ELEMENTS_OF_STEP === ELEMENTS_OF_STEP - 1) yield
  }
  return yield* table.selectSteps(kept)
}
