/*
 * The rows that a training learns from, and those that are held out.
 */
import { Encoder } from '../../data/encoder/encoder.js'
import type { Task } from '../../data/encoding/fit/options.js'
import { Table } from '../../data/table/table.js'
import { DeepblasError } from '../../errors.js'
import { isMissing, valuesOf } from '../column-values.js'

/** Of the rows, for early stopping and, without other rows to test on, the metrics. */
const HELD_OUT = 0.15

/** The rows to learn from and those held out, of each class alike. A class of a single row is learned from. */
export function splitTable(
  table: Table,
  { target, task, seed }: { readonly target: string; readonly task: Task; readonly seed: number },
): readonly [kept: Table, held: Table] {
  if (task === 'regression') return table.split(HELD_OUT, { seed })
  const [kept, held] = table.split(HELD_OUT, { seed, stratify: target })
  const [codes, known] = [valuesOf(held.column(target)), new Set(valuesOf(kept.column(target)))]
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

/** As the encoder sees the target, before anything is split. */
export function taskOf(table: Table, target: string, asked: Task | undefined): Task {
  const column = table.column(target)
  const rows = Float64Array.from({ length: table.rows }, (_, row) => row)
  const beside = { name: `not ${target}`, type: 'number', values: rows } as const
  return Encoder.fitSync(Table.of([column, beside]), { target, ...(asked === undefined ? {} : { task: asked }) }).task!
}

/** How many rows have no target. */
export function countWithoutTarget(table: Table, target: string): number {
  const column = table.column(target)
  let missing = 0
  for (const value of valuesOf(column)) if (isMissing(column, value)) missing++
  return missing
}

/**
 * The rows that have a target.
 *
 * @param place where the table is from, for the error where no row has one
 */
export function rowsWithTarget(table: Table, target: string, place: string): Table {
  const column = table.column(target)
  const missing = countWithoutTarget(table, target)
  if (missing === 0) return table
  if (missing === table.rows) {
    throw new DeepblasError('ERR_DEEPBLAS_DATA', `The column '${target}' of ${place} has no values.`)
  }
  const kept = new Int32Array(table.rows - missing)
  let next = 0
  for (const [row, value] of valuesOf(column).entries()) if (!isMissing(column, value)) kept[next++] = row
  return table.select(kept)
}
